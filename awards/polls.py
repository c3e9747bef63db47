"""Polls: the vote opened, its turnout, reminders, more time, its close. Counts only: nothing here reads a choice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    ballot_log,
    dates,
    deadlines,
    decisions,
    editions,
    elections,
    envelopes,
    holders,
    passes,
    public_votes,
    readiness,
    results,
    roll,
)
from awards.audit import Actor
from awards.elections import Turnout
from awards.envelopes import NotOpen, Presence
from awards.holders import State, Wanted
from awards.models import (
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Outbox,
    OutboxState,
    RollEntry,
)
from awards.notices import Template
from awards.passes import Why
from awards.readiness import Item
from awards.timetable import Deadline, Moment, Phase

DAY = timedelta(days=1)
WHY = {ElectionKind.REPEAT: Why.ANEW, ElectionKind.RUNOFF: Why.RUNOFF, ElectionKind.PUBLIC: Why.ANEW}
checklist = readiness.checklist


class Stage(StrEnum):
    """How far the vote has come."""

    EARLY = "early"
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"


class NotReady(Exception):
    """Something has to be seen to before the vote can open."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__(", ".join(it.kind.value for it in items))
        self.items = tuple(items)


class SeenOtherwise(Exception):
    """What would be opened has changed since it was shown."""


class TimeLeft(Exception):
    """The vote is promised to be open until then, and somebody has a ballot left to cast."""

    def __init__(self, until: Deadline) -> None:
        super().__init__(until.instant.isoformat())
        self.until = until


class ClosedAlready(Exception):
    """The vote is closed."""


@dataclass(frozen=True, slots=True)
class Poll:
    """The vote at a moment: of each category how many could vote and did; present on the whole, with what is asked."""

    stage: Stage
    elections: tuple[Election, ...]
    turnout: tuple[Turnout, ...]
    presence: Presence
    needed: int
    closes: Deadline | None
    """When it closes; None where no date holds for something of it, as in a run-off, which people close."""
    is_last_call: bool
    """Whether that is the minute announced in the hall, after which no grace follows."""
    stated: Deadline | None
    left: int
    """How many electors have a ballot left to cast."""
    public: tuple[Election, ...] = ()
    """The public's own votes beside it, on no roll and in no quorum: opened, closed and counted with it."""

    @property
    def everybody(self) -> bool:
        """Whether every ballot that can still be cast is in the box; of the public anybody may still come."""
        return not self.left and not any(it.state is ElectionState.OPEN for it in self.public)

    @property
    def is_by_hand(self) -> bool:
        """Whether people close it, and no date that was stated before."""
        return self.closes is None or self.is_last_call

    @property
    def is_runoff(self) -> bool:
        return bool(self.elections) and all(it.kind is ElectionKind.RUNOFF for it in self.elections)


def look(session: Session, edition: Edition) -> Poll:
    """How the vote stands. Raises NoVote."""
    vote = roll.vote_of(editions.rules_of(session, edition))
    shown = _shown(elections.of_edition(session, edition))
    public = _shown(elections.of_the_public(session, edition))
    found = envelopes.presence(session, shown)
    stated = editions.timetable_of(session, edition).get(Moment.VOTE_CLOSE)
    closes = _closes((*shown, *public), stated)
    return Poll(
        _stage(edition, (*shown, *public)),
        tuple(shown),
        elections.turnout(session, shown),
        found,
        max(ceil(vote.quorum * found.roll), 1),
        closes,
        closes is not None and any(it.last_call_at == closes.instant for it in (*shown, *public)),
        stated,
        len(roll.left(session, edition)),
        tuple(public),
    )


def _shown(found: Sequence[Election]) -> list[Election]:
    """Those in the box; where there is none, those that are counted."""
    return [it for it in found if it.state in elections.IN_THE_BOX] or [
        it for it in found if it.state is ElectionState.COUNTED
    ]


