"""Fitting as background work: in short transactions, so that pages show how far it is and nobody waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from awards import calibrations, jobs
from awards.calibrations import FIT, Asked, NothingToFit
from awards.jobs import Work
from awards.jobs.progress import noted
from awards.models import Calibration, CalibrationState, Edition, Job, JobState
from judging.values import Json

log = logging.getLogger("laurels.jobs")


def fit_next(
    work: Work, *, begin: Callable[[], None], commit: Callable[[], None], clock: Callable[[], datetime]
) -> Job | None:
    """Fit the calibration that has waited longest; None where none does. Nobody waits for the database meanwhile."""
    session = work.session
    begin()
    job = jobs.take(session, Job.kind == FIT, clock())
    if job is None:
        commit()
        return None
    number, wanted = job.id, int(job.arguments["calibration"])
    try:
        row = session.get_one(Calibration, wanted)
        edition = session.get_one(Edition, row.edition_id)
        goes_on = calibrations.claim(row)
        commit()
        answer = "superseded"
        if goes_on:
            asked = calibrations.ask(session, edition)
            commit()
            answer = _fit(work, wanted, asked, begin=begin, commit=commit, clock=clock)
        begin()
        job = jobs.ended(session, number, answer, clock())
    except Exception as error:  # whatever a fit runs into is its answer, and the worker goes on
        log.exception("calibration %s could not be fitted", wanted)
        session.rollback()
        begin()
        again = not isinstance(error, NothingToFit)
        job = jobs.ended(session, number, type(error).__name__, clock(), again=again)
        failed = job.state is not JobState.WAITING
        calibrations.put_back(
            session.get_one(Calibration, wanted), type(error).__name__, failed=failed, now=clock()
        )
    commit()
    return job


def _fit(
    work: Work,
    wanted: int,
    asked: Asked,
    *,
    begin: Callable[[], None],
    commit: Callable[[], None],
    clock: Callable[[], datetime],
) -> str:
    document: dict[str, Json] = calibrations.fit(
        asked, noted(work, Calibration, wanted, begin=begin, commit=commit)
    )
    begin()
    state = calibrations.keep(
        work.session, work.session.get_one(Calibration, wanted), asked, document, now=clock()
    )
    commit()
    return f"{asked.nominations} nominations" if state is CalibrationState.FITTED else state.value
