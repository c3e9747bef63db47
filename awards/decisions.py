"""Numbered, signed decisions, and the acts that need a second person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit
from awards.audit import Actor
from awards.models import Approval, Decision, DecisionKind, Edition, Nomination
from judging.values import Json, canonical


class NeedsTwoPeople(Exception):
    """An act that somebody else has to approve."""


class ReasonMissing(Exception):
    """A decision was given no reason."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one of many decisions is about."""

    category: str | None = None
    nomination: Nomination | None = None
    subject: Mapping[str, Json] = field(default_factory=dict)
    names: Mapping[str, Json] = field(default_factory=dict)
    reason: str = ""


def decide(
    session: Session,
    edition: Edition,
    kind: DecisionKind,
    *,
    actor: Actor,
    now: datetime,
    category: str | None = None,
    nomination: Nomination | None = None,
    subject: Mapping[str, Json] | None = None,
    names: Mapping[str, Json] | None = None,
    reason: str = "",
    signed_as: str = "organiser",
    supersedes: Decision | None = None,
    proposed_by: Mapping[str, Json] | None = None,
    signers: Sequence[Mapping[str, Json]] | None = None,
) -> Decision:
    """Record a decision under the edition's next number, signed by the actor, with its audit event.

    The caller holds the edition's lock. `subject` holds references and keys, never row numbers. `proposed_by` is the
    signature of the other of two, `signers` all signatures where the actor's is not the only one or none of them.
    """
    act = Act(
        category=category, nomination=nomination, subject=subject or {}, names=names or {}, reason=reason
    )
    decision = _drawn_up(
        edition,
        kind,
        act,
        _next(session, edition),
        actor=actor,
        now=now,
        signed_as=signed_as,
        supersedes=supersedes,
    )
    if proposed_by is not None:
        decision.signers = [dict(proposed_by), *decision.signers]
    if signers is not None:
        decision.signers = [dict(it) for it in signers]
    session.add(decision)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"decision.{kind.value}",
        subject=f"decision {decision.number}",
        now=now,
        edition=edition,
        after={"category": category, "subject": dict(subject or {}), "reason": decision.reason},
    )
    return decision


def decide_all(
    session: Session,
    edition: Edition,
    kind: DecisionKind,
    acts: Sequence[Act],
    *,
    actor: Actor,
    now: datetime,
    signed_as: str = "organiser",
) -> list[Decision]:
    """Record a decision for each act, in order, with one audit event for all of them.

    The caller holds the edition's lock.
    """
    if not acts:
        return []
    first = _next(session, edition)
    found = [
        _drawn_up(edition, kind, act, number, actor=actor, now=now, signed_as=signed_as)
        for number, act in enumerate(acts, start=first)
    ]
    session.add_all(found)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"decision.{kind.value}",
        subject=f"decisions {first} to {found[-1].number}",
        now=now,
        edition=edition,
        after={"subjects": [dict(act.subject) for act in acts]},
    )
    return found


def _next(session: Session, edition: Edition) -> int:
    last = session.scalar(select(func.max(Decision.number)).where(Decision.edition_id == edition.id))
    return (last or 0) + 1


def _drawn_up(
    edition: Edition,
    kind: DecisionKind,
    act: Act,
    number: int,
    *,
    actor: Actor,
    now: datetime,
    signed_as: str,
    supersedes: Decision | None = None,
) -> Decision:
    return Decision(
        edition_id=edition.id,
        number=number,
        kind=kind,
        category=act.category,
        nomination_id=act.nomination.id if act.nomination else None,
        subject=dict(act.subject),
        names=dict(act.names),
        signers=[signature(actor, signed_as)],
        reason=act.reason.strip(),
        supersedes_id=supersedes.id if supersedes else None,
        at=now,
    )


def signature(actor: Actor, signed_as: str) -> dict[str, Json]:
    """Who signed, by name as it stands, and as what; the operator at the shell is always shown as such."""
    return {
        "account": actor.account.public_id,
        "name": actor.name,
        "as": "operator" if actor.operator else signed_as,
    }


def need_reason(reason: str) -> str:
    """The reason, trimmed. Raises ReasonMissing for a blank one."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def complete_alone(
    session: Session, edition: Edition, act: str, subject: Mapping[str, Json], *, actor: Actor, now: datetime
) -> Approval:
    """Complete a two-person act as the operator at the shell, and let approval and audit say so.

    Raises NeedsTwoPeople for anybody else.
    """
    if not actor.operator:
        raise NeedsTwoPeople(act)
    approval = Approval(
        edition_id=edition.id,
        act=act,
        subject_sha256=hashlib.sha256(canonical(dict(subject))).hexdigest(),
        proposer_id=actor.account.id,
        operator_alone=True,
        proposed_at=now,
        approved_at=now,
    )
    session.add(approval)
    audit.record(
        session,
        actor=actor,
        action="approval.operator_alone",
        subject=act,
        now=now,
        edition=edition,
        after=dict(subject),
    )
    return approval


def of_edition(
    session: Session, edition: Edition, *kinds: DecisionKind, category: str | None = None
) -> Sequence[Decision]:
    """Decisions of an edition by number, of the kinds named and, where given, of one category."""
    query = select(Decision).where(Decision.edition_id == edition.id).order_by(Decision.number)
    if kinds:
        query = query.where(Decision.kind.in_(kinds))
    if category is not None:
        query = query.where(Decision.category == category)
    return session.scalars(query).all()


def in_force(
    session: Session, edition: Edition, *kinds: DecisionKind, category: str | None = None
) -> list[Decision]:
    """The same, without those that a correction took back."""
    taken = set(
        session.scalars(
            select(Decision.supersedes_id).where(
                Decision.edition_id == edition.id, Decision.kind == DecisionKind.CORRECTION
            )
        )
    )
    return [it for it in of_edition(session, edition, *kinds, category=category) if it.id not in taken]


def take_back(
    session: Session,
    edition: Edition,
    before: Decision,
    *,
    reason: str,
    signed_as: str = "organiser",
    proposed_by: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Record that a decision no longer holds, by a correction that supersedes it. The caller undoes what it did."""
    return decide(
        session,
        edition,
        DecisionKind.CORRECTION,
        actor=actor,
        now=now,
        category=before.category,
        nomination=session.get(Nomination, before.nomination_id) if before.nomination_id else None,
        subject={"taken_back": before.number, "kind": before.kind.value},
        reason=reason,
        signed_as=signed_as,
        supersedes=before,
        proposed_by=proposed_by,
    )
