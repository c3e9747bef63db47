"""Marks that count: which sheets do, and by which version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVarTuple

from sqlalchemy import Select, Subquery, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from awards import readings
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    Edition,
    Judge,
    Nomination,
    NominationState,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.models.base import Document
from judging.scoring import Marks
from judging.values import Round

JUDGED = (
    NominationState.ELIGIBLE,
    NominationState.FINALIST,
    NominationState.NOT_SHORTLISTED,
    NominationState.WINNER,
    NominationState.NOT_AWARDED,
    NominationState.DECLINED,
    NominationState.REVOKED,
)
"""States of nominations whose marks make up the standing."""
AT_ONCE = 2000
Columns = TypeVarTuple("Columns")


def counted(
    session: Session, edition: Edition, *rounds: Round, category: str | None = None
) -> dict[str, list[Marks]]:
    """The marks of every sheet that counts in the rounds named, by the nomination's reference.

    A sheet counts when it is submitted, by its latest version, and its judge not recused; one of a further reading not
    before that is closed.
    """
    query = select(Nomination.reference, ScoreSheetVersion.marks)
    found: dict[str, list[Marks]] = {}
    for reference, marks in session.execute(_counting(query, edition, rounds, category)):
        found.setdefault(reference, []).append(marks)
    return found


def read(
    session: Session, edition: Edition, *rounds: Round, category: str | None = None
) -> Iterator[tuple[str, str, str, Marks]]:
    """Every sheet that counts, of nominations that have a place in the standing: category, reference, the judge's
    public_id and the marks.

    Sheets come as they are read, those of a nomination one after the other.
    """
    query = (
        _counting(
            select(Nomination.category, Nomination.reference, Judge.public_id, ScoreSheetVersion.marks),
            edition,
            rounds,
            category,
        )
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(Nomination.state.in_(JUDGED))
        .execution_options(yield_per=AT_ONCE)
    )
    for row in session.execute(query):
        yield row[0], row[1], row[2], row[3]


def comments(
    session: Session, edition: Edition, of_round: Round, category: str, nomination: Nomination | None = None
) -> list[tuple[int, str, str]]:
    """What judges wrote for the panel on sheets that count, by the words, which tell nothing of who wrote them: the
    nomination's row and reference, and the comment.
    """
    query = _counting(
        select(Nomination.id, Nomination.reference, ScoreSheetVersion.comment),
        edition,
        (of_round,),
        category,
    ).where(ScoreSheetVersion.comment != "")
    if nomination is not None:
        query = query.where(Nomination.id == nomination.id)
    found = [(row, reference, comment) for row, reference, comment in session.execute(query)]
    return sorted(found, key=lambda it: (it[2], it[0]))


def judges(session: Session, edition: Edition, categories: Collection[str]) -> Sequence[Judge]:
    """The judges who have a counted sheet in one of the categories, by name."""
    found = (
        select(Judge.id)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.category.in_(categories),
            Assignment.kind != AssignmentKind.PRACTICE,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted,
            ~readings.in_progress(),
        )
    )
    return session.scalars(
        select(Judge)
        .join(Judge.account)
        .where(Judge.id.in_(found))
        .options(contains_eager(Judge.account))
        .order_by(Account.name, Judge.id)
    ).all()


def unmarked(session: Session, edition: Edition) -> set[str]:
    """The nominations with a place in the standing that have no counted sheet of the first round, by reference."""
    has_one = exists().where(
        Assignment.nomination_id == Nomination.id,
        Assignment.round == Round.FIRST,
        Assignment.kind != AssignmentKind.PRACTICE,
        ScoreSheet.assignment_id == Assignment.id,
        ScoreSheet.state == SheetState.SUBMITTED,
        ScoreSheet.counted,
        ~readings.in_progress(),
    )
    query = select(Nomination.reference).where(
        Nomination.edition_id == edition.id, Nomination.state.in_(JUDGED), ~has_one
    )
    return set(session.scalars(query))


def _counting(
    query: Select[*Columns], edition: Edition, rounds: Sequence[Round], category: str | None
) -> Select[*Columns]:
    """A query of the latest version of each counted sheet, nomination by nomination."""
    later = select(func.max(ScoreSheetVersion.number)).where(ScoreSheetVersion.sheet_id == ScoreSheet.id)
    found = (
        query.select_from(Nomination)
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .where(
            Nomination.edition_id == edition.id,
            Assignment.round.in_(rounds),
            Assignment.kind != AssignmentKind.PRACTICE,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted,
            ~readings.in_progress(),
            ScoreSheetVersion.number == later.correlate(ScoreSheet).scalar_subquery(),
        )
        .order_by(Nomination.id, Assignment.round, ScoreSheet.id)
    )
    return found if category is None else found.where(Nomination.category == category)


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
