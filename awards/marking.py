"""Until when a judge may write marks: the round's deadline, a later one of their own, or a round reopened for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, editions, panels
from awards.deadlines import Timing
from awards.models import Edition, Judge, Nomination, OwnDeadline, Reopening
from awards.panels import RoundClosed, RoundNotOpen
from awards.timetable import Deadline, Moment, Phase
from judging.values import Round

MOMENT: Mapping[Round, Moment] = {Round.FIRST: Moment.MARKS_CLOSE, Round.SECOND: Moment.VOTE_CLOSE}
"""The moment of the timetable at which the forms of a round lock."""


class MarksClosed(Exception):
    """The deadline for marks is over, or the round is closed; `closes` is when it was, where a date is stated."""

    def __init__(self, closes: Deadline | None = None) -> None:
        super().__init__(str(closes.local) if closes else "")
        self.closes = closes


@dataclass(frozen=True, slots=True)
class Marking:
    """The round in which a judge gives marks now, and how a form opened then and sent now stands to its deadline.

    `closes` None: no date is stated, and that closes nothing. `is_own`: later than the edition's. `reopened`: the
    round is closed, and open for this judge alone.
    """

    round: Round
    closes: Deadline | None
    timing: Timing
    is_own: bool = False
    reopened: Reopening | None = None

    @property
    def is_open(self) -> bool:
        return self.timing is not Timing.LATE


def of_judge(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    category: str | None = None,
    opened: datetime | None,
    now: datetime,
) -> Marking | None:
    """How a judge stands to the round; None where none is open, for them or for all.

    `category`: that of the nomination in question. After the close a round is reopened for one category alone.
    """
    try:
        of_round = panels.open_round(session, edition)
    except (RoundNotOpen, RoundClosed):
        found = reopening(session, judge, category)
        if found is None or edition.phase is not Phase.DELIBERATION:
            return None
        return Marking(found.round, None, Timing.IN_TIME, reopened=found)
    grace = editions.rules_of(session, edition).eligibility.grace_minutes
    stated = editions.timetable_of(session, edition).get(MOMENT[of_round])
    closes = closes_for(session, edition, of_round, [judge])[judge.id]
    timing = deadlines.timing(closes, opened=opened, now=now, grace_minutes=grace)
    return Marking(of_round, closes, timing, is_own=closes != stated)


def need_open(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    category: str | None = None,
    opened: datetime | None,
    now: datetime,
) -> Marking:
    """The round that is open for a judge. The caller holds the edition. Raises MarksClosed."""
    found = of_judge(session, edition, judge, category=category, opened=opened, now=now)
    if found is None or not found.is_open:
        raise MarksClosed(found.closes if found else None)
    return found


def closes_for(
    session: Session, edition: Edition, of_round: Round, judges: Sequence[Judge]
) -> dict[int, Deadline | None]:
    """When marks close for each of some judges, by row, after two queries."""
    stated = editions.timetable_of(session, edition).get(MOMENT[of_round])
    found: dict[int, Deadline | None] = {judge.id: stated for judge in judges}
    granted = session.scalars(
        select(OwnDeadline)
        .where(
            OwnDeadline.edition_id == edition.id,
            OwnDeadline.moment == MOMENT[of_round],
            OwnDeadline.judge_id.in_(found.keys()),
        )
        .order_by(OwnDeadline.at_utc)
    )
    for later in granted:
        if later.judge_id is not None and stated is not None and later.at_utc > stated.instant:
            found[later.judge_id] = Deadline(datetime.fromisoformat(later.local), later.zone, later.at_utc)
    return found


def reopening(session: Session, judge: Judge, category: str | None = None) -> Reopening | None:
    """The reopening that lets a judge write now, after the close, in a category or in any."""
    query = (
        select(Reopening)
        .join(Nomination, Nomination.id == Reopening.nomination_id)
        .where(
            Reopening.judge_id == judge.id, Reopening.approved_at.is_not(None), Reopening.ended_at.is_(None)
        )
        .order_by(Reopening.id)
    )
    if category is not None:
        query = query.where(Nomination.category == category)
    return session.scalars(query).first()
