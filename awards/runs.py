"""Runs of the assignment as they are kept: which waits for a person, what the last one was asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit
from awards.audit import Actor
from awards.models import AssignmentRun, Edition, RunState
from awards.models.base import Document
from awards.pairing import Pairs
from awards.problems import Wanted
from judging import assignment
from judging.assignment import Certificate, Pair, Shortage
from judging.values import Round, canonical


def current(session: Session, edition: Edition, of_round: Round) -> AssignmentRun | None:
    """The proposal that waits for a person."""
    return next(iter(waiting(session, edition, of_round)), None)


def fingerprint(run: AssignmentRun) -> str:
    """By what a proposal is told apart from another, and from itself before a change."""
    return hashlib.sha256(canonical([run.number, run.pairs])).hexdigest()[:16]


def _all(session: Session, edition: Edition) -> Sequence[AssignmentRun]:
    return session.scalars(
        select(AssignmentRun)
        .where(AssignmentRun.edition_id == edition.id)
        .order_by(AssignmentRun.number.desc())
    ).all()


def waiting(session: Session, edition: Edition, of_round: Round) -> list[AssignmentRun]:
    """The proposals of a round that are neither confirmed nor dropped; there is one at most."""
    return [
        run
        for run in session.scalars(
            select(AssignmentRun)
            .where(AssignmentRun.edition_id == edition.id, AssignmentRun.state == RunState.PROPOSED)
            .order_by(AssignmentRun.number.desc())
        )
        if run.document["round"] == of_round.value
    ]


def last_document(session: Session, edition: Edition, of_round: Round) -> Mapping[str, Any]:
    """What the last run of a round was asked; a proposal that was thrown away decides nothing."""
    runs = (
        run.document
        for run in _all(session, edition)
        if run.document["round"] == of_round.value and run.state is RunState.CONFIRMED
    )
    return next(runs, {})


def record(
    session: Session,
    edition: Edition,
    pairs: Pairs,
    problem: assignment.Problem,
    proposal: assignment.Proposal,
    new: Sequence[Pair],
    wanted: Wanted,
    *,
    actor: Actor,
    now: datetime,
) -> AssignmentRun:
    """Keep what was asked and answered as a proposal."""
    last = session.scalar(
        select(func.max(AssignmentRun.number)).where(AssignmentRun.edition_id == edition.id)
    )
    public = {judge.account.email: judge.public_id for judge in pairs.judges.values()}
    before = Counter(judge for judge, _nomination in problem.issued)
    document: Document = {
        "round": pairs.round.value,
        "per_nomination": problem.per_nomination,
        "seed": problem.seed,
        "pairs": len(proposal.pairs),
        "new": len(new),
        "lightest": min(proposal.loads.values(), default=0),
        "heaviest": max(proposal.loads.values(), default=0),
    }
    certificate = certified(proposal.certificate) if proposal.certificate else {}
    loads: Document = {public[address]: [before[address], load] for address, load in proposal.loads.items()}
    details: Document = {
        "loads": loads,
        "asked": {"per_region": wanted.per_region, "need_expert": wanted.need_expert},
        "per_region": problem.per_region,
        "need_expert": problem.need_expert,
        "alternates": {
            reference: [public[judge] for judge in its]
            for reference, its in proposal.alternates.items()
            if its
        },
        "yields": [
            {
                "rule": it.rule.value,
                "subject": public.get(it.subject, it.subject),
                "found": it.found,
                "wanted": it.wanted,
                "region": it.region,
            }
            for it in proposal.yields
        ],
    }
    if certificate:
        document["certificate"] = certificate
    run = AssignmentRun(
        edition_id=edition.id,
        number=(last or 0) + 1,
        document=document | details,
        shortages=[_short(it, public) for it in proposal.shortages],
        state=RunState.PROPOSED,
        pairs=sorted([public[judge], reference] for judge, reference in new),
        at=now,
    )
    session.add(run)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="assignment.run",
        subject=f"{pairs.round.value} {run.number}",
        now=now,
        edition=edition,
        after=document,
    )
    return run


def certified(certificate: Certificate) -> Document:
    """The certificate of a run as it is kept and shown: whole millionths, and the inputs' hash."""
    return {
        **asdict(certificate),
        "price_of_regions": certificate.price_of_regions,
        "price_of_fairness": certificate.price_of_fairness,
    }


def _short(shortage: Shortage, public: Mapping[str, str]) -> Document:
    found: Document = {
        "nomination": shortage.nomination,
        "wanted": shortage.wanted,
        "found": shortage.found,
        "cause": shortage.cause.value,
    }
    if shortage.judge:
        found["judge"] = public.get(shortage.judge, "")
    if shortage.numbers is not None:
        found["numbers"] = asdict(shortage.numbers)
    return found
