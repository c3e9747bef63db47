"""A nomination in the room: where it stands, what its judges wrote, the notes of the panel, decisions about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import nominations, room_notes, rooms
from awards.extensions import db
from awards.models import Decision, DecisionKind, Nomination, NominationRevision, NominationState
from awards.models.base import public_id
from awards.room_notes import (
    KEY,
    LONGEST,
    KeptOut,
    NoteTooLong,
    NothingWritten,
    NotInTheRoom,
    NotYourNote,
    ShortlistSigned,
)
from awards.rooms import RoomNotOpen, State
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.deliberation.routes import NOTE, Answer, Visitor, blueprint, lead, show, visitor
from awards.web.secretariat.frame import name_of, posted
from awards.web.table import background
from awards.web.table.sight import Sight
from awards.web.table.sight import State as Standing
from awards.web.table.standing import BECAUSE, DECISIONS
from awards.web.table.stood import Line
from awards.web.texts import Text, choose

ABOUT_ONE = ("nomination",)
ABOUT_MANY = ("nominations", "level", "order")
TOLD = frozenset(
    {
        DecisionKind.TIE,
        DecisionKind.SHORTLIST,
        DecisionKind.MINIMUM_WAIVED,
        DecisionKind.RECOUNTED,
        DecisionKind.WITHDRAWAL,
        DecisionKind.DISQUALIFICATION,
        DecisionKind.SECOND_READINGS,
    }
)
"""Decisions that the panel reads. Those about a judge's sheet or interest stay at the table: their reasons name who. Of
second readings it reads how many this nomination had, and nothing of others."""
SETTLED = frozenset({Standing.SIGNED, Standing.PLANNED, Standing.ANNOUNCED})


@dataclass(frozen=True)
class Seen:
    """A nomination before a visitor. `line` and `category`: its place in the standing, None where it has left it."""

    nomination: Nomination
    revision: NominationRevision
    category: Sight | None
    line: Line | None
    is_kept_out: bool

    @property
    def title(self) -> Text:
        said = {self.revision.language: self.revision.title} | dict(self.revision.titles or {})
        return choose(said, self.revision.language)

    @property
    def is_signed(self) -> bool:
        return self.category is not None and self.category.state in SETTLED


@blueprint.route("/<path:reference>", methods=["GET", "POST"], endpoint="nomination")
@audience(Audience.ROOM)
def nomination_(edition: str, reference: str) -> Answer:  # noqa: ARG001
    """The page of a nomination; a note is sent to it."""
    here = visitor()
    seen = find(here, reference)
    if not here.is_in:
        return _shut(here) if request.method == "POST" else lead("deliberation.index")
    if request.method == "GET":
        return _page(here, seen)
    key = _key()
    try:
        room_notes.write(
            db.session(),
            here.edition,
            seen.nomination,
            posted(NOTE),
            key=key,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except NothingWritten:
        db.session.rollback()
        return _page(here, seen, _("Write something first.")), 422
    except NoteTooLong:
        db.session.rollback()
        says = _("Write at most 4,000 characters; this has %(number)d.", number=len(posted(NOTE)))
        return _page(here, seen, says), 422
    except (NotInTheRoom, KeptOut, RoomNotOpen, ShortlistSigned):
        db.session.rollback()
        return _refused(reference)
    db.session.commit()
    return lead("deliberation.nomination", _("Your note is kept."), reference=reference, _anchor="notes")


def find(here: Visitor, reference: str) -> Seen:
    """A nomination of the visitor's categories that is judged or was; 404 for any other."""
    found = _find(reference) if reference.isprintable() else None
    if found is None or not here.who.reads(found) or found.submitted_number is None:
        abort(404)
    revision = nominations.current_revisions(db.session(), [found])[found.id]
    category = next((it for it in here.board if it.key == found.category), None)
    lines = category.lines if category else ()
    line = next((it for it in lines if it.nomination.id == found.id), None)
    was_judged = found.state in (NominationState.WITHDRAWN, NominationState.DISQUALIFIED)
    if here.is_in and line is None and not was_judged:
        abort(404)
    return Seen(found, revision, category, line, here.who.is_kept_out(found))


