"""Score sheets: loading a file of marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from awards import audit, conflicts, editions, judges, marked, panels
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    Origin,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.tables import FileRefused, Line, Reason, Row, Table
from judging.rules import Rules
from judging.values import Round

REQUIRED = ("judge", "nomination")
COMMENT = "comment"
LONGEST_COMMENT = 20_000
WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?\Z")


@dataclass(frozen=True, slots=True)
class SheetsLoaded:
    """What a file of marks did: numbers of sheets, nothing of any mark."""

    round: Round
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """A sheet that is there already, as its latest version has it."""

    sheet: int
    number: int
    marks: Mapping[str, int]
    comment: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One line of a file that can be taken."""

    assignment: int
    marks: dict[str, int]
    comment: str


def columns(rules: Rules) -> tuple[str, ...]:
    """The columns that a file of marks may have besides judge and nomination."""
    return (*(criterion.key for criterion in rules.criteria), COMMENT)


def load(session: Session, edition: Edition, table: Table, *, actor: Actor, now: datetime) -> SheetsLoaded:
    """Take the sheets of a file into the open round, submitted and with their origin.

    A pair that has its sheet already gets a new version where marks or comment differ. Raises RoundNotOpen,
    RoundClosed, and FileRefused with every line that can't be taken.
    """
    editions.lock(session, edition)
    of_round = panels.open_round(session, edition)
    reader = _Reader.of(session, edition, of_round)
    for row in table.rows:
        reader.read(row, table)
    if reader.lines:
        raise FileRefused(reader.lines)
    loaded = _save(session, reader.sheets, _kept(session, edition, of_round), of_round, actor, now)
    audit.record(
        session,
        actor=actor,
        action="sheets.loaded",
        subject=of_round.value,
        now=now,
        edition=edition,
        after={"new": loaded.new, "changed": loaded.changed, "unchanged": loaded.unchanged},
    )
    return loaded


def _kept(session: Session, edition: Edition, of_round: Round) -> dict[int, _Kept]:
    return {
        assignment: _Kept(sheet, number, marks, comment)
        for assignment, sheet, number, marks, comment in session.execute(
            marked.latest(edition).where(Assignment.round == of_round)
        )
    }


def _save(
    session: Session,
    sheets: Sequence[_Sheet],
    kept: Mapping[int, _Kept],
    of_round: Round,
    actor: Actor,
    now: datetime,
) -> SheetsLoaded:
    fresh = [sheet for sheet in sheets if sheet.assignment not in kept]
    differs = [
        sheet
        for sheet in sheets
        if sheet.assignment in kept
        and (kept[sheet.assignment].marks, kept[sheet.assignment].comment) != (sheet.marks, sheet.comment)
    ]
    ids = {assignment: it.sheet for assignment, it in kept.items()}
    if fresh:
        made = session.execute(
            insert(ScoreSheet).returning(ScoreSheet.assignment_id, ScoreSheet.id),
            [{"assignment_id": sheet.assignment, "state": SheetState.SUBMITTED} for sheet in fresh],
        )
        ids |= dict(iter(made))
    if differs:
        session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.id.in_([ids[sheet.assignment] for sheet in differs]))
            .values(state=SheetState.SUBMITTED)
        )
    if fresh or differs:
        session.execute(
            insert(ScoreSheetVersion),
            [
                {
                    "sheet_id": ids[sheet.assignment],
                    "number": kept[sheet.assignment].number + 1 if sheet.assignment in kept else 1,
                    "marks": sheet.marks,
                    "origin": Origin.FILE,
                    "comment": sheet.comment,
                    "author_id": actor.account.id,
                    "at": now,
                }
                for sheet in (*fresh, *differs)
            ],
        )
    return SheetsLoaded(of_round, len(fresh), len(differs), len(sheets) - len(fresh) - len(differs))


