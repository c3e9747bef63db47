"""Shortlists: the chair's order among level nominations, and the signature that makes finalists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import decisions, editions, naming, nominations, standings, verdicts
from awards.audit import Actor
from awards.models import DecisionKind, Edition, FrozenStanding, NominationState
from awards.standings import RoundOpen
from awards.verdicts import Stage
from judging import count
from judging.values import Json, SecondRound, Slate


class NoSuchCategory(Exception):
    """The edition judges no category of that key, or nobody entered it."""


class ChairDecides(Exception):
    """A step of the ladder waits for the chair. `level` maps category -> the sets of level nominations."""

    def __init__(self, level: Mapping[str, Sequence[Sequence[str]]]) -> None:
        super().__init__(
            "; ".join(f"{key}: {', '.join(names)}" for key, sets in level.items() for names in sets)
        )
        self.level = {key: tuple(tuple(names) for names in sets) for key, sets in level.items()}


class AlreadySigned(Exception):
    """The shortlist of this category is signed, so its order stays as it is."""


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """What a signing did: finalists by category, best first, and the categories signed before."""

    signed: Mapping[str, tuple[str, ...]]
    before: tuple[str, ...]


def order_level(
    session: Session,
    edition: Edition,
    category: str,
    order: Sequence[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> FrozenStanding:
    """Put level nominations into the chair's order and count the shortlist again.

    Raises NoSuchCategory, AlreadySigned, and what `verdicts.settle_tie` raises.
    """
    editions.lock(session, edition)
    frozen = _wanted(session, edition, category)[category]
    if frozen.signed_by is not None:
        raise AlreadySigned(category)
    verdicts.settle_tie(
        session,
        edition,
        category,
        Stage.SHORTLIST,
        frozen.document,
        order,
        reason=reason,
        actor=actor,
        now=now,
    )
    return standings.freeze(session, edition, category, actor=actor, now=now)


def sign(
    session: Session, edition: Edition, *, category: str | None = None, actor: Actor, now: datetime
) -> Shortlisted:
    """Sign the shortlist of one category or of all: its nominations become finalists or are not shortlisted.

    Raises RoundOpen, NoSuchCategory, and ChairDecides where a step waits for the chair.
    """
    editions.lock(session, edition)
    wanted = _wanted(session, edition, category)
    unsigned = {key: frozen for key, frozen in wanted.items() if frozen.signed_by is None}
    level = {
        key: [step.level for step in steps]
        for key, frozen in unsigned.items()
        if (steps := verdicts.waiting(frozen.document))
    }
    if level:
        raise ChairDecides(level)
    signed = {key: _sign(session, edition, frozen, actor=actor, now=now) for key, frozen in unsigned.items()}
    return Shortlisted(signed, tuple(key for key in wanted if key not in unsigned))


def is_signed(session: Session, edition: Edition) -> bool:
    """Whether every standing is signed, after the first close."""
    return edition.first_closed_at is not None and all(
        it.signed_by is not None for it in standings.latest(session, edition).values()
    )


def _wanted(session: Session, edition: Edition, category: str | None) -> dict[str, FrozenStanding]:
    if edition.first_closed_at is None:
        raise RoundOpen(edition.key)
    found = standings.latest(session, edition)
    if category is not None and category not in found:
        raise NoSuchCategory(category)
    return found if category is None else {category: found[category]}


def _sign(
    session: Session, edition: Edition, frozen: FrozenStanding, *, actor: Actor, now: datetime
) -> tuple[str, ...]:
    rules = editions.rules_of(session, edition)
    standing = count.standing_of(frozen.document)
    finalists = set(standing.finalists)
    judged = [
        it
        for it in nominations.of_edition(session, edition, NominationState.ELIGIBLE)
        if it.category == frozen.category
    ]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.SHORTLIST,
        actor=actor,
        now=now,
        category=frozen.category,
        subject={"category": frozen.category, "finalists": list[Json](standing.finalists)},
        names={it.reference: naming.shown(it) for it in judged if it.reference in finalists},
        signed_as="chair",
    )
    frozen.signed_by = decision.id
    all_stand = rules.second_round is not SecondRound.NONE and rules.slate is Slate.ELIGIBLE
    for it in judged:
        if it.reference in finalists:
            nominations.advance(it, NominationState.FINALIST)
        elif not all_stand:
            nominations.advance(it, NominationState.NOT_SHORTLISTED)
    session.flush()
    return standing.finalists