def _find(reference: str) -> Nomination | None:
    return db.session.scalars(
        select(Nomination).where(
            Nomination.edition_id == door.edition().id, Nomination.reference == reference
        )
    ).first()


def _key() -> str:
    sent = posted("key")
    return sent if KEY.match(sent) else ""


def _page(here: Visitor, seen: Seen, wrong: str = "", *, refused: str = "") -> str:
    session = db.session()
    if seen.is_kept_out:
        return show("kept_out.html", here, it=seen, text=posted(NOTE))
    assert here.room is not None
    bound = seen.category is not None and here.is_bound_in(seen.category)
    return show(
        "nomination.html",
        here,
        it=seen,
        bound=bound,
        comments=room_notes.comments(session, here.edition, here.room, seen.nomination),
        notes=room_notes.of_nomination(session, here.edition, seen.nomination),
        decisions=[(it, DECISIONS[it.kind]) for it in _decisions(here, seen, bound=bound)],
        becauses=BECAUSE,
        takes=here.state is State.OPEN and here.who.writes and not seen.is_signed,
        is_open=here.state is State.OPEN,
        text=posted(NOTE),
        key=(wrong and _key()) or public_id(),
        longest=LONGEST,
        wrong=wrong,
        refused=refused,
        me=sessions.me(),
        name_of=name_of,
    )


def _decisions(here: Visitor, seen: Seen, *, bound: bool) -> Sequence[Decision]:
    """The decisions about a nomination, but none that is also about one that the visitor is kept out of."""
    reference = seen.nomination.reference
    lines = seen.category.lines if seen.category else ()
    secret = {it.nomination.reference for it in lines if here.who.is_kept_out(it.nomination)}
    orders = background.orders(here.edition, seen.nomination.category)
    called_off = {it.supersedes_id for it in orders if it.subject.get("called_off")}
    found = []
    for it in orders:
        about = _about(it)
        of_all = it.kind is DecisionKind.SHORTLIST and not bound
        is_read = reference in it.subject.get("extra", ()) and it.id not in called_off
        if it.kind in TOLD and (of_all or is_read or (reference in about and not about & secret)):
            found.append(it)
    return found


def _about(decision: Decision) -> set[str]:
    one = {str(decision.subject[key]) for key in ABOUT_ONE if decision.subject.get(key)}
    return one | {str(it) for key in ABOUT_MANY for it in decision.subject.get(key) or ()}


def _refused(reference: str) -> tuple[str, int]:
    """What was typed came too late; it stands there to be copied."""
    here = visitor()
    seen = find(here, reference)
    if not here.is_in:
        return _shut(here)
    says = (
        _("The shortlist of this category was signed meanwhile. Your note was not kept.")
        if seen.is_signed
        else _("Your note was not kept.")
    )
    return _page(here, seen, refused=says), 409


def _shut(here: Visitor) -> tuple[str, int]:
    return show("shut.html", here, text=posted(NOTE)), 409


@blueprint.route("/acts/take-back/<note>", methods=["GET", "POST"])
@audience(Audience.ROOM)
def take_back(edition: str, note: str) -> Answer:  # noqa: ARG001
    """What follows, then the act."""
    here = visitor()
    found = room_notes.find(db.session(), here.edition, note) if door.IDENTIFIER.fullmatch(note) else None
    if found is None or found.account_id != here.who.account.id:
        abort(404)
    reference = found.nomination.reference
    if not here.is_in or here.state is not rooms.State.OPEN or here.who.is_kept_out(found.nomination):
        return lead("deliberation.index", _("The room is closed; the note stays as it is."), "caution")
    if found.taken_back_at is not None:
        return lead("deliberation.nomination", reference=reference, _anchor="notes")
    if request.method == "GET":
        return show("take_back.html", here, written=found)
    try:
        room_notes.take_back(db.session(), here.edition, found, actor=sessions.actor(), now=sessions.now())
    except (NotYourNote, NotInTheRoom, KeptOut, RoomNotOpen):
        db.session.rollback()
        return lead("deliberation.index", _("The room is closed; the note stays as it is."), "caution")
    db.session.commit()
    return lead("deliberation.nomination", _("Taken back."), reference=reference, _anchor="notes")
