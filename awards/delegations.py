"""Delegations: organisations are asked by mail who casts their ballot, and answer by a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import addressing, audit, delegates, editions, links, roll
from awards.accounts import NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.models import (
    Account,
    Edition,
    LinkPurpose,
    OneTimeLink,
    Outbox,
    OutboxState,
    RollEntry,
    RollState,
)
from awards.notices import Template
from awards.sessions import digest
from judging.values import Json

LINK_LASTS = timedelta(days=3 * 366)
LONGEST_POST = 600


class NotAsked(Exception):
    """Nobody could be asked: they have no address, are off the roll or have cast their ballot."""


def ask(
    session: Session, edition: Edition, entries: Iterable[RollEntry], *, actor: Actor, now: datetime
) -> list[RollEntry]:
    """Ask organisations by mail to name their delegate, each at the address that is known for it; who was asked.

    Whoever is off the roll, has no such address or has cast is left out. Raises VoteClosed, NotAsked.
    """
    editions.lock(session, edition)
    delegates.need_open(session, edition)
    have_cast = roll.cast(session, edition)
    asked = []
    for entry in entries:
        if entry.state is RollState.ON and entry.contact and entry.id not in have_cast:
            # the mail tells on whose behalf an answer by its link is recorded
            by: dict[str, Json] = {"by": actor.account.public_id}
            addressing.tell(session, edition, entry, Template.DELEGATE_ASKED, entry.contact, by, now=now)
            asked.append(entry)
    if not asked:
        raise NotAsked(edition.key)
    audit.record(
        session,
        actor=actor,
        action="delegate.asked",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"electors": [entry.elector for entry in asked]},
    )
    return asked


def asked(session: Session, edition: Edition) -> Mapping[int, Outbox]:
    """The last mail that asked for a delegate, by the elector's row number."""
    found = session.scalars(
        select(Outbox)
        .where(
            Outbox.edition_id == edition.id,
            Outbox.template == Template.DELEGATE_ASKED.value,
            Outbox.state != OutboxState.CANCELLED,
        )
        .order_by(Outbox.id)
    )
    return {it.roll_entry_id: it for it in found if it.roll_entry_id is not None}


def make_token(session: Session, entry_id: int, *, now: datetime) -> str:
    """The token of a new link on which a delegate is named, for the mail; those made earlier go on working."""
    entry = session.get_one(RollEntry, entry_id)
    return links.new_link(session, None, LinkPurpose.DELEGATE, expires_at=now + LINK_LASTS, roll_entry=entry)


def of_token(session: Session, token: str, *, now: datetime) -> tuple[RollEntry, Edition]:
    """Whose delegate a link names. Raises LinkUnknown, LinkExpired."""
    link = session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == digest(token), OneTimeLink.purpose == LinkPurpose.DELEGATE
        )
    ).first()
    if link is None or link.roll_entry_id is None:
        raise links.LinkUnknown
    if link.expires_at <= now:
        raise links.LinkExpired
    entry = session.get_one(RollEntry, link.roll_entry_id)
    return entry, session.get_one(Edition, entry.edition_id)


def by_link(session: Session, edition: Edition, entry: RollEntry) -> Actor:
    """Whoever holds the link and has no account: recorded under who asked, and marked so. Raises LinkUnknown."""
    mail = asked(session, edition).get(entry.id)
    who = str(mail.arguments.get("by", "")) if mail is not None else ""
    account = session.scalars(select(Account).where(Account.public_id == who)).first()
    if account is None:
        raise links.LinkUnknown
    return Actor(account=account, real=account)


def set_contact(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    contact: str,
    post: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Where an organisation is asked for its delegate, and where letters go. Links sent to another address end.

    Raises VoteClosed, NotAnAddress, TooLong.
    """
    editions.lock(session, edition)
    delegates.need_open(session, edition)
    contact, post = fold_address(contact) if contact else "", post.strip()
    if contact and not is_address(contact):
        raise NotAnAddress(contact)
    if len(post) > LONGEST_POST:
        raise delegates.TooLong(post)
    before = {"contact": entry.contact, "post": entry.post}
    if before == {"contact": contact, "post": post}:
        return
    if entry.contact != contact:
        delegates.end_links(session, entry, LinkPurpose.DELEGATE, now=now)
        addressing.cancel(session, entry, [Template.DELEGATE_ASKED])
    entry.contact, entry.post = contact, post
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="roll.contact",
        subject=entry.public_id,
        now=now,
        edition=edition,
        before=before,
        after={"contact": contact, "post": post},
    )
