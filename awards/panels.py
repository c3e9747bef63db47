"""Panels: who reads what, given out at once; the pages go through a proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import conflicts, editions, proposals, runs
from awards.audit import Actor
from awards.models import ConflictSource, Edition
from awards.stages import (
    ON_THE_SLATE,
    UNDECIDED,
    RoundClosed,
    RoundNotOpen,
    TooFewNominations,
    judged_states,
    nominations_in,
    open_round,
)
from judging.assignment import Cause, Certificate, Yield
from judging.values import Round

__all__ = [
    "ON_THE_SLATE",
    "UNDECIDED",
    "Assigned",
    "RoundClosed",
    "RoundNotOpen",
    "Short",
    "TooFewNominations",
    "assign",
    "judged_states",
    "nominations_in",
    "open_round",
]


@dataclass(frozen=True, slots=True)
class Short:
    """A nomination that fewer judges read than it needs, and what keeps others from it."""

    reference: str
    found: int
    needed: int
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a run of the assignment did.

    `pairs` stand now, `new` of them since this run; `loads` by judge's address; `kept_out`: pairs that conflicts
    forbid, by source; `undecided`: references that nobody has screened, so that nobody judges them.
    """

    round: Round
    per_nomination: int | None
    pairs: int
    new: int
    loads: Mapping[str, int]
    kept_out: Mapping[ConflictSource, int]
    short: tuple[Short, ...]
    undecided: tuple[str, ...]
    search: conflicts.Search
    certificate: Certificate | None = None
    yields: tuple[Yield, ...] = ()


def assign(
    session: Session,
    edition: Edition,
    *,
    actor: Actor,
    now: datetime,
    per_nomination: int | None = None,
    per_region: int | None = None,
    need_expert: bool | None = None,
    seed: str | None = None,
) -> Assigned:
    """Give out what the open round still lacks: a proposal that is confirmed at once.

    What was issued before stays as it is. Raises RoundNotOpen, RoundClosed, TooFewNominations.
    """
    drawn = proposals.propose(
        session,
        edition,
        per_nomination=per_nomination,
        per_region=per_region,
        need_expert=need_expert,
        seed=seed,
        actor=actor,
        now=now,
    )
    run = drawn.run
    done = proposals.confirm(
        session, edition, number=run.number, shown=runs.fingerprint(run), actor=actor, now=now
    )
    minimum = editions.rules_of(session, edition).sheets.minimum
    return Assigned(
        round=drawn.pairs.round,
        per_nomination=run.document["per_nomination"],
        pairs=len(drawn.proposal.pairs),
        new=len(done.issued),
        loads=drawn.proposal.loads,
        kept_out=drawn.pairs.kept_out(),
        short=_short(drawn, minimum),
        certificate=drawn.proposal.certificate,
        yields=drawn.proposal.yields,
        undecided=tuple(it.reference for it in nominations_in(session, edition, UNDECIDED)),
        search=drawn.search,
    )


def _short(drawn: proposals.Drawn, minimum: int) -> tuple[Short, ...]:
    found = Counter(nomination for _, nomination in drawn.proposal.pairs)
    causes = {it.nomination: it.cause for it in drawn.proposal.shortages if not it.judge}
    return tuple(
        Short(reference, found[reference], minimum, causes.get(reference))
        for reference in sorted(it.reference for it in drawn.pairs.nominations.values())
        if found[reference] < minimum
    )
