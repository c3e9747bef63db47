"""Acts of two: a proposal, bound to its subject by hash, and the word of somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions
from awards.audit import Actor
from awards.models import Account, Approval, Edition
from judging.values import Json, canonical


class SamePerson(Exception):
    """A proposal is approved by somebody else than who made it."""


class ProposalWaits(Exception):
    """Another proposal of this kind waits to be approved or taken back first."""


class NoProposal(Exception):
    """There is no such proposal any more: it was approved, taken back, or made anew."""


class SubjectChanged(Exception):
    """What was proposed is not what it was when it was proposed."""


def digest(subject: Mapping[str, Json]) -> str:
    """The hash that binds a proposal to what it is about."""
    return hashlib.sha256(canonical(dict(subject))).hexdigest()


def propose(
    session: Session,
    edition: Edition,
    act: str,
    subject: Mapping[str, Json],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose an act that somebody else has to approve. The caller holds the edition's lock.

    Raises ReasonMissing, ProposalWaits.
    """
    reason = decisions.need_reason(reason)
    if waiting(session, edition, act) is not None:
        raise ProposalWaits(act)
    approval = Approval(
        edition_id=edition.id,
        act=act,
        subject=dict(subject),
        reason=reason,
        subject_sha256=digest(subject),
        proposer_id=actor.account.id,
        proposed_at=now,
    )
    session.add(approval)
    session.flush()
    _record(session, edition, approval, "approval.proposed", actor=actor, now=now)
    return approval


def waiting(session: Session, edition: Edition, act: str) -> Approval | None:
    """The proposal of an act that nobody has approved or ended yet."""
    return session.scalars(
        select(Approval).where(
            Approval.edition_id == edition.id,
            Approval.act == act,
            Approval.approved_at.is_(None),
            Approval.ended_at.is_(None),
        )
    ).first()


def all_waiting(session: Session, edition: Edition) -> dict[str, Approval]:
    """Every proposal that nobody has approved or ended yet, by its act."""
    rows = session.scalars(
        select(Approval)
        .where(Approval.edition_id == edition.id, Approval.approved_at.is_(None), Approval.ended_at.is_(None))
        .order_by(Approval.id.desc())
    )
    return {it.act: it for it in rows}


def take(session: Session, edition: Edition, act: str, sha256: str) -> Approval:
    """The waiting proposal that somebody has read, known by its hash. Raises NoProposal."""
    approval = waiting(session, edition, act)
    if approval is None or approval.subject_sha256 != sha256:
        raise NoProposal(act)
    return approval


def approve(session: Session, edition: Edition, approval: Approval, *, actor: Actor, now: datetime) -> None:
    """Approve a waiting proposal. What it proposes is then carried out by the caller, in the same transaction.

    The caller holds the edition's lock. Raises SamePerson, SubjectChanged.
    """
    if approval.proposer_id in (actor.account.id, actor.real.id):
        raise SamePerson(approval.act)
    if digest(approval.subject) != approval.subject_sha256:
        raise SubjectChanged(approval.act)
    approval.approver_id, approval.approved_at = actor.account.id, now
    session.flush()
    _record(session, edition, approval, "approval.approved", actor=actor, now=now)


def end(session: Session, edition: Edition, approval: Approval, *, actor: Actor, now: datetime) -> None:
    """Take a proposal back, or turn it down."""
    approval.ended_at = now
    session.flush()
    _record(session, edition, approval, "approval.ended", actor=actor, now=now)


def proposer(session: Session, approval: Approval) -> Account:
    return session.get_one(Account, approval.proposer_id)


def first_signature(session: Session, approval: Approval) -> dict[str, Json]:
    """The signature of who proposed, to stand before that of who approved."""
    account = proposer(session, approval)
    return decisions.signature(Actor(account=account, real=account), "organiser")


def signatures(session: Session, approval: Approval) -> list[dict[str, Json]]:
    """The signatures of both, in the order in which they signed. Only for a proposal that was approved."""
    second = session.get_one(Account, approval.approver_id)
    return [
        first_signature(session, approval),
        decisions.signature(Actor(account=second, real=second), "organiser"),
    ]


def _record(
    session: Session, edition: Edition, approval: Approval, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=approval.act,
        now=now,
        edition=edition,
        after={"sha256": approval.subject_sha256, "reason": approval.reason},
    )
