"""What the table tells of a category beside its standing: earlier ones, missing sheets, comments, decisions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from awards import chairs, marked, readings
from awards.extensions import db
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    FrozenStanding,
    Nomination,
    ScoreSheet,
    SheetState,
)
from awards.verdicts import Stage
from judging.values import Round


def earlier(edition: Edition, category: str) -> Sequence[FrozenStanding]:
    """The standings that were replaced, the latest first."""
    found = db.session.scalars(
        select(FrozenStanding)
        .where(FrozenStanding.edition_id == edition.id, FrozenStanding.category == category)
        .order_by(FrozenStanding.number.desc())
    ).all()
    return found[1:]


def missing(edition: Edition, category: str, of_round: Round = Round.FIRST) -> dict[str, int]:
    """How many sheets of each nomination were given out and never submitted, by reference."""
    rows = db.session.execute(
        select(Nomination.reference, func.count())
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            _given_out(edition, category, of_round),
            Assignment.state == AssignmentState.ISSUED,
            or_(ScoreSheet.id.is_(None), ScoreSheet.state != SheetState.SUBMITTED),
        )
        .group_by(Nomination.reference)
    )
    return dict(iter(rows))


def _given_out(edition: Edition, category: str, of_round: Round) -> ColumnElement[bool]:
    return and_(
        Nomination.edition_id == edition.id,
        Nomination.category == category,
        Assignment.round == of_round,
        Assignment.kind != AssignmentKind.PRACTICE,
        ~readings.in_progress(),
    )


def comments(
    edition: Edition, category: str, reader: Account, of_round: Round = Round.FIRST
) -> dict[str, list[str]]:
    """What judges wrote for the panel on counted sheets, by reference, without names and in no order of theirs.

    Nothing of nominations that the reader has an interest in, and nothing of a round that is not closed.
    """
    if of_round is Round.SECOND and edition.second_closed_at is None:
        return {}
    session = db.session()
    rows = marked.comments(session, edition, of_round, category)
    theirs = chairs.kept_out(session, edition, reader)
    found: dict[str, list[str]] = {}
    for nomination, reference, comment in rows:
        if nomination not in theirs:
            found.setdefault(reference, []).append(comment)
    return found


OF_THE_RESULT = (
    DecisionKind.WINNERS,
    DecisionKind.WITHHELD,
    DecisionKind.AWARD,
    DecisionKind.DECLINED,
    DecisionKind.CORRECTION,
)
"""Decisions about prizes."""


def round_of(decision: Decision) -> Round:
    """The round of which a decision on a standing is."""
    stage = decision.subject.get("stage")
    second = decision.kind in OF_THE_RESULT or stage in (Stage.RESULT, Stage.PUBLIC)
    return Round.SECOND if second else Round(str(decision.subject.get("round") or Round.FIRST))


def orders(edition: Edition, category: str) -> Sequence[Decision]:
    """The decisions that made the shortlist and the result of a category, by number: ties, signatures, reopenings,
    waivers, and the second readings of its nominations, ordered for all categories at once.
    """
    kinds = (
        DecisionKind.TIE,
        DecisionKind.SHORTLIST,
        DecisionKind.REOPENED,
        DecisionKind.MINIMUM_WAIVED,
        DecisionKind.CONFLICT_WAIVED,
        DecisionKind.RECOUNTED,
        DecisionKind.WITHDRAWAL,
        DecisionKind.DISQUALIFICATION,
        *OF_THE_RESULT,
    )
    further = Decision.kind == DecisionKind.SECOND_READINGS
    found = db.session.scalars(
        select(Decision)
        .where(
            Decision.edition_id == edition.id,
            or_(and_(Decision.kind.in_(kinds), Decision.category == category), further),
        )
        .order_by(Decision.number)
    ).all()
    if any(it.kind is DecisionKind.SECOND_READINGS for it in found):
        return _but_others_readings(edition, category, found)
    return found


def _but_others_readings(edition: Edition, category: str, found: Sequence[Decision]) -> Sequence[Decision]:
    """Decisions without those on second readings that are of no nomination of a category."""
    mine = set(
        db.session.scalars(
            select(Nomination.reference).where(
                Nomination.edition_id == edition.id, Nomination.category == category
            )
        )
    )
    ordered = {it.id for it in found if not mine.isdisjoint(it.subject.get("extra", ()))}
    return [
        it
        for it in found
        if it.kind is not DecisionKind.SECOND_READINGS or ordered & {it.id, it.supersedes_id}
    ]
