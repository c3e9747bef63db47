"""Runs of the assignment as they are kept: which waits for a person, what the last one was asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit
from awards.audit import Actor
from awards.models import AssignmentRun, Edition, RunState
from awards.models.base import Document
from awards.pairing import Pairs
from judging import assignment
from judging.assignment import Pair
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


def last_document(session: Session, edition: Edition, of_round: Round) -> Mapping[str, int | None]:
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
    loads: Document = {public[address]: [before[address], load] for address, load in proposal.loads.items()}
    run = AssignmentRun(
        edition_id=edition.id,
        number=(last or 0) + 1,
        document=document | {"loads": loads},
        shortages=[
            {"nomination": it.nomination, "wanted": it.wanted, "found": it.found, "cause": it.cause.value}
            for it in proposal.shortages
        ],
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
