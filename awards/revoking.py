"""Revoking a public prize: one act of two, after which pages, certificates, badges, lists and the record say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import approvals, consequences, decisions, declining, editions, mending, nominations
from awards.audit import Actor
from awards.declining import Consequence, ConsequencesChanged
from awards.mending import Hand
from awards.models import (
    Acceptance,
    Approval,
    Award,
    AwardState,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
)
from awards.notices import Template
from judging.values import Json


def consequence(session: Session, edition: Edition, award: Award) -> Consequence:
    """What the rules would make of the prize: who moves to which, and which stays vacant."""
    return declining.consequence(session, edition, award)


def propose(
    session: Session, edition: Edition, award: Award, *, seen: str, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Propose to revoke a prize; somebody else approves. `seen`: the consequences that were looked at.

    Raises NotGiven, NotPublic, MayNotMend, ConsequencesChanged, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    mending.need(session, edition, award, now)
    follows = consequence(session, edition, award)
    _need_unbound(session, edition, award, follows, actor=actor)
    if follows.seen != seen:
        raise ConsequencesChanged(award.prize)
    about = mending.subject(session, edition, award, mending.REVOKE, now, seen=seen)
    return approvals.propose(session, edition, mending.ACT, about, reason=reason, actor=actor, now=now)


def approve(session: Session, edition: Edition, sha256: str, hand: Hand) -> Decision:
    """Approve it: the prize is revoked by a decision of both, with all that follows.

    Raises NoProposal, SamePerson, SubjectChanged, NotGiven, NotPublic, MayNotMend, StandChanged, ConsequencesChanged,
    EvidenceDiffers.
    """
    approval, award = mending.take(session, edition, mending.REVOKE, sha256, actor=hand.actor, now=hand.now)
    follows = consequence(session, edition, award)
    _need_unbound(session, edition, award, follows, actor=hand.actor)
    if follows.seen != approval.subject["seen"]:
        raise ConsequencesChanged(award.prize)
    approvals.approve(session, edition, approval, actor=hand.actor, now=hand.now)
    first = approvals.first_signature(session, approval)
    return _revoke(session, edition, award, follows, approval.reason, hand, proposed_by=first)


def revoke_alone(
    session: Session, edition: Edition, reference: str, prize: str, *, reason: str, hand: Hand
) -> Decision:
    """Revoke a prize as the operator at the shell. Raises NoSuchNomination, NotGiven, NotPublic, ReasonMissing,
    NeedsTwoPeople, EvidenceDiffers.
    """
    editions.lock(session, edition)
    award = mending.find(session, edition, reference, prize)
    mending.need(session, edition, award, hand.now)
    follows = consequence(session, edition, award)
    about = mending.subject(session, edition, award, mending.REVOKE, hand.now, seen=follows.seen)
    why = mending.alone(session, edition, about, reason=reason, actor=hand.actor, now=hand.now)
    return _revoke(session, edition, award, follows, why, hand, proposed_by=None)


def _need_unbound(
    session: Session, edition: Edition, award: Award, follows: Consequence, *, actor: Actor
) -> None:
    moving = [nominations.find(session, edition, it.reference) for it in follows.moves]
    mending.need_unbound(session, edition, [award.nomination, *moving], actor=actor)


def _revoke(
    session: Session,
    edition: Edition,
    award: Award,
    follows: Consequence,
    reason: str,
    hand: Hand,
    *,
    proposed_by: Mapping[str, Json] | None,
) -> Decision:
    nomination, shown = award.nomination, mending.is_shown(session, edition, award.category, hand.now)
    moved: list[Json] = [
        {"nomination": it.reference, "from": it.before, "prize": it.prize, "place": it.place}
        for it in follows.moves
    ]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.REVOCATION,
        actor=hand.actor,
        now=hand.now,
        category=award.category,
        nomination=nomination,
        subject={
            "category": award.category,
            "nomination": nomination.reference,
            "prize": award.prize,
            "moved": moved,
            "vacant": [*follows.vacant],
        },
        names={nomination.reference: dict(award.names)},
        reason=reason,
        proposed_by=proposed_by,
    )
    consequences.revoke(session, edition, award, decision, hand)
    award.state = AwardState.REVOKED
    session.flush()
    declining.leave(session, nomination, NominationState.REVOKED)
    rising = _move(session, edition, award, follows, decision, hand)
    mending.show(session, edition, award.category, decision, hand)
    _tell(session, edition, award, rising, decision, shown=shown, now=hand.now)
    return decision


def _move(
    session: Session, edition: Edition, award: Award, follows: Consequence, decision: Decision, hand: Hand
) -> dict[int, tuple[Nomination, str]]:
    """Give those who move up their prizes; whom, and which prize, by the nomination's row."""
    found = {}
    for move in follows.moves:
        if (before := declining.holding(session, edition, award, move)) is not None:
            consequences.leave(session, edition, before, move.prize, decision, hand)
        given = declining.move_up(session, edition, award, move, decision)
        told = session.scalars(select(Acceptance).where(Acceptance.award_id == given.id)).first()
        if told is not None:  # they learn of it from the letter, and what they accepted was less
            told.told_at, told.proof_at = hand.now, None
        found[given.nomination_id] = (nominations.find(session, edition, move.reference), given.prize)
    session.flush()
    return found


def _tell(
    session: Session,
    edition: Edition,
    award: Award,
    rising: Mapping[int, tuple[Nomination, str]],
    decision: Decision,
    *,
    shown: bool,
    now: datetime,
) -> None:
    """Whose prize it was, who moves up, everybody else of the category, the table and the press.

    While the winners are taken down only the first is told: the others are when they are put back.
    """
    prize: dict[str, Json] = {"prize": award.prize, "reason": decision.reason}
    mending.tell_writers(
        session, edition, Template.PRIZE_REVOKED, [award.nomination], prize, decision=decision, now=now
    )
    if not shown:
        return
    for nomination, risen in rising.values():
        mending.tell_writers(
            session, edition, Template.PRIZE_MOVED, [nomination], {"prize": risen}, decision=decision, now=now
        )
    about: dict[str, Json] = {**prize, "whose": str(award.names["organisation"]), "mended": mending.REVOKE}
    mending.tell_others(session, edition, award.category, about, decision=decision, now=now)
