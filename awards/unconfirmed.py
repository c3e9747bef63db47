"""Typed sheets that wait to be confirmed: what makes a typing wait, and finding those that do."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from awards import marking
from awards.models import (
    Assignment,
    AssignmentState,
    Edition,
    Judge,
    Nomination,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
    Typing,
)
from judging.values import Round


def waits() -> ColumnElement[bool]:
    """What makes a typing wait for its answer, in a query of typings with version, sheet and assignment: nobody has
    answered it, and the sheet is neither submitted nor saved since, nor ended.
    """
    later = ScoreSheetVersion.__table__.alias("later")
    saved_since = (
        select(later.c.id)
        .where(later.c.sheet_id == ScoreSheetVersion.sheet_id, later.c.number > ScoreSheetVersion.number)
        .exists()
    )
    return and_(
        Typing.confirmed_at.is_(None),
        Typing.refused_at.is_(None),
        ScoreSheet.state == SheetState.DRAFT,
        Assignment.state == AssignmentState.ISSUED,
        ~saved_since,
    )


def of_sheet(session: Session, assignment: Assignment) -> Typing | None:
    """The typing of a sheet that waits to be confirmed."""
    return session.scalars(_waiting().where(ScoreSheet.assignment_id == assignment.id)).first()


def of_edition(session: Session, edition: Edition) -> list[Typing]:
    """The typings of an edition that wait and can still be answered, the oldest first."""
    query = (
        _waiting()
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(Edition.id == edition.id, marking.is_open())
        .order_by(Typing.id)
    )
    return list(session.scalars(query))


def count(session: Session, judge: Judge, rounds: Collection[Round]) -> int:
    """How many typings of a judge's sheets in some rounds wait."""
    waiting = _waiting().where(Assignment.judge_id == judge.id, Assignment.round.in_(rounds))
    return len(session.scalars(waiting).all())


def find(session: Session, edition: Edition, public_id: str) -> Typing | None:
    """A typing that waits, by its identifier."""
    query = _waiting().join(Judge, Judge.id == Assignment.judge_id)
    return session.scalars(query.where(Judge.edition_id == edition.id, Typing.public_id == public_id)).first()


def is_known(session: Session, edition: Edition, public_id: str) -> bool:
    """Whether the edition has a typing of this identifier, waiting or not."""
    query = _typings().join(Judge, Judge.id == Assignment.judge_id)
    query = query.where(Judge.edition_id == edition.id, Typing.public_id == public_id)
    return session.scalars(query).first() is not None


def of_judge(session: Session, judge: Judge, public_id: str) -> Typing | None:
    """A typing of one of a judge's own sheets, in any state."""
    return session.scalars(
        _typings().where(Assignment.judge_id == judge.id, Typing.public_id == public_id)
    ).first()


def is_waiting(session: Session, typing: Typing) -> bool:
    """Whether a typing is still to be confirmed: nobody has answered, and the judge has not saved the sheet since."""
    return session.scalars(_waiting().where(Typing.id == typing.id)).first() is not None


def _typings() -> Select[Typing]:
    return (
        select(Typing)
        .join(ScoreSheetVersion, ScoreSheetVersion.id == Typing.version_id)
        .join(ScoreSheet, ScoreSheet.id == ScoreSheetVersion.sheet_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .options(
            joinedload(Typing.version)
            .joinedload(ScoreSheetVersion.sheet)
            .joinedload(ScoreSheet.assignment)
            .options(
                joinedload(Assignment.judge).joinedload(Judge.account), joinedload(Assignment.nomination)
            )
        )
    )


def _waiting() -> Select[Typing]:
    return _typings().where(waits())
