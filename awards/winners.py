"""Winners: the chair's order among level ones, the signature under each result, the prizes it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import decisions, editions, elections, naming, nominations, results, standings, verdicts
from awards.audit import Actor
from awards.elections import ShortlistNotSigned
from awards.models import (
    Award,
    DecisionKind,
    Edition,
    FrozenOutcome,
    Nomination,
    NominationState,
)
from awards.results import NotCounted
from awards.timetable import Phase
from awards.verdicts import Stage
from judging.count import outcome_of
from judging.outcome import Outcome
from judging.values import Json, SecondRound, Step


class RunoffOpen(Exception):
    """A run-off has to be voted and counted first."""


class ChairToDecide(Exception):
    """Nominations are level and wait for the chair's order. `waiting`: (category, level nominations)."""

    def __init__(self, waiting: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__("; ".join(f"{category}: {', '.join(level)}" for category, level in waiting))
        self.waiting = tuple(waiting)


@dataclass(frozen=True, slots=True)
class Signed:
    """The result of a category under its signature; `is_new` is False where it was signed before."""

    category: str
    outcome: Outcome
    is_new: bool


def order_level(
    session: Session,
    edition: Edition,
    category: str,
    order: Sequence[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Put level nominations into the chair's order and count the result again; others may still be level.

    Raises NotCounted, ShortlistNotSigned and what `verdicts.settle_tie` raises.
    """
    editions.lock(session, edition)
    found = _counted(session, edition, category, actor=actor, now=now)[category]
    verdicts.settle_tie(
        session,
        edition,
        category,
        Stage.RESULT,
        found.document,
        order,
        reason=reason,
        actor=actor,
        now=now,
    )
    return results.freeze(session, edition, category, actor=actor, now=now)


def sign(
    session: Session, edition: Edition, *, category: str | None = None, actor: Actor, now: datetime
) -> tuple[Signed, ...]:
    """Sign the winners of a category or of all, give the prizes, and move on when the last category is signed.

    Raises NotCounted, ChairToDecide, RunoffOpen, ShortlistNotSigned.
    """
    editions.lock(session, edition)
    asked = _counted(session, edition, category, actor=actor, now=now)
    _need_settled(asked)
    signed = tuple(_sign(session, edition, key, it, actor=actor, now=now) for key, it in asked.items())
    there = results.frozen(session, edition)
    complete = all(key in there and there[key].signed_by for key in standings.latest(session, edition))
    if complete and edition.phase in (Phase.DELIBERATION, Phase.SECOND_ROUND):
        editions.advance(session, edition, Phase.DECIDED, actor=actor, now=now)
    return signed


def _counted(
    session: Session, edition: Edition, category: str | None, *, actor: Actor, now: datetime
) -> dict[str, FrozenOutcome]:
    """The results asked for; without a second round they are counted now, from the signed shortlist."""
    rules = editions.rules_of(session, edition)
    if rules.second_round is SecondRound.NONE and edition.phase is Phase.DELIBERATION:
        _freeze_first_round(session, edition, category, actor=actor, now=now)
    there = results.frozen(session, edition)
    if not there or (category and category not in there):
        raise NotCounted(category or edition.key)
    return {key: it for key, it in there.items() if category in (None, key)}


def _freeze_first_round(
    session: Session, edition: Edition, category: str | None, *, actor: Actor, now: datetime
) -> None:
    """Without a second round the signed shortlist is counted when it comes to the winners."""
    asked = [key for key in standings.latest(session, edition) if category in (None, key)]
    if waiting := [key for key in elections.unsigned(session, edition) if key in asked]:
        raise ShortlistNotSigned(", ".join(waiting))
    there = results.frozen(session, edition)
    for key in asked:
        if key not in there:
            results.freeze(session, edition, key, actor=actor, now=now)


def _need_settled(asked: dict[str, FrozenOutcome]) -> None:
    outcomes = {category: outcome_of(it.document) for category, it in asked.items()}
    if voting := [key for key, outcome in outcomes.items() if results.waiting(outcome, Step.RUNOFF)]:
        raise RunoffOpen(", ".join(voting))
    waiting = [
        (key, step.level)
        for key, outcome in outcomes.items()
        for step in results.waiting(outcome, Step.CHAIR)
    ]
    if waiting:
        raise ChairToDecide(waiting)


def _sign(
    session: Session, edition: Edition, category: str, result: FrozenOutcome, *, actor: Actor, now: datetime
) -> Signed:
    outcome = outcome_of(result.document)
    if result.signed_by:
        return Signed(category, outcome, False)
    winners = [row for row in outcome.rows if row.prize]
    names = {
        row.nomination: naming.shown(nominations.find(session, edition, row.nomination)) for row in winners
    }
    prizes: dict[str, Json] = {
        prize.key: [row.nomination for row in winners if row.prize == prize.key]
        for prize in editions.rules_of(session, edition).prizes_of(category)
    }
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.WINNERS,
        actor=actor,
        now=now,
        category=category,
        subject={"category": category, "prizes": prizes, "not_given": list(outcome.not_given)},
        names=names,
        signed_as="chair",
    )
    result.signed_by = decision.id
    for row in winners:
        session.add(
            Award(
                edition_id=edition.id,
                nomination_id=nominations.find(session, edition, row.nomination).id,
                category=category,
                prize=row.prize or "",
                place=row.place,
                names=names[row.nomination],
                decision_id=decision.id,
            )
        )
    session.flush()
    _end_the_contest(session, edition, category, {row.nomination for row in outcome.rows})
    return Signed(category, outcome, True)


def _end_the_contest(session: Session, edition: Edition, category: str, standing: set[str]) -> None:
    """Who has a prize is a winner; whoever else stood for one went without."""
    winners = set(
        session.scalars(
            select(Award.nomination_id).where(Award.edition_id == edition.id, Award.category == category)
        )
    )
    for nomination in nominations.of_edition(session, edition):
        if nomination.id in winners:
            _advance(nomination, NominationState.WINNER)
        elif nomination.reference in standing:
            _advance(nomination, NominationState.NOT_AWARDED)


def _advance(nomination: Nomination, state: NominationState) -> None:
    if nomination.state is not state:
        nominations.advance(nomination, state)
