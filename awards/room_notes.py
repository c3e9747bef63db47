"""What is written in the deliberation room about a nomination, and what judges wrote for the panel, without names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from awards import audit, editions, marked, rooms
from awards.audit import Actor
from awards.models import (
    Account,
    Conflict,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    Room,
    RoomNote,
)
from awards.models.base import public_id
from awards.rooms import RoomNotOpen, State
from awards.writing import cleaned, says_something
from judging.values import Round

LONGEST = 4000
KEY = re.compile(r"[A-Za-z0-9_-]{8,32}\Z")


class NothingWritten(Exception):
    """A note says something."""


class NoteTooLong(Exception):
    """A note has at most 4,000 characters."""


class NotInTheRoom(Exception):
    """This is for the chair, and for judges of the panel who are still there."""


class KeptOut(Exception):
    """Whoever has a conflict with a nomination neither reads nor writes about it."""


class ShortlistSigned(Exception):
    """The shortlist of the category is signed: what there was to deliberate is decided."""


class NotYourNote(Exception):
    """A note is taken back by its writer."""


class Since(StrEnum):
    """What became of the writer of a note since."""

    LEFT = "left"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Said:
    """A note with its writer. `since`: whether they have left the panel, or have a conflict by now."""

    note: RoomNote
    since: Since | None

    @property
    def is_taken_back(self) -> bool:
        return self.note.taken_back_at is not None


def write(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    text: str,
    *,
    key: str = "",
    actor: Actor,
    now: datetime,
) -> RoomNote:
    """Keep a note; sent twice it is kept once. `key` tells one filled form from another.

    Raises NotInTheRoom, KeptOut, RoomNotOpen, ShortlistSigned, NothingWritten, NoteTooLong.
    """
    editions.lock(session, edition)
    _need_in(session, edition, nomination, actor)
    if rooms.is_signed(session, edition, nomination.category):
        raise ShortlistSigned(nomination.category)
    said = cleaned(text)
    if not says_something(said):
        raise NothingWritten(nomination.reference)
    if len(said) > LONGEST:
        raise NoteTooLong(str(len(said)))
    known = find(session, edition, key) if KEY.match(key) else None
    if known is not None and _is_same(known, nomination, actor, said):
        return known
    note = RoomNote(
        public_id=key if KEY.match(key) and known is None else public_id(),
        edition_id=edition.id,
        nomination=nomination,
        account=actor.account,
        text=said,
        at=now,
    )
    session.add(note)
    session.flush()
    _record(session, edition, note, "room.note", actor, now)
    return note


def take_back(session: Session, edition: Edition, note: RoomNote, *, actor: Actor, now: datetime) -> None:
    """Hide one's own note from the panel; that there was one stays. Twice changes nothing.

    Raises NotYourNote, NotInTheRoom, KeptOut, RoomNotOpen.
    """
    editions.lock(session, edition)
    if note.account_id != actor.account.id:
        raise NotYourNote(note.public_id)
    _need_in(session, edition, note.nomination, actor)
    session.refresh(note)
    if note.taken_back_at is not None:
        return
    note.taken_back_at = now
    session.flush()
    _record(session, edition, note, "room.note_taken_back", actor, now)


def find(session: Session, edition: Edition, key: str) -> RoomNote | None:
    return session.scalars(
        select(RoomNote).where(RoomNote.edition_id == edition.id, RoomNote.public_id == key)
    ).first()


def of_nomination(session: Session, edition: Edition, nomination: Nomination) -> list[Said]:
    """The notes about a nomination, the first one first."""
    found = session.scalars(
        select(RoomNote)
        .where(RoomNote.nomination_id == nomination.id)
        .options(joinedload(RoomNote.account).selectinload(Account.addresses))
        .order_by(RoomNote.at, RoomNote.id)
    ).all()
    since = _since(session, edition, nomination)
    return [Said(it, since.get(it.account_id)) for it in found]


def numbers(session: Session, edition: Edition) -> Mapping[int, int]:
    """How many notes stand about each nomination, by row; those taken back are not counted."""
    rows = session.execute(
        select(RoomNote.nomination_id, func.count())
        .where(RoomNote.edition_id == edition.id, RoomNote.taken_back_at.is_(None))
        .group_by(RoomNote.nomination_id)
    )
    return dict(iter(rows))


def discussed(session: Session, edition: Edition, but_not: Collection[int]) -> Sequence[Nomination]:
    """Nominations with notes, but not those rows: what has left the standing since."""
    return session.scalars(
        select(Nomination)
        .where(
            Nomination.id.in_(select(RoomNote.nomination_id).where(RoomNote.edition_id == edition.id)),
            Nomination.id.not_in(list(but_not)),
        )
        .order_by(Nomination.reference)
    ).all()


def comments(session: Session, edition: Edition, room: Room, nomination: Nomination) -> list[str]:
    """What judges wrote for the panel on sheets that count, in an order that tells nothing of who wrote what.

    By a hash of room, nomination and text: neither by judge nor by time, and another one for each nomination.
    """
    found = marked.comments(session, edition, Round.FIRST, nomination.category, nomination)
    place = f"{edition.public_id}:{room.id}:{nomination.public_id}"
    return sorted(
        (comment for *_, comment in found),
        key=lambda it: hashlib.sha256(f"{place}:{it}".encode()).hexdigest(),
    )


def _is_same(known: RoomNote, nomination: Nomination, actor: Actor, said: str) -> bool:
    mine = known.account_id == actor.account.id and known.nomination_id == nomination.id
    return mine and known.text == said


def _need_in(session: Session, edition: Edition, nomination: Nomination, actor: Actor) -> None:
    """Raises NotInTheRoom, KeptOut, RoomNotOpen."""
    who = rooms.entrant(session, edition, actor.account)
    if who is None or not who.writes or not who.reads(nomination):
        raise NotInTheRoom(nomination.reference)
    if who.is_kept_out(nomination):
        raise KeptOut(nomination.reference)
    if rooms.state_of(edition, rooms.of_edition(session, edition)) is not State.OPEN:
        raise RoomNotOpen(edition.key)


def _since(session: Session, edition: Edition, nomination: Nomination) -> dict[int, Since]:
    """Of the judges of an edition, by account, those who left it or have a conflict with the nomination."""
    rows = session.execute(
        select(Judge.account_id, Judge.state, Conflict.id.is_not(None))
        .outerjoin(
            Conflict,
            (Conflict.judge_id == Judge.id)
            & (Conflict.nomination_id == nomination.id)
            & Conflict.waived_by.is_(None),
        )
        .where(Judge.edition_id == edition.id)
    )
    found: dict[int, Since] = {}
    for account, state, is_bound in rows:
        if is_bound:
            found[account] = Since.CONFLICT
        elif state is JudgeState.LEFT:
            found[account] = Since.LEFT
    return found


def _record(
    session: Session, edition: Edition, note: RoomNote, action: str, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=note.nomination.reference,
        now=now,
        edition=edition,
        after={"note": note.public_id},
    )
