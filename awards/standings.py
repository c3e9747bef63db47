"""Standings of the first round: counted from the sheets that count, frozen at the close and at the chair's word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import editions, marked, nominations
from awards.audit import Actor
from awards.models import Edition, FrozenStanding, Nomination, NominationState
from awards.verdicts import Stage, bar_where_nobody_may_decide, verdicts_of
from judging import count
from judging.scoring import Score
from judging.shortlist import Standing, shortlist
from judging.values import Json, Round

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


class RoundOpen(Exception):
    """The first round isn't closed yet, and until then nobody sees a total."""


def scores_of(session: Session, edition: Edition, category: str, *rounds: Round) -> dict[str, Score]:
    """The score of every nomination of a category from the counted sheets of the rounds named, taken together."""
    rules = editions.rules_of(session, edition)
    standing = {
        it.reference for it in nominations.of_edition(session, edition, *JUDGED) if it.category == category
    }
    marks = marked.counted(session, edition, *rounds, category=category)
    return count.scores(rules, category, {name: found for name, found in marks.items() if name in standing})


def of_edition(session: Session, edition: Edition) -> tuple[Standing, ...]:
    """The frozen standing of every category, in the rules' order. Raises RoundOpen before the close."""
    if edition.first_closed_at is None:
        raise RoundOpen(edition.key)
    return tuple(count.standing_of(it.document) for it in latest(session, edition).values())


def latest(session: Session, edition: Edition) -> dict[str, FrozenStanding]:
    """The standing in force of each category that has one, in the rules' order."""
    found: dict[str, FrozenStanding] = {
        it.category: it
        for it in session.scalars(
            select(FrozenStanding)
            .where(FrozenStanding.edition_id == edition.id)
            .order_by(FrozenStanding.number)
        )
    }
    keys = (category.key for category in editions.rules_of(session, edition).categories)
    return {key: found[key] for key in keys if key in found}


def freeze(
    session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime
) -> FrozenStanding:
    """Count a category and freeze its standing under the next number, past steps that nobody may take.

    While a nomination has no counted sheet left, the standing before is repeated: nobody is placed without marks.
    """
    if category in unmarked(session, edition):
        return _keep(session, edition, category, latest(session, edition)[category].document, now=now)
    document = _count(session, edition, category)
    while bar_where_nobody_may_decide(
        session, edition, category, Stage.SHORTLIST, document, actor=actor, now=now
    ):
        document = _count(session, edition, category)
    return _keep(session, edition, category, document, now=now)


def unmarked(session: Session, edition: Edition) -> dict[str, tuple[str, ...]]:
    """The nominations that stand in a frozen standing and have no counted sheet left, by category and reference."""
    if edition.first_closed_at is None:
        return {}
    judged = {it.reference for it in nominations.of_edition(session, edition, *JUDGED)}
    lost = judged - marked.counted(session, edition, Round.FIRST).keys()
    found = {}
    for key, frozen in latest(session, edition).items():
        if gone := sorted(lost & count.standing_of(frozen.document).totals.keys()):
            found[key] = tuple(gone)
    return found


def judged_in(session: Session, edition: Edition, frozen: FrozenStanding) -> list[Nomination]:
    """The nominations of a frozen standing."""
    names = count.standing_of(frozen.document).totals.keys()
    return [it for it in nominations.of_edition(session, edition) if it.reference in names]


def _keep(
    session: Session, edition: Edition, category: str, document: dict[str, Json], *, now: datetime
) -> FrozenStanding:
    last = session.scalar(
        select(func.max(FrozenStanding.number)).where(
            FrozenStanding.edition_id == edition.id, FrozenStanding.category == category
        )
    )
    frozen = FrozenStanding(
        edition_id=edition.id, category=category, number=(last or 0) + 1, document=document, at=now
    )
    session.add(frozen)
    session.flush()
    return frozen


def _count(session: Session, edition: Edition, category: str) -> dict[str, Json]:
    standing = shortlist(
        editions.rules_of(session, edition),
        category,
        scores_of(session, edition, category, Round.FIRST),
        verdicts=verdicts_of(session, edition, category, Stage.SHORTLIST),
        seed=edition.seed,
    )
    return count.standing_document(standing)
