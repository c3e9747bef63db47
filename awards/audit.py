"""The audit trail: writing an event in the transaction of the change, and finding what was tampered with."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from awards.models import Account, AuditEvent, AuditPayload, Edition
from judging.values import Json, as_object, canonical

SITE = "site"
START = "0" * 64


class Flaw(StrEnum):
    """What `verify` can find wrong with an event."""

    CHANGED = "changed"
    PAYLOAD_CHANGED = "payload_changed"
    BROKEN_LINK = "broken_link"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class FlawFound:
    chain: str
    seq: int
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and who is really at the keyboard; `operator` for the shell, which completes two-person acts alone."""

    account: Account
    real: Account
    operator: bool = False

    @property
    def name(self) -> str:
        return self.account.name or self.account.email


def chain_of(edition: Edition | None) -> str:
    """The name of an edition's chain, or of the site's."""
    return SITE if edition is None else edition.public_id


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    edition: Edition | None = None,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> AuditEvent:
    """Append an event to its chain, in the transaction of the change. Marks and choices never go in here."""
    chain = chain_of(edition)
    _lock(session, chain)
    last = session.scalars(
        select(AuditEvent).where(AuditEvent.chain == chain).order_by(AuditEvent.seq.desc()).limit(1)
    ).first()
    salt = secrets.token_hex(16)
    payload = (canonical(dict(before or {})).decode(), canonical(dict(after or {})).decode())
    event = AuditEvent(
        chain=chain,
        seq=last.seq + 1 if last else 1,
        at=now,
        actor=actor.account.public_id,
        real_actor=actor.real.public_id,
        action=action,
        subject=subject,
        digest=_digest(salt, *payload),
        previous=last.hash if last else START,
    )
    event.hash = _hash(event)
    event.payload = AuditPayload(salt=salt, before=payload[0], after=payload[1])
    session.add(event)
    session.flush()
    return event


def verify(session: Session) -> Iterator[FlawFound]:
    """Every flaw of every chain: a changed row, a changed payload, a removed, inserted or reordered row.

    Rows cut off the end of a chain cannot be seen from the chain alone; the published record carries its head.
    """
    previous, chain, expected = START, None, 1
    events = session.scalars(
        select(AuditEvent).order_by(AuditEvent.chain, AuditEvent.seq).execution_options(yield_per=1000)
    )
    for event in events:
        if event.chain != chain:
            previous, chain, expected = START, event.chain, 1
        if event.seq != expected:
            yield FlawFound(event.chain, event.seq, Flaw.GAP)
        if event.previous != previous:
            yield FlawFound(event.chain, event.seq, Flaw.BROKEN_LINK)
        if event.hash != _hash(event):
            yield FlawFound(event.chain, event.seq, Flaw.CHANGED)
        payload = event.payload
        if payload and event.digest != _digest(payload.salt, payload.before, payload.after):
            yield FlawFound(event.chain, event.seq, Flaw.PAYLOAD_CHANGED)
        previous, expected = event.hash, event.seq + 1


def told(session: Session, edition: Edition | None, action: str) -> list[dict[str, Json]]:
    """What the events of one action say was so afterwards, in order; one whose payload was changed says nothing."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.chain == chain_of(edition), AuditEvent.action == action)
        .order_by(AuditEvent.seq)
        .options(joinedload(AuditEvent.payload))
    )
    found = [
        it.payload.after
        for it in events
        if it.payload and it.digest == _digest(it.payload.salt, it.payload.before, it.payload.after)
    ]
    return [as_object(json.loads(after)) for after in found]


def head(session: Session, edition: Edition | None) -> str:
    """The hash of the last event of a chain, to be published."""
    last = session.scalars(
        select(AuditEvent.hash)
        .where(AuditEvent.chain == chain_of(edition))
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).first()
    return last or START


def _digest(salt: str, before: str, after: str) -> str:
    return hashlib.sha256(canonical([salt, before, after])).hexdigest()


def _hash(event: AuditEvent) -> str:
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields: list[Json] = [
        event.chain, event.seq, moment, event.actor, event.real_actor,
        event.action, event.subject, event.digest, event.previous,
    ]  # fmt: skip
    return hashlib.sha256(canonical(fields)).hexdigest()


def _lock(session: Session, chain: str) -> None:
    """One writer a chain: SQLite has its write lock already, PostgreSQL takes an advisory one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:chain, 0))"), {"chain": chain})
