"""What a judge has to read: each assignment with the state of its sheet and its reading time, after few statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Text, and_, case, cast, func, null, select
from sqlalchemy.orm import Session, aliased

from awards import scoring, stages, turns
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Declaration,
    Edition,
    Judge,
    Nomination,
    NominationRevision,
    Origin,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
    Typing,
)
from judging.rules import Rules
from judging.values import Round

LETTERS_A_MINUTE = 1_400
DENSE_LETTERS_A_MINUTE = 500
DENSE = frozenset(["ko", "ja", "zh", "yue", "th", "lo", "km", "my"])
SHEET_MINUTES = 4


class Progress(StrEnum):
    """How far the sheet of an assignment is. HALF_DONE: something is there, and a mark is missing.

    TYPED: somebody typed it for the judge, who hasn't said yet that this is what they gave.
    """

    NOT_BEGUN = "not_begun"
    HALF_DONE = "half_done"
    TYPED = "typed"
    COMPLETE = "complete"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Item:
    """One nomination to be marked. `number` of the version that stands, 0 for none; `typing` of it where it waits for
    the judge's word.

    `comment` and `feedback` are read for the one nomination that was asked for, else empty.
    """

    assignment: int
    nomination: int
    reference: str
    category: str
    title: str
    language: str
    city: str
    country: str
    progress: Progress
    minutes: int
    declared: bool
    number: int = 0
    marks: Mapping[str, int] | None = None
    comment: str = ""
    feedback: str = ""
    origin: Origin | None = None
    saved_at: datetime | None = None
    submitted_at: datetime | None = None
    typing: str = ""

    @property
    def content(self) -> scoring.Content:
        return scoring.Content(dict(self.marks or {}), self.comment, self.feedback)

    @property
    def is_left(self) -> bool:
        return self.progress is not Progress.SUBMITTED


@dataclass(frozen=True)
class Queue:
    """The nominations of a judge by category, in the judge's own order.

    `ended`: how many were handed back, taken back or are in conflict; `dropped`: how many are not judged any more;
    `gone`: the references of both.
    """

    categories: Mapping[str, tuple[Item, ...]]
    ended: Mapping[AssignmentState, int]
    dropped: int
    gone: frozenset[str]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(chain.from_iterable(self.categories.values()))

    @property
    def left(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_left)

    @property
    def complete(self) -> tuple[Item, ...]:
        """Those whose sheets could be submitted now."""
        return tuple(item for item in self.items if item.progress is Progress.COMPLETE)

    @property
    def typed(self) -> tuple[Item, ...]:
        """Those that were typed for the judge, and wait to be confirmed."""
        return tuple(item for item in self.items if item.progress is Progress.TYPED)

    @property
    def unread(self) -> tuple[Item, ...]:
        """Those that wait for marks."""
        return tuple(it for it in self.items if it.progress in (Progress.NOT_BEGUN, Progress.HALF_DONE))

    @property
    def minutes(self) -> int:
        """How long what is left takes; a complete sheet only waits to be submitted."""
        return sum(item.minutes for item in self.unread)

    @property
    def next(self) -> Item | None:
        """The one to do next: begun before not begun, in the judge's order."""
        begun = [item for item in self.unread if item.progress is Progress.HALF_DONE]
        return next(iter(begun or self.unread), None)

    def find(self, reference: str) -> Item | None:
        return next((item for item in self.items if item.reference == reference), None)

    def around(self, reference: str) -> tuple[Item, ...]:
        """The others after a nomination, from the beginning again at the end."""
        place = self.place(reference)
        return self.items[place:] + self.items[: place - 1]

    def place(self, reference: str) -> int:
        """The place of a nomination in the judge's order, from 1."""
        return next(n for n, item in enumerate(self.items, start=1) if item.reference == reference)

    def beside(self, reference: str) -> tuple[Item | None, Item | None]:
        """The nominations before and after one, in the judge's order."""
        place = self.place(reference)
        before = self.items[place - 2] if place > 1 else None
        return before, self.items[place] if place < len(self.items) else None


def of_judge(
    session: Session, edition: Edition, judge: Judge, rules: Rules, of_round: Round, *, reference: str = ""
) -> Queue:
    """The queue of a judge, after one statement. `reference`: the one whose comment and feedback are read too."""
    rows = session.execute(_assigned(judge, of_round, reference)).all()
    issued = [row for row in rows if row.state is AssignmentState.ISSUED]
    there = {row.reference: _item(rules, row) for row in issued if row.stands not in stages.GONE}
    of_category: dict[str, list[str]] = {}
    for item in there.values():
        of_category.setdefault(item.category, []).append(item.reference)
    drawn = turns.order(edition.seed or edition.public_id, judge.public_id, of_category)
    ended: dict[AssignmentState, int] = {}
    for row in rows:
        if row.state is not AssignmentState.ISSUED:
            ended[row.state] = ended.get(row.state, 0) + 1
    return Queue(
        {category: tuple(there[it] for it in found) for category, found in drawn.items()},
        ended,
        len(issued) - len(there),
        frozenset(row.reference for row in rows) - there.keys(),
    )


