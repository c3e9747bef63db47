"""Signing winners where chair and deputies all have a conflict: two organisers do, one after the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from awards import approvals, chairs, editions, results, winners
from awards.audit import Actor
from awards.models import Approval, Edition, FrozenOutcome
from awards.winners import ResultChanged, Signed, WinnersSigned
from judging.values import Json


class ChairMaySign(Exception):
    """Two organisers sign only where chair and deputies, at least one being appointed, are all bound."""


class OrganiserBound(Exception):
    """An organiser with an interest in a nomination of the category doesn't sign it either."""


def act_of(category: str) -> str:
    """The act of two by which organisers sign winners of a category for which chair and deputies are all bound."""
    return f"winners {category}"[:64]


def propose(
    session: Session, edition: Edition, category: str, *, seen: int, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Sign the winners as the first of two organisers where nobody at the chair's table may.

    Raises what `winners.sign` raises, WinnersSigned, ChairMaySign, OrganiserBound, ProposalWaits, ReasonMissing.
    """
    editions.lock(session, edition)
    frozen = _for_two(session, edition, category, seen, actor=actor, now=now)
    before = approvals.waiting(session, edition, act_of(category))
    if before is not None and not is_about(before, frozen):
        approvals.end(session, edition, before, actor=actor, now=now)
    subject: dict[str, Json] = {"category": category, "result": frozen.number}
    return approvals.propose(session, edition, act_of(category), subject, reason=reason, actor=actor, now=now)


def approve(
    session: Session, edition: Edition, category: str, sha256: str, *, actor: Actor, now: datetime
) -> Signed:
    """Sign as the second organiser. Raises NoProposal, SamePerson, SubjectChanged and what `propose` does."""
    editions.lock(session, edition)
    approval = approvals.take(session, edition, act_of(category), sha256)
    seen = approval.subject["result"]
    assert isinstance(seen, int)
    frozen = _for_two(session, edition, category, seen, actor=actor, now=now)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    first = approvals.first_signature(session, approval)
    signed = winners.give(
        session, edition, category, frozen, signed_as="organiser", proposed_by=first, actor=actor, now=now
    )
    winners.move_on(session, edition, actor=actor, now=now)
    return signed


def is_about(proposal: Approval, frozen: FrozenOutcome) -> bool:
    """Whether a first signature is under this result, and not under one that was counted again since."""
    return bool(proposal.subject["result"] == frozen.number)


def _for_two(
    session: Session, edition: Edition, category: str, seen: int, *, actor: Actor, now: datetime
) -> FrozenOutcome:
    frozen = results.counted(session, edition, category, actor=actor, now=now)[category]
    if frozen.signed_by is not None:
        raise WinnersSigned(category)
    if frozen.number != seen:
        raise ResultChanged(category)
    winners.need_settled({category: frozen})
    standing = winners.stands_in(session, edition, frozen)
    if not chairs.table_of(session, edition).all_bound(standing, category):
        raise ChairMaySign(category)
    if theirs := chairs.bound(session, edition, actor.account, standing):
        raise OrganiserBound(", ".join(it.reference for it in theirs))
    return frozen
