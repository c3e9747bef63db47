"""Shortlists: the chair's order among level nominations, and the signature that makes finalists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import chairs, decisions, editions, naming, nominations, readings, reopening, standings, verdicts
from awards.audit import Actor
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    FrozenStanding,
    Nomination,
    NominationState,
)
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


class StandingChanged(Exception):
    """The standing was counted again since it was shown, so what was read is not what would be signed."""


class SheetsOpen(Exception):
    """A judge mends a sheet of this category, or has asked to, so its standing is not the last one."""


class ReadingsOpen(Exception):
    """Second readings are under way, so no standing is the last one. They are closed first."""


class NobodyMarked(Exception):
    """No sheet counts any more for a nomination of this category, and nobody is placed without marks."""


Seen = Mapping[str, int]
"""The number of the standing, by category, that somebody has read."""


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
    seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> FrozenStanding:
    """Put level nominations into the chair's order and count the shortlist again; until it is signed, anew as well.

    `seen`: the number of the standing that was read, None for whatever stands. Raises NoSuchCategory, AlreadySigned,
    StandingChanged, ReadingsOpen, SheetsOpen, NobodyMarked, NotTheChair, and what `verdicts.settle_tie` raises.
    """
    editions.lock(session, edition)
    frozen = _unsigned(session, edition, category, seen)
    _need_no_mending(session, edition, [category])
    if lost := standings.unmarked(session, edition).get(category):
        raise NobodyMarked(", ".join(lost))
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


def go_on(session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime) -> bool:
    """Let the ladder go on where chair and deputies have all become bound; whether it did.

    Raises RoundOpen, NoSuchCategory, AlreadySigned.
    """
    editions.lock(session, edition)
    frozen = _unsigned(session, edition, category)
    if not verdicts.bar_where_nobody_may_decide(
        session, edition, category, Stage.SHORTLIST, frozen.document, actor=actor, now=now
    ):
        return False
    standings.freeze(session, edition, category, actor=actor, now=now)
    return True


def sign(
    session: Session,
    edition: Edition,
    *,
    category: str | None = None,
    seen: Seen | None = None,
    actor: Actor,
    now: datetime,
) -> Shortlisted:
    """Sign the shortlist of one category or of all: its nominations become finalists or are not shortlisted.

    With `seen`, of the categories named there only. Raises RoundOpen, NoSuchCategory, StandingChanged,
    ReadingsOpen, SheetsOpen, NotTheChair, and ChairDecides where a step waits for the chair.
    """
    editions.lock(session, edition)
    wanted = _wanted(session, edition, category)
    if seen is not None:
        wanted = {key: frozen for key, frozen in wanted.items() if key in seen}
    unsigned = {key: frozen for key, frozen in wanted.items() if frozen.signed_by is None}
    if changed := [key for key, frozen in unsigned.items() if seen and seen[key] != frozen.number]:
        raise StandingChanged(", ".join(changed))
    _need_settled(session, edition, unsigned)
    signed: dict[str, tuple[str, ...]] = {}
    for key, frozen in unsigned.items():
        as_what = chairs.need(
            session, edition, standings.judged_in(session, edition, frozen), key, actor=actor
        )
        signed[key] = make_finalists(session, edition, frozen, signed_as=as_what, actor=actor, now=now)
    return Shortlisted(signed, tuple(key for key in wanted if key not in unsigned))


def _need_no_mending(session: Session, edition: Edition, categories: Iterable[str]) -> None:
    if readings.is_open(session, edition):
        raise ReadingsOpen(edition.key)
    open_in = {it.nomination.category for it in reopening.going_on(session, edition)}
    if waiting := [key for key in categories if key in open_in]:
        raise SheetsOpen(", ".join(waiting))


def _need_settled(session: Session, edition: Edition, unsigned: Mapping[str, FrozenStanding]) -> None:
    _need_no_mending(session, edition, unsigned)
    eligible = {it.reference for it in nominations.of_edition(session, edition, NominationState.ELIGIBLE)}
    for key, frozen in unsigned.items():
        if not set(count.standing_of(frozen.document).totals) <= eligible:
            raise StandingChanged(key)
    unmarked = standings.unmarked(session, edition)
    if lost := [it for key in unsigned for it in unmarked.get(key, ())]:
        raise NobodyMarked(", ".join(lost))
    level = {
        key: [step.level for step in steps]
        for key, frozen in unsigned.items()
        if (steps := verdicts.waiting(frozen.document))
    }
    if level:
        raise ChairDecides(level)


def to_sign(
    session: Session, edition: Edition, category: str, seen: int
) -> tuple[FrozenStanding, list[Nomination]]:
    """The standing that was read, settled and unsigned, and the nominations in it. Raises what `sign` raises."""
    frozen = _unsigned(session, edition, category, seen)
    _need_settled(session, edition, {category: frozen})
    return frozen, standings.judged_in(session, edition, frozen)


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


def _unsigned(session: Session, edition: Edition, category: str, seen: int | None = None) -> FrozenStanding:
    frozen = _wanted(session, edition, category)[category]
    if frozen.signed_by is not None:
        raise AlreadySigned(category)
    if seen not in (None, frozen.number):
        raise StandingChanged(category)
    return frozen


def make_finalists(
    session: Session,
    edition: Edition,
    frozen: FrozenStanding,
    *,
    signed_as: str,
    proposed_by: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Make the nominations of a settled standing finalists or not shortlisted, by the decision that signs it."""
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
        signed_as=signed_as,
        proposed_by=proposed_by,
        supersedes=_signature_before(session, edition, frozen.category),
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


def _signature_before(session: Session, edition: Edition, category: str) -> Decision | None:
    """The signature that has lost its force."""
    before = decisions.of_edition(session, edition, DecisionKind.SHORTLIST, category=category)
    return before[-1] if before else None
