"""What a press contact opens by their link: terms first, then the winners and the press kit, until it is taken back.

Each browser agrees for itself; the cookie keeps under which name, and which state of the winners it has opened.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from awards import editions, embargoes, press
from awards.extensions import begin_writing, db
from awards.models import Edition, PressContact
from awards.press import Standing
from awards.sessions import digest
from awards.throttle import Kind
from awards.timetable import in_zone
from awards.web import face, kit, limits, results, sessions, words
from awards.web.access import Audience, audience
from awards.web.downloads import download
from awards.web.face import Face
from awards.web.language import PREFIX
from awards.web.words import tidy

blueprint = Blueprint("embargo", __name__, url_prefix=f"{PREFIX}/press")

Answer = AnyResponse
AGREEMENTS, MOST_KEPT, START = "press", 5, 32


@dataclass(frozen=True, slots=True)
class Here:
    """Whose link was opened, and what this browser has agreed to and opened."""

    token: str
    contact: PressContact
    edition: Edition
    face: Face
    agreed_as: str
    seen: str
    open: tuple[str, ...]
    stand: str

    @property
    def may_read(self) -> bool:
        return bool(self.agreed_as and self.open) and self.seen == self.stand


@blueprint.get("/<token>")
@audience(Audience.LINK_HOLDER)
def show(token: str) -> Answer:
    sessions.current()
    here = _here(token)
    return _gone() if here is None else _page(here)


@blueprint.post("/<token>")
@audience(Audience.LINK_HOLDER)
def act(token: str) -> Answer:
    """Agree under a name, or open the winners as they stand now."""
    sessions.current()
    here = _here(token)
    if here is None:
        return _gone()
    if not limits.take((Kind.PRESS, here.contact.public_id)):
        return _page(here, _("This was opened very often. Wait an hour, and open it again."), 429)
    begin_writing()
    database, now = db.session(), sessions.now()
    try:
        if not here.agreed_as:
            name = tidy(request.form.get("name"))
            seen = press.agree(database, here.edition, here.contact, name, now=now)
        else:
            name = here.agreed_as
            seen = press.read(database, here.edition, here.contact, now=now)
    except press.NameMissing:
        database.rollback()
        return _page(here, _("Type your name: that is how you agree."), 422)
    except press.TooLong:
        database.rollback()
        return _page(here, _("A name has 200 letters at most."), 422)
    except press.Ended:
        database.rollback()
        return _gone()
    except press.NotOpen:
        database.rollback()
    else:
        database.commit()
        _keep(token, name, seen)
    return redirect(url_for("embargo.show", token=token), 303)


@blueprint.post("/<token>/press-kit.zip")
@audience(Audience.LINK_HOLDER)
def take(token: str) -> Answer:
    """The press kit, stamped with who agreed and when; made while nobody is held up, noted before it is handed out."""
    sessions.current()
    here = _here(token)
    if here is None:
        return _gone()
    if not here.may_read:
        return redirect(url_for("embargo.show", token=token), 303)
    if not limits.take((Kind.PRESS, here.contact.public_id)):
        return _page(here, _("This was opened very often. Wait an hour, and open it again."), 429)
    database, now = db.session(), sessions.now()
    made = _kit(here)
    database.rollback()
    begin_writing()
    name = f"{here.face.key}-press-kit.zip"
    try:
        press.take(
            database, here.edition, here.contact, name, sha256=kit.sha256(made), seen=here.stand, now=now
        )
    except press.Ended:
        database.rollback()
        return _gone()
    except (press.NotOpen, press.NotShown):
        database.rollback()
        return redirect(url_for("embargo.show", token=token), 303)
    database.commit()
    return download(made, "application/zip", name)


def _kit(here: Here) -> bytes:
    database = db.session()
    rules = editions.rules_of(database, here.edition)
    until = press.until(database, here.edition, here.open)
    who = here.contact.name
    if here.agreed_as != who:
        who = f"{who} ({here.agreed_as})"
    return kit.make(
        kit.Content(
            here.face,
            rules,
            press.unreleased(database, here.edition, here.open),
            embargo=kit.Embargo(who, sessions.now(), until),
        )
    )


def _here(token: str) -> Here | None:
    """Whose link it is; None for a link that is unknown or was replaced, and for one whose access was ended."""
    database, now = db.session(), sessions.now()
    contact = embargoes.of_token(database, token)
    if contact is None or contact.ended_at is not None:
        return None
    edition = database.get_one(Edition, contact.edition_id)
    kept = session.get(AGREEMENTS, {}).get(_kept_as(token), ["", ""])
    shown = tuple(press.open_for(database, edition, contact, now=now))
    return Here(
        token,
        contact,
        edition,
        face.faces_of(database, [edition], now)[edition.id],
        str(kept[0]),
        str(kept[1]),
        shown,
        press.stand(database, edition, shown) if shown else "",
    )


def _kept_as(token: str) -> str:
    return digest(token)[:START]


def _keep(token: str, name: str, seen: str) -> None:
    """Let the cookie of this browser say who agreed, and to what; of the last few links only."""
    kept = dict(session.get(AGREEMENTS, {}))
    kept.pop(_kept_as(token), None)
    kept[_kept_as(token)] = [name, seen]
    session[AGREEMENTS] = dict(list(kept.items())[-MOST_KEPT:])


def _page(here: Here, wrong: str = "", status: int = 200) -> Response:
    database, names = db.session(), here.face.names
    rules = editions.rules_of(database, here.edition)
    standings = press.standings(database, here.edition, here.contact, now=sessions.now())
    until = press.until(database, here.edition, here.contact.categories)
    winners = (
        results.winners(press.unreleased(database, here.edition, here.open), rules, names)
        if here.may_read
        else []
    )
    return _private(
        render_template(
            "embargo/show.html",
            here=here,
            face=here.face,
            standings=[(names.name("categories", key), it) for key, it in standings.items()],
            Standing=Standing,
            until=words.when(in_zone(until, here.edition.zone)) if until else "",
            categories=winners,
            typed=tidy(request.form.get("name")),
            wrong=wrong,
            specimen=here.edition.specimen,
        ),
        status,
    )


def _gone() -> Response:
    return _private(render_template("embargo/gone.html", specimen=face.only_specimens(db.session())), 404)


def _private(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
