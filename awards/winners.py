"""Winners: the chair's order among level ones, the signature under each result, the prizes it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    chairs,
    decisions,
    editions,
    naming,
    nominations,
    public_votes,
    results,
    standings,
    verdicts,
)
from awards.audit import Actor
from awards.models import (
    Award,
    AwardState,
    Decision,
    DecisionKind,
    Edition,
    FrozenOutcome,
    Nomination,
    NominationState,
)
from awards.timetable import Phase
from awards.verdicts import Stage
from judging.count import outcome_of
from judging.outcome import Outcome
from judging.values import Json, Step


class RunoffOpen(Exception):
    """A run-off has to be voted and counted first."""


class ChairToDecide(Exception):
    """Nominations are level and wait for the chair's order. `waiting`: (category, level nominations)."""

    def __init__(self, waiting: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__("; ".join(f"{category}: {', '.join(level)}" for category, level in waiting))
        self.waiting = tuple(waiting)


class WinnersSigned(Exception):
    """The winners of this category are signed, so the order among level ones stays as it is."""


class ResultChanged(Exception):
    """The result was counted again since it was shown, so what was read is not what would be signed."""


Seen = Mapping[str, int]
"""The number of the result, by category, that somebody has read."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The result of a category under its signature; `is_new` is False where it was signed before."""

    category: str
    outcome: Outcome
    is_new: bool
    public: Outcome | None = None
    """What the public's own vote gave, where there was one."""


def order_level(
    session: Session,
    edition: Edition,
    category: str,
    order: Sequence[str],
    *,
    reason: str,
    seen: int | None = None,
    stage: Stage = Stage.RESULT,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Put level nominations into the chair's order and count the result again; until it is signed, anew as well.

    Others may still be level afterwards. `stage`: at the category's prizes, or at the public's own. Raises NotCounted,
    ShortlistNotSigned, WinnersSigned, ResultChanged, NotTheChair and what `verdicts.settle_tie` raises.
    """
    editions.lock(session, edition)
    found = _unsigned(session, edition, category, seen, actor=actor, now=now)
    verdicts.settle_tie(
        session,
        edition,
        category,
        stage,
        at_stage(found, stage),
        order,
        reason=reason,
        actor=actor,
        now=now,
    )
    return results.freeze(session, edition, category, actor=actor, now=now)


def go_on(session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime) -> bool:
    """Let the ladder go on where chair and deputies have all become bound since the count; whether it did.

    Raises NotCounted, WinnersSigned.
    """
    editions.lock(session, edition)
    found = _unsigned(session, edition, category, actor=actor, now=now)
    moved = [
        verdicts.bar_where_nobody_may_decide(
            session, edition, category, stage, at_stage(found, stage), actor=actor, now=now
        )
        for stage in (Stage.RESULT, Stage.PUBLIC)
    ]
    if not any(moved):
        return False
    results.freeze(session, edition, category, actor=actor, now=now)
    return True


def stage_of(session: Session, edition: Edition, category: str, order: Sequence[str]) -> Stage:
    """At which ladder of a result the chair orders some level ones: the category's own before the public's."""
    result = results.frozen(session, edition).get(category)
    steps = verdicts.chairs_steps(result.document) if result else ()
    mine = any(set(order) <= set(step.level) for step in steps)
    return Stage.PUBLIC if result and public_votes.PART in result.document and not mine else Stage.RESULT


def at_stage(result: FrozenOutcome, stage: Stage) -> Mapping[str, Json]:
    """The part of a frozen result whose ladder a stage is: the category's own, or the public's."""
    if stage is Stage.PUBLIC:
        return public_votes.in_result(result.document) or {"steps": []}
    return result.document


def sign(
    session: Session,
    edition: Edition,
    *,
    category: str | None = None,
    seen: Seen | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Signed, ...]:
    """Sign the winners of a category or of all, give the prizes, and move on when the last category is signed.

    With `seen`, of the categories named there only. Raises NotCounted, ChairToDecide, RunoffOpen, ShortlistNotSigned,
    ResultChanged, NotTheChair.
    """
    editions.lock(session, edition)
    asked: dict[str, FrozenOutcome] = {}
    for key in (category,) if seen is None else seen:
        asked |= results.counted(session, edition, key, actor=actor, now=now)
    if changed := [key for key, it in asked.items() if seen and not it.signed_by and it.number != seen[key]]:
        raise ResultChanged(", ".join(changed))
    _need_settled(asked)
    signed = []
    for key, it in asked.items():
        as_what = ""
        if it.signed_by is None:
            as_what = chairs.need(session, edition, stands_in(session, edition, it), key, actor=actor)
        signed.append(give(session, edition, key, it, signed_as=as_what, actor=actor, now=now))
    move_on(session, edition, actor=actor, now=now)
    return tuple(signed)


def to_sign(
    session: Session, edition: Edition, category: str, seen: int, *, actor: Actor, now: datetime
) -> tuple[FrozenOutcome, list[Nomination]]:
    """The result that was read, settled and unsigned, and the nominations in it. Raises what `sign` raises."""
    found = _unsigned(session, edition, category, seen, actor=actor, now=now)
    _need_settled({category: found})
    return found, stands_in(session, edition, found)


def _unsigned(
    session: Session, edition: Edition, category: str, seen: int | None = None, *, actor: Actor, now: datetime
) -> FrozenOutcome:
    found = results.counted(session, edition, category, actor=actor, now=now)[category]
    if found.signed_by is not None:
        raise WinnersSigned(category)
    if seen not in (None, found.number):
        raise ResultChanged(category)
    return found


def move_on(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Decided, once the winners of the last category are signed."""
    there = results.frozen(session, edition)
    complete = all(key in there and there[key].signed_by for key in standings.latest(session, edition))
    if complete and edition.phase in (Phase.DELIBERATION, Phase.SECOND_ROUND):
        editions.advance(session, edition, Phase.DECIDED, actor=actor, now=now)


def stands_in(session: Session, edition: Edition, result: FrozenOutcome) -> list[Nomination]:
    """The nominations that stand in a result."""
    names = {row.nomination for row in outcome_of(result.document).rows}
    return [it for it in nominations.of_edition(session, edition) if it.reference in names]


def _need_settled(asked: Mapping[str, FrozenOutcome]) -> None:
    """Raises RunoffOpen, ChairToDecide where a step of a ladder waits."""
    outcomes = {category: outcome_of(it.document) for category, it in asked.items()}
    if voting := [key for key, outcome in outcomes.items() if results.waiting(outcome, Step.RUNOFF)]:
        raise RunoffOpen(", ".join(voting))
    public = {category: public_votes.outcome_in(it.document) for category, it in asked.items()}
    waiting = [
        (key, step.level)
        for key, outcome in (*outcomes.items(), *public.items())
        if outcome is not None
        for step in results.waiting(outcome, Step.CHAIR)
    ]
    if waiting:
        raise ChairToDecide(waiting)


def give(
    session: Session,
    edition: Edition,
    category: str,
    result: FrozenOutcome,
    *,
    signed_as: str,
    proposed_by: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> Signed:
    """Give the prizes of a settled result, by the decision that signs it."""
    outcome, public = outcome_of(result.document), public_votes.outcome_in(result.document)
    if result.signed_by:
        return Signed(category, outcome, False, public)
    winners = [row for it in (outcome, public) if it is not None for row in it.rows if row.prize]
    names = {
        row.nomination: naming.shown(nominations.find(session, edition, row.nomination)) for row in winners
    }
    contested = [prize.key for prize in editions.rules_of(session, edition).prizes_of(category)]
    prizes: dict[str, Json] = {
        key: [row.nomination for row in winners if row.prize == key]
        for key in dict.fromkeys((*contested, *(row.prize for row in winners if row.prize)))
    }
    not_given: list[Json] = [*outcome.not_given, *(public.not_given if public else ())]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.WINNERS,
        actor=actor,
        now=now,
        category=category,
        subject={"category": category, "prizes": prizes, "not_given": not_given},
        names=names,
        signed_as=signed_as,
        proposed_by=proposed_by,
        supersedes=_signature_before(session, edition, category),
    )
    result.signed_by = decision.id
    for row in winners:
        award = award_of(
            session, edition, nominations.find(session, edition, row.nomination), row.prize or ""
        )
        award.state, award.place, award.names = AwardState.GIVEN, row.place, names[row.nomination]
        award.decision_id = decision.id
        session.add(award)
    session.flush()
    _end_the_contest(session, edition, category, {row.nomination for row in outcome.rows})
    return Signed(category, outcome, True, public)


def _signature_before(session: Session, edition: Edition, category: str) -> Decision | None:
    """The signature that was taken back by a correction."""
    before = decisions.of_edition(session, edition, DecisionKind.WINNERS, category=category)
    return before[-1] if before else None


def award_of(session: Session, edition: Edition, nomination: Nomination, prize: str) -> Award:
    """The row of a prize of a nomination: a new one, or the one that was taken back."""
    there = session.scalars(
        select(Award).where(Award.nomination_id == nomination.id, Award.prize == prize)
    ).first()
    return there or Award(
        edition_id=edition.id, nomination_id=nomination.id, category=nomination.category, prize=prize
    )


def _end_the_contest(session: Session, edition: Edition, category: str, standing: set[str]) -> None:
    """Who has a prize is a winner; whoever else stood for one went without."""
    winners = set(
        session.scalars(
            select(Award.nomination_id).where(
                Award.edition_id == edition.id,
                Award.category == category,
                Award.state == AwardState.GIVEN,
            )
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
