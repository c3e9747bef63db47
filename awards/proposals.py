"""Proposals: a run of the assignment is looked at, changed by hand, and issued only when a person confirms it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, conflicts, editions, pairing, problems, runs, stages
from awards.audit import Actor
from awards.fitness import Fitness, Key
from awards.models import AssignmentRun, Edition, Judge, Nomination, RunState
from awards.pairing import Pairs
from awards.problems import Wanted
from judging import assignment
from judging.values import Round


class NoProposal(Exception):
    """No proposal is open: it was confirmed or dropped meanwhile."""


class AnotherProposal(Exception):
    """The proposal isn't the one that was shown: it was changed, or drawn anew, meanwhile."""


class AlreadyProposed(Exception):
    """The pair stands in the proposal already."""


class NotProposed(Exception):
    """The pair doesn't stand in the proposal."""


class LeftOut(StrEnum):
    """Why a pair of a proposal was not issued when it was confirmed."""

    CONFLICT = "conflict"
    JUDGE_GONE = "judge_gone"
    NOT_JUDGED = "not_judged"
    ISSUED = "issued"
    FORBIDDEN = "forbidden"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a proposal is drawn from, and what the search for conflicts changed."""

    pairs: Pairs
    problem: assignment.Problem
    wanted: Wanted
    search: conflicts.Search


@dataclass(frozen=True, slots=True)
class Drawn:
    """A proposal as it was drawn: the run, what was asked and answered, and what the search for conflicts changed."""

    run: AssignmentRun
    pairs: Pairs
    proposal: assignment.Proposal
    search: conflicts.Search


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was issued; `left_out` are pairs that could not be, with judge and nomination by row."""

    run: AssignmentRun
    issued: tuple[Key, ...]
    left_out: tuple[tuple[Key, LeftOut], ...]


def propose(
    session: Session,
    edition: Edition,
    *,
    per_nomination: int | None = None,
    per_region: int | None = None,
    need_expert: bool | None = None,
    seed: str | None = None,
    actor: Actor,
    now: datetime,
) -> Drawn:
    """Draw a proposal of what the open round still lacks; one that was open is dropped.

    Everybody reads everything, unless a judge would then read more than the rules allow or `per_nomination` says
    otherwise; it, `seed` and the rules of regions (0 is none) and experts are by default what the last run of the
    round took. Where an assignment ended, the alternates that were named take over first. Raises RoundNotOpen,
    RoundClosed, TooFewNominations.
    """
    asked = ask(
        session,
        edition,
        per_nomination=per_nomination,
        per_region=per_region,
        need_expert=need_expert,
        seed=seed,
        actor=actor,
        now=now,
    )
    found = assignment.assign(asked.problem)
    return keep(session, edition, asked, asked.pairs, found, actor=actor, now=now)


def ask(
    session: Session,
    edition: Edition,
    *,
    per_nomination: int | None = None,
    per_region: int | None = None,
    need_expert: bool | None = None,
    seed: str | None = None,
    actor: Actor,
    now: datetime,
) -> Asked:
    """What a proposal would be drawn from now, conflicts searched for first. Raises as `propose` does."""
    editions.lock(session, edition)
    rules, of_round = editions.rules_of(session, edition), stages.open_round(session, edition)
    search = conflicts.find(session, edition, actor=actor, now=now)
    pairs = Pairs.of(session, edition, of_round)
    if of_round is Round.FIRST:
        stages.need_enough(
            rules, editions.open_categories(session, edition), list(pairs.nominations.values())
        )
    last = runs.last_document(session, edition, of_round)
    seed = seed if seed is not None else str(last.get("seed", edition.key))
    before = last.get("asked", {})
    wanted = Wanted(
        per_nomination or last.get("per_nomination"),
        per_region if per_region is not None else before.get("per_region"),
        need_expert if need_expert is not None else before.get("need_expert"),
    )
    fit = Fitness.of(session, edition, pairs.judges)
    stand_ins = _stand_ins(pairs, last, wanted, fit) if wanted.per_nomination else []
    return Asked(pairs, problems.of(pairs, rules, wanted, seed, fit, stand_ins), wanted, search)


