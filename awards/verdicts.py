"""What people decide where the ladder asks them: the chair's orders, and the steps that nobody may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from awards import decisions
from awards.audit import Actor
from awards.models import Conflict, Decision, DecisionKind, Edition, Grant, Judge, Nomination, Role
from judging.count import step_of
from judging.ladder import Level, StepTaken, Verdicts
from judging.values import Json, Step, StepResult


class Stage(StrEnum):
    """Which ladder waits: that of the shortlist or that of the prizes."""

    SHORTLIST = "shortlist"
    RESULT = "result"


class NoTieThere(Exception):
    """No step of the ladder waits for the chair among these nominations."""


class NamedTwice(Exception):
    """The order names a nomination twice."""


def verdicts_of(session: Session, edition: Edition, category: str, stage: str) -> Verdicts:
    """The chair's orders and the barred steps of a category, from its decisions. Run-offs are no decision."""
    orders: dict[Level, tuple[str, ...]] = {}
    barred: set[Level] = set()
    for decision in decisions.of_edition(session, edition, DecisionKind.TIE, category=category):
        subject = decision.subject
        if subject["stage"] != stage:
            continue
        level = frozenset(subject["level"])
        if subject.get("barred"):
            barred.add(level)
        else:
            orders[level] = tuple(subject["order"])
    return Verdicts(orders=orders, barred=frozenset(barred))


def waiting(document: Mapping[str, Json]) -> tuple[StepTaken, ...]:
    """The steps of a standing's or outcome's document at which the chair has yet to decide."""
    steps = document["steps"]
    assert isinstance(steps, list)
    taken = [step_of(step) for step in steps if isinstance(step, dict)]
    return tuple(it for it in taken if it.step is Step.CHAIR and it.result is StepResult.WAITING)


def settle_tie(
    session: Session,
    edition: Edition,
    category: str,
    stage: str,
    document: Mapping[str, Json],
    order: Sequence[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Record the chair's order, best first, at the step of a frozen document that waits for it.

    Those it leaves out stay level below it; where a place still runs through them, the ladder goes on with them.
    Whoever calls counts again afterwards. Raises ReasonMissing, NamedTwice, NoTieThere.
    """
    why = decisions.need_reason(reason)
    if len(set(order)) != len(order):
        raise NamedTwice("; ".join(name for name in dict.fromkeys(order) if list(order).count(name) > 1))
    step = next((it for it in waiting(document) if order and set(order) <= set(it.level)), None)
    if step is None:
        raise NoTieThere("; ".join(order))
    return decisions.decide(
        session,
        edition,
        DecisionKind.TIE,
        actor=actor,
        now=now,
        category=category,
        subject={"stage": str(stage), "category": category, "level": list(step.level), "order": list(order)},
        reason=why,
        signed_as=Role.CHAIR.value,
    )


def bar_where_nobody_may_decide(
    session: Session,
    edition: Edition,
    category: str,
    stage: str,
    document: Mapping[str, Json],
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Record the waiting steps that chair and deputies, all in conflict, may not take; True where there is one.

    Whoever calls counts again: the ladder goes on to its lot.
    """
    barred = [
        step.level for step in waiting(document) if _nobody_may_decide(session, edition, category, step.level)
    ]
    for level in barred:
        decisions.decide(
            session,
            edition,
            DecisionKind.TIE,
            actor=actor,
            now=now,
            category=category,
            subject={"stage": str(stage), "category": category, "level": list(level), "barred": True},
        )
    return bool(barred)


def _nobody_may_decide(session: Session, edition: Edition, category: str, level: Sequence[str]) -> bool:
    """Whether a chair is appointed, and chair and deputies all have a conflict with one of the level ones."""
    appointed = set(
        session.scalars(
            select(Grant.account_id).where(
                Grant.edition_id == edition.id,
                Grant.role.in_((Role.CHAIR, Role.DEPUTY)),
                Grant.ended_at.is_(None),
                or_(Grant.category.is_(None), Grant.category == category),
            )
        )
    )
    if not appointed:
        return False
    kept_out = session.scalar(
        select(func.count(Judge.account_id.distinct()))
        .join(Conflict, Conflict.judge_id == Judge.id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(
            Judge.edition_id == edition.id,
            Judge.account_id.in_(appointed),
            Nomination.reference.in_(level),
            Conflict.waived_by.is_(None),
        )
    )
    return kept_out == len(appointed)
