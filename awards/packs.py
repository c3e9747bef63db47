"""Packs: what a judge takes away to fill in on paper or in a workbook; no mark of anybody but the judge's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from awards import editions, marked, marking, nominations, readings, stages
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    ScoreSheet,
    ScoreSheetVersion,
    SecondReading,
)
from awards.timetable import Deadline, Phase, in_zone
from judging.rules import Rules
from judging.values import Round


@dataclass(frozen=True)
class Pack:
    """The sheets of one judge in the round that is open for them, with the text of each nomination that stands."""

    judge: Judge
    round: Round
    closes: Deadline | None
    rules: Rules
    rules_sha256: str
    assignments: tuple[Assignment, ...]
    revisions: Mapping[int, NominationRevision]

    @cached_property
    def by_code(self) -> dict[str, Assignment]:
        return {it.code or "": it for it in self.assignments}

    def of_category(self, category: str) -> list[Assignment]:
        return [it for it in self.assignments if it.nomination.category == category]

    def revision(self, assignment: Assignment) -> NominationRevision:
        return self.revisions[assignment.nomination_id]

    @property
    def categories(self) -> list[str]:
        """The categories in which there is something to mark, in the rules' order."""
        found = {it.nomination.category for it in self.assignments}
        return [it.key for it in self.rules.categories if it.key in found]


def of_judge(session: Session, edition: Edition, judge: Judge) -> Pack | None:
    """The pack of a judge; None where no round is open, nor was reopened for them."""
    of_round = round_of(session, edition, judge)
    if of_round is None:
        return None
    mine = _issued(of_round).where(Assignment.judge_id == judge.id)
    further = _further(session, edition, judge)
    if further is not None:
        mine = mine.where(readings.still_out())
    assignments = session.scalars(
        mine.options(joinedload(Assignment.nomination)).order_by(Nomination.category, Nomination.reference)
    ).all()
    document = editions.rules_document(session, edition)
    return Pack(
        judge=judge,
        round=of_round,
        closes=in_zone(further.closes_at, edition.zone)
        if further is not None
        else marking.closes_for(session, edition, of_round, [judge])[judge.id],
        rules=editions.read(document),
        rules_sha256=document.sha256,
        assignments=tuple(assignments),
        revisions=nominations.current_revisions(session, [it.nomination for it in assignments]),
    )


def round_of(session: Session, edition: Edition, judge: Judge) -> Round | None:
    """The round in which a judge gives marks now."""
    of_round = stages.current_round(session, edition)
    if of_round is not None:
        return of_round
    if edition.phase is not Phase.DELIBERATION:
        return None
    found = marking.reopening(session, judge)
    if found is not None:
        return found.round
    return Round.FIRST if readings.of_judge(session, judge) is not None else None


def _further(session: Session, edition: Edition, judge: Judge) -> SecondReading | None:
    """The second readings that are all that a judge may mark now."""
    if edition.phase is not Phase.DELIBERATION or marking.reopening(session, judge) is not None:
        return None
    return readings.of_judge(session, judge)


def counted(session: Session, edition: Edition) -> list[tuple[Judge, int]]:
    """The judges of the open round who have something to mark, by name, each with how many sheets."""
    of_round = stages.current_round(session, edition)
    if of_round is None:
        return []
    rows = session.execute(
        select(Assignment.judge_id, func.count())
        .join(Judge)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(
            Judge.edition_id == edition.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
            Assignment.kind != AssignmentKind.PRACTICE,
            Nomination.state.not_in(stages.GONE),
        )
        .group_by(Assignment.judge_id)
    )
    numbers: dict[int, int] = {judge: number for judge, number in rows}  # noqa: C416 (rows are no pairs to mypy)
    found = session.scalars(
        select(Judge)
        .where(Judge.id.in_(numbers), Judge.state == JudgeState.ACCEPTED)
        .options(joinedload(Judge.account))
    ).all()
    by_name = sorted(found, key=lambda it: (it.account.sort_key, it.id))
    return [(judge, numbers[judge.id]) for judge in by_name]


def last_saved(session: Session, pack: Pack) -> dict[int, ScoreSheetVersion]:
    """What was saved last for each assignment of a pack, by the assignment's row: for its judge alone."""
    last = marked.last_versions()
    rows = session.execute(
        select(ScoreSheet.assignment_id, ScoreSheetVersion)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .join(last, (last.c.sheet_id == ScoreSheet.id) & (last.c.number == ScoreSheetVersion.number))
        .where(ScoreSheet.assignment_id.in_([it.id for it in pack.assignments]))
        .options(joinedload(ScoreSheetVersion.sheet))
    )
    return {assignment: version for assignment, version in rows}  # noqa: C416 (as above)


def _issued(of_round: Round) -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
            Assignment.kind != AssignmentKind.PRACTICE,
            Nomination.state.not_in(stages.GONE),
        )
    )
