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

from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, envelopes, notices
from awards.audit import Actor
from awards.models import Account, BallotKey, Job, JobState, Outbox
from awards.notices import Template

log = logging.getLogger("laurels.jobs")
STALE = timedelta(minutes=15)
MOST_ATTEMPTS = 5
BLANKED = "[link]"

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


@dataclass(frozen=True, slots=True)
class Ticked:
    """What time had asked for: keys destroyed, jobs put back."""

    keys: tuple[BallotKey, ...]
    jobs: int


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
    return Ticked(destroyed, len(stale))


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
    job = work.session.scalars(
        select(Job)
        .where(Job.state == JobState.WAITING, Job.due_at <= work.now)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return None
    job.state, job.attempts, job.due_at = JobState.RUNNING, job.attempts + 1, work.now
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


def send_due(work: Work, post: Post, commit: Callable[[], None]) -> tuple[int, int]:
    """Send every message that is due, each in a transaction of its own: (sent, not sent)."""
    counts = [0, 0]
    for message in notices.due(work.session, work.now):
        notices.claim(message, work.now)
        mail, text = _compose(work, message)
        commit()
        try:
            post(mail)
        except (OSError, smtplib.SMTPException) as error:
            notices.not_sent(message, _answer(error))
            counts[1] += 1
        else:
            notices.sent(message, work.now)
            counts[0] += 1
            log.info("sent %s to %s: %s", message.template, message.recipient, text)
        commit()
    return counts[0], counts[1]


def _answer(error: OSError | smtplib.SMTPException) -> str:
    """What the server said, which is no secret; never the message."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"
    return type(error).__name__


def _compose(work: Work, message: Outbox) -> tuple[EmailMessage, str]:
    """A message as it goes out, and its text with the link blanked. Makes the link it holds."""
    link = ""
    if message.account_id is not None:
        account = work.session.get_one(Account, message.account_id)
        token = accounts.make_link(work.session, account, actor=work.actor, now=work.now)
        link = f"{work.url}/{message.language}/link/{token}"
    subject, text = render(Template(message.template), message.language, {**message.arguments, "link": link})
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = work.sender, message.recipient, subject
    mail.set_content(text)
    mail["Content-Language"] = message.language
    return mail, text.replace(link, BLANKED) if link else text


def render(template: Template, language: str, arguments: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text of a message in a language of the catalogue."""
    with force_locale(language):
        subjects = {Template.ACCOUNT_LINK: gettext("Your account")}
        texts = {
            Template.ACCOUNT_LINK: gettext(
                "Set your password under this address. It works once, for seven days:\n\n%(link)s\n\n"
                "If you did not expect this message, you need do nothing.",
                link=str(arguments.get("link", "")),
            )
        }
        return subjects[template], f"{texts[template]}\n"


@contextmanager
def post_office(address: str) -> Iterator[Post]:
    """A connection to the mail server at smtp://user:password@host:port, or smtps:// for TLS from the start."""
    parts = urlsplit(address)
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
