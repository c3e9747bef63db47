"""Dates of an edition: stating and moving its moments, with those concerned told, and what looks mistyped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from awards import announcements, decisions, editions
from awards.audit import Actor
from awards.models import (
    Account,
    Edition,
    Election,
    ElectionState,
    Nomination,
    Organisation,
    OwnDeadline,
    TimetableAmendment,
)
from awards.notices import Template
from awards.timetable import Deadline, Moment, deadline
from judging.values import Json, Round

IN_ORDER = (
    Moment.NOMINATIONS_OPEN,
    Moment.NOMINATIONS_CLOSE,
    Moment.MARKS_CLOSE,
    Moment.FINALISTS_ANNOUNCED,
    Moment.VOTE_OPEN,
    Moment.VOTE_CLOSE,
    Moment.CEREMONY,
)
CLOSING = frozenset({Moment.NOMINATIONS_CLOSE, Moment.MARKS_CLOSE, Moment.VOTE_CLOSE})
"""Moments that close something."""
TOLD = frozenset({Moment.NOMINATIONS_CLOSE})
"""Moments whose change is told to everyone with a draft."""
MARKED = {Moment.MARKS_CLOSE: Round.FIRST, Moment.VOTE_CLOSE: Round.SECOND}
"""Moments whose change is told to the judges who have sheets in a round."""


class ClosesInThePast(Exception):
    """A deadline can't be stated for a moment that has passed."""


class LastCallMade(Exception):
    """The last minutes of the vote are announced: it closes at that minute."""


class Doubt(StrEnum):
    """What may be mistyped about a date."""

    BEFORE_EARLIER = "before_earlier"
    AFTER_LATER = "after_later"
    PAST = "past"
    FAR = "far"
    CLOCK_SKIPS = "clock_skips"


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubt about a date; `other` is the moment that it stands on the wrong side of."""

    doubt: Doubt
    other: Moment | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A moment with all that was ever stated for it, the last one holding; `fixed` once it has passed."""

    moment: Moment
    changes: tuple[TimetableAmendment, ...]
    fixed: bool

    @property
    def at(self) -> Deadline | None:
        return _stated(self.changes[-1]) if self.changes else None

    @property
    def before(self) -> tuple[Deadline, ...]:
        """The dates that no longer hold."""
        at = self.at
        return tuple(
            dict.fromkeys(old for old in map(_stated, self.changes[:-1]) if at and old.instant != at.instant)
        )


def _stated(change: TimetableAmendment) -> Deadline:
    return Deadline(datetime.fromisoformat(change.local), change.zone, change.at_utc)


def held(session: Session, edition: Edition, now: datetime) -> tuple[Held, ...]:
    """Every moment that a timetable may state, in the order in which they follow each other."""
    stated: dict[Moment, list[TimetableAmendment]] = {}
    for change in session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id == edition.id)
        .order_by(TimetableAmendment.number)
    ):
        stated.setdefault(change.moment, []).append(change)
    return tuple(
        Held(moment, tuple(changes), bool(changes) and changes[-1].at_utc <= now)
        for moment in IN_ORDER
        for changes in [stated.get(moment, [])]
    )


def doubts(
    timetable: Mapping[Moment, Deadline], moment: Moment, wanted: Deadline, now: datetime
) -> tuple[Doubted, ...]:
    """What looks mistyped about a date, beside the others that are stated."""
    found = []
    here = IN_ORDER.index(moment)
    for other, stated in timetable.items():
        there = IN_ORDER.index(other)
        if there < here and wanted.instant < stated.instant:
            found.append(Doubted(Doubt.BEFORE_EARLIER, other))
        if there > here and wanted.instant > stated.instant:
            found.append(Doubted(Doubt.AFTER_LATER, other))
    if wanted.instant <= now:
        found.append(Doubted(Doubt.PAST))
    elif (wanted.instant - now).days > 3 * 366:
        found.append(Doubted(Doubt.FAR))
    if wanted.instant.astimezone(ZoneInfo(wanted.zone)).replace(tzinfo=None) != wanted.local:
        found.append(Doubted(Doubt.CLOCK_SKIPS))
    return tuple(sorted(found, key=lambda it: (it.doubt, IN_ORDER.index(it.other) if it.other else 0)))


def disorder(timetable: Mapping[Moment, Deadline]) -> tuple[tuple[Moment, Moment], ...]:
    """Pairs of stated moments that stand the wrong way round."""
    stated = [moment for moment in IN_ORDER if moment in timetable]
    return tuple(
        (one, other) for one, other in pairwise(stated) if timetable[one].instant > timetable[other].instant
    )