@dataclass(slots=True)
class _Reader:
    """Checks every line of a file of marks before any is saved."""

    rules: Rules
    judges: Mapping[str, Judge]
    nominations: Mapping[str, Nomination]
    eligible: frozenset[int]
    assignments: Mapping[tuple[int, int], tuple[int, AssignmentState]]
    in_conflict: frozenset[tuple[int, int]]
    sheets: list[_Sheet] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session, edition: Edition, of_round: Round) -> _Reader:
        rules = editions.rules_of(session, edition)
        states = panels.judged_states(rules, of_round)
        nominations = session.scalars(select(Nomination).where(Nomination.edition_id == edition.id)).all()
        rows = session.execute(
            select(Assignment.id, Assignment.judge_id, Assignment.nomination_id, Assignment.state)
            .join(Judge)
            .where(Judge.edition_id == edition.id, Assignment.round == of_round)
        )
        return cls(
            rules=rules,
            judges=judges.by_address(judges.of_edition(session, edition, JudgeState.ACCEPTED)),
            nominations={it.reference: it for it in nominations},
            eligible=frozenset(it.id for it in nominations if it.state in states),
            assignments={(judge, nomination): (number, state) for number, judge, nomination, state in rows},
            in_conflict=frozenset(conflicts.blocked(session, edition)),
        )

    def read(self, row: Row, table: Table) -> None:
        """Take a line, or note all that is wrong with it."""
        before = len(self.lines)
        judge = self.judges.get(row["judge"].casefold())
        nomination = self.nominations.get(row["nomination"])
        for column, known in (("judge", judge), ("nomination", nomination)):
            if known is None:
                self._refuse(row, column, Reason.NOT_FOUND if row[column] else Reason.EMPTY)
        if len(row[COMMENT]) > LONGEST_COMMENT:
            self.lines.append(
                Line(row.number, COMMENT, f"{row[COMMENT][:40]}...", Reason.TOO_LONG, (str(LONGEST_COMMENT),))
            )
        if judge is None or nomination is None:
            return
        pair = (judge.id, nomination.id)
        if reason := self._wrong(pair):
            self._refuse(row, "nomination", reason)
        self.seen.add(pair)
        marks = dict(self._marks(row, nomination.category, table))
        if len(self.lines) == before:
            self.sheets.append(_Sheet(self.assignments[pair][0], marks, row[COMMENT]))

    def _wrong(self, pair: tuple[int, int]) -> Reason | None:
        if pair in self.seen:
            return Reason.TWICE_IN_FILE
        if pair[1] not in self.eligible:
            return Reason.NOT_ELIGIBLE
        if pair in self.in_conflict:
            return Reason.IN_CONFLICT
        issued = pair in self.assignments and self.assignments[pair][1] is AssignmentState.ISSUED
        return None if issued else Reason.NOT_ASSIGNED

    def _marks(self, row: Row, category: str, table: Table) -> Iterator[tuple[str, int]]:
        scale, asked = self.rules.scale, self.rules.category(category).criteria
        for key in (criterion.key for criterion in self.rules.criteria):
            cell = row[key]
            whole = WHOLE.match(cell)
            if key not in asked:
                if cell:
                    self._refuse(row, key, Reason.NOT_MARKED_HERE)
            elif not table.has(key):
                self._miss(key)
            elif not cell:
                self._refuse(row, key, Reason.EMPTY)
            elif whole is None or not scale.lowest <= int(whole[1]) <= scale.highest:
                self._refuse(row, key, Reason.NOT_A_MARK, f"{scale.lowest} to {scale.highest}, whole")
            else:
                yield key, int(whole[1])

    def _miss(self, key: str) -> None:
        """A column that some line needs is not there: said once."""
        if key not in self.missing:
            self.missing.add(key)
            self.lines.append(Line(1, key, "", Reason.COLUMN_MISSING))

    def _refuse(self, row: Row, column: str, reason: Reason, *allowed: str) -> None:
        self.lines.append(Line(row.number, column, row[column], reason, allowed))
