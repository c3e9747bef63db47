"""Tallies: how far sheets are, in numbers. Nothing here knows a mark.

Whether a sheet is complete is asked of the database criterion by criterion, as "is there a mark?"; the marks themselves
are never read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Label, Row, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from awards import marked, panels, unconfirmed
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Nomination,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
    Typing,
)
from awards.timetable import Deadline
from judging.rules import Rules
from judging.values import Round

MARKED = 11
"""Where in a row the criteria begin, each with whether it has a mark."""


class Stage(StrEnum):
    """How far a sheet is. NONE: nothing stands on it, or not any more. COMPLETE: every criterion has a mark, and it is
    not submitted. TYPED: somebody typed it for the judge, and it waits to be confirmed, complete or not.
    """

    NONE = "none"
    HALF = "half"
    TYPED = "typed"
    COMPLETE = "complete"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Sheet:
    """An assignment and how far its sheet is. `counts`: it is submitted, and its judge not recused."""

    judge: int
    nomination: int
    category: str
    stage: Stage
    is_issued: bool
    counts: bool
    since: datetime
    saved: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of sheets that are issued, by how far they are."""

    none: int = 0
    half: int = 0
    typed: int = 0
    complete: int = 0
    submitted: int = 0

    @property
    def issued(self) -> int:
        return self.none + self.half + self.typed + self.complete + self.submitted

    @property
    def left(self) -> int:
        return self.issued - self.submitted

    @classmethod
    def of(cls, found: Iterable[Sheet]) -> Tally:
        numbers = dict.fromkeys(Stage, 0)
        for sheet in found:
            numbers[sheet.stage] += 1 if sheet.is_issued else 0
        return cls(**{stage.value: number for stage, number in numbers.items()})


def read(
    session: Session,
    rounds: Mapping[int, Round],
    rules: Mapping[int, Rules],
    *,
    of: Collection[int] | None = None,
) -> list[Sheet]:
    """Every assignment of the rounds named by edition, practice aside, after one query; `of`: of these judges only."""
    keys = list(dict.fromkeys(it.key for edition in rounds for it in rules[edition].criteria))
    last = marked.last_versions()
    here = [
        and_(
            Nomination.edition_id == edition,
            Assignment.round == of_round,
            Nomination.state.in_(panels.judged_states(rules[edition], of_round)),
        )
        for edition, of_round in rounds.items()
    ]
    of_version: list[Any] = [
        _is_typed(),
        (func.length(ScoreSheetVersion.comment) + func.length(ScoreSheetVersion.feedback)).label("words"),
        *(ScoreSheetVersion.marks[key].as_string().is_not(None) for key in keys),
    ]
    query = (
        select(
            Assignment.judge_id,
            Assignment.nomination_id,
            Nomination.edition_id,
            Nomination.category,
            (Assignment.state == AssignmentState.ISSUED).label("is_issued"),
            func.coalesce(Assignment.told_at, Assignment.at).label("since"),
            ScoreSheet.state,
            ScoreSheet.counted,
            ScoreSheetVersion.at.label("saved"),
            *of_version,
        )
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .outerjoin(last, last.c.sheet_id == ScoreSheet.id)
        .outerjoin(
            ScoreSheetVersion,
            and_(ScoreSheetVersion.sheet_id == last.c.sheet_id, ScoreSheetVersion.number == last.c.number),
        )
        .where(or_(false(), *here), Assignment.kind != AssignmentKind.PRACTICE)
        .order_by(Assignment.id)
    )
    if of is not None:
        query = query.where(Assignment.judge_id.in_(of))
    return [
        _sheet(
            row,
            rules[row.edition_id].category(row.category).criteria,
            dict(zip(keys, row[MARKED:], strict=True)),
        )
        for row in session.execute(query)
    ]


def by_judge(found: Iterable[Sheet]) -> dict[int, list[Sheet]]:
    """The sheets that are issued, by their judge."""
    its: dict[int, list[Sheet]] = {}
    for sheet in found:
        if sheet.is_issued:
            its.setdefault(sheet.judge, []).append(sheet)
    return its


def _is_typed() -> Label[bool]:
    """Whether the version of a sheet was typed and waits to be confirmed."""
    waits = exists().where(Typing.version_id == ScoreSheetVersion.id, unconfirmed.waits())
    return waits.correlate(ScoreSheetVersion, ScoreSheet, Assignment).label("is_typed")


def _sheet(row: Row[Any], criteria: Sequence[str], there: Mapping[str, bool]) -> Sheet:
    return Sheet(
        judge=row.judge_id,
        nomination=row.nomination_id,
        category=row.category,
        stage=_stage(row, [there[key] for key in criteria]),
        is_issued=bool(row.is_issued),
        counts=row.state is SheetState.SUBMITTED and bool(row.counted),
        since=row.since,
        saved=row.saved,
    )


def _stage(row: Row[Any], there: Sequence[bool]) -> Stage:
    if row.state is SheetState.SUBMITTED:
        return Stage.SUBMITTED
    if row.saved is None:
        return Stage.NONE
    if row.is_typed:
        return Stage.TYPED
    if not (any(there) or row.words):
        return Stage.NONE
    return Stage.COMPLETE if all(there) else Stage.HALF


def is_behind(its: Sequence[Sheet], closes: Deadline | None, now: datetime) -> bool:
    """Whether a smaller part of a judge's issued sheets is complete or typed than of the time is over."""
    tally = Tally.of(its)
    if not tally.left or closes is None:
        return False
    since = min(it.since for it in its)
    whole, gone = closes.instant - since, now - since
    return gone >= whole or (tally.submitted + tally.complete + tally.typed) * whole < tally.issued * max(
        gone, timedelta()
    )
