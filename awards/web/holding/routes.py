"""What the key holders' pages have in common: the blueprint, what is typed, and how the page of a holder is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import giving, holders, passwords, roll, shares, struck, throttle, unsealing
from awards.extensions import begin_writing, db
from awards.holders import Holder, Secret
from awards.models import Election, LogHead
from awards.throttle import Kind
from awards.unsealing import Box, NotClosed
from awards.web import door, key_kept, limits, sessions, words
from awards.web.language import PREFIX
from awards.web.polling import says
from awards.web.secretariat import frame, wording

blueprint = Blueprint("holding", __name__, url_prefix=f"{PREFIX}/holding")

Answer = str | Response | tuple[str, int]

LONGEST_WORDS = 2000


class Head(NamedTuple):
    """The public log of a category as it was published last."""

    category: str
    size: int
    root: str
    struck: int


def key_folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "keys"


def mine() -> Holder:
    """Whoever asks, as a key holder of the edition. 404 where they are none."""
    door.vote()
    try:
        return holders.find(db.session(), door.edition(), sessions.me())
    except holders.NoHolder:
        abort(404)


def typed(name: str, most: int = passwords.LONGEST) -> str:
    """A field as it was typed: blanks of a passphrase are not tidied away here."""
    return request.form.get(name, "")[:most].replace("\0", "")


def secret() -> Secret:
    return Secret(typed("passphrase"), typed("words", LONGEST_WORDS))


def may_try() -> bool:
    """Count one try; False where there were too many within a quarter of an hour."""
    counted = limits.take((Kind.KEY_HOLDER, f"{door.edition().public_id} {sessions.me().public_id}"))
    db.session.rollback()
    begin_writing()
    return counted


def forget_tries() -> None:
    throttle.clear(db.session(), Kind.KEY_HOLDER, f"{door.edition().public_id} {sessions.me().public_id}")


def too_many() -> str:
    return _("Too many attempts. Wait a quarter of an hour.")


def box() -> Box | None:
    """The closed vote; None where there is none to open now."""
    try:
        return unsealing.look(db.session(), door.edition())
    except (NotClosed, roll.NoVote):
        return None


def show(wrong: Mapping[str, str] | None = None, *, at: str = "", reason: str = "") -> str:
    """The holder's page; `at`: which of its forms is shown with what is wrong."""
    session, edition, holder = db.session(), door.edition(), mine()
    found, kept = box(), key_kept.said(edition)
    return render_template(
        "holding/index.html",
        edition=edition,
        face=frame.face_of(edition),
        specimen=edition.specimen,
        words=words,
        wording=wording,
        says=says,
        my_zone=sessions.me().zone,
        holder=holder,
        state=holder.state.value,
        people=[
            (it.name, says.HOLDERS[it.state], it.account.id == sessions.me().id)
            for it in holders.of_edition(session, edition)
        ],
        kept=kept,
        spare=bool(kept) and not shares.is_shared(session, edition),
        box=found,
        poll=found.poll if found is not None else None,
        heads=heads(found) if found is not None else [],
        opening=found is not None and found.is_shared,
        first=giving.first(session, edition, key_folder=key_folder(), now=sessions.now()),
        wrong=dict(wrong or {}),
        at=at,
        reason=reason,
    )


def heads(found: Box) -> list[Head]:
    """The newest head of each category's public log."""
    last: dict[int, Head] = {}
    aside = struck.numbers(db.session(), found.poll.elections)
    rows = db.session.execute(
        select(LogHead, Election)
        .join(Election, Election.id == LogHead.election_id)
        .where(Election.id.in_([it.id for it in found.poll.elections]))
        .order_by(LogHead.election_id, LogHead.number)
    )
    for head, election in rows:
        last[election.id] = Head(election.category, head.size, head.root, aside.get(election.id, 0))
    return list(last.values())


def back(said: str = "", mood: str = "done") -> Response:
    if said:
        flash(said, mood)
    return redirect(url_for("holding.index", edition=door.edition().key), 303)