def _stage(edition: Edition, shown: Sequence[Election]) -> Stage:
    states = {it.state for it in shown}
    if ElectionState.OPEN in states:
        return Stage.OPEN
    if ElectionState.CLOSED in states:
        return Stage.CLOSED
    if ElectionState.COUNTED in states:
        return Stage.COUNTED
    return Stage.BEFORE if edition.phase is Phase.DELIBERATION else Stage.EARLY


def _closes(shown: Sequence[Election], stated: Deadline | None) -> Deadline | None:
    """A category that is voted on again after the close waits for people, whatever was stated for the others."""
    waiting = [it for it in shown if it.state is ElectionState.OPEN] or shown
    found = [until for it in waiting if (until := deadlines.of_vote(it, stated)) is not None]
    return max(found, key=lambda it: it.instant) if found and len(found) == len(waiting) else None


def stamp(session: Session, edition: Edition) -> str:
    """What was shown of the vote to be opened: it is opened only as it was read."""
    vote = roll.vote_of(editions.rules_of(session, edition))
    found = readiness.preview(session, edition, vote)
    return ";".join(f"{key}:{','.join(it.slate)}:{it.with_a_ballot}" for key, it in found.items())


def open_vote(
    session: Session,
    edition: Edition,
    *,
    seen: str,
    by_hand: bool = False,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> int:
    """Open the vote as it was shown, and write to everybody who has a ballot; how many were written to.

    `by_hand`: without a close that lies ahead, such as in a hall: people close it.

    Raises NoVote, ClosedAlready, NotReady, SeenOtherwise, IllegalTransition, TooFewElectors.
    """
    editions.lock(session, edition)
    if look(session, edition).stage not in (Stage.EARLY, Stage.BEFORE):
        raise ClosedAlready(edition.key)
    found = checklist(session, edition, now, key_folder=key_folder)
    if stopping := [it for it in found if it.stops and not (by_hand and it.kind in readiness.BY_HAND)]:
        raise NotReady(stopping)
    if seen != stamp(session, edition):
        raise SeenOtherwise(edition.key)
    opened = elections.open_second(
        session, edition, by_hand=any(it.stops for it in found), actor=actor, now=now
    )
    return len(call(session, edition, opened, again=False, actor=actor, now=now))


def call(
    session: Session,
    edition: Edition,
    opened: Iterable[Election],
    *,
    again: bool = True,
    why: Why | None = None,
    actor: Actor,
    now: datetime,
) -> list[RollEntry]:
    """Write to those who have a ballot in elections that were opened now, of the public too; who was written to.

    `why`: where it is another reason than that of the elections' kind.
    """
    found = list(opened)
    voting = roll.left(session, edition, found)
    reached = [entry for entry in passes.reachable(roll.on(session, edition)) if entry.id in voting]
    reached += public_votes.let_in(session, found)
    why = why or next((WHY[it.kind] for it in found if it.kind in WHY), None)
    dated = look(session, edition).closes is not None
    return passes.invite(session, edition, reached, again=again, why=why, dated=dated, actor=actor, now=now)


def close(session: Session, edition: Edition, *, reason: str = "", actor: Actor, now: datetime) -> Poll:
    """Close the vote: nobody can cast a ballot any more, and nothing is opened yet.

    Before its date, and the grace after it, only where every ballot is cast. Where no date holds and somebody could
    still vote it needs a reason. Raises NotOpen, ClosedAlready, TimeLeft, ReasonMissing.
    """
    editions.lock(session, edition)
    poll = look(session, edition)
    if poll.stage is Stage.CLOSED:
        raise ClosedAlready(edition.key)
    if poll.stage is not Stage.OPEN:
        raise NotOpen(edition.key)
    if not poll.everybody:
        if poll.closes is None:
            reason = decisions.need_reason(reason)
        elif not is_over(session, edition, poll, now):
            raise TimeLeft(poll.closes)
    ballot_log.publish(session, edition, closing=True, actor=actor, now=now)
    closing = [it for it in (*poll.elections, *poll.public) if it.state is ElectionState.OPEN]
    for election in closing:
        election.state, election.closed_at = ElectionState.CLOSED, now
    session.flush()
    passes.end_all(session, edition, now=now)
    results.decide_close(
        session,
        edition,
        list(dict.fromkeys(it.category for it in closing)),
        reason=reason,
        actor=actor,
        now=now,
    )
    if any(it.key.shared for it in closing):
        people = [it for it in holders.of_edition(session, edition) if it.state is State.READY]
        holders.ask(session, edition, people, Wanted.GIVE, now=now)
    return look(session, edition)


def grace(session: Session, edition: Edition) -> timedelta:
    """How long after the close a ballot that was opened in time is still taken."""
    return timedelta(minutes=editions.rules_of(session, edition).eligibility.grace_minutes)


def is_over(session: Session, edition: Edition, poll: Poll, now: datetime) -> bool:
    """Whether the time for casting has passed in an open vote; the grace included, where it was not called by hand."""
    if poll.stage is not Stage.OPEN or poll.closes is None:
        return False
    more = timedelta() if poll.is_last_call else grace(session, edition)
    return now > poll.closes.instant + more


@dataclass(frozen=True, slots=True)
class Reminding:
    """Electors who have a ballot left to cast: to write to, written to within a day, and not to be reached by mail."""

    go: tuple[RollEntry, ...]
    lately: tuple[RollEntry, ...]
    unreachable: tuple[RollEntry, ...]


def without_a_ballot(session: Session, edition: Edition) -> list[RollEntry]:
    """The roll entries of which a ballot is missing in some category that is open: by entry, never by choice."""
    missing = roll.left(session, edition)
    return [entry for entry in roll.on(session, edition) if entry.id in missing]


def to_remind(session: Session, edition: Edition, now: datetime) -> Reminding:
    """Who would be reminded now. Raises NotOpen, also once the date of the close has passed."""
    poll = look(session, edition)
    if poll.stage is not Stage.OPEN or (poll.closes is not None and now > poll.closes.instant):
        raise NotOpen(edition.key)
    left = without_a_ballot(session, edition)
    reached = {entry.id for entry in passes.reachable(roll.on(session, edition))}
    lately = set(
        session.scalars(
            select(Outbox.roll_entry_id).where(
                Outbox.edition_id == edition.id,
                Outbox.template == Template.BALLOT.value,
                Outbox.state.not_in((OutboxState.CANCELLED, OutboxState.FAILED)),
                Outbox.due_at > now - DAY,
            )
        )
    )
    return Reminding(
        tuple(it for it in left if it.id in reached and it.id not in lately),
        tuple(it for it in left if it.id in reached and it.id in lately),
        tuple(it for it in left if it.id not in reached),
    )


def remind(
    session: Session, edition: Edition, whom: Collection[str], *, actor: Actor, now: datetime
) -> list[RollEntry]:
    """Remind those of `whom`, by identifier, who still have a ballot left to cast; nobody twice within a day.

    Raises NotOpen.
    """
    editions.lock(session, edition)
    go = [entry for entry in to_remind(session, edition, now).go if entry.public_id in whom]
    dated = look(session, edition).closes is not None
    return passes.invite(session, edition, go, again=True, dated=dated, actor=actor, now=now)


def extend(
    session: Session,
    edition: Edition,
    local: datetime,
    *,
    zone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[RollEntry]:
    """Let an open vote close later, and tell those with a ballot left to cast; who was told.

    Raises NotOpen, and what `dates.state` raises.
    """
    editions.lock(session, edition)
    poll = look(session, edition)
    if poll.stage is not Stage.OPEN or poll.is_last_call:
        raise NotOpen(edition.key)
    dates.state(session, edition, Moment.VOTE_CLOSE, local, zone=zone, reason=reason, actor=actor, now=now)
    return call_missing(session, edition, actor=actor, now=now)


def call_missing(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> list[RollEntry]:
    """Write to all who have a ballot left to cast, such as until when they can now; who was written to."""
    left = roll.left(session, edition)
    told = [entry for entry in passes.reachable(roll.on(session, edition)) if entry.id in left]
    return passes.invite(session, edition, told, again=True, actor=actor, now=now)
