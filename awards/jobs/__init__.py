"""Background work: running jobs, drawing files, and doing what time asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from awards import (
    arming,
    ballot_log,
    calibrations,
    chronicle,
    drawing,
    envelopes,
    giving,
    issuing,
    rehearsals,
    reminders,
    renditions,
    storage,
)
from awards.attachments import DRAW
from awards.audit import Actor
from awards.calibrations import FIT
from awards.certificates import SIGN
from awards.drawing import NotDrawn
from awards.draws import PROPOSE
from awards.models import BallotKey, Calibration, Issuance, Job, JobState, Rehearsal
from awards.rehearsals import PLAY
from awards.storage import NoSuchFile

log = logging.getLogger("laurels.jobs")
STALE = timedelta(minutes=15)
MOST_ATTEMPTS = 5


SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker works with."""

    session: Session
    actor: Actor
    now: datetime
    key_folder: Path
    url: str
    sender: str
    files: Path | None = None
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What time had asked for: keys destroyed, jobs put back, reminders written, files queued to be drawn, winners
    released, heads of public logs published, certificates queued that were issued before files were signed, files
    dropped that were made from what is public no more.
    """

    keys: tuple[BallotKey, ...]
    jobs: int
    reminders: int
    drawings: int = 0
    releases: int = 0
    heads: int = 0
    unsigned: int = 0
    dropped: int = 0


def tick(work: Work) -> Ticked:
    """Do what is due by the clock; a second call finds nothing to do."""
    destroyed = envelopes.destroy_spent_keys(
        work.session, key_folder=work.key_folder, actor=work.actor, now=work.now
    )
    giving.lapse(work.session, key_folder=work.key_folder, actor=work.actor, now=work.now)
    stale = work.session.scalars(
        select(Job).where(Job.state == JobState.RUNNING, Job.due_at <= work.now - STALE)
    ).all()
    for job in stale:
        job.state = JobState.WAITING if job.attempts < MOST_ATTEMPTS else JobState.FAILED
    given_up = [it for it in stale if it.state is JobState.FAILED]
    renditions.give_up(work.session, [it.arguments["file"] for it in given_up if it.kind == DRAW])
    for it in given_up:
        if it.kind == FIT:
            row = work.session.get_one(Calibration, it.arguments["calibration"])
            calibrations.put_back(row, "Stopped", failed=True, now=work.now)
        if it.kind == PLAY:
            played = work.session.get_one(Rehearsal, it.arguments["rehearsal"])
            rehearsals.put_back(played, "Stopped", failed=True, now=work.now)
        if it.kind == SIGN:
            issuing.stop(work.session.get_one(Issuance, it.arguments["issuance"]), "Stopped", now=work.now)
    return Ticked(
        destroyed,
        len(stale),
        reminders.remind(work.session, now=work.now),
        renditions.queue_missing(work.session, now=work.now),
        _release(work),
        ballot_log.publish_due(work.session, actor=work.actor, now=work.now),
        issuing.queue_unsigned(work.session, now=work.now),
        _drop(work),
    )


def _drop(work: Work) -> int:
    """Files made before what is public last changed, and those that may have been under way then."""
    data, changed = work.config.get("LAURELS_DATA"), chronicle.last_change(work.session, work.now)
    if not data or changed is None:
        return 0
    return storage.drop_before(Path(str(data)) / storage.DRAWN, changed + SLACK)


def _release(work: Work) -> int:
    """Winners whose moment has come; where that breaks, nothing of it is kept and the next call tries again."""
    if work.files is None:
        return 0
    try:
        with work.session.begin_nested():
            return arming.press_due(
                work.session, folder=work.files, url=work.url, actor=work.actor, now=work.now
            )
    except Exception:  # a full disk, say: everything else that is due goes on
        log.exception("winners could not be released")
        return 0


def _destroy_keys(work: Work) -> str:
    destroyed = envelopes.destroy_spent_keys(
        work.session, key_folder=work.key_folder, actor=work.actor, now=work.now
    )
    return f"{len(destroyed)} keys"


KINDS: Mapping[str, Callable[[Work], str]] = {"keys.destroy": _destroy_keys}


def add(session: Session, kind: str, *, now: datetime) -> Job:
    """Put a job into the queue. Raises KeyError for a kind that nobody knows."""
    if kind not in KINDS:
        raise KeyError(kind)
    job = Job(kind=kind, due_at=now)
    session.add(job)
    session.flush()
    return job


def run_next(work: Work, commit: Callable[[], None]) -> Job | None:
    """Run the job that has waited longest; None where none is due. A job that fails is kept with its error."""
    job = take(work.session, Job.kind.not_in((DRAW, FIT, PROPOSE, PLAY, SIGN)), work.now)
    if job is None:
        return None
    commit()
    try:
        with work.session.begin_nested():
            job.answer = KINDS[job.kind](work)
        job.state, job.done_at = JobState.DONE, work.now
    except Exception as error:  # whatever a job runs into is its answer, and the worker goes on
        log.exception("job %s failed", job.kind)
        job.answer = type(error).__name__
        job.state = JobState.WAITING if job.attempts < MOST_ATTEMPTS else JobState.FAILED
        job.due_at = work.now + STALE
    commit()
    return job


def take(session: Session, of_kind: ColumnElement[bool], now: datetime) -> Job | None:
    """The job that has waited longest, now running."""
    job = session.scalars(
        select(Job)
        .where(of_kind, Job.state == JobState.WAITING, Job.due_at <= now)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is not None:
        job.state, job.attempts, job.due_at = JobState.RUNNING, job.attempts + 1, now
    return job


def draw_next(
    work: Work, *, begin: Callable[[], None], commit: Callable[[], None], clock: Callable[[], datetime]
) -> Job | None:
    """Draw the file that has waited longest; None where none does. Nobody waits for the database meanwhile."""
    assert work.files is not None
    now = clock()
    begin()
    job = take(work.session, Job.kind == DRAW, now)
    if job is None:
        commit()
        return None
    number, key = job.id, job.arguments["file"]
    try:
        wanted = renditions.wanted(work.session, work.files, key)
        commit()
        drawn = drawing.draw(wanted.content, wanted.media_type) if wanted else None
        begin()
        if drawn is not None:
            renditions.keep(work.session, work.files, key, drawn, now=now)
        answer = f"{len(drawn.pictures)} of {drawn.pages} pages" if drawn else "there already"
        job = ended(work.session, number, answer, now)
    except (NotDrawn, NoSuchFile) as error:
        work.session.rollback()
        begin()
        renditions.give_up(work.session, [key])
        job = ended(work.session, number, str(error), now)
    except Exception as error:  # a full disk, say: the job waits for another time, and the worker goes on
        log.exception("file %s could not be drawn", key)
        work.session.rollback()
        begin()
        job = ended(work.session, number, type(error).__name__, now, again=True)
        if job.state is JobState.FAILED:
            renditions.give_up(work.session, [key])
    commit()
    return job


def ended(session: Session, number: int, answer: str, now: datetime, *, again: bool = False) -> Job:
    job = session.get_one(Job, number)
    job.answer, job.done_at, job.state = answer, now, JobState.DONE
    if again:
        job.state = JobState.WAITING if job.attempts < MOST_ATTEMPTS else JobState.FAILED
        job.done_at, job.due_at = None, now + STALE
    return job
