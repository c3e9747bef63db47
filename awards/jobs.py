"""Background work: sending what waits in the outbox, running jobs, and doing what time asks for."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from awards import arming, calibrations, drawing, envelopes, mailbox, mails, notices, reminders, renditions
from awards.attachments import DRAW
from awards.audit import Actor
from awards.calibrations import FIT
from awards.drawing import NotDrawn
from awards.mails import Mail
from awards.models import BallotKey, Calibration, Job, JobState, Outbox
from awards.storage import NoSuchFile

log = logging.getLogger("laurels.jobs")
STALE = timedelta(minutes=15)
MOST_ATTEMPTS = 5

GONE = (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError)
"""After these a connection is of no use any more."""

Post = Callable[[EmailMessage], None]


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


@dataclass(frozen=True, slots=True)
class Ticked:
    """What time had asked for: keys destroyed, jobs put back, reminders written, files queued to be drawn, winners
    released.
    """

    keys: tuple[BallotKey, ...]
    jobs: int
    reminders: int
    drawings: int = 0
    releases: int = 0


def tick(work: Work) -> Ticked:
    """Do what is due by the clock; a second call finds nothing to do."""
    destroyed = envelopes.destroy_spent_keys(
        work.session, key_folder=work.key_folder, actor=work.actor, now=work.now
    )
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
    return Ticked(
        destroyed,
        len(stale),
        reminders.remind(work.session, now=work.now),
        renditions.queue_missing(work.session, now=work.now),
        _release(work),
    )


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
    job = take(work.session, Job.kind.not_in((DRAW, FIT)), work.now)
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


@dataclass(frozen=True, slots=True)
class Turn:
    """How a worker's turn takes its steps: each message in short transactions, none of them open while it is sent.

    `begin` begins to write, `commit` ends that; `clock` is asked anew for every message.
    """

    post: Post
    begin: Callable[[], None]
    commit: Callable[[], None]
    clock: Callable[[], datetime]


def send_due(work: Work, turn: Turn) -> tuple[int, int]:
    """Send every message that is due, in order: (sent, not sent). Stops where the server has gone away."""
    counts = [0, 0]
    while True:
        now = turn.clock()
        turn.begin()
        message = notices.claim(work.session, now)
        number = message.id if message else None
        is_moot = message is not None and notices.drop_if_moot(work.session, message)
        turn.commit()
        if number is None:
            return counts[0], counts[1]
        if is_moot:
            continue
        failure = _send(work, turn, number)
        counts[failure is not None] += 1
        if isinstance(failure, GONE):
            return counts[0], counts[1]


def _send(work: Work, turn: Turn, number: int) -> Exception | None:
    """Write and send one message that was claimed, and note what became of it."""
    try:
        mail = _compose(work, turn, number)
        turn.post(mail.message)
    except Exception as error:  # whatever a message runs into is its answer, and the worker goes on
        if not isinstance(error, OSError):
            log.exception("message %s could not be sent", number)
        work.session.rollback()
        turn.begin()
        answer, for_good = _answer(error)
        notices.not_sent(work.session.get_one(Outbox, number), answer, now=turn.clock(), for_good=for_good)
        turn.commit()
        return error
    turn.begin()
    message = work.session.get_one(Outbox, number)
    notices.sent(message, turn.clock())
    log.info("sent %s to %s: %s", message.template, message.recipient, mail.logged)
    turn.commit()
    return None


def _compose(work: Work, turn: Turn, number: int) -> Mail:
    turn.begin()
    message = work.session.get_one(Outbox, number)
    mail = mails.compose(
        work.session, message, url=work.url, sender=work.sender, actor=work.actor, now=turn.clock()
    )
    turn.commit()
    return mail


def _answer(error: Exception) -> tuple[str, bool]:
    """What the server said, which is no secret, and whether it refuses for good; never the message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
        return _said(code, said), _is_final(code)
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        return _said(error.smtp_code, error.smtp_error), False
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error), _is_final(error.smtp_code)
    is_mail_trouble = isinstance(error, OSError)
    return type(error).__name__, isinstance(error, smtplib.SMTPNotSupportedError) or not is_mail_trouble


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}".strip()


def _is_final(code: int) -> bool:
    return 500 <= code < 600


@contextmanager
def post_office(address: str, folder: Path) -> Iterator[Post]:
    """Where mails go: smtp://user:password@host:port, smtps:// for TLS from the start, or file: for a folder.

    `folder` takes the mails where file: names none.
    """
    parts = urlsplit(address)
    if parts.scheme == "file":
        place = Path(unquote(parts.path)) if parts.path else folder
        yield lambda mail: mailbox.put(place, mail)
        return
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    secure = parts.scheme == "smtps"
    server = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=20, context=context)
        if secure
        else smtplib.SMTP(host, parts.port or 25, timeout=20)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield lambda mail: _post(server, mail)


def _post(server: smtplib.SMTP, mail: EmailMessage) -> None:
    server.send_message(mail)