def keep(
    session: Session,
    edition: Edition,
    asked: Asked,
    pairs: Pairs,
    found: assignment.Proposal,
    *,
    actor: Actor,
    now: datetime,
) -> Drawn:
    """Let what was found wait for a person, in the place of the proposal that was open. `pairs` are those that were
    asked about, as they were read last; the edition is locked.
    """
    for open_one in runs.waiting(session, edition, pairs.round):
        open_one.state, open_one.ended_at = RunState.DROPPED, now
    new = [pair for pair in found.pairs if pair not in asked.problem.issued]
    run = runs.record(session, edition, pairs, asked.problem, found, new, asked.wanted, actor=actor, now=now)
    return Drawn(run, pairs, found, asked.search)


def _stand_ins(pairs: Pairs, last: Mapping[str, Any], wanted: Wanted, fit: Fitness) -> list[Key]:
    """The alternates that take over where judges of the last run fell out, the first named first, while they have
    room and no more than others, and their region has not its share of the panel.
    """
    judges, nominations = _by_name(pairs)
    read = Counter(nomination for _judge, nomination in pairs.issued)
    loads = Counter(judge for judge, _nomination in pairs.issued)
    k = int(last.get("per_nomination") or 0)
    fair, cap = problems.most(pairs, k), problems.region_cap(pairs, wanted, k, fit) if k else None
    seated = Counter((nomination, fit.regions.get(judge, "")) for judge, nomination in pairs.issued)
    found = []
    for reference, names in sorted(dict(last.get("alternates", {})).items()):
        nomination = nominations.get(reference, 0)
        missing = int(last["per_nomination"]) - read[nomination]
        for judge in (judges[name] for name in names if name in judges):
            pair = (judge, nomination)
            capacity = pairs.judges[judge].capacity
            most = fair if capacity is None else min(fair, capacity)
            if missing < 1 or _why_not(pairs, pair) or pair in pairs.states or not pairs.understands(pair):
                continue
            place = (nomination, fit.regions.get(judge, ""))
            if loads[judge] < most and (cap is None or not place[1] or seated[place] < cap):
                found.append(pair)
                loads[judge] += 1
                seated[place] += 1
                missing -= 1
    return found


def keys(run: AssignmentRun, pairs: Pairs) -> list[Key]:
    """The proposed pairs by row; those whose judge or nomination is gone meanwhile are left out."""
    judges, nominations = _by_name(pairs)
    return [
        (judges[judge], nominations[reference])
        for judge, reference in run.pairs
        if judge in judges and reference in nominations
    ]


def add(
    session: Session, edition: Edition, judge: Judge, nomination: Nomination, *, actor: Actor, now: datetime
) -> AssignmentRun:
    """Put a pair into the open proposal by hand.

    Raises RoundNotOpen, RoundClosed, NoProposal, AlreadyProposed, and what `Pairs.need` raises.
    """
    run, pairs = _opened(session, edition)
    pairs.need((judge.id, nomination.id))
    pair = [judge.public_id, nomination.reference]
    if pair in run.pairs:
        raise AlreadyProposed
    run.pairs = sorted([*run.pairs, pair])
    run.document = run.document | {"by_hand": [*run.document.get("by_hand", []), pair]}
    return _changed(session, edition, run, "assignment.added", pair, actor=actor, now=now)


def remove(
    session: Session, edition: Edition, judge: Judge, nomination: Nomination, *, actor: Actor, now: datetime
) -> AssignmentRun:
    """Take a pair out of the open proposal. Raises RoundNotOpen, RoundClosed, NoProposal, NotProposed."""
    run, _pairs = _opened(session, edition)
    pair = [judge.public_id, nomination.reference]
    if pair not in run.pairs:
        raise NotProposed
    run.pairs = [it for it in run.pairs if it != pair]
    return _changed(session, edition, run, "assignment.removed", pair, actor=actor, now=now)


