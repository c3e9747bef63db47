"""Press contacts: asked by name, what each may read and has opened, asked anew, ended at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import decisions, embargoes, press
from awards.accounts import NotAnAddress
from awards.extensions import db
from awards.models import Account, PressAccess, PressContact
from awards.press import Invited, Standing
from awards.timetable import in_zone
from awards.web import door, language, sessions, words
from awards.web.access import Audience, audience
from awards.web.press.routes import Answer, blueprint, show
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted

STANDINGS: Mapping[Standing, object] = {
    Standing.OPEN: _l("open to them"),
    Standing.PUBLIC: _l("public"),
    Standing.CLOSED: _l("closed: not signed now, changed since they were asked, or taken down"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A press contact in the list."""

    it: PressContact
    categories: str
    last: PressAccess | None
    times: int

    @property
    def state(self) -> str:
        if self.it.ended_at is not None:
            return _("ended")
        return _("agreed") if self.it.agreed_at is not None else _("asked")


@blueprint.route("/", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def index(edition: str) -> Answer:  # noqa: ARG001
    """Everybody who was asked, and the form by which one more is."""
    if request.method == "GET":
        return _index()
    session, here = db.session(), door.edition()
    tag = posted("language")
    invited = Invited(
        words.tidy(posted("name")),
        posted("email"),
        words.tidy(posted("medium")),
        tag if tag in language.NAMES else here.language,
    )
    try:
        press.invite(
            session,
            here,
            invited,
            request.form.getlist("category"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except press.NameMissing:
        return _wrong({"name": _("Write the name.")})
    except press.TooLong:
        return _wrong({"name": _("A name has 200 letters at most.")})
    except NotAnAddress:
        return _wrong({"email": _("This is not an e-mail address.")})
    except press.AskedAlready:
        return _wrong({"email": _("Somebody with this address is asked already.")})
    except press.NotOpen:
        return _wrong({"category": _("Choose at least one category whose result is signed and not public.")})
    session.commit()
    return back_to("press.index", _("%(name)s is asked by mail.", name=invited.name))


def _wrong(wrong: dict[str, str]) -> tuple[str, int]:
    db.session.rollback()
    return _index(wrong), 422


def _index(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    contacts = embargoes.of_edition(session, here)
    log = press.accesses(session, contacts)
    ready = press.open_to(session, here)
    return show(
        "index.html",
        lines=[
            Line(it, _named(it.categories), next(iter(log[it.id]), None), len(log[it.id])) for it in contacts
        ],
        ready=_choices(ready),
        chosen=request.form.getlist("category") if request.method == "POST" else ready,
        until=_until(ready),
        languages=language.NAMES,
        typed={key: posted(key) for key in ("name", "email", "medium")}
        | {"language": posted("language") or here.language},
        wrong=dict(wrong or {}),
    )


def _choices(keys: Sequence[str]) -> list[tuple[str, object]]:
    names = face_of(door.edition()).names
    return [(key, names.name("categories", key)) for key in keys]


def _named(keys: Sequence[str]) -> str:
    return face_of(door.edition()).names.names("categories", tuple(keys))


def _until(keys: Sequence[str]) -> str:
    """When the embargo of some categories ends, where that is stated."""
    here = door.edition()
    at = press.until(db.session(), here, keys) if keys else None
    return words.in_both(in_zone(at, here.zone), sessions.me().zone) if at else ""


@blueprint.route("/<contact_id>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def contact(edition: str, contact_id: str) -> Answer:  # noqa: ARG001
    """What one contact may read and has opened; asking anew, ending."""
    found = (
        embargoes.find(db.session(), door.edition(), contact_id)
        if door.IDENTIFIER.fullmatch(contact_id)
        else None
    )
    if found is None:
        abort(404)
    if request.method == "GET":
        return _contact(found)
    if wrong := long_reason():
        return _contact(found, wrong), 422
    session = db.session()
    try:
        says = _act(found)
    except decisions.ReasonMissing:
        session.rollback()
        return _contact(found, {"reason": _("Write why: the audit trail keeps it.")}), 422
    except press.NotOpen:
        session.rollback()
        says = _("Choose at least one category whose result is signed and not public.")
        return _contact(found, {"category": says}), 422
    except press.Ended:
        session.rollback()
        return back_to("press.contact", _("This access was ended already."), "caution", contact_id=contact_id)
    session.commit()
    return back_to("press.contact", says, contact_id=contact_id)


def _act(found: PressContact) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "end":
        press.end(session, here, found, reason=posted("reason"), actor=actor, now=now)
        return _("Ended. The link opens nothing any more, and they are told.")
    if posted("act") != "again":
        abort(400)
    press.invite_again(session, here, found, request.form.getlist("category"), actor=actor, now=now)
    return _("Asked anew by mail. The link from before opens nothing any more.")


def _contact(found: PressContact, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    names = face_of(here).names
    standings = press.standings(session, here, found, now=sessions.now())
    ready = press.open_to(session, here)
    asked = [key for key in found.categories if key in ready]
    return show(
        "contact.html",
        it=found,
        by=name_of(session.get(Account, found.invited_by_id)) if found.invited_by_id else "",
        standings=[(names.name("categories", key), STANDINGS[it]) for key, it in standings.items()],
        log=[(it, _done(it)) for it in press.accesses(session, [found])[found.id]],
        until=_until(asked),
        ready=_choices(ready),
        chosen=request.form.getlist("category") if request.method == "POST" else asked or ready,
        language_name=language.NAMES.get(found.language, found.language),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


def _done(access: PressAccess) -> str:
    """What an access was, in words."""
    kind, _colon, rest = access.what.partition(": ")
    if kind == press.AGREED:
        return _("agreed as %(name)s", name=rest)
    return _("took %(file)s", file=rest) if kind == press.TAKEN else _("read the winners")
