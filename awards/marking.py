"""Until when a judge may write marks: the round's deadline, a later one of their own, or after the close what is opened
for them alone: a sheet to mend, or a further reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from awards import deadlines, decisions, editions, notices, panels, readings, stages
from awards.audit import Actor
from awards.deadlines import Timing
from awards.models import (
    Assignment,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    OwnDeadline,
    Reopening,
    SecondReading,
    TimetableAmendment,
)
from awards.notices import Template
from awards.timetable import Deadline, Moment, Phase, deadline, in_zone
from judging.values import Round

MOMENT: Mapping[Round, Moment] = {Round.FIRST: Moment.MARKS_CLOSE, Round.SECOND: Moment.VOTE_CLOSE}
"""The moment of the timetable at which the forms of a round lock."""


class MarksClosed(Exception):
    """The deadline for marks is over, or the round is closed; `closes` is when it was, where a date is stated."""

    def __init__(self, closes: Deadline | None = None) -> None:
        super().__init__(str(closes.local) if closes else "")
        self.closes = closes


class NothingCloses(Exception):
    """No date is stated for the round, so its forms don't close and nobody needs more time."""


class NothingToMark(Exception):
    """The judge is not on the panel any more, or has no sheet in this round."""


class OwnTime(Exception):
    """Nobody gives more time to themselves."""


@dataclass(frozen=True, slots=True)
class Marking:
    """The round in which a judge gives marks now, and how a form opened then and sent now stands to its deadline.

    `closes` None: no date is stated, and that closes nothing. `is_own`: later than the edition's. `reopened`: the
    round is closed, and open for this judge alone; `reading`: so too, for the nominations of a further reading alone.
    """

    round: Round
    closes: Deadline | None
    timing: Timing
    is_own: bool = False
    reopened: Reopening | None = None
    reading: SecondReading | None = None

    @property
    def after_the_close(self) -> bool:
        return self.reopened is not None or self.reading is not None

    @property
    def is_open(self) -> bool:
        return self.timing is not Timing.LATE


def of_judge(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    assignment: Assignment | None = None,
    opened: datetime | None,
    now: datetime,
) -> Marking | None:
    """How a judge stands to the round; None where none is open, for them or for all.

    `assignment`: the one in question. After the close a round is reopened for one category alone, and further readings
    are of some nominations alone.
    """
    of_round = stages.current_round(session, edition)
    grace = editions.rules_of(session, edition).eligibility.grace_minutes
    if of_round is None:
        if edition.phase is not Phase.DELIBERATION:
            return None
        reading = readings.of_judge(session, judge, assignment)
        if reading is None or assignment is None:
            found = reopening(session, judge, assignment.nomination.category if assignment else None)
            if found is not None:
                return Marking(found.round, None, Timing.IN_TIME, reopened=found)
        return None if reading is None else of_reading(edition, reading, opened, now, grace)
    its = stated(session, edition, of_round)
    closes = closes_for(session, edition, of_round, [judge])[judge.id]
    timing = deadlines.timing(closes, opened=opened, now=now, grace_minutes=grace)
    return Marking(of_round, closes, timing, is_own=closes != its)


def of_reading(
    edition: Edition, reading: SecondReading, opened: datetime | None, now: datetime, grace: int
) -> Marking:
    """How a judge stands to a further reading that is open."""
    closes = in_zone(reading.closes_at, edition.zone)
    timing = deadlines.timing(closes, opened=opened, now=now, grace_minutes=grace)
    return Marking(Round.FIRST, closes, timing, reading=reading)


def of_open_round() -> ColumnElement[bool]:
    """In a query of assignments with their edition: that they are of the round of marks that is open."""
    first = and_(Edition.phase == Phase.FIRST_ROUND, Assignment.round == Round.FIRST)
    second = and_(
        Edition.phase == Phase.SECOND_ROUND,
        Edition.second_closed_at.is_(None),
        Assignment.round == Round.SECOND,
    )
    return or_(first, second)


def is_open() -> ColumnElement[bool]:
    """In a query of assignments with nomination and edition: that their round is open, or open again for their judge:
    reopened in their category, or for a further reading of this nomination.
    """
    about = aliased(Nomination)
    reopened = exists().where(
        Reopening.judge_id == Assignment.judge_id,
        Reopening.round == Assignment.round,
        Reopening.approved_at.is_not(None),
        Reopening.ended_at.is_(None),
        about.id == Reopening.nomination_id,
        about.category == Nomination.category,
    )
    again = or_(reopened, readings.in_progress())
    return or_(of_open_round(), and_(Edition.phase == Phase.DELIBERATION, again))


def need_open(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    assignment: Assignment | None = None,
    opened: datetime | None,
    now: datetime,
) -> Marking:
    """The round that is open for a judge. The caller holds the edition. Raises MarksClosed."""
    found = of_judge(session, edition, judge, assignment=assignment, opened=opened, now=now)
    if found is None or not found.is_open:
        raise MarksClosed(found.closes if found else None)
    return found


def closes_for(
    session: Session, edition: Edition, of_round: Round, judges: Sequence[Judge]
) -> dict[int, Deadline | None]:
    """When marks close for each of some judges, by row, after two queries."""
    return closes_of(session, judges, {edition.id: of_round})


