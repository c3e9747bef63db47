"""Rehearsals as jobs of the worker: what is written meanwhile is how far it is, each time in a short transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from awards import editions, jobs, rehearsals
from awards.jobs import Work
from awards.jobs.progress import noted
from awards.models import Edition, Job, JobState, Rehearsal
from awards.rehearsals import PLAY, TooLateToRehearse
from awards.rehearsing.brief import Brief, read
from awards.rehearsing.report import rehearse

log = logging.getLogger("laurels.jobs")


def play_next(
    work: Work, *, begin: Callable[[], None], commit: Callable[[], None], clock: Callable[[], datetime]
) -> Job | None:
    """Play the rehearsal that has waited longest; None where none does. Nobody waits for the database meanwhile."""
    session = work.session
    begin()
    job = jobs.take(session, Job.kind == PLAY, clock())
    if job is None:
        commit()
        return None
    number, wanted, seed = job.id, int(job.arguments["rehearsal"]), str(job.arguments["seed"])
    try:
        row = session.get_one(Rehearsal, wanted)
        brief = _brief(work, row, clock()) if rehearsals.claim(row) else None
        commit()
        answer = "there already" if brief is None else _play(work, wanted, brief, seed, begin, commit, clock)
        begin()
        job = jobs.ended(session, number, answer, clock())
    except Exception as error:  # whatever a rehearsal runs into is its answer, and the worker goes on
        log.exception("rehearsal %s could not be played", wanted)
        session.rollback()
        begin()
        too_late = isinstance(error, TooLateToRehearse)
        job = jobs.ended(session, number, type(error).__name__, clock(), again=not too_late)
        failed = too_late or job.state is JobState.FAILED
        rehearsals.put_back(
            session.get_one(Rehearsal, wanted), type(error).__name__, failed=failed, now=clock()
        )
    commit()
    return job


def _brief(work: Work, row: Rehearsal, now: datetime) -> Brief:
    edition = work.session.get_one(Edition, row.edition_id)
    editions.hold(work.session, edition)
    rehearsals.need_time(edition)
    return read(work.session, edition, now=now)


def _play(
    work: Work,
    wanted: int,
    brief: Brief,
    seed: str,
    begin: Callable[[], None],
    commit: Callable[[], None],
    clock: Callable[[], datetime],
) -> str:
    report = rehearse(brief, seed=seed, progress=noted(work, Rehearsal, wanted, begin=begin, commit=commit))
    begin()
    rehearsals.keep(work.session.get_one(Rehearsal, wanted), report, now=clock())
    commit()
    found = report["findings"]
    assert isinstance(found, list)
    return f"{len(found)} findings"