def _assigned(judge: Judge, of_round: Round, reference: str) -> Any:
    newest = aliased(ScoreSheetVersion)
    last = (
        select(func.max(newest.number))
        .where(newest.sheet_id == ScoreSheet.id)
        .correlate(ScoreSheet)
        .scalar_subquery()
    )
    asked = Nomination.reference == reference
    return (
        select(
            Assignment.id,
            Assignment.state,
            Nomination.id.label("nomination"),
            Nomination.reference,
            Nomination.category,
            Nomination.state.label("stands"),
            NominationRevision.title,
            NominationRevision.language,
            NominationRevision.city,
            NominationRevision.country,
            _letters().label("letters"),
            Declaration.id.label("declaration"),
            ScoreSheet.state.label("sheet"),
            ScoreSheet.submitted_at,
            ScoreSheetVersion.number,
            ScoreSheetVersion.marks,
            ScoreSheetVersion.origin,
            ScoreSheetVersion.at,
            Typing.public_id.label("typing"),
            (func.length(ScoreSheetVersion.comment) + func.length(ScoreSheetVersion.feedback)).label("words"),
            case((asked, ScoreSheetVersion.comment), else_=null()).label("comment"),
            case((asked, ScoreSheetVersion.feedback), else_=null()).label("feedback"),
        )
        .select_from(Assignment)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .outerjoin(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == Nomination.submitted_number,
            ),
        )
        .outerjoin(
            Declaration,
            and_(
                Declaration.judge_id == Assignment.judge_id,
                Declaration.nomination_id == Assignment.nomination_id,
            ),
        )
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .outerjoin(
            ScoreSheetVersion,
            and_(ScoreSheetVersion.sheet_id == ScoreSheet.id, ScoreSheetVersion.number == last),
        )
        .outerjoin(
            Typing,
            and_(
                Typing.version_id == ScoreSheetVersion.id,
                Typing.confirmed_at.is_(None),
                Typing.refused_at.is_(None),
            ),
        )
        .where(
            Assignment.judge_id == judge.id,
            Assignment.round == of_round,
            Assignment.kind != AssignmentKind.PRACTICE,
        )
        .order_by(Nomination.reference)
    )


def _letters() -> Any:
    """How many letters a dossier has; in the stored JSON a letter beyond ASCII takes six signs, as in \\uac00."""
    text = cast(NominationRevision.content, Text)
    escaped = (func.length(text) - func.length(func.replace(text, "\\u", ""))) / 2
    return func.length(text) - 5 * escaped + func.length(NominationRevision.summary)


def _item(rules: Rules, row: Any) -> Item:
    return Item(
        assignment=row.id,
        nomination=row.nomination,
        reference=row.reference,
        category=row.category,
        title=row.title or "",
        language=row.language or "",
        city=row.city or "",
        country=row.country or "",
        progress=_progress(rules, row),
        minutes=minutes(int(row.letters or 0), row.language or ""),
        declared=row.declaration is not None,
        number=row.number or 0,
        marks=row.marks or {},
        comment=row.comment or "",
        feedback=row.feedback or "",
        origin=row.origin,
        saved_at=row.at,
        submitted_at=row.submitted_at,
        typing=row.typing or "",
    )


def _progress(rules: Rules, row: Any) -> Progress:
    if row.sheet is SheetState.SUBMITTED:
        return Progress.SUBMITTED
    if row.typing is not None:
        return Progress.TYPED
    if not (row.marks or row.words):
        return Progress.NOT_BEGUN
    missing = scoring.missing(rules, row.category, row.marks or {})
    return Progress.HALF_DONE if missing else Progress.COMPLETE


def minutes(letters: int, language: str) -> int:
    """How long a dossier and its sheet take: an estimate in whole minutes, at least five.

    A practised reader manages about 240 words a minute, which is 1,400 letters in alphabets, 500 signs in Korean,
    Japanese and Chinese; four minutes go for files, marks and a comment.
    """
    pace = DENSE_LETTERS_A_MINUTE if language.partition("-")[0] in DENSE else LETTERS_A_MINUTE
    return SHEET_MINUTES + max(1, -(-letters // pace))


def versions(session: Session, item: Item) -> list[ScoreSheetVersion]:
    """Everything that was ever saved of a sheet, the newest first."""
    return list(
        session.scalars(
            select(ScoreSheetVersion)
            .join(ScoreSheet)
            .where(ScoreSheet.assignment_id == item.assignment)
            .order_by(ScoreSheetVersion.number.desc())
        )
    )
