"""Anomalies: what looks strange among those who confirmed an address for the public's vote, in classes, by counts.

Nothing is struck by this, and nobody named: a class is looked at by people, and two of them may strike it before the
opening. Which finalist newcomers chose can't be seen: their ballots are sealed. At the opening the report is kept as it
stands.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from awards import audit, bursts, elections
from awards.audit import Actor
from awards.bursts import Class, Person, Report
from awards.models import (
    AuditEvent,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Envelope,
    PublicElector,
    RollEntry,
)
from judging.values import as_object

FROZEN = "public_vote.reported"


class ClassGone(Exception):
    """There is no such class in the report any more."""


def look(session: Session, edition: Edition) -> Report:
    """The report as it stands, or as it was kept at the opening."""
    kept = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.chain == audit.chain_of(edition), AuditEvent.action == FROZEN)
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    ).first()
    if kept is not None and kept.payload is not None and not _is_sealed(session, edition):
        return bursts.read(as_object(json.loads(kept.payload.after)), kept.at)
    return _now(session, edition)


def _is_sealed(session: Session, edition: Edition) -> bool:
    return bool(elections.of_the_public(session, edition, *elections.IN_THE_BOX))


def _now(session: Session, edition: Edition) -> Report:
    asked = session.scalar(
        select(func.count()).where(RollEntry.edition_id == edition.id, RollEntry.is_public)
    )
    return bursts.report(people(session, edition), asked or 0)


def people(session: Session, edition: Edition) -> list[Person]:
    """Everybody who confirmed an address, with the ballots they cast: how many, never which; after one query."""
    lying = (
        select(
            Envelope.roll_entry_id.label("entry"),
            func.sum(case((Envelope.struck_because.is_(None), 1), else_=0)).label("ballots"),
            func.sum(case((Envelope.struck_because.is_not(None), 1), else_=0)).label("struck"),
        )
        .join(Election, Election.id == Envelope.election_id)
        .where(
            Election.edition_id == edition.id,
            Election.kind == ElectionKind.PUBLIC,
            Election.state != ElectionState.VOID,
        )
        .group_by(Envelope.roll_entry_id)
        .subquery()
    )
    rows = session.execute(
        select(
            RollEntry.id,
            RollEntry.email,
            PublicElector.domain,
            PublicElector.network,
            PublicElector.confirmed_at,
            func.coalesce(lying.c.ballots, 0),
            func.coalesce(lying.c.struck, 0),
        )
        .join(PublicElector, PublicElector.roll_entry_id == RollEntry.id)
        .outerjoin(lying, lying.c.entry == RollEntry.id)
        .where(RollEntry.edition_id == edition.id, PublicElector.confirmed_at.is_not(None))
        .order_by(RollEntry.id)
    )
    return [
        Person(entry, address, domain, network, hour, int(ballots), int(struck))
        for entry, address, domain, network, hour, ballots, struck in rows
    ]


def class_of(session: Session, edition: Edition, key: str) -> tuple[Class, list[RollEntry]]:
    """A class of the report with the electors in it. Raises ClassGone."""
    found = next((it for it in look(session, edition).classes if it.key == key), None)
    if found is None:
        raise ClassGone(key)
    wanted = set(found.entries)
    rows = session.scalars(
        select(RollEntry)
        .where(RollEntry.edition_id == edition.id, RollEntry.is_public)
        .order_by(RollEntry.id)
    )
    return found, [it for it in rows if it.id in wanted]


def keep(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Keep the report as it stands when the envelopes are opened; nothing where there is no public vote."""
    if not elections.of_the_public(session, edition):
        return
    found = _now(session, edition)
    audit.record(
        session,
        actor=actor,
        action=FROZEN,
        subject=edition.key,
        now=now,
        edition=edition,
        after=bursts.document(found),
    )


def removed(session: Session, edition: Edition, category: str) -> int | None:
    """How many ballots of the public were struck in a category; None where the public had no vote in it."""
    found = [
        it.id
        for it in elections.of_the_public(session, edition)
        if it.category == category and it.state is not ElectionState.VOID
    ]
    if not found:
        return None
    return session.scalar(
        select(func.count()).where(Envelope.election_id.in_(found), Envelope.struck_because.is_not(None))
    )
