"""A judge's seat: who they are on the panel, and how they stand to its round, with the edition's documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from awards import deadlines, editions, marking, readings, stages
from awards.deadlines import Timing
from awards.marking import MOMENT, Marking
from awards.models import (
    Account,
    Assignment,
    Edition,
    Judge,
    OwnDeadline,
    Reopening,
    RulesDocument,
    TextsDocument,
    TimetableAmendment,
)
from awards.models.base import Document
from awards.timetable import Deadline, Moment, Phase
from judging.rules import Rules
from judging.values import Round, SecondRound


@dataclass(frozen=True)
class Seat:
    """A judge, the documents of the edition, and how they stand to its round. `marking` None: none is open for them.

    `of_round` is the round whose sheets the judge has before them, open or closed. `reopened`: what opens a closed
    round for them, each for the category of its nomination. `further`: the assignments, by row, that they may mark
    after the close, and `reading` what they are of.
    """

    judge: Judge
    rules: Rules
    texts: Document
    texts_version: int
    of_round: Round
    marking: Marking | None
    opened: datetime | None
    reopened: Sequence[Reopening] = ()
    further: frozenset[int] = frozenset()
    reading: Marking | None = None

    @property
    def is_open(self) -> bool:
        return self.marking is not None and self.marking.is_open

    @property
    def reads_further(self) -> bool:
        """Whether second readings wait for the judge, or waited until their time was over."""
        return bool(self.further)

    def takes(self, category: str, assignment: int) -> bool:
        """Whether marks are taken for an assignment in a category."""
        if assignment in self.further:
            return self.reading is not None and self.reading.is_open
        if self.reopened:
            return any(it.nomination.category == category for it in self.reopened)
        return self.is_open and not self.further


def find(
    session: Session, edition: Edition, account: Account, *, opened: datetime | None, now: datetime
) -> Seat | None:
    """A person as judge, and what awards.marking.of_judge answers, after one statement and one more where a round
    is reopened for them; None where they are none."""
    moment = MOMENT[_round_of(edition.phase)]
    found = session.execute(_documents(edition, account, moment)).one_or_none()
    if found is None:
        return None
    judge, rules, texts, stated, own, reopened = found
    in_force = editions.read(rules)
    of_round = Round.FIRST if in_force.second_round is not SecondRound.PANEL else _round_of(edition.phase)
    marks = _marking(edition, in_force, of_round, stated, own, reopened, opened, now)
    is_reopened = marks is not None and marks.reopened is not None
    its = marking.reopenings(session, judge) if is_reopened else ()
    further, reading = _further(session, edition, judge, in_force, opened, now)
    return Seat(
        judge,
        in_force,
        texts.document,
        texts.version,
        of_round,
        marks or reading,
        opened,
        its,
        further,
        reading,
    )


def _further(
    session: Session, edition: Edition, judge: Judge, rules: Rules, opened: datetime | None, now: datetime
) -> tuple[frozenset[int], Marking | None]:
    """The further readings of a judge, in an edition that is between its rounds and may have some."""
    if edition.phase is not Phase.DELIBERATION or not rules.readings.budget:
        return frozenset(), None
    found = readings.of_judge(session, judge)
    if found is None:
        return frozenset(), None
    mine = session.scalars(
        select(Assignment.id).where(Assignment.judge_id == judge.id, readings.still_out())
    ).all()
    grace = rules.eligibility.grace_minutes
    return frozenset(mine), marking.of_reading(edition, found, opened, now, grace)


def _round_of(phase: Phase) -> Round:
    first = phase in (Phase.DRAFT, Phase.NOMINATIONS, Phase.SCREENING, Phase.FIRST_ROUND, Phase.DELIBERATION)
    return Round.FIRST if first else Round.SECOND


def _documents(edition: Edition, account: Account, moment: Moment) -> Any:
    rules, texts, stated = aliased(RulesDocument), aliased(TextsDocument), aliased(TimetableAmendment)
    newest = select(func.max(rules.number)).where(rules.edition_id == edition.id).scalar_subquery()
    shown = select(func.max(texts.version)).where(texts.edition_id == edition.id).scalar_subquery()
    set_last = (
        select(func.max(stated.number))
        .where(stated.edition_id == edition.id, stated.moment == moment)
        .scalar_subquery()
    )
    granted = (
        select(func.max(OwnDeadline.id))
        .where(OwnDeadline.edition_id == edition.id, OwnDeadline.moment == moment)
        .where(OwnDeadline.judge_id == Judge.id, OwnDeadline.at_utc == _latest_own(edition, moment))
        .correlate(Judge)
        .scalar_subquery()
    )
    reopened = (
        select(func.min(Reopening.id))
        .where(Reopening.judge_id == Judge.id, Reopening.approved_at.is_not(None))
        .where(Reopening.ended_at.is_(None))
        .correlate(Judge)
        .scalar_subquery()
    )
    return (
        select(Judge, RulesDocument, TextsDocument, TimetableAmendment, OwnDeadline, Reopening)
        .select_from(Judge)
        .join(RulesDocument, and_(RulesDocument.edition_id == edition.id, RulesDocument.number == newest))
        .join(TextsDocument, and_(TextsDocument.edition_id == edition.id, TextsDocument.version == shown))
        .outerjoin(
            TimetableAmendment,
            and_(TimetableAmendment.edition_id == edition.id, TimetableAmendment.number == set_last),
        )
        .outerjoin(OwnDeadline, OwnDeadline.id == granted)
        .outerjoin(Reopening, Reopening.id == reopened)
        .where(Judge.edition_id == edition.id, Judge.account_id == account.id)
    )


def _latest_own(edition: Edition, moment: Moment) -> Any:
    later = aliased(OwnDeadline)
    return (
        select(func.max(later.at_utc))
        .where(later.edition_id == edition.id, later.moment == moment, later.judge_id == Judge.id)
        .correlate(Judge)
        .scalar_subquery()
    )


def _marking(
    edition: Edition,
    rules: Rules,
    of_round: Round,
    stated: TimetableAmendment | None,
    own: OwnDeadline | None,
    reopened: Reopening | None,
    opened: datetime | None,
    now: datetime,
) -> Marking | None:
    if stages.round_of(edition, rules) is None:
        if reopened is None or edition.phase is not Phase.DELIBERATION:
            return None
        return Marking(reopened.round, None, Timing.IN_TIME, reopened=reopened)
    closes = _deadline(stated)
    is_own = closes is not None and own is not None and own.at_utc > closes.instant
    if is_own:
        closes = _deadline(own)
    grace = rules.eligibility.grace_minutes
    timing = deadlines.timing(closes, opened=opened, now=now, grace_minutes=grace)
    return Marking(of_round, closes, timing, is_own=is_own)


def _deadline(row: TimetableAmendment | OwnDeadline | None) -> Deadline | None:
    return None if row is None else Deadline(datetime.fromisoformat(row.local), row.zone, row.at_utc)
