"""Scoring: a judge saves and submits the sheets of their assignments; every save that changes anything is a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import audit, barring, editions, marking, stages
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Edition,
    Judge,
    JudgeState,
    Origin,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from judging.rules import Rules

LONGEST_TEXT = 20_000


class NotAssigned(Exception):
    """The nomination isn't this judge's to mark: it was handed back, taken back, withdrawn, or is in conflict."""


class NotAMark(Exception):
    """A mark outside the scale, or on something that isn't marked in this category. `keys` names the criteria."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__("; ".join(keys))
        self.keys = keys


class Incomplete(Exception):
    """Marks are missing, so the sheet can't be submitted, or not stay so. `keys` names the criteria."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__("; ".join(keys))
        self.keys = keys


class StaleSheet(Exception):
    """The sheet was saved elsewhere since this form was opened. `latest` is what stands there now."""

    def __init__(self, latest: ScoreSheetVersion) -> None:
        super().__init__(str(latest.number))
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Content:
    """What a judge gives to one nomination: marks by criterion, some or all; words for the panel and the nominee."""

    marks: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    feedback: str = ""

    @classmethod
    def of(cls, version: ScoreSheetVersion | None) -> Content:
        """What a version holds; nothing where there is none."""
        return cls() if version is None else cls(dict(version.marks), version.comment, version.feedback)


def sheet_of(session: Session, assignment: Assignment) -> ScoreSheet | None:
    """The sheet of an assignment, once anything was saved."""
    return session.scalars(select(ScoreSheet).where(ScoreSheet.assignment_id == assignment.id)).first()


def latest(session: Session, assignment: Assignment) -> ScoreSheetVersion | None:
    """What was saved last for an assignment."""
    return session.scalars(
        select(ScoreSheetVersion)
        .join(ScoreSheet)
        .where(ScoreSheet.assignment_id == assignment.id)
        .order_by(ScoreSheetVersion.number.desc())
        .options(joinedload(ScoreSheetVersion.sheet))
        .limit(1)
    ).first()


def missing(rules: Rules, category: str, marks: Mapping[str, int]) -> tuple[str, ...]:
    """The criteria of a category that have no mark yet, in the rules' order."""
    return tuple(key for key in rules.category(category).criteria if key not in marks)


def save(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    content: Content,
    *,
    base: int,
    opened: datetime | None,
    origin: Origin = Origin.PORTAL,
    actor: Actor,
    now: datetime,
) -> ScoreSheetVersion | None:
    """Save a sheet, half-done or whole; the version that stands now, None where nothing was ever given.

    `base` is the number of the version that the form was filled from, 0 for none. A submitted sheet stays submitted, so
    it has to stay complete. Raises NotAssigned, MarksClosed, NotAMark, StaleSheet, Incomplete.
    """
    editions.hold(session, edition)
    _need_assigned(session, edition, assignment, opened=opened, actor=actor, now=now)
    rules, category = editions.rules_of(session, edition), assignment.nomination.category
    need_marks(rules, category, content.marks)
    last = latest(session, assignment)
    if Content.of(last) == content:
        return last
    if last is not None and base != last.number:
        raise StaleSheet(last)
    sheet = last.sheet if last is not None else sheet_of(session, assignment)
    if sheet is not None and sheet.state is SheetState.SUBMITTED:
        need_complete(rules, category, content.marks)
    version = write(session, assignment, content, origin=origin, actor=actor, now=now)
    _record(session, edition, assignment, "sheet.saved", version, actor, now)
    return version


def submit(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    *,
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> ScoreSheet:
    """Let a complete sheet count; a second time changes nothing. Raises NotAssigned, MarksClosed, Incomplete."""
    editions.hold(session, edition)
    _need_assigned(session, edition, assignment, opened=opened, actor=actor, now=now)
    rules, category = editions.rules_of(session, edition), assignment.nomination.category
    last = latest(session, assignment)
    need_complete(rules, category, last.marks if last else {})
    assert last is not None
    if last.sheet.state is not SheetState.SUBMITTED:
        last.sheet.state, last.sheet.submitted_at = SheetState.SUBMITTED, now
        session.flush()
        _record(session, edition, assignment, "sheet.submitted", last, actor, now)
    return last.sheet


def submit_all(
    session: Session,
    edition: Edition,
    assignments: Iterable[Assignment],
    *,
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> list[Assignment]:
    """Submit several sheets at once; those that could not be, because they have changed or ended. Raises MarksClosed.

    The edition is locked, not held: two who each keep one sheet and want another's would wait for ever.
    """
    editions.lock(session, edition)
    left = []
    for it in assignments:
        try:
            submit(session, edition, it, opened=opened, actor=actor, now=now)
        except (Incomplete, NotAssigned):
            left.append(it)
    return left


def write(
    session: Session,
    assignment: Assignment,
    content: Content,
    *,
    origin: Origin,
    actor: Actor,
    now: datetime,
) -> ScoreSheetVersion:
    """Append a version to the sheet of an assignment. The caller has checked everything and records it."""
    sheet = sheet_of(session, assignment)
    if sheet is None:
        sheet = ScoreSheet(assignment_id=assignment.id, state=SheetState.DRAFT)
        session.add(sheet)
        session.flush()
    last = latest(session, assignment)
    version = ScoreSheetVersion(
        sheet_id=sheet.id,
        number=last.number + 1 if last else 1,
        marks=dict(content.marks),
        origin=origin,
        comment=content.comment[:LONGEST_TEXT],
        feedback=content.feedback[:LONGEST_TEXT],
        author_id=actor.account.id,
        at=now,
    )
    version.sheet = sheet
    session.add(version)
    session.flush()
    return version


def need_complete(rules: Rules, category: str, marks: Mapping[str, int]) -> None:
    """Raises Incomplete where a criterion has no mark."""
    if left := missing(rules, category, marks):
        raise Incomplete(left)


def _need_assigned(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    *,
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Whoever acts is to mark the assignment, which is held, in the round that is open.

    Raises NotAssigned, MarksClosed. A conflict that came to light after the close has ended no assignment, and binds in
    what is open after it.
    """
    session.refresh(assignment, with_for_update=True)
    judge = session.get_one(Judge, assignment.judge_id)
    if (
        judge.account_id != actor.account.id
        or judge.state is not JudgeState.ACCEPTED
        or assignment.state is not AssignmentState.ISSUED
        or assignment.kind is AssignmentKind.PRACTICE
        or assignment.nomination.state in stages.GONE
    ):
        raise NotAssigned
    found = marking.need_open(session, edition, judge, assignment=assignment, opened=opened, now=now)
    if found.round is not assignment.round or (
        found.after_the_close and barring.is_barred(session, assignment)
    ):
        raise NotAssigned


def need_marks(rules: Rules, category: str, marks: Mapping[str, int]) -> None:
    """Raises NotAMark where a mark is outside the scale, or on what isn't marked in the category."""
    asked, scale = rules.category(category).criteria, rules.scale
    wrong = tuple(
        key for key, mark in marks.items() if key not in asked or not scale.lowest <= mark <= scale.highest
    )
    if wrong:
        raise NotAMark(wrong)


def _record(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    action: str,
    version: ScoreSheetVersion,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=version.sheet.public_id,
        now=now,
        edition=edition,
        after={"assignment": assignment.code or "", "version": version.number},
    )
