"""Large proposals: asked for on a page, drawn by the worker, so that nobody waits for a page to load."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions, judges, proposals, stages
from awards.audit import Actor
from awards.models import Account, Edition, Job, JobState, JudgeState
from awards.problems import Wanted
from awards.proposals import Drawn

PROPOSE = "assignment.propose"
"""The kind of job that draws a proposal."""
LARGE = 10_000
"""With so many pairs of a judge and a nomination a proposal is drawn by the worker."""
AHEAD = (JobState.WAITING, JobState.RUNNING)


def is_large(session: Session, edition: Edition) -> bool:
    """Whether a proposal of the open round takes longer than a page may. Raises RoundNotOpen, RoundClosed."""
    of_round = stages.open_round(session, edition)
    states = stages.judged_states(editions.rules_of(session, edition), of_round)
    read = len(stages.nominations_in(session, edition, states))
    return read * len(judges.of_edition(session, edition, JudgeState.ACCEPTED)) >= LARGE


def draw(
    session: Session,
    edition: Edition,
    wanted: Wanted | None = None,
    *,
    seed: str | None = None,
    actor: Actor,
    now: datetime,
) -> Drawn | None:
    """A proposal; None where it is large, and so the worker draws it: one at a time, the first that was asked for.

    Raises what `proposals.propose` raises.
    """
    editions.lock(session, edition)
    wanted = wanted or Wanted()
    if not is_large(session, edition):
        return proposals.propose(session, edition, **asdict(wanted), seed=seed, actor=actor, now=now)
    if under_way(session, edition) is not None:
        return None
    session.add(
        Job(
            kind=PROPOSE,
            arguments={
                "edition": edition.id,
                "wanted": asdict(wanted),
                "seed": seed,
                "actor": actor.account.id,
                "real": actor.real.id,
            },
            due_at=now,
        )
    )
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="assignment.asked",
        subject=edition.key,
        now=now,
        edition=edition,
        after={**asdict(wanted), "seed": seed},
    )
    return None


def under_way(session: Session, edition: Edition) -> Job | None:
    """The draw that waits for the worker or is with it."""
    last = last_of(session, edition)
    return last if last is not None and last.state in AHEAD else None


def last_of(session: Session, edition: Edition) -> Job | None:
    """The draw that was asked for last."""
    jobs = session.scalars(select(Job).where(Job.kind == PROPOSE).order_by(Job.id.desc()))
    return next((it for it in jobs if it.arguments["edition"] == edition.id), None)


def asked_by(session: Session, job: Job) -> Actor:
    """Who asked for a draw."""
    account, real = (session.get_one(Account, job.arguments[key]) for key in ("actor", "real"))
    return Actor(account, real)
