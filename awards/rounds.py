"""Rounds of marks: the first one opened and closed, and what is missing before either can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import chairs, decisions, editions, naming, panels, progress, standings
from awards.audit import Actor
from awards.editions import NotFrozen
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    FrozenStanding,
    Nomination,
    NominationState,
)
from awards.panels import RoundClosed, RoundNotOpen
from awards.timetable import Phase
from judging.values import Json, Round


class Undecided(Exception):
    """Nominations have no eligibility decision yet."""

    def __init__(self, references: Sequence[str]) -> None:
        super().__init__("; ".join(references))
        self.references = tuple(references)


class NobodyEntered(Exception):
    """No category has an eligible nomination, so there is nothing to close."""


@dataclass(frozen=True, slots=True)
class ShortOfSheets:
    """A nomination with fewer counted sheets than it needs: the minimum, or one where that is waived."""

    reference: str
    category: str
    found: int
    needed: int


class SheetsMissing(Exception):
    """Nominations have fewer counted sheets than they need."""

    def __init__(self, short: Sequence[ShortOfSheets]) -> None:
        super().__init__("; ".join(f"{it.reference} has {it.found} of {it.needed}" for it in short))
        self.short = tuple(short)


def open_first(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Open the first round. Raises NotFrozen, IllegalTransition."""
    editions.lock(session, edition)
    if edition.frozen_at is None:
        raise NotFrozen(edition.key)
    editions.advance(session, edition, Phase.FIRST_ROUND, actor=actor, now=now)


def short_of_sheets(session: Session, edition: Edition, of_round: Round) -> list[ShortOfSheets]:
    """The nominations that can't be counted yet in a round that is open, by category and reference."""
    return [
        ShortOfSheets(it.nomination.reference, it.nomination.category, it.counted, it.needed)
        for it in progress.short(session, edition, of_round)
    ]


def waive_minimum(
    session: Session, edition: Edition, nomination: Nomination, *, reason: str, actor: Actor, now: datetime
) -> tuple[Decision, bool]:
    """Let a nomination be counted with fewer sheets than the minimum, with one at least: the chair's act.

    The decision, and whether it is new. Raises ReasonMissing, RoundClosed, NotTheChair.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    of_round = Round.FIRST if edition.first_closed_at is None else panels.open_round(session, edition)
    signed_as = chairs.need(session, edition, [nomination], nomination.category, actor=actor)
    for decision in decisions.of_edition(session, edition, DecisionKind.MINIMUM_WAIVED):
        if decision.subject == {"nomination": nomination.reference, "round": of_round.value}:
            return decision, False
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.MINIMUM_WAIVED,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference, "round": of_round.value},
        names={nomination.reference: naming.shown(nomination)},
        reason=why,
        signed_as=signed_as,
    )
    return decision, True


def close_first(
    session: Session, edition: Edition, *, reason: str = "", actor: Actor, now: datetime
) -> tuple[FrozenStanding, ...]:
    """Close the first round: freeze the standing of every category that anybody entered.

    `reason`: why before the time was over, where it was. Raises RoundNotOpen, RoundClosed, Undecided, SheetsMissing,
    NobodyEntered.
    """
    editions.lock(session, edition)
    if edition.first_closed_at is not None:
        raise RoundClosed(edition.key)
    if edition.phase is not Phase.FIRST_ROUND:
        raise RoundNotOpen(edition.key)
    if undecided := panels.nominations_in(session, edition, panels.UNDECIDED):
        raise Undecided([it.reference for it in undecided])
    if short := short_of_sheets(session, edition, Round.FIRST):
        raise SheetsMissing(short)
    entered = {it.category for it in panels.nominations_in(session, edition, (NominationState.ELIGIBLE,))}
    if not entered:
        raise NobodyEntered(edition.key)
    edition.first_closed_at = now
    categories = [key for key in editions.open_categories(session, edition) if key in entered]
    decisions.decide(
        session,
        edition,
        DecisionKind.ROUND_CLOSED,
        actor=actor,
        now=now,
        subject={"round": Round.FIRST.value, "categories": list[Json](categories)},
        reason=reason,
    )
    editions.advance(session, edition, Phase.DELIBERATION, actor=actor, now=now)
    return tuple(standings.freeze(session, edition, key, actor=actor, now=now) for key in categories)
