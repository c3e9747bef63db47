"""Electors as the browser tells them: the cookie of a pass, or whoever is signed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import current_app, flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import passes, proxies
from awards.extensions import begin_writing, db
from awards.models import Account, Edition, RollEntry, VotingPass
from awards.web import sessions

LASTS = int(passes.ABSOLUTE.total_seconds())


@dataclass(frozen=True, slots=True)
class Elector:
    """An entry of the roll as whoever asks; `by`: the pass of this device, None for who is signed in."""

    entry: RollEntry
    by: VotingPass | None


def of(edition: Edition, by: VotingPass | None, account: Account | None) -> Elector | None:
    """Whoever asks, as an elector of an edition: the pass of the device counts first, then the account.

    Nobody where the person is named for more electors than the rules let one person vote for.
    """
    if by is not None and by.roll_entry.edition_id == edition.id:
        return Elector(by.roll_entry, by)
    if account is None:
        return None
    session = db.session()
    theirs = passes.theirs(passes.of_people(session, account).get(edition.id, []))
    if not theirs or proxies.beyond(session, edition, theirs):
        return None
    return Elector(theirs[0], None)


def current() -> VotingPass | None:
    """The pass of this device; asked once a request, its use noted once an hour in a transaction of its own."""
    if "voting_pass" not in g:
        token = request.cookies.get(_name(), "")
        g.voting_pass = passes.find(db.session(), token, now=sessions.now()) if token else None
        if g.voting_pass is not None and request.method == "GET":
            _note_use(g.voting_pass)
    found: VotingPass | None = g.voting_pass
    return found


def _note_use(found: VotingPass) -> None:
    if passes.to_the_hour(sessions.now()) <= found.seen_at:
        return
    database = db.session()
    database.rollback()
    begin_writing()
    database.refresh(found)
    passes.touch(found, sessions.now())
    database.commit()


def ask_to_come_in() -> Response:
    """Lead to the page where a code is typed. What was sent meanwhile isn't kept."""
    if request.method == "POST":
        flash(
            _(
                "You were let in too long ago, or somebody else votes for it now. Nothing was cast and nothing kept: "
                "come in again and choose anew."
            ),
            "caution",
        )
    return redirect(url_for("voting.enter"), 303)


def give(response: Response, token: str) -> Response:
    """Put a pass into the cookie of this device."""
    response.set_cookie(
        _name(), token, max_age=LASTS, secure=_secure(), httponly=True, samesite="Lax", path="/"
    )
    return response


def take(response: Response) -> Response:
    """Remove the pass from this device."""
    response.delete_cookie(_name(), secure=_secure(), httponly=True, samesite="Lax", path="/")
    return response


def key() -> bytes:
    """The key under which mailboxes and networks of the public are hashed; of this site alone."""
    return hashlib.sha256(f"public vote:{current_app.config['SECRET_KEY']}".encode()).digest()


def _name() -> str:
    return "__Host-ballot" if _secure() else "ballot"


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
