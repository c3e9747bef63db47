"""Sending what waits in the outbox, and the post office that takes it."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from awards import mailbox, mails, notices
from awards.jobs import Work
from awards.mails import Mail
from awards.models import Outbox

log = logging.getLogger("laurels.sending")

GONE = (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError)
"""After these a connection is of no use any more."""

Post = Callable[[EmailMessage], None]


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
