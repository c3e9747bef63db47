"""Upholding: a dispute about a delegate decided by the chair, or by two organisers where the chair may not.

Upheld, the ballot is struck unread and nobody may vote for the elector until it names its delegate anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from awards import (
    accounts,
    approvals,
    decisions,
    delegates,
    delegations,
    disputes,
    editions,
    striking,
)
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.disputes import Case, NothingDisputed
from awards.models import (
    Approval,
    Decision,
    DecisionKind,
    Dispute,
    Edition,
    Role,
    RollEntry,
    StruckBecause,
)
from awards.notices import Template
from judging.values import Json


class DecidedAlready(Exception):
    """This dispute is decided."""


class ForTwo(Exception):
    """Chair and deputies are all bound, or there are none: two organisers decide."""


class ForTheChair(Exception):
    """The chair or a deputy decides: it is not for two organisers."""


class Concerned(Exception):
    """Whoever is concerned by a dispute, or has an interest in a finalist, doesn't decide it."""


def decide(
    session: Session,
    edition: Edition,
    dispute: Dispute,
    *,
    upheld: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Decide as chair, or as the first deputy who may: the ballot stands, or it is struck and the delegate is ended.

    Raises DecidedAlready, NothingDisputed, NotTheChair, ForTwo, ReasonMissing.
    """
    editions.lock(session, edition)
    case = _case(session, edition, dispute)
    reason = decisions.need_reason(reason)
    if case.acting is None and not actor.operator:
        raise ForTwo
    if not actor.operator and case.acting is not None and case.acting.id != actor.account.id:
        raise NotTheChair(case.acting)
    is_chair = actor.operator or accounts.has_grant(session, actor.account, Role.CHAIR, edition=edition)
    return _carry_out(
        session,
        edition,
        case,
        upheld=upheld,
        reason=reason,
        signed_as=(Role.CHAIR if is_chair else Role.DEPUTY).value,
        actor=actor,
        now=now,
    )


def propose(
    session: Session,
    edition: Edition,
    dispute: Dispute,
    *,
    upheld: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Sign as the first of two organisers, where nobody at the chair's table may decide.

    Raises DecidedAlready, NothingDisputed, ForTheChair, Concerned, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    case = _case(session, edition, dispute)
    _need_two(session, edition, case, actor)
    subject: dict[str, Json] = {"dispute": dispute.public_id, "upheld": upheld}
    return approvals.propose(
        session, edition, disputes.act_of(dispute), subject, reason=reason, actor=actor, now=now
    )


def approve(
    session: Session, edition: Edition, dispute: Dispute, sha256: str, *, actor: Actor, now: datetime
) -> Decision:
    """Sign as the second organiser. Raises what `propose` does, NoProposal, SamePerson, SubjectChanged."""
    editions.lock(session, edition)
    case = _case(session, edition, dispute)
    _need_two(session, edition, case, actor)
    approval = approvals.take(session, edition, disputes.act_of(dispute), sha256)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    return _carry_out(
        session,
        edition,
        case,
        upheld=bool(approval.subject["upheld"]),
        reason=approval.reason,
        signed_as=Role.ORGANISER.value,
        proposed_by=approval,
        actor=actor,
        now=now,
    )


def end(
    session: Session, edition: Edition, dispute: Dispute, sha256: str, *, actor: Actor, now: datetime
) -> None:
    """Take the first of two signatures back, or turn it down. Raises NoProposal."""
    editions.lock(session, edition)
    approval = approvals.take(session, edition, disputes.act_of(dispute), sha256)
    approvals.end(session, edition, approval, actor=actor, now=now)


def _case(session: Session, edition: Edition, dispute: Dispute) -> Case:
    session.refresh(dispute)
    if dispute.decision_id is not None:
        raise DecidedAlready(dispute.public_id)
    case = disputes.look(session, edition, dispute)
    if not case.elections:
        raise NothingDisputed(dispute.public_id)
    return case


def _need_two(session: Session, edition: Edition, case: Case, actor: Actor) -> None:
    if case.acting is not None:
        raise ForTheChair
    if disputes.is_bound(session, edition, case.dispute, case.elections, actor.account):
        raise Concerned


def _carry_out(
    session: Session,
    edition: Edition,
    case: Case,
    *,
    upheld: bool,
    reason: str,
    signed_as: str,
    proposed_by: Approval | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    dispute, entry = case.dispute, case.dispute.roll_entry
    if upheld:
        decision = striking.strike(
            session,
            edition,
            [entry],
            StruckBecause.DELEGATE_DISPUTED,
            about="",
            reason=reason,
            signed_as=signed_as,
            proposed_by=proposed_by,
            actor=actor,
            now=now,
        )
    else:
        decision = decisions.decide(
            session,
            edition,
            DecisionKind.DISPUTE,
            actor=actor,
            now=now,
            subject={"upheld": False},
            names={"electors": [entry.elector]},
            reason=reason,
            signed_as=signed_as,
            proposed_by=striking.signature(session, edition, proposed_by) if proposed_by else None,
        )
    dispute.decision_id, dispute.upheld = decision.id, upheld
    said: dict[str, Json] = {"upheld": upheld, "may_vote": case.may_vote_again, "reason": reason}
    disputes.tell(session, edition, entry, Template.DISPUTE_DECIDED, said, now=now)
    if upheld:
        _name_anew(session, edition, entry, case, reason, actor=actor, now=now)
    session.flush()
    return decision


def _name_anew(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    case: Case,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """End the delegate and every way in; where the vote goes on, ask the organisation for its delegate once more."""
    former = delegates.current(session, entry)
    if former is not None:
        former.ended_at, former.reason = now, reason[: delegates.LONGEST_REASON]
    entry.name = entry.email = entry.office = ""
    delegates.end_ways_in(session, entry, now=now)
    if entry.contact and case.may_vote_again:
        delegations.ask(session, edition, [entry], actor=actor, now=now)
