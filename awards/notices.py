"""Notices: messages that wait in the outbox, what became of them, and when to try again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.models import Account, Edition, Invitation, Outbox, OutboxState
from judging.values import Json

MOST_ATTEMPTS = 5
PATIENCE = timedelta(minutes=10)
LONGEST_ANSWER = 500


class Template(StrEnum):
    """The messages there are. A link in one is made when it is sent and stands in no table."""

    ACCOUNT_LINK = "account_link"
    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    NO_ACCOUNT = "no_account"
    ADDRESS_CONFIRM = "address_confirm"
    INVITATION = "invitation"


def queue(
    session: Session,
    template: Template,
    recipient: str,
    *,
    language: str,
    now: datetime,
    account: Account | None = None,
    edition: Edition | None = None,
    arguments: Mapping[str, Json] | None = None,
    invitation: Invitation | None = None,
) -> Outbox:
    """Put a message into the outbox. `arguments` are what it says; never a token or a password."""
    message = Outbox(
        edition_id=edition.id if edition else None,
        account_id=account.id if account else None,
        recipient=recipient,
        language=language,
        template=template.value,
        arguments=dict(arguments or {}),
        due_at=now,
        invitation_id=invitation.id if invitation else None,
    )
    session.add(message)
    session.flush()
    return message


def due(session: Session, now: datetime) -> Sequence[Outbox]:
    """The messages to send now, oldest first."""
    return session.scalars(
        select(Outbox)
        .where(Outbox.state == OutboxState.QUEUED, Outbox.due_at <= now)
        .order_by(Outbox.due_at, Outbox.id)
    ).all()


def claim(message: Outbox, now: datetime) -> None:
    """Before a message is sent: whoever stops half-way leaves it to be tried again later."""
    message.attempts += 1
    message.due_at = now + PATIENCE * message.attempts


def sent(message: Outbox, now: datetime) -> None:
    message.state, message.sent_at, message.answer = OutboxState.SENT, now, ""


def not_sent(message: Outbox, answer: str) -> None:
    """What the server answered; after the last attempt the message has failed."""
    message.answer = answer[:LONGEST_ANSWER]
    if message.attempts >= MOST_ATTEMPTS:
        message.state = OutboxState.FAILED
