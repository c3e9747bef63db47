"""Drawing large proposals as background work: the database is read, let go while the match is found, and written to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from awards import draws, editions, jobs, proposals, stages
from awards.draws import PROPOSE
from awards.jobs import Work
from awards.models import Edition, Job, JobState
from awards.pairing import Pairs
from judging import assignment

log = logging.getLogger("laurels.jobs")
REFUSED = (stages.RoundNotOpen, stages.RoundClosed, stages.TooFewNominations)


def propose_next(
    work: Work, *, begin: Callable[[], None], commit: Callable[[], None], clock: Callable[[], datetime]
) -> Job | None:
    """Draw the proposal that has waited longest; None where none does. Nobody waits for the database meanwhile."""
    begin()
    job = jobs.take(work.session, Job.kind == PROPOSE, clock())
    if job is None:
        commit()
        return None
    number = job.id
    commit()
    try:
        begin()
        answer = _draw(work, work.session.get_one(Job, number), begin=begin, commit=commit, now=clock())
        done = jobs.ended(work.session, number, answer or "changed meanwhile", clock(), again=not answer)
        if done.state is JobState.WAITING:
            done.due_at = clock()
    except Exception as error:  # whatever a draw runs into is its answer, and the worker goes on
        refused = isinstance(error, REFUSED)
        if not refused:
            log.exception("proposal of job %s could not be drawn", number)
        work.session.rollback()
        begin()
        done = jobs.ended(work.session, number, type(error).__name__, clock(), again=not refused)
    commit()
    return done


def _draw(
    work: Work, job: Job, *, begin: Callable[[], None], commit: Callable[[], None], now: datetime
) -> str:
    """Which proposal was drawn; nothing where what it was drawn for has changed meanwhile."""
    session, arguments = work.session, job.arguments
    edition, actor = session.get_one(Edition, arguments["edition"]), draws.asked_by(session, job)
    asked = proposals.ask(
        session, edition, **arguments["wanted"], seed=arguments["seed"], actor=actor, now=now
    )
    before = asked.pairs.fingerprint
    commit()
    found = assignment.assign(asked.problem)
    begin()
    editions.lock(session, edition)
    pairs = Pairs.of(session, edition, stages.open_round(session, edition))
    if pairs.fingerprint != before:
        return ""
    drawn = proposals.keep(session, edition, asked, pairs, found, actor=actor, now=now)
    return f"proposal {drawn.run.number}"
