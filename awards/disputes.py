"""Disputes: whether the right delegate has cast an elector's ballot, decided by the chair before anything is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from awards import addressing, approvals, audit, chairs, decisions, editions, struck
from awards.audit import Actor
from awards.models import (
    Account,
    Approval,
    Delegate,
    Dispute,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Envelope,
    Nomination,
    RollEntry,
)
from awards.notices import Template
from judging.values import Json

DECIDING = "decide a dispute"
LONGEST_SAID_BY = 254


class DisputesOpen(Exception):
    """A dispute about a delegate is not decided, so nothing is opened."""


class NothingDisputed(Exception):
    """No envelope of this elector lies in a box that is still sealed, so there is nothing to dispute."""


class NoDelegateVotes(Exception):
    """A judge or a person votes for themselves: there is no delegate whom somebody could dispute."""


class DisputedAlready(Exception):
    """A dispute about this elector waits to be decided."""


class DecidedBefore(Exception):
    """The chair has decided on this elector's ballot; only the secretariat records another dispute."""


class SaidByMissing(Exception):
    """It has to be said who disputes it, in 254 letters at most."""


class NoSuchDispute(Exception):
    """There is no dispute of that identifier."""


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute as it stands: in which categories an envelope lies, who may decide, None where two organisers do."""

    dispute: Dispute
    elections: tuple[Election, ...]
    acting: Account | None
    proposal: Approval | None

    @property
    def may_vote_again(self) -> bool:
        return any(it.state is ElectionState.OPEN for it in self.elections)


def put(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    *,
    said_by: str,
    reason: str,
    by_link: bool = False,
    actor: Actor,
    now: datetime,
) -> Dispute:
    """Record that somebody disputes who cast an elector's ballot; delegate and organisation are told.

    `by_link`: the organisation itself says so, by the page behind its mail. Until it is decided nothing is opened.
    Raises NoDelegateVotes, NothingDisputed, DisputedAlready, DecidedBefore, SaidByMissing, ReasonMissing.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    if entry.judge_id is not None or entry.is_public:
        raise NoDelegateVotes(entry.elector)
    reason, said_by = decisions.need_reason(reason), said_by.strip()
    if not said_by or len(said_by) > LONGEST_SAID_BY:
        raise SaidByMissing
    if not struck.standing(session, edition, [entry]):
        raise NothingDisputed(entry.elector)
    before = of_elector(session, entry)
    if any(it.decision_id is None for it in before):
        raise DisputedAlready(entry.elector)
    if by_link and before:
        raise DecidedBefore(entry.elector)
    dispute = Dispute(
        edition_id=edition.id,
        roll_entry_id=entry.id,
        raised_by_id=None if by_link else actor.account.id,
        said_by=said_by,
        reason=reason,
        raised_at=now,
    )
    session.add(dispute)
    session.flush()
    tell(session, edition, entry, Template.DISPUTE_RAISED, {}, now=now)
    audit.record(
        session,
        actor=actor,
        action="dispute.raised",
        subject=entry.public_id,
        now=now,
        edition=edition,
        after={"dispute": dispute.public_id, "said_by": said_by, "by_link": by_link},
    )
    return dispute


def of_elector(session: Session, entry: RollEntry) -> Sequence[Dispute]:
    """Every dispute about an elector, the last one first."""
    return session.scalars(
        select(Dispute).where(Dispute.roll_entry_id == entry.id).order_by(Dispute.id.desc())
    ).all()


def of_edition(session: Session, edition: Edition) -> Sequence[Dispute]:
    """Every dispute of an edition, the last one first."""
    return session.scalars(
        select(Dispute)
        .where(Dispute.edition_id == edition.id)
        .options(joinedload(Dispute.roll_entry).joinedload(RollEntry.organisation))
        .order_by(Dispute.id.desc())
    ).all()


def find(session: Session, edition: Edition, public_id: str) -> Dispute:
    """A dispute by the identifier of addresses. Raises NoSuchDispute."""
    found = session.scalars(
        select(Dispute).where(Dispute.edition_id == edition.id, Dispute.public_id == public_id)
    ).first()
    if found is None:
        raise NoSuchDispute(public_id)
    return found


def undecided(session: Session, edition: Edition) -> Sequence[Dispute]:
    """The disputes that keep the box shut: about an envelope that lies in it."""
    return session.scalars(
        select(Dispute)
        .where(Dispute.edition_id == edition.id, waits())
        .options(joinedload(Dispute.roll_entry))
        .order_by(Dispute.id)
    ).all()


def waits() -> ColumnElement[bool]:
    """That a dispute is not decided, and an envelope of its elector lies sealed in the box."""
    lies = (
        select(Envelope.election_id)
        .join(Election, Election.id == Envelope.election_id)
        .where(
            Envelope.roll_entry_id == Dispute.roll_entry_id,
            Envelope.struck_because.is_(None),
            Election.kind != ElectionKind.PUBLIC,
            Election.state.in_((ElectionState.OPEN, ElectionState.CLOSED)),
        )
    )
    return Dispute.decision_id.is_(None) & lies.exists()


def need_none(session: Session, edition: Edition) -> None:
    """Raises DisputesOpen, with how many wait."""
    if found := undecided(session, edition):
        raise DisputesOpen(len(found))


def look(session: Session, edition: Edition, dispute: Dispute) -> Case:
    """A dispute with what lies there of its elector, and who decides."""
    lying = [it for it, _ in struck.standing(session, edition, [dispute.roll_entry])]
    grant = next(
        (
            it
            for it in chairs.in_order(session, edition)
            if not is_bound(session, edition, dispute, lying, it.account)
        ),
        None,
    )
    return Case(
        dispute,
        tuple(lying),
        grant.account if grant else None,
        approvals.waiting(session, edition, act_of(dispute)),
    )


def is_bound(
    session: Session, edition: Edition, dispute: Dispute, lying: Sequence[Election], account: Account
) -> bool:
    """Whether somebody is a party to a dispute, or has an interest in a finalist of what was voted on."""
    entry = dispute.roll_entry
    parties = {entry.email, entry.contact, dispute.said_by} | set(
        session.scalars(select(Delegate.email).where(Delegate.roll_entry_id == entry.id))
    )
    if parties & {it.email for it in account.addresses}:
        return True
    about = session.scalars(
        select(Nomination).where(
            Nomination.edition_id == edition.id,
            Nomination.reference.in_({reference for it in lying for reference in it.slate}),
        )
    ).all()
    return bool(chairs.bound(session, edition, account, about))


def act_of(dispute: Dispute) -> str:
    """The act of two by which organisers decide a dispute."""
    return f"{DECIDING} {dispute.public_id}"[:64]


def tell(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    template: Template,
    said: dict[str, Json],
    *,
    now: datetime,
) -> None:
    """Write to both sides: the organisation, and whoever casts its ballot."""
    for recipient in dict.fromkeys(it for it in (entry.contact, entry.email) if it):
        addressing.tell(session, edition, entry, template, recipient, said, now=now)
