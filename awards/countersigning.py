"""Signing where chair and deputies all have a conflict: two organisers do, one after the other.

A shortlist and the winners of a category are signed in the same way; `stage` says which of them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from awards import approvals, chairs, editions, shortlists, winners
from awards.audit import Actor
from awards.models import Approval, Edition, FrozenOutcome, FrozenStanding, Nomination
from awards.verdicts import Stage
from judging.values import Json

Frozen = FrozenStanding | FrozenOutcome

ACTS = {Stage.SHORTLIST: "sign", Stage.RESULT: "winners"}
NUMBERED = {Stage.SHORTLIST: "standing", Stage.RESULT: "result"}
"""Under which name the subject of an act of two holds the number of what is signed."""


class ChairMaySign(Exception):
    """Two organisers sign only where chair and deputies, at least one being appointed, are all bound."""


class OrganiserBound(Exception):
    """An organiser with an interest in a nomination of the category doesn't sign it either."""


def act_of(category: str, stage: Stage) -> str:
    """The act of two by which organisers sign a category for which chair and deputies are all bound."""
    return f"{ACTS[stage]} {category}"[:64]


def first(session: Session, edition: Edition, category: str, stage: Stage, frozen: Frozen) -> Approval | None:
    """The first signature under what stands now; None where it is under what was counted again since."""
    proposal = approvals.waiting(session, edition, act_of(category, stage))
    return proposal if proposal is not None and proposal.subject[NUMBERED[stage]] == frozen.number else None


def propose(
    session: Session,
    edition: Edition,
    category: str,
    stage: Stage,
    *,
    seen: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Sign as the first of two organisers where nobody at the chair's table may.

    Raises what `sign` of the stage raises, AlreadySigned or WinnersSigned, ChairMaySign, OrganiserBound, ProposalWaits,
    ReasonMissing.
    """
    editions.lock(session, edition)
    frozen = _for_two(session, edition, category, stage, seen, actor=actor, now=now)
    act = act_of(category, stage)
    before = approvals.waiting(session, edition, act)
    if before is not None and first(session, edition, category, stage, frozen) is None:
        approvals.end(session, edition, before, actor=actor, now=now)
    subject: dict[str, Json] = {"category": category, NUMBERED[stage]: frozen.number}
    return approvals.propose(session, edition, act, subject, reason=reason, actor=actor, now=now)


def approve(
    session: Session,
    edition: Edition,
    category: str,
    stage: Stage,
    sha256: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Sign as the second organiser. Raises NoProposal, SamePerson, SubjectChanged and what `propose` does."""
    editions.lock(session, edition)
    approval = approvals.take(session, edition, act_of(category, stage), sha256)
    seen = approval.subject[NUMBERED[stage]]
    assert isinstance(seen, int)
    frozen = _for_two(session, edition, category, stage, seen, actor=actor, now=now)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    theirs = approvals.first_signature(session, approval)
    if isinstance(frozen, FrozenStanding):
        shortlists.make_finalists(
            session, edition, frozen, signed_as="organiser", proposed_by=theirs, actor=actor, now=now
        )
        return
    winners.give(
        session, edition, category, frozen, signed_as="organiser", proposed_by=theirs, actor=actor, now=now
    )
    winners.move_on(session, edition, actor=actor, now=now)


def need_two(
    session: Session, edition: Edition, category: str, about: list[Nomination], *, actor: Actor
) -> None:
    """Raises ChairMaySign where somebody at the table decides about some nominations, OrganiserBound where the actor
    may not either.
    """
    if not chairs.table_of(session, edition).all_bound(about, category):
        raise ChairMaySign(category)
    if theirs := chairs.bound(session, edition, actor.account, about):
        raise OrganiserBound(", ".join(it.reference for it in theirs))


def _for_two(
    session: Session, edition: Edition, category: str, stage: Stage, seen: int, *, actor: Actor, now: datetime
) -> Frozen:
    frozen: Frozen
    if stage is Stage.SHORTLIST:
        frozen, about = shortlists.to_sign(session, edition, category, seen)
    else:
        frozen, about = winners.to_sign(session, edition, category, seen, actor=actor, now=now)
    need_two(session, edition, category, about, actor=actor)
    return frozen
