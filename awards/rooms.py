"""The deliberation room: who comes in and to what, the chair's word that opens it, and the one that closes it.

It is there between the close of the first round and the second one. No mark is given or changed in it: whoever has read
the standing there mends no sheet any more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import audit, chairs, editions, judges, notices, readings, standings
from awards.audit import Actor
from awards.chairs import CHAIRS, NotTheChair
from awards.models import (
    Account,
    Edition,
    FrozenStanding,
    Grant,
    Judge,
    JudgeState,
    Nomination,
    Reopening,
    Role,
    Room,
)
from awards.notices import Template
from awards.timetable import ORDER, Phase

ROLES = (*CHAIRS, Role.JUDGE, Role.AUDITOR)


class State(StrEnum):
    """BEFORE: the first round isn't closed. SHUT: not opened yet."""

    BEFORE = "before"
    SHUT = "shut"
    OPEN = "open"
    CLOSED = "closed"


class NotClosedYet(Exception):
    """The room opens after the close of the first round, and before the second one."""


class SheetsMended(Exception):
    """A judge mends a sheet of the closed round, or asks to: whoever gives marks hasn't read the standing."""


class ReadingsOpen(Exception):
    """Second readings are going on: their judges haven't read the standing."""


class RoomNotOpen(Exception):
    """The room is not open: nothing is written in it."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who may come in. `categories`: those whose nominations they read, None for all; `kept_out`: the
    nominations, by row, in which they have an interest. `sits`: at the chair's table.
    """

    account: Account
    categories: frozenset[str] | None
    kept_out: frozenset[int]
    sits: bool
    judges: bool
    audits: bool

    @property
    def writes(self) -> bool:
        return self.sits or self.judges

    def reads(self, nomination: Nomination) -> bool:
        """Whether a nomination is before them at all, in conflict or not."""
        return self.reads_category(nomination.category)

    def reads_category(self, category: str) -> bool:
        return self.categories is None or category in self.categories

    def is_kept_out(self, nomination: Nomination) -> bool:
        return nomination.id in self.kept_out

    def comes_in(self, state: State) -> bool:
        """Once it is closed, notes are for chair and auditor."""
        return state is State.OPEN or (state is State.CLOSED and (self.sits or self.audits))


def of_edition(session: Session, edition: Edition) -> Room | None:
    return session.scalars(select(Room).where(Room.edition_id == edition.id)).first()


def state_of(edition: Edition, room: Room | None) -> State:
    """How the room stands; once the edition has moved on it is closed, whoever forgot to."""
    if edition.first_closed_at is None or ORDER.index(edition.phase) <= ORDER.index(Phase.FIRST_ROUND):
        return State.BEFORE
    if room is None:
        return State.SHUT
    in_time = room.closed_at is None and edition.phase is Phase.DELIBERATION
    return State.OPEN if in_time else State.CLOSED


def was_opened(session: Session, edition: Edition) -> bool:
    """Whether the panel has read the standing in the room: from then on nobody gives marks of that round."""
    return of_edition(session, edition) is not None


def open_in(session: Session, found: Collection[int]) -> set[int]:
    """Those of some editions, by row, whose room is open."""
    return set(
        session.scalars(
            select(Room.edition_id)
            .join(Edition, Edition.id == Room.edition_id)
            .where(
                Room.edition_id.in_(found),
                Room.closed_at.is_(None),
                Edition.phase == Phase.DELIBERATION,
                Edition.first_closed_at.is_not(None),
            )
        )
    )


def entrant(session: Session, edition: Edition, account: Account) -> Entrant | None:
    """Whoever may come in as chair, deputy, auditor, or as a judge who accepted and is still there; None for others."""
    held = session.scalars(
        select(Grant).where(
            Grant.account_id == account.id,
            Grant.role.in_(ROLES),
            (Grant.edition_id == edition.id) | Grant.edition_id.is_(None),
            Grant.ended_at.is_(None),
        )
    ).all()
    roles = {it.role for it in held}
    judge = _judge(session, edition, account) if Role.JUDGE in roles else None
    at_table = [it for it in held if it.role in CHAIRS]
    audits = Role.AUDITOR in roles
    if not (at_table or audits or judge):
        return None
    whole = audits or any(it.category is None for it in at_table) or (judge and not judge.categories)
    mine = {it.category for it in at_table if it.category} | set(judge.categories if judge else ())
    return Entrant(
        account=account,
        categories=None if whole else frozenset(mine),
        kept_out=frozenset(chairs.kept_out(session, edition, account)),
        sits=bool(at_table),
        judges=judge is not None,
        audits=audits,
    )


