"""The room as a whole: the categories with their standing, and the chair's word that opens and closes it."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _

from awards import room_notes, rooms
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.rooms import NotClosedYet, ReadingsOpen, RoomNotOpen, SheetsMended, State
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.deliberation.routes import Answer, Visitor, blueprint, lead, show, visitor
from awards.web.table.signing import not_you


@blueprint.get("/")
@audience(Audience.ROOM)
def index(edition: str) -> str:  # noqa: ARG001 (the door has looked it up)
    here = visitor()
    session = db.session()
    standing = [line.nomination.id for it in here.board for line in it.lines]
    left = room_notes.discussed(session, here.edition, standing) if here.is_in else ()
    return show(
        "index.html",
        here,
        numbers=room_notes.numbers(session, here.edition) if here.is_in else {},
        left=[it for it in left if here.who.reads(it) and not here.who.is_kept_out(it)],
        hindrance=_hindrance(here) if here.runs_it and here.state is State.SHUT else "",
    )


@blueprint.route("/acts/open", methods=["GET", "POST"], endpoint="open")
@audience(Audience.ROOM)
def open_(edition: str) -> Answer:  # noqa: ARG001
    """What follows, then the act: the panel is let in and told."""
    here = visitor()
    if not here.runs_it:
        abort(404)
    if here.state is State.OPEN:
        return lead("deliberation.index")
    if request.method == "GET":
        return show("open.html", here, hindrance=_hindrance(here))
    try:
        rooms.open_room(db.session(), here.edition, actor=sessions.actor(), now=sessions.now())
    except (NotTheChair, NotClosedYet, SheetsMended, ReadingsOpen) as error:
        db.session.rollback()
        return show("open.html", visitor(), hindrance=_why(error)), 409
    db.session.commit()
    return lead("deliberation.index", _("The room is open, and the panel is told by mail."))


@blueprint.route("/acts/close", methods=["GET", "POST"])
@audience(Audience.ROOM)
def close(edition: str) -> Answer:  # noqa: ARG001
    here = visitor()
    if not here.runs_it:
        abort(404)
    if here.state is not State.OPEN:
        return lead("deliberation.index")
    if request.method == "GET":
        return show("close.html", here)
    try:
        rooms.close_room(db.session(), here.edition, actor=sessions.actor(), now=sessions.now())
    except (NotTheChair, RoomNotOpen):
        db.session.rollback()
        says = _("This has moved on meanwhile; nothing was changed.")
        return lead("deliberation.index", says, "caution")
    db.session.commit()
    return lead("deliberation.index", _("The room is closed. Its notes stay for chair and auditor."))


def _hindrance(here: Visitor) -> str:
    """Why the room can't be opened now; nothing where it can."""
    try:
        rooms.hinder(db.session(), here.edition)
    except (NotClosedYet, SheetsMended, ReadingsOpen) as error:
        return _why(error)
    return ""


def _why(error: Exception) -> str:
    if isinstance(error, SheetsMended):
        return _(
            "A judge mends a sheet of the closed round, or has asked to. The room opens when that is over: whoever "
            "gives marks must not have read the standing."
        )
    if isinstance(error, ReadingsOpen):
        return _(
            "Second readings are going on. The room opens once they are closed: whoever gives marks must not have read "
            "the standing."
        )
    if isinstance(error, NotTheChair):
        return not_you(error)
    return _("The room opens after the close of the first round, and before the second one.")