def drop(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Throw the open proposal away. Raises RoundNotOpen, RoundClosed, NoProposal."""
    run, _pairs = _opened(session, edition)
    run.state, run.ended_at = RunState.DROPPED, now
    _changed(session, edition, run, "assignment.dropped", [], actor=actor, now=now)


def confirm(
    session: Session, edition: Edition, *, number: int, shown: str, actor: Actor, now: datetime
) -> Confirmed:
    """Issue the pairs of the proposal that was shown, by its number and fingerprint; nothing is drawn again, but every
    pair is checked once more, and so is the load of its judge where no person has put it there.

    Raises RoundNotOpen, RoundClosed, NoProposal, AnotherProposal.
    """
    editions.lock(session, edition)
    of_round = stages.open_round(session, edition)
    run = runs.current(session, edition, of_round)
    if run is None:
        raise NoProposal(edition.key)
    if (run.number, runs.fingerprint(run)) != (number, shown):
        raise AnotherProposal(str(run.number))
    conflicts.find(session, edition, actor=actor, now=now)
    pairs = Pairs.of(session, edition, of_round)
    fit, left_out = _sorted_out(session, edition, run, pairs)
    pairing.issue(session, pairs, fit, now=now)
    run.state, run.ended_at = RunState.CONFIRMED, now
    run.document = run.document | {"issued": len(fit), "left_out": len(left_out)}
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="assignment.confirmed",
        subject=f"{of_round.value} {run.number}",
        now=now,
        edition=edition,
        after={"pairs": run.pairs, **run.document},
    )
    return Confirmed(run, tuple(fit), tuple(left_out))


def _sorted_out(
    session: Session, edition: Edition, run: AssignmentRun, pairs: Pairs
) -> tuple[list[Key], list[tuple[Key, LeftOut]]]:
    """The pairs of a proposal that can be issued, and those that can't be any more."""
    judges = select(Judge.public_id, Judge.id).where(Judge.edition_id == edition.id)
    nominations = select(Nomination.reference, Nomination.id).where(Nomination.edition_id == edition.id)
    everybody = dict(iter(session.execute(judges)))
    everything = dict(iter(session.execute(nominations)))
    by_hand = run.document.get("by_hand", [])
    loads = Counter(judge for judge, _nomination in pairs.issued)
    fit: list[Key] = []
    left_out: list[tuple[Key, LeftOut]] = []
    for names in sorted(run.pairs, key=lambda it: (it not in by_hand, it)):
        pair = (everybody[names[0]], everything[names[1]])
        why = _why_not(pairs, pair)
        most = pairs.judges[pair[0]].capacity if why is None else None
        if most is not None and loads[pair[0]] >= most and names not in by_hand:
            why = LeftOut.NO_ROOM
        if why:
            left_out.append((pair, why))
        else:
            fit.append(pair)
            loads[pair[0]] += 1
    return fit, left_out


def _why_not(pairs: Pairs, pair: Key) -> LeftOut | None:
    try:
        pairs.need(pair)
    except pairing.InConflict:
        return LeftOut.CONFLICT
    except pairing.PairForbidden:
        return LeftOut.FORBIDDEN
    except pairing.NotOnThePanel:
        return LeftOut.JUDGE_GONE
    except pairing.NotJudged:
        return LeftOut.NOT_JUDGED
    except pairing.AlreadyIssued:
        return LeftOut.ISSUED
    return None


def _opened(session: Session, edition: Edition) -> tuple[AssignmentRun, Pairs]:
    """The open proposal, held until the transaction ends."""
    editions.lock(session, edition)
    of_round = stages.open_round(session, edition)
    run = runs.current(session, edition, of_round)
    if run is None:
        raise NoProposal(edition.key)
    return run, Pairs.of(session, edition, of_round)


def _changed(
    session: Session,
    edition: Edition,
    run: AssignmentRun,
    action: str,
    pair: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> AssignmentRun:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"{run.document['round']} {run.number}",
        now=now,
        edition=edition,
        after={"pair": list(pair), "pairs": len(run.pairs)},
    )
    return run


def _by_name(pairs: Pairs) -> tuple[dict[str, int], dict[str, int]]:
    return (
        {judge.public_id: row for row, judge in pairs.judges.items()},
        {nomination.reference: row for row, nomination in pairs.nominations.items()},
    )