def _judge(session: Session, edition: Edition, account: Account) -> Judge | None:
    found = session.scalars(
        select(Judge).where(
            Judge.edition_id == edition.id,
            Judge.account_id == account.id,
            Judge.state == JudgeState.ACCEPTED,
        )
    ).first()
    return found if found is not None and judges.joined(found) else None


def runs_it(session: Session, edition: Edition, account: Account) -> bool:
    """Whether somebody opens and closes the room: the chair, or the first deputy where no chair is appointed.

    That decides about no nomination, so that no conflict stands against it.
    """
    table = chairs.table_of(session, edition)
    seats = (table.of(key)[:1] for key in editions.open_categories(session, edition))
    return any(seat.grant.account_id == account.id for first in seats for seat in first)


def open_room(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Room:
    """Let the panel in, and tell it; one that was closed opens again. Doing it twice changes nothing.

    Raises NotTheChair, NotClosedYet, SheetsMended, ReadingsOpen.
    """
    editions.lock(session, edition)
    _need_chair(session, edition, actor)
    hinder(session, edition)
    room = of_edition(session, edition)
    if room is not None and room.closed_at is None:
        return room
    if room is None:
        room = Room(edition_id=edition.id)
        session.add(room)
    room.opened_at, room.opened_by_id, room.closed_at = now, actor.account.id, None
    session.flush()
    told = _tell(session, edition, actor, now)
    _record(session, edition, "room.opened", actor, now, told=told)
    return room


def hinder(session: Session, edition: Edition) -> None:
    """Raises what keeps the room from being opened now: NotClosedYet, SheetsMended, ReadingsOpen."""
    if edition.first_closed_at is None or edition.phase is not Phase.DELIBERATION:
        raise NotClosedYet(edition.key)
    mended = (
        select(Reopening.id)
        .join(Judge, Judge.id == Reopening.judge_id)
        .where(Judge.edition_id == edition.id, Reopening.ended_at.is_(None))
    )
    if session.scalars(mended).first() is not None:
        raise SheetsMended(edition.key)
    if readings.is_open(session, edition):
        raise ReadingsOpen(edition.key)


def close_room(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """From now on nothing is written; what was stays for chair and auditor. Raises NotTheChair, RoomNotOpen."""
    editions.lock(session, edition)
    _need_chair(session, edition, actor)
    room = of_edition(session, edition)
    if room is None:
        raise RoomNotOpen(edition.key)
    if room.closed_at is not None:
        return
    room.closed_at = now
    session.flush()
    _record(session, edition, "room.closed", actor, now)


def is_signed(session: Session, edition: Edition, category: str) -> bool:
    """Whether the shortlist of a category is signed, and the signature is in force."""
    found: FrozenStanding | None = standings.latest(session, edition).get(category)
    return found is not None and found.signed_by is not None


def _need_chair(session: Session, edition: Edition, actor: Actor) -> None:
    if not actor.operator and not runs_it(session, edition, actor.account):
        first = chairs.table_of(session, edition).seats[:1]
        raise NotTheChair(first[0].grant.account if first else None)


def _tell(session: Session, edition: Edition, actor: Actor, now: datetime) -> int:
    """Write to the panel and to those at the table, but not to who opens it."""
    panel = session.scalars(
        select(Judge)
        .where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
        .order_by(Judge.id)
    ).all()
    people = {it.account_id: it.account for it in panel if judges.joined(it)}
    people |= {it.grant.account_id: it.grant.account for it in chairs.table_of(session, edition).seats}
    people.pop(actor.account.id, None)
    return notices.tell(
        session,
        Template.ROOM_OPENED,
        people.values(),
        edition=edition,
        arguments={"path": f"/deliberation/{edition.key}/"},
        now=now,
    )


def _record(
    session: Session, edition: Edition, action: str, actor: Actor, now: datetime, **after: int
) -> None:
    audit.record(
        session, actor=actor, action=action, subject=edition.key, now=now, edition=edition, after={**after}
    )
