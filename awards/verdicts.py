"""What people decide where the ladder asks them: the chair's orders, and the steps that nobody may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import chairs, decisions, nominations
from awards.audit import Actor
from awards.models import Decision, DecisionKind, Edition, Nomination
from judging.count import step_of
from judging.ladder import Level, StepTaken, Verdicts
from judging.values import Json, Step, StepResult


class Stage(StrEnum):
    """Which ladder waits: that of the shortlist, that of the prizes, or that of the public's own prize."""

    SHORTLIST = "shortlist"
    RESULT = "result"
    PUBLIC = "public"


COUNTED_AGAIN = (DecisionKind.RECOUNTED, DecisionKind.REOPENED)
"""Decisions after which the marks of a category are not those that an order was given for."""


class NoTieThere(Exception):
    """No step of the ladder waits for the chair among these nominations."""


class NamedTwice(Exception):
    """The order names a nomination twice."""


def verdicts_of(session: Session, edition: Edition, category: str, stage: str) -> Verdicts:
    """The chair's orders and the barred steps of a category, from its decisions. Run-offs are no decision.

    An order holds for the marks that the chair had read: once they are counted again it is given anew.
    """
    orders: dict[Level, tuple[str, ...]] = {}
    barred: set[Level] = set()
    for decision in decisions.of_edition(
        session, edition, DecisionKind.TIE, *COUNTED_AGAIN, category=category
    ):
        if decision.kind in COUNTED_AGAIN:
            orders.clear()
            continue
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
    return tuple(it for it in chairs_steps(document) if it.result is StepResult.WAITING)


def chairs_steps(document: Mapping[str, Json]) -> tuple[StepTaken, ...]:
    """The steps of a document that are the chair's to take, taken or not; those passed over are not among them."""
    steps = document["steps"]
    assert isinstance(steps, list)
    taken = [step_of(step) for step in steps if isinstance(step, dict)]
    return tuple(it for it in taken if it.step is Step.CHAIR and it.result is not StepResult.SKIPPED)


def step_for(document: Mapping[str, Json], order: Sequence[str]) -> StepTaken:
    """The step that an order would take, or take anew. Raises NamedTwice, NoTieThere."""
    if len(set(order)) != len(order):
        raise NamedTwice("; ".join(name for name in dict.fromkeys(order) if list(order).count(name) > 1))
    step = next((it for it in chairs_steps(document) if order and set(order) <= set(it.level)), None)
    if step is None:
        raise NoTieThere("; ".join(order))
    return step


def settle_tie(
    session: Session,
    edition: Edition,
    category: str,
    stage: Stage,
    document: Mapping[str, Json],
    order: Sequence[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Record the chair's order, best first, at its step of a frozen document; one given before is replaced.

    Those it leaves out stay level below it; where a place still runs through them, the ladder goes on with them.
    Whoever calls counts again afterwards. Raises ReasonMissing, NamedTwice, NoTieThere, NotTheChair.
    """
    why = decisions.need_reason(reason)
    step = step_for(document, order)
    level = [it for it in nominations.of_edition(session, edition) if it.reference in step.level]
    return decisions.decide(
        session,
        edition,
        DecisionKind.TIE,
        actor=actor,
        now=now,
        category=category,
        subject={"stage": str(stage), "category": category, "level": list(step.level), "order": list(order)},
        reason=why,
        signed_as=chairs.need(session, edition, level, category, actor=actor),
        supersedes=order_before(session, edition, category, stage, step.level),
    )


def order_before(
    session: Session, edition: Edition, category: str, stage: str, level: Sequence[str]
) -> Decision | None:
    """The order that was last given to the same level ones."""
    found = decisions.of_edition(session, edition, DecisionKind.TIE, category=category)
    return next(
        (
            it
            for it in reversed(found)
            if it.subject["stage"] == stage
            and set(it.subject["level"]) == set(level)
            and not it.subject.get("barred")
        ),
        None,
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
    steps = waiting(document)
    if not steps:
        return False
    table = chairs.table_of(session, edition)
    there = {
        it.reference: it
        for it in session.scalars(select(Nomination).where(Nomination.edition_id == edition.id))
    }
    barred = [step.level for step in steps if table.all_bound([there[name] for name in step.level], category)]
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
