"""Keeping a judge from a nomination: the rows of conflicts, and the assignments that end by them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from awards import recounts
from awards.audit import Actor
from awards.interests import Found
from awards.models import Assignment, AssignmentState, Conflict, ConflictSource, Edition, Judge, ScoreSheet
from judging.values import Round

LONGEST_DETAIL = 400
BECAUSE = "conflict"


def store(session: Session, edition: Edition, wanted: Iterable[Found], *, now: datetime) -> list[Found]:
    """Keep conflicts as rows, and return those that were not there yet."""
    rows: dict[tuple[int, int, ConflictSource], Found] = {}
    for it in wanted:
        rows.setdefault((it.judge, it.nomination, it.source), it)
    there = {
        (judge, nomination, source)
        for judge, nomination, source in session.execute(
            select(Conflict.judge_id, Conflict.nomination_id, Conflict.source).where(
                Conflict.judge_id.in_(select(Judge.id).where(Judge.edition_id == edition.id))
            )
        )
    }
    new = [it for key, it in rows.items() if key not in there]
    if new:
        session.execute(
            insert(Conflict),
            [
                {
                    "judge_id": it.judge,
                    "nomination_id": it.nomination,
                    "source": it.source,
                    "detail": it.detail[:LONGEST_DETAIL],
                    "found_at": now,
                }
                for it in new
            ],
        )
    return new


def is_barred(session: Session, assignment: Assignment) -> bool:
    """Whether a conflict that nobody has waived keeps the judge of an assignment from its nomination."""
    found = session.scalars(
        select(Conflict.id).where(
            Conflict.judge_id == assignment.judge_id,
            Conflict.nomination_id == assignment.nomination_id,
            Conflict.waived_by.is_(None),
        )
    ).first()
    return found is not None


def open_round(edition: Edition) -> Round | None:
    """The round whose assignments end when a conflict comes to light; None after the last close."""
    if edition.second_closed_at is not None:
        return None
    return Round.FIRST if edition.first_closed_at is None else Round.SECOND


def recuse(
    session: Session, edition: Edition, *, signed_as: str = "organiser", actor: Actor, now: datetime
) -> int:
    """End the assignments that are in conflict; what was marked is kept and doesn't count.

    Those of the open round, and between the first close and the announcement those of the categories that are not
    announced, whose standing is then counted again.
    """
    session.flush()
    kept_apart = exists().where(
        Conflict.judge_id == Assignment.judge_id,
        Conflict.nomination_id == Assignment.nomination_id,
        Conflict.waived_by.is_(None),
    )
    after = recounts.leave_out(
        session,
        edition,
        kept_apart,
        AssignmentState.RECUSED,
        BECAUSE,
        signed_as=signed_as,
        actor=actor,
        now=now,
    )
    of_round = open_round(edition)
    if of_round is None:
        return after
    ended = session.scalars(
        select(Assignment.id)
        .join(Judge)
        .where(
            Judge.edition_id == edition.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
            kept_apart,
        )
    ).all()
    if ended:
        session.execute(
            update(Assignment)
            .where(Assignment.id.in_(ended))
            .values(state=AssignmentState.RECUSED, ended_at=now)
        )
        session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.assignment_id.in_(ended))
            .values(counted=False, reason=BECAUSE)
        )
        session.expire_all()
    return after + len(ended)
