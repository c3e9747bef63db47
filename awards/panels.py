"""Panels: who judges an edition, and who reads what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from awards import audit, conflicts, editions, judges
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentRun,
    AssignmentState,
    ConflictSource,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationState,
)
from awards.timetable import Phase
from judging import assignment
from judging.assignment import Cause, Pair, Problem, Proposal, Reader, Work
from judging.rules import Rules
from judging.values import Round, SecondRound, Slate

UNDECIDED = (NominationState.SUBMITTED, NominationState.RETURNED)
ON_THE_SLATE = {
    Slate.FINALISTS: (NominationState.FINALIST,),
    Slate.ELIGIBLE: (
        NominationState.FINALIST,
        NominationState.NOT_SHORTLISTED,
        NominationState.ELIGIBLE,
    ),
}
"""The states of nominations that stand in the second round."""


class RoundNotOpen(Exception):
    """No round in which judges give marks is open."""


class RoundClosed(Exception):
    """The round is closed, so its assignments and sheets stay as they are."""


class TooFewNominations(Exception):
    """A category has too few eligible nominations; merge, carry or cancel it by decision first.

    `found` maps category -> number.
    """

    def __init__(self, found: Mapping[str, int], minimum: int) -> None:
        super().__init__("; ".join(f"{key} has {number} of {minimum}" for key, number in found.items()))
        self.found, self.minimum = dict(found), minimum


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


def open_round(session: Session, edition: Edition) -> Round:
    """The round in which judges give marks now. Raises RoundNotOpen, RoundClosed."""
    if edition.phase is Phase.FIRST_ROUND:
        return Round.FIRST
    panel = editions.rules_of(session, edition).second_round is SecondRound.PANEL
    if edition.phase is Phase.SECOND_ROUND and panel and edition.second_closed_at is None:
        return Round.SECOND
    if edition.first_closed_at is None:
        raise RoundNotOpen(f"{edition.key} is in phase {edition.phase.value}")
    raise RoundClosed(f"{edition.key} is in phase {edition.phase.value}")


def judged_states(rules: Rules, of_round: Round) -> tuple[NominationState, ...]:
    """The states of nominations that get marks in a round that is open."""
    if of_round is Round.FIRST:
        return (NominationState.ELIGIBLE,)
    return ON_THE_SLATE[rules.slate]


def nominations_in(
    session: Session, edition: Edition, states: Sequence[NominationState]
) -> Sequence[Nomination]:
    """The nominations of open categories that are in one of the states, by reference."""
    return session.scalars(
        select(Nomination)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.state.in_(states),
            Nomination.category.in_(editions.open_categories(session, edition)),
        )
        .order_by(Nomination.reference)
    ).all()


def assign(
    session: Session,
    edition: Edition,
    *,
    actor: Actor,
    now: datetime,
    per_nomination: int | None = None,
    seed: str | None = None,
) -> Assigned:
    """Give out what the open round still lacks; what was issued before stays as it is.

    Everybody reads everything, unless a judge would then read more than the rules allow or `per_nomination` says
    otherwise; both it and `seed` are by default what the last run of the round took. Raises RoundNotOpen,
    RoundClosed, TooFewNominations.
    """
    editions.lock(session, edition)
    rules, of_round = editions.rules_of(session, edition), open_round(session, edition)
    search = conflicts.find(session, edition, actor=actor, now=now)
    nominations = nominations_in(session, edition, judged_states(rules, of_round))
    if of_round is Round.FIRST:
        _need_enough(rules, editions.open_categories(session, edition), nominations)
    panel = judges.of_edition(session, edition, JudgeState.ACCEPTED)
    pairs = _Pairs.of(session, edition, of_round, panel, nominations)
    last = _last_run(session, edition, of_round)
    per_nomination = per_nomination or last.get("per_nomination")
    seed = seed if seed is not None else str(last.get("seed", edition.key))
    problem = pairs.problem(per_nomination or _by_default(rules, pairs.problem(None, seed)), seed)
    proposal = assignment.assign(problem)
    new = [pair for pair in proposal.pairs if pair not in problem.issued]
    if new:
        session.execute(
            insert(Assignment),
            [
                {
                    "judge_id": pairs.judges[judge].id,
                    "nomination_id": pairs.nominations[nomination].id,
                    "round": of_round,
                    "at": now,
                }
                for judge, nomination in new
            ],
        )
    _record_run(session, edition, of_round, problem, proposal, len(new), actor=actor, now=now)
    return Assigned(
        round=of_round,
        per_nomination=problem.per_nomination,
        pairs=len(proposal.pairs),
        new=len(new),
        loads=proposal.loads,
        kept_out=pairs.kept_out(),
        short=_short(proposal, pairs.nominations, rules.sheets.minimum),
        undecided=tuple(it.reference for it in nominations_in(session, edition, UNDECIDED)),
        search=search,
    )


def _need_enough(rules: Rules, open_categories: Sequence[str], nominations: Sequence[Nomination]) -> None:
    """Every category that anybody entered has the nominations it needs to be judged."""
    found = Counter(nomination.category for nomination in nominations)
    short = {key: found[key] for key in open_categories if 0 < found[key] < rules.minimum_nominations}
    if short:
        raise TooFewNominations(short, rules.minimum_nominations)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The rows between which pairs are made, by address and by reference, and what is known of each pair."""

    judges: Mapping[str, Judge]
    nominations: Mapping[str, Nomination]
    conflicts: Mapping[Pair, frozenset[ConflictSource]]
    issued: frozenset[Pair]
    ended: frozenset[Pair]

    @classmethod
    def of(
        cls,
        session: Session,
        edition: Edition,
        of_round: Round,
        panel: Sequence[Judge],
        nominations: Sequence[Nomination],
    ) -> _Pairs:
        address = {judge.id: judge.account.email for judge in panel}
        reference = {nomination.id: nomination.reference for nomination in nominations}
        rows = session.execute(
            select(Assignment.judge_id, Assignment.nomination_id, Assignment.state)
            .join(Judge)
            .where(Judge.edition_id == edition.id, Assignment.round == of_round)
        )
        there = {
            (address[judge], reference[nomination]): state
            for judge, nomination, state in rows
            if judge in address and nomination in reference
        }
        return cls(
            judges={judge.account.email: judge for judge in panel},
            nominations={nomination.reference: nomination for nomination in nominations},
            conflicts={
                (address[judge], reference[nomination]): sources
                for (judge, nomination), sources in conflicts.blocked(session, edition).items()
                if judge in address and nomination in reference
            },
            issued=frozenset(pair for pair, state in there.items() if state is AssignmentState.ISSUED),
            ended=frozenset(pair for pair, state in there.items() if state is not AssignmentState.ISSUED),
        )

    def problem(self, per_nomination: int | None, seed: str) -> Problem:
        return Problem(
            nominations=tuple(Work(it.reference, it.category) for it in self.nominations.values()),
            judges=tuple(
                Reader(address, frozenset(judge.categories) if judge.categories else None)
                for address, judge in sorted(self.judges.items())
            ),
            blocked=frozenset(self.conflicts) | self.ended,
            issued=self.issued,
            per_nomination=per_nomination,
            seed=seed,
        )

    def kept_out(self) -> dict[ConflictSource, int]:
        """Pairs that would be read but for a conflict, by its source."""
        found = Counter(
            source
            for (judge, nomination), sources in self.conflicts.items()
            if self.judges[judge].reads(self.nominations[nomination].category)
            for source in sources
        )
        return {source: found[source] for source in ConflictSource if found[source]}


