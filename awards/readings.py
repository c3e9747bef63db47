"""Second readings as they stand: which are open, whose sheets are still to come in, what is spent of the budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from awards.models import (
    Assignment,
    AssignmentState,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationState,
    ReadingState,
    ScoreSheet,
    SecondReading,
    SheetState,
)
from awards.timetable import Phase

GONE = (NominationState.WITHDRAWN, NominationState.DISQUALIFIED, NominationState.INELIGIBLE)


def in_progress() -> ColumnElement[bool]:
    """In a query of assignments: that they are of a second reading that is not closed yet. Their sheets don't count."""
    its = SecondReading.id == Assignment.reading_id
    return exists().where(its, SecondReading.state == ReadingState.OPEN).correlate(Assignment)


def still_out() -> ColumnElement[bool]:
    """In a query of assignments: that they are issued in a second reading that is not closed yet."""
    return and_(Assignment.state == AssignmentState.ISSUED, in_progress())


def is_ahead(session: Session, assignment: Assignment) -> bool:
    """Whether an assignment is of second readings that are not closed yet."""
    if assignment.reading_id is None:
        return False
    return session.get_one(SecondReading, assignment.reading_id).state is ReadingState.OPEN


def current(session: Session, edition: Edition) -> SecondReading | None:
    """The second readings that are under way."""
    return session.scalars(
        select(SecondReading)
        .where(SecondReading.edition_id == edition.id, SecondReading.state == ReadingState.OPEN)
        .order_by(SecondReading.number.desc())
        .limit(1)
    ).first()


def is_open(session: Session, edition: Edition) -> bool:
    """Whether second readings are under way: until they are closed nothing is signed and nobody deliberates."""
    return current(session, edition) is not None


def of_edition(session: Session, edition: Edition) -> Sequence[SecondReading]:
    """All that were ordered, the first first."""
    return session.scalars(
        select(SecondReading).where(SecondReading.edition_id == edition.id).order_by(SecondReading.number)
    ).all()


def of_judge(session: Session, judge: Judge, assignment: Assignment | None = None) -> SecondReading | None:
    """What lets a judge read one nomination more, or any."""
    query = (
        select(SecondReading)
        .join(Assignment, Assignment.reading_id == SecondReading.id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.state == AssignmentState.ISSUED,
            SecondReading.state == ReadingState.OPEN,
        )
        .order_by(SecondReading.id)
    )
    if assignment is not None:
        query = query.where(Assignment.id == assignment.id)
    return session.scalars(query.limit(1)).first()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further reading that was given out. `submitted`: its judge is done."""

    assignment: int
    judge: int
    reference: str
    state: AssignmentState
    submitted: bool
    stands: bool
    on_the_panel: bool

    @property
    def is_out(self) -> bool:
        """Whether it is still to come in."""
        return self.is_given and not self.submitted

    @property
    def is_given(self) -> bool:
        """Whether it came in or is still to come in."""
        return self.state is AssignmentState.ISSUED and self.stands and (self.submitted or self.on_the_panel)


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination of second readings: how many further sheets were ordered, are in, and are with a judge."""

    reference: str
    wanted: int
    submitted: int
    out: int
    stands: bool = True

    @property
    def lacking(self) -> int:
        """How many have no judge."""
        return max(0, self.wanted - self.submitted - self.out) if self.stands else 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far second readings are, in numbers of sheets and nothing else."""

    lines: tuple[Line, ...]
    left: Mapping[int, int] = field(default_factory=dict)

    @property
    def submitted(self) -> int:
        return sum(it.submitted for it in self.lines)

    @property
    def out(self) -> int:
        return sum(it.out for it in self.lines)

    @property
    def lacking(self) -> int:
        return sum(it.lacking for it in self.lines)

    @property
    def wanted(self) -> int:
        return sum(it.wanted for it in self.lines)

    @property
    def missing(self) -> tuple[Line, ...]:
        """Those of which sheets have not come in."""
        return tuple(it for it in self.lines if it.out or it.lacking)


def sheets(session: Session, which: Iterable[SecondReading]) -> list[Sheet]:
    """Every further reading that was given out by some orders."""
    rows = session.execute(
        select(
            Assignment.id,
            Assignment.judge_id,
            Nomination.reference,
            Assignment.state,
            ScoreSheet.state,
            Nomination.state,
            Judge.state,
        )
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.reading_id.in_([it.id for it in which]))
        .order_by(Nomination.reference, Assignment.id)
    )
    return [
        Sheet(
            assignment,
            judge,
            reference,
            state,
            sheet is SheetState.SUBMITTED,
            stands not in GONE,
            seat is JudgeState.ACCEPTED,
        )
        for assignment, judge, reference, state, sheet, stands, seat in rows
    ]


def progress(session: Session, reading: SecondReading) -> Progress:
    """How far an order is."""
    given = [it for it in sheets(session, [reading]) if it.is_given]
    submitted = Counter(it.reference for it in given if it.submitted)
    out = Counter(it.reference for it in given if it.is_out)
    gone = set(
        session.scalars(
            select(Nomination.reference).where(
                Nomination.edition_id == reading.edition_id,
                Nomination.reference.in_(list(reading.extra)),
                Nomination.state.in_(GONE),
            )
        )
    )
    lines = tuple(
        Line(reference, int(wanted), submitted[reference], out[reference], reference not in gone)
        for reference, wanted in sorted(reading.extra.items())
    )
    return Progress(lines, Counter(it.judge for it in given if it.is_out))


def spent(session: Session, edition: Edition) -> Counter[str]:
    """The further sheets that came in by orders that are closed, by nomination: what is gone of the budget."""
    closed = [it for it in of_edition(session, edition) if it.state is ReadingState.CLOSED]
    return Counter(it.reference for it in sheets(session, closed) if it.submitted)


def to_close(session: Session, editions: Iterable[int], now: datetime) -> dict[int, int]:
    """The editions, by row, whose second readings are all in, or whose time is over; each with 1."""
    waiting = exists().where(
        Assignment.reading_id == SecondReading.id,
        Assignment.state == AssignmentState.ISSUED,
        Nomination.id == Assignment.nomination_id,
        Nomination.state.not_in(GONE),
        ~exists().where(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.state == SheetState.SUBMITTED),
    )
    found = session.scalars(
        select(SecondReading.edition_id).where(
            SecondReading.edition_id.in_(list(editions)),
            SecondReading.state == ReadingState.OPEN,
            or_(SecondReading.closes_at <= now, ~waiting),
        )
    )
    return dict.fromkeys(found, 1)


def left_of(session: Session, panel: Sequence[Judge]) -> list[tuple[int, int, datetime]]:
    """Judge, how many further sheets they have left, and until when, of some judges."""
    rows = session.execute(
        select(Assignment.judge_id, func.count(), SecondReading.closes_at)
        .join(SecondReading, SecondReading.id == Assignment.reading_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id.in_([it.id for it in panel]),
            still_out(),
            Edition.phase == Phase.DELIBERATION,
            Nomination.state.not_in(GONE),
            or_(ScoreSheet.id.is_(None), ScoreSheet.state != SheetState.SUBMITTED),
        )
        .group_by(Assignment.judge_id, SecondReading.closes_at)
        .order_by(SecondReading.closes_at)
    )
    return [(judge, number, closes) for judge, number, closes in rows]
