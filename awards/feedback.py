"""Feedback: what judges wrote for a nominee, to be read once the winners of its category are released."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.marked import last_versions
from awards.models import (
    Assignment,
    AssignmentKind,
    Nomination,
    RecordLabel,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)


def of_nomination(session: Session, nomination: Nomination) -> tuple[str, ...]:
    """What the sheets that count say to the nominee, in an order that says nothing of who wrote what."""
    last = last_versions()
    found = session.scalars(
        select(ScoreSheetVersion.feedback)
        .join(ScoreSheet, ScoreSheet.id == ScoreSheetVersion.sheet_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(
            last,
            (last.c.sheet_id == ScoreSheetVersion.sheet_id) & (last.c.number == ScoreSheetVersion.number),
        )
        .where(
            Assignment.nomination_id == nomination.id,
            Assignment.kind != AssignmentKind.PRACTICE,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted.is_(True),
        )
    )
    told = {text.strip() for text in found if text and text.strip()}
    return tuple(sorted(told, key=lambda text: hashlib.sha256(text.encode()).digest()))


def number_of(session: Session, nomination: Nomination) -> str:
    """What the public record calls a nomination that it does not name; empty where it has no number."""
    return session.scalar(select(RecordLabel.label).where(RecordLabel.nomination_id == nomination.id)) or ""


def numbers_of_judge(session: Session, judge: int) -> Sequence[tuple[str, str]]:
    """What the public record calls a judge, by row, in each category: category and number."""
    rows = session.execute(
        select(RecordLabel.category, RecordLabel.label)
        .where(RecordLabel.judge_id == judge)
        .order_by(RecordLabel.category)
    )
    return [(row.category, row.label) for row in rows]
