"""Invitations: somebody is asked by mail to be something, or to agree to something, and answers once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from awards import accounts, audit, notices
from awards.audit import Actor
from awards.models import (
    Account,
    Answer,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    Organisation,
    Role,
)
from awards.models.base import Document
from awards.notices import Template

OnAnswer = Callable[[Session, Invitation, Account | None, bool, datetime], str | None]
on_answer: dict[InvitationKind, OnAnswer] = {}
"""What follows from an answer, by the kind of invitation; set by the module whose affair it is."""


def invite(
    session: Session,
    kind: InvitationKind,
    *,
    email: str,
    edition: Edition | None = None,
    nomination: Nomination | None = None,
    organisation: Organisation | None = None,
    role: Role | None = None,
    rank: int = 0,
    name: str = "",
    language: str,
    arguments: Document | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask somebody by mail. Raises NotAnAddress."""
    if not accounts.is_address(email):
        raise accounts.NotAnAddress(email)
    invitation = Invitation(
        kind=kind,
        edition_id=edition.id if edition else None,
        nomination_id=nomination.id if nomination else None,
        organisation_id=organisation.id if organisation else None,
        email=accounts.fold_address(email),
        name=name,
        language=language,
        role=role,
        rank=rank,
        arguments=dict(arguments or {}),
        note=note,
        invited_by_id=actor.account.id,
        at=now,
    )
    session.add(invitation)
    session.flush()
    _send(session, invitation, now)
    audit.record(
        session, actor=actor, action=f"invitation.{kind.value}", subject=invitation.public_id, now=now
    )
    return invitation


def is_open(_session: Session, invitation: Invitation, _now: datetime) -> bool:
    return invitation.answer is None


def withdraw(_session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    if invitation.answer is None:
        invitation.answer, invitation.answered_at, invitation.answered_by_id = (
            Answer.WITHDRAWN,
            now,
            actor.account.id,
        )


def resend(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    _send(session, invitation, now)


def answer(
    session: Session, invitation: Invitation, *, accepted: bool, account: Account | None, now: datetime
) -> str | None:
    invitation.answer = Answer.ACCEPTED if accepted else Answer.DECLINED
    invitation.answered_at, invitation.answered_by_id = now, account.id if account else None
    return on_answer[invitation.kind](session, invitation, account, accepted, now)


def _send(session: Session, invitation: Invitation, now: datetime) -> None:
    notices.queue(
        session,
        Template.INVITATION,
        invitation.email,
        language=invitation.language,
        now=now,
        invitation=invitation,
    )
