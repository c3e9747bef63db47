"""Certificates drawn and signed as background work: in short transactions, so that nobody waits and none is lost."""

from __future__ import annotations

import errno
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime

from awards import authority, badges, editions, issuing, jobs, storage, templates
from awards.authority import NoSigningKey
from awards.certificates import SIGN
from awards.documents import UnprintableText, render_certificate
from awards.documents.signing import Signer, sign
from awards.issuing import Signed, Task
from awards.jobs import Work
from awards.models import Edition, Issuance, IssuanceState, Job, JobState
from awards.storage import NoSuchFile

log = logging.getLogger("laurels.jobs")
FULL = (errno.ENOSPC, errno.EDQUOT)


class Stopped(Exception):
    """Something that only people can mend keeps certificates from being signed."""


def issue_next(
    work: Work, *, begin: Callable[[], None], commit: Callable[[], None], clock: Callable[[], datetime]
) -> Job | None:
    """Draw and sign what was issued and has waited longest; None where nothing does.

    Where it breaks off, the next attempt goes on with what is not signed: none is signed twice, and none is lost.
    """
    session = work.session
    begin()
    job = jobs.take(session, Job.kind == SIGN, clock())
    if job is None:
        commit()
        return None
    number, wanted = job.id, int(job.arguments["issuance"])
    commit()
    try:
        answer = _sign_all(work, number, wanted, begin=begin, commit=commit, clock=clock)
        begin()
        job = jobs.ended(session, number, answer, clock())
    except Exception as error:  # whatever it runs into is its answer, and the worker goes on
        why = _because(error)
        if not why:
            log.exception("certificates of issuance %s could not be signed", wanted)
        session.rollback()
        begin()
        job = jobs.ended(session, number, why or type(error).__name__, clock(), again=not why)
        if job.state is not JobState.WAITING:
            issuing.stop(session.get_one(Issuance, wanted), job.answer, now=clock())
    commit()
    return job


def _because(error: Exception) -> str:
    """Why it stops, for an error that trying again does not mend: what it is, and of which certificate."""
    if isinstance(error, NoSigningKey):
        return "NoSigningKey"
    if isinstance(error, OSError) and error.errno in FULL:
        return "DiskFull"
    if isinstance(error, Stopped):
        return str(error)
    return ""


def _sign_all(
    work: Work,
    number: int,
    wanted: int,
    *,
    begin: Callable[[], None],
    commit: Callable[[], None],
    clock: Callable[[], datetime],
) -> str:
    session, folder = work.session, work.files
    assert folder is not None
    while True:
        begin()
        session.get_one(Job, number).due_at = clock()
        issuance = session.get_one(Issuance, wanted)
        edition = session.get_one(Edition, issuance.edition_id)
        if issuance.state is not IssuanceState.ISSUING:
            commit()
            return "stopped"
        tasks = issuing.claim(session, folder, issuance)
        if not tasks:
            return _finish(work, edition, issuance, commit=commit, now=clock())
        signer = authority.signer(session, work.key_folder, work.config, now=clock())
        association = tasks[0].citation.association
        commit()
        found = [_signed(work, it, signer, association, clock()) for it in tasks]
        begin()
        editions.lock(session, edition)
        issuing.keep(session, folder, session.get_one(Issuance, wanted), found)
        commit()


def _signed(work: Work, task: Task, signer: Signer, name: str, now: datetime) -> Signed:
    assert work.files is not None
    try:
        page = render_certificate(task.citation, images=templates.images(work.files, task.citation))
    except UnprintableText as error:
        raise Stopped(f"Unprintable {task.number}") from error
    except NoSuchFile as error:
        raise Stopped(f"ImageMissing {task.number}") from error
    pdf = sign(page, signer, when=now, name=name, label=name)
    storage.keep_as(work.files, task.file, pdf)
    return Signed(task, _hash(pdf), _hash(page), signer.serial, now)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _finish(
    work: Work, edition: Edition, issuance: Issuance, *, commit: Callable[[], None], now: datetime
) -> str:
    """The last step: badges of what was signed."""
    signed = issuing.signed_in(work.session, issuance)
    badges.issue(
        work.session, edition, signed, folder=work.key_folder, url=work.url, actor=work.actor, now=now
    )
    issuing.finish(issuance, now=now)
    commit()
    return f"{len(signed)} certificates"
