"""Prizes by decision where chair and deputies all have a conflict: two organisers give them, or take them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from awards import approvals, corrections, editions, prizes
from awards.audit import Actor
from awards.countersigning import need_two
from awards.models import Approval, Award, Edition, Nomination
from judging.values import Json

GIVE, TAKE_BACK = "give prize", "take prize back"


def act_of(what: str, prize: str) -> str:
    """The act of two by which a prize is given, or taken back."""
    return f"{what} {prize}"[:64]


def waiting(session: Session, edition: Edition) -> list[Approval]:
    """What a first organiser has signed and a second one has not."""
    found = approvals.all_waiting(session, edition)
    return [it for act, it in sorted(found.items()) if act.startswith((f"{GIVE} ", f"{TAKE_BACK} "))]


def propose_giving(
    session: Session,
    edition: Edition,
    reference: str,
    prize: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Give a prize by decision as the first of two organisers.

    Raises what `prizes.give` raises, ChairMaySign, OrganiserBound, ProposalWaits.
    """
    editions.lock(session, edition)
    nomination = prizes.need_free(session, edition, reference, prize)
    need_two(session, edition, nomination.category, [nomination], actor=actor)
    act, subject = act_of(GIVE, prize), _subject(nomination, prize)
    return approvals.propose(session, edition, act, subject, reason=reason, actor=actor, now=now)


def propose_back(
    session: Session, edition: Edition, award: Award, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Take a prize by decision back as the first of two organisers.

    Raises what `corrections.take_back` raises, ChairMaySign, OrganiserBound, ProposalWaits.
    """
    editions.lock(session, edition)
    corrections.need_given(session, edition, award)
    need_two(session, edition, award.category, [award.nomination], actor=actor)
    act, subject = act_of(TAKE_BACK, award.prize), _subject(award.nomination, award.prize)
    return approvals.propose(session, edition, act, subject, reason=reason, actor=actor, now=now)


def approve(session: Session, edition: Edition, act: str, sha256: str, *, actor: Actor, now: datetime) -> str:
    """Sign as the second organiser; the reference of the nomination concerned.

    Raises NoProposal, SamePerson, SubjectChanged and what the first signature raises.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, act, sha256)
    reference, prize = str(approval.subject["nomination"]), str(approval.subject["prize"])
    first = approvals.first_signature(session, approval)
    if act == act_of(GIVE, prize):
        nomination = prizes.need_free(session, edition, reference, prize)
        need_two(session, edition, nomination.category, [nomination], actor=actor)
        approvals.approve(session, edition, approval, actor=actor, now=now)
        prizes.hand_over(
            session,
            edition,
            nomination,
            prize,
            reason=approval.reason,
            signed_as="organiser",
            proposed_by=first,
            actor=actor,
            now=now,
        )
        return reference
    award = next(
        (
            it
            for it in prizes.of_edition(session, edition)
            if it.by_decision and (it.nomination.reference, it.prize) == (reference, prize)
        ),
        None,
    )
    if award is None:
        raise corrections.NotGiven(prize)
    corrections.need_given(session, edition, award)
    need_two(session, edition, award.category, [award.nomination], actor=actor)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    corrections.withdraw(
        session,
        edition,
        award,
        reason=approval.reason,
        signed_as="organiser",
        proposed_by=first,
        actor=actor,
        now=now,
    )
    return reference


def _subject(nomination: Nomination, prize: str) -> dict[str, Json]:
    return {"category": nomination.category, "nomination": nomination.reference, "prize": prize}