def check(session: Session, edition: Edition, moment: Moment, wanted: Deadline, now: datetime) -> None:
    """Whether a moment may be set so. Raises ClosesInThePast, DeadlinePassed, DeadlineEarlier, LastCallMade."""
    if moment is Moment.VOTE_CLOSE and session.scalar(_called(edition)):
        raise LastCallMade(edition.key)
    stated = editions.timetable_of(session, edition).get(moment)
    if stated is not None and wanted.instant != stated.instant:
        if stated.instant <= now:
            raise editions.DeadlinePassed(moment.value)
        if wanted.instant < stated.instant:
            raise editions.DeadlineEarlier(moment.value)
    if stated is None and moment in CLOSING and wanted.instant <= now:
        raise ClosesInThePast(moment.value)


def _called(edition: Edition) -> Select[int]:
    """The open elections whose last minute is announced."""
    return (
        select(Election.id)
        .where(
            Election.edition_id == edition.id,
            Election.state == ElectionState.OPEN,
            Election.last_call_at.is_not(None),
        )
        .limit(1)
    )


def state(
    session: Session,
    edition: Edition,
    moment: Moment,
    local: datetime,
    *,
    zone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """State a moment, or move a stated one later with a reason. How many people were told.

    Raises UnknownZone, ReasonMissing, ClosesInThePast, DeadlinePassed, DeadlineEarlier, LastCallMade.
    """
    editions.lock(session, edition)
    before = editions.timetable_of(session, edition).get(moment)
    wanted = deadline(local, zone)
    check(session, edition, moment, wanted, now)
    if before is not None:
        if (before.local, before.zone) == (wanted.local, wanted.zone):
            return 0
        reason = decisions.need_reason(reason)
    editions.set_moment(
        session, edition, moment, local, zone=zone, actor=actor, now=now, reason=reason.strip()
    )
    return announce(session, edition, moment, before, wanted, reason=reason, actor=actor, now=now)


def announce(
    session: Session,
    edition: Edition,
    moment: Moment,
    before: Deadline | None,
    after: Deadline,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Tell those whom it concerns, and the organisers, of a new close: writers of nominations, of marks judges.

    How many.
    """
    if before is not None and before.instant == after.instant:
        return 0
    said: dict[str, Json] = {
        "edition": edition.key,
        "moment": moment.value,
        "old": _said(before),
        "new": _said(after),
        "reason": reason.strip(),
        "path": f"/{edition.key}/",
    }
    if moment in TOLD:
        return announcements.tell(
            session, edition, Template.DATE_MOVED, said, organisers_too=True, actor=actor, now=now
        )
    people = concerned(session, edition, moment, after.instant)
    if not people:
        return 0
    own = {account.id for account in people}
    others = [it for it in announcements.organisers(session, edition) if it.id not in own]
    to_judges = said | {"reader": "judge", "path": f"/judging/{edition.key}/"}
    return sum(
        announcements.tell_people(session, edition, Template.DATE_MOVED, it, who, actor=actor, now=now)
        for it, who in ((to_judges, people), (said, others))
    )


def concerned(session: Session, edition: Edition, moment: Moment, after: datetime) -> Sequence[Account]:
    """The judges who are told when a moment moves to that time."""
    of_round = MARKED.get(moment)
    return [] if of_round is None else announcements.markers(session, edition, of_round, moment, after)


@dataclass(frozen=True, slots=True)
class Granted:
    """A later deadline and whose it is: a nomination, an organisation or a category."""

    deadline: OwnDeadline
    nomination: Nomination | None
    organisation: Organisation | None


def granted(session: Session, edition: Edition) -> Sequence[Granted]:
    """The later closes of nominations that were granted, the newest first; those of judges stand elsewhere."""
    rows = session.execute(
        select(OwnDeadline, Nomination, Organisation)
        .outerjoin(Nomination, Nomination.id == OwnDeadline.nomination_id)
        .outerjoin(Organisation, Organisation.id == OwnDeadline.organisation_id)
        .where(OwnDeadline.edition_id == edition.id, OwnDeadline.judge_id.is_(None))
        .order_by(OwnDeadline.id.desc())
        .options(joinedload(Nomination.revisions))
    ).unique()
    return [Granted(own, nomination, organisation) for own, nomination, organisation in rows]


def _said(stated: Deadline | None) -> Json:
    return None if stated is None else {"local": stated.local.isoformat(), "zone": stated.zone}
