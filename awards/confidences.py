"""Who opened what was told in confidence: named in the audit trail, once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, releasing
from awards.audit import Actor
from awards.models import Acceptance, Account, AuditEvent, Edition, Nomination
from awards.notices_of_results import READ, readers_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who opened what was told in confidence, and when for the first time."""

    name: str
    at: datetime


def read(session: Session, edition: Edition, nomination: Nomination, *, actor: Actor, now: datetime) -> None:
    """Note who opens what was told in confidence; the audit trail names them, once each."""
    if has_read(session, edition, nomination, actor.account):
        return
    audit.record(
        session, actor=actor, action=READ, subject=nomination.public_id, now=now, edition=edition, after={}
    )


def has_read(session: Session, edition: Edition, nomination: Nomination, account: Account) -> bool:
    """Whether somebody has opened it, and so agreed to tell nobody before the release."""
    return account.public_id in readers_of(session, edition, nomination)


def readers(session: Session, edition: Edition) -> dict[str, list[Reader]]:
    """Who opened what was told of each nomination, by its public identifier."""
    rows = session.execute(
        select(AuditEvent.subject, AuditEvent.at, Account)
        .join(Account, Account.public_id == AuditEvent.actor)
        .where(AuditEvent.chain == audit.chain_of(edition), AuditEvent.action == READ)
        .order_by(AuditEvent.seq)
    )
    found: dict[str, list[Reader]] = {}
    for nomination, at, account in rows:
        found.setdefault(nomination, []).append(Reader(account.name or account.email, at))
    return found


def unreached(session: Session, found: Sequence[Acceptance]) -> set[int]:
    """The prizes, by row, of which nobody could be told by mail: no writer has an address."""
    writers = releasing.writers_of(session, [it.award.nomination for it in found])
    return {it.award_id for it in found if not writers[it.award.nomination_id]}