def _by_default(rules: Rules, everything: Problem) -> int | None:
    """None, for everybody reads everything, while no judge has to read more than the rules allow."""
    of_category = Counter(work.category for work in everything.nominations)
    barred = Counter(judge for judge, _ in everything.blocked)
    for judge in everything.judges:
        mine = judge.categories if judge.categories is not None else of_category
        if sum(of_category[key] for key in mine) - barred[judge.key] > rules.sheets.everyone_up_to:
            return rules.sheets.per_nomination
    return None


def _short(proposal: Proposal, nominations: Mapping[str, Nomination], minimum: int) -> tuple[Short, ...]:
    found = Counter(nomination for _, nomination in proposal.pairs)
    causes = {shortage.nomination: shortage.cause for shortage in proposal.shortages}
    return tuple(
        Short(reference, found[reference], minimum, causes.get(reference))
        for reference in sorted(nominations)
        if found[reference] < minimum
    )


def _runs(session: Session, edition: Edition) -> Sequence[AssignmentRun]:
    return session.scalars(
        select(AssignmentRun)
        .where(AssignmentRun.edition_id == edition.id)
        .order_by(AssignmentRun.number.desc())
    ).all()


def _last_run(session: Session, edition: Edition, of_round: Round) -> Mapping[str, int | None]:
    runs = (run.document for run in _runs(session, edition) if run.document["round"] == of_round.value)
    return next(runs, {})


def _record_run(
    session: Session,
    edition: Edition,
    of_round: Round,
    problem: Problem,
    proposal: Proposal,
    new: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    last = session.scalar(
        select(func.max(AssignmentRun.number)).where(AssignmentRun.edition_id == edition.id)
    )
    number = (last or 0) + 1
    document = {
        "round": of_round.value,
        "per_nomination": problem.per_nomination,
        "seed": problem.seed,
        "pairs": len(proposal.pairs),
        "new": new,
        "lightest": min(proposal.loads.values(), default=0),
        "heaviest": max(proposal.loads.values(), default=0),
    }
    shortages = [
        {"nomination": it.nomination, "wanted": it.wanted, "found": it.found, "cause": it.cause.value}
        for it in proposal.shortages
    ]
    session.add(
        AssignmentRun(edition_id=edition.id, number=number, document=document, shortages=shortages, at=now)
    )
    audit.record(
        session,
        actor=actor,
        action="assignment.run",
        subject=f"{of_round.value} {number}",
        now=now,
        edition=edition,
        after=document,
    )
