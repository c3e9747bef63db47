"""Categories that too few entered: merged into another, carried to the next edition or cancelled, by decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import decisions, editions, naming, nominations
from awards.audit import Actor
from awards.models import (
    Assignment,
    CategoryClosure,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
)
from awards.timetable import Phase

EARLY = (Phase.NOMINATIONS, Phase.SCREENING, Phase.FIRST_ROUND)
IN_PLAY = (NominationState.SUBMITTED, NominationState.RETURNED, NominationState.ELIGIBLE)


class Closing(StrEnum):
    MERGE = "merge"
    CARRY = "carry"
    CANCEL = "cancel"


class NoSuchCategory(Exception):
    """There is no open category of that key."""


class CategoryLargeEnough(Exception):
    """A category with enough nominations is judged and can't be closed."""


class CategoryEmpty(Exception):
    """A category that nobody entered needs no decision."""


class JudgingBegan(Exception):
    """Categories are closed before their first round."""


class MergedIntoItself(Exception):
    """A category is merged into another one; name an open one."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How a category was closed, and the references of the nominations that this concerns."""

    decision: Decision
    how: Closing
    into: str | None
    concerned: tuple[str, ...]


def close(
    session: Session,
    edition: Edition,
    category: str,
    how: Closing,
    *,
    into: str | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Closed:
    """Close a category with fewer nominations than the rules ask for; those merged are judged in `into`.

    Raises NoSuchCategory, CategoryEmpty, CategoryLargeEnough, JudgingBegan, MergedIntoItself, ReasonMissing.
    """
    editions.lock(session, edition)
    reason = decisions.need_reason(reason)
    concerned = _concerned(session, edition, category)
    if how is Closing.MERGE:
        if into is None or into == category:
            raise MergedIntoItself(category)
        if into not in editions.open_categories(session, edition):
            raise NoSuchCategory(into)
    references = tuple(it.reference for it in concerned)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.CATEGORY_CLOSED,
        actor=actor,
        now=now,
        category=category,
        subject={"category": category, "how": how.value, "into": into, "nominations": [*references]},
        names={it.reference: naming.shown(it) for it in concerned},
        reason=reason,
    )
    session.add(
        CategoryClosure(
            edition_id=edition.id, category=category, how=how.value, into=into, decision_id=decision.id
        )
    )
    if how is Closing.MERGE and into is not None:
        for nomination in concerned:
            nomination.category = into
    session.flush()
    return Closed(decision, how, into, references)


def _concerned(session: Session, edition: Edition, category: str) -> list[Nomination]:
    """The nominations of a category that may be closed."""
    if category not in editions.open_categories(session, edition):
        raise NoSuchCategory(category)
    began = session.scalars(
        select(Assignment.id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(Nomination.edition_id == edition.id, Nomination.category == category)
        .limit(1)
    ).first()
    if edition.phase not in EARLY or began is not None:
        raise JudgingBegan(edition.phase.value)
    there = [
        it
        for it in nominations.of_edition(session, edition)
        if it.category == category and it.submitted_number is not None
    ]
    if not there:
        raise CategoryEmpty(category)
    in_play = [it for it in there if it.state in IN_PLAY]
    if len(in_play) >= editions.rules_of(session, edition).minimum_nominations:
        raise CategoryLargeEnough(category)
    return there