def closes_of(
    session: Session, judges: Sequence[Judge], rounds: Mapping[int, Round]
) -> dict[int, Deadline | None]:
    """The same for judges of several editions, of each the round named; None in an edition without one."""
    stated = stated_of(session, rounds)
    found = {judge.id: stated.get(judge.edition_id) for judge in judges}
    granted = session.scalars(
        select(OwnDeadline)
        .where(OwnDeadline.edition_id.in_(list(rounds)), OwnDeadline.judge_id.in_(list(found)))
        .order_by(OwnDeadline.at_utc)
    )
    for later in granted:
        its = stated.get(later.edition_id)
        is_later = its is not None and later.at_utc > its.instant
        if later.judge_id is not None and is_later and later.moment is MOMENT[rounds[later.edition_id]]:
            found[later.judge_id] = Deadline(datetime.fromisoformat(later.local), later.zone, later.at_utc)
    return found


def stated_of(session: Session, rounds: Mapping[int, Round]) -> dict[int, Deadline]:
    """When marks close in each of some editions, of the round named, as last stated; after one query."""
    changes = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id.in_(list(rounds)))
        .order_by(TimetableAmendment.number)
    )
    return {
        it.edition_id: Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc)
        for it in changes
        if it.moment is MOMENT[rounds[it.edition_id]]
    }


def grant_time(
    session: Session,
    edition: Edition,
    judge: Judge,
    local: datetime,
    *,
    zone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Let one judge write marks longer than the others, by a decision with its reason; the judge is told by mail.

    It goes while the round is open, after its deadline too. Raises RoundNotOpen, RoundClosed, NothingCloses,
    NothingToMark, OwnTime, UnknownZone, ReasonMissing, and DeadlineEarlier where it isn't later than what holds.
    """
    editions.lock(session, edition)
    of_round = panels.open_round(session, edition)
    wanted, why = deadline(local, zone), decisions.need_reason(reason)
    check_time(session, edition, judge, wanted, actor=actor, now=now)
    before = closes_for(session, edition, of_round, [judge])[judge.id]
    session.add(
        OwnDeadline(
            edition_id=edition.id,
            moment=MOMENT[of_round],
            judge_id=judge.id,
            local=wanted.local.isoformat(),
            zone=zone,
            at_utc=wanted.instant,
            reason=why,
            by_id=actor.account.id,
            at=now,
        )
    )
    _tell(session, edition, judge, of_round, before, wanted, reason=why, now=now)
    return decisions.decide(
        session,
        edition,
        DecisionKind.DEADLINE,
        actor=actor,
        now=now,
        subject={
            "moment": MOMENT[of_round].value,
            "at": wanted.instant.isoformat(),
            "judge": judge.public_id,
        },
        names={"judge": judge.account.name},
        reason=why,
    )


def check_time(
    session: Session, edition: Edition, judge: Judge, wanted: Deadline, *, actor: Actor, now: datetime
) -> None:
    """Whether a judge may be given time until then. Raises what `grant_time` raises of it."""
    of_round = panels.open_round(session, edition)
    if judge.account_id == actor.account.id:
        raise OwnTime(judge.public_id)
    issued = session.scalar(
        select(Assignment.id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
        )
        .limit(1)
    )
    if judge.edition_id != edition.id or judge.state is not JudgeState.ACCEPTED or issued is None:
        raise NothingToMark(judge.public_id)
    holds = closes_for(session, edition, of_round, [judge])[judge.id]
    if holds is None:
        raise NothingCloses(edition.key)
    if wanted.instant <= now or wanted.instant <= holds.instant:
        raise editions.DeadlineEarlier(MOMENT[of_round].value)


def stated(session: Session, edition: Edition, of_round: Round) -> Deadline | None:
    """When marks of a round close for everybody without a later close of their own."""
    return stated_of(session, {edition.id: of_round}).get(edition.id)


def granted(session: Session, edition: Edition, of_round: Round) -> Sequence[OwnDeadline]:
    """The later deadlines that judges were given in a round, the newest first."""
    return session.scalars(
        select(OwnDeadline)
        .where(
            OwnDeadline.edition_id == edition.id,
            OwnDeadline.moment == MOMENT[of_round],
            OwnDeadline.judge_id.is_not(None),
        )
        .order_by(OwnDeadline.id.desc())
    ).all()


def _tell(
    session: Session,
    edition: Edition,
    judge: Judge,
    of_round: Round,
    before: Deadline | None,
    after: Deadline,
    *,
    reason: str,
    now: datetime,
) -> None:
    account = judge.account
    if not account.active or not account.email:
        return
    notices.queue(
        session,
        Template.DATE_MOVED,
        account.email,
        language=account.language,
        now=now,
        account=account,
        edition=edition,
        arguments={
            "edition": edition.key,
            "moment": MOMENT[of_round].value,
            "reader": "judge",
            "own": True,
            "old": notices.moment(before) if before is not None else None,
            "new": notices.moment(after),
            "reason": reason,
            "path": f"/judging/{edition.key}/",
        },
    )


def reopenings(session: Session, judge: Judge, category: str | None = None) -> Sequence[Reopening]:
    """What lets a judge write now, after the close, in a category or in any; with their nominations, in order."""
    query = (
        select(Reopening)
        .join(Nomination, Nomination.id == Reopening.nomination_id)
        .options(contains_eager(Reopening.nomination))
        .where(
            Reopening.judge_id == judge.id, Reopening.approved_at.is_not(None), Reopening.ended_at.is_(None)
        )
        .order_by(Reopening.id)
    )
    if category is not None:
        query = query.where(Nomination.category == category)
    return session.scalars(query).all()


def reopening(session: Session, judge: Judge, category: str | None = None) -> Reopening | None:
    """The first of these."""
    return next(iter(reopenings(session, judge, category)), None)
