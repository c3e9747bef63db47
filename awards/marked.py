"""Marks that count: which sheets do, and by which version."""

from __future__ import annotations

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from awards.models import (
    Assignment,
    AssignmentKind,
    Edition,
    Nomination,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.models.base import Document
from judging.scoring import Marks
from judging.values import Round


def counted(
    session: Session, edition: Edition, *rounds: Round, category: str | None = None
) -> dict[str, list[Marks]]:
    """The marks of every sheet that counts in the rounds named, by the nomination's reference.

    A sheet counts when it is submitted, by its latest version, and its judge not recused.
    """
    query = (
        latest(edition)
        .add_columns(Nomination.reference)
        .where(
            Assignment.round.in_(rounds),
            Assignment.kind != AssignmentKind.PRACTICE,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted,
        )
        .order_by(Nomination.reference, Assignment.round, ScoreSheet.id)
    )
    if category is not None:
        query = query.where(Nomination.category == category)
    found: dict[str, list[Marks]] = {}
    for _, _, _, marks, _, reference in session.execute(query):
        found.setdefault(reference, []).append(marks)
    return found


def last_versions() -> Subquery:
    """The number of the latest version of every sheet, as `sheet_id` and `number`."""
    return (
        select(ScoreSheetVersion.sheet_id, func.max(ScoreSheetVersion.number).label("number"))
        .group_by(ScoreSheetVersion.sheet_id)
        .subquery()
    )


def latest(edition: Edition) -> Select[int, int, int, Document, str]:
    """Assignment, sheet, number, marks and comment of the latest version of every sheet of an edition."""
    last = last_versions()
    return (
        select(
            Assignment.id,
            ScoreSheet.id,
            ScoreSheetVersion.number,
            ScoreSheetVersion.marks,
            ScoreSheetVersion.comment,
        )
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .join(
            last,
            (last.c.sheet_id == ScoreSheetVersion.sheet_id) & (last.c.number == ScoreSheetVersion.number),
        )
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(Nomination.edition_id == edition.id)
    )
