"""Reckoning: the papers of each category accounted for. What doesn't add up is accepted, or set aside, by two people.

Until it is, no envelope of the vote is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from awards import approvals, bundles, decisions, editions, on_paper
from awards.audit import Actor
from awards.bundles import BoxOpen, BundleDone
from awards.models import (
    Approval,
    Bundle,
    BundleState,
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionState,
    Entitlement,
    PaperBallot,
    PaperState,
)
from judging.values import Json

ASIDE, ACCEPT = "set a bundle of papers aside", "accept that papers do not add up"
SET_ASIDE, DIFFERENCE = "set_aside", "difference"
TELLER = "teller"


class AddsUp(Exception):
    """As many papers were entered as were handed in: there is nothing to accept."""


class PapersUnsettled(Exception):
    """Papers are not entered yet, or don't add up: nothing is opened until they do or two people accept it."""

    def __init__(self, categories: Collection[str]) -> None:
        super().__init__(", ".join(categories))
        self.categories = tuple(categories)


@dataclass(frozen=True, slots=True)
class Account:
    """The papers of one category: where those are that were issued, and what was entered of those handed in.

    `handed_in`: papers of electors who have no envelope; `waiting`: papers of bundles on which nobody agrees yet;
    `accepted`: whether two people accepted that the numbers differ as they do.
    """

    election: Election
    returned: int
    spoilt: int
    out: int
    handed_in: int
    entered: int
    invalid: int
    waiting: int
    accepted: bool

    @property
    def category(self) -> str:
        return self.election.category

    @property
    def issued(self) -> int:
        return self.returned + self.spoilt + self.out + self.handed_in

    @property
    def difference(self) -> int:
        """How many more papers were entered than handed in; below zero where fewer were."""
        return self.entered - self.handed_in

    @property
    def is_settled(self) -> bool:
        return not self.waiting and (not self.difference or self.accepted)


def accounts(session: Session, edition: Edition, among: Iterable[Election]) -> list[Account]:
    """The papers of some elections accounted for, in their order; after a fixed number of queries."""
    found = list(among)
    ids = [it.id for it in found]
    returned = _papers(session, ids, PaperBallot.state == PaperState.RETURNED)
    spoilt = _papers(session, ids, PaperBallot.state == PaperState.SPOILT)
    out, handed_in = on_paper.out(session, ids), on_paper.handed_in(session, ids)
    tied = _tied(session, ids)
    signed = {_signed(it) for it in decisions.of_edition(session, edition, DecisionKind.PAPERS)}
    result = []
    for it in found:
        entered, invalid = tied.get((it.id, BundleState.AGREED), (0, 0))
        waiting, _ = tied.get((it.id, BundleState.OPEN), (0, 0))
        here = handed_in.get(it.id, 0)
        result.append(
            Account(
                it,
                returned.get(it.id, 0),
                spoilt.get(it.id, 0),
                out.get(it.id, 0),
                here,
                entered,
                invalid,
                waiting,
                (it.public_id, here, entered) in signed,
            )
        )
    return result


def check(session: Session, edition: Edition, opening: Iterable[Election]) -> None:
    """Whether the papers of a vote that is to be opened are settled. Raises PapersUnsettled."""
    left = [it.category for it in accounts(session, edition, opening) if not it.is_settled]
    if left:
        raise PapersUnsettled(left)


def propose_aside(
    session: Session, edition: Edition, bundle: Bundle, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Propose that a bundle counts for nothing, such as one that was made twice; somebody else approves.

    Raises BoxOpen, BundleDone, ReasonMissing, ProposalWaits.
    """
    _hold(session, edition, bundle)
    return approvals.propose(session, edition, ASIDE, _of(bundle), reason=reason, actor=actor, now=now)


def approve_aside(
    session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime
) -> Decision:
    """Approve it: the bundle is set aside, and what was entered of it is blanked unread.

    Raises NoProposal, SamePerson, SubjectChanged, BoxOpen, BundleDone.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, ASIDE, sha256)
    bundle = bundles.find(session, edition, str(approval.subject["bundle"]))
    _hold(session, edition, bundle)
    if approvals.digest(_of(bundle)) != sha256:
        raise approvals.SubjectChanged(ASIDE)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    bundle.state, bundle.reason = BundleState.VOID, approval.reason[:400]
    for it in bundles.rows(session, bundle):
        it.sealed = None
    session.flush()
    subject: dict[str, Json] = {"act": SET_ASIDE, "bundle": bundle.number, "papers": bundle.papers}
    return _decide(session, edition, bundle.election, approval, subject, actor=actor, now=now)


def propose_difference(
    session: Session, edition: Edition, election: Election, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Propose to open although more or fewer papers of a category were entered than handed in.

    Raises BoxOpen, AddsUp, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    return approvals.propose(
        session, edition, ACCEPT, _differing(session, edition, election), reason=reason, actor=actor, now=now
    )


def approve_difference(
    session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime
) -> Decision:
    """Approve it, as long as the numbers are those that were proposed.

    Raises NoProposal, SamePerson, SubjectChanged, BoxOpen, AddsUp.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, ACCEPT, sha256)
    election = session.scalars(
        select(Election).where(Election.public_id == str(approval.subject["election"]))
    ).one()
    subject = _differing(session, edition, election)
    if approvals.digest(subject) != sha256:
        raise approvals.SubjectChanged(ACCEPT)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    return _decide(session, edition, election, approval, {"act": DIFFERENCE, **subject}, actor=actor, now=now)


def _differing(session: Session, edition: Edition, election: Election) -> dict[str, Json]:
    session.refresh(election)
    if election.state is not ElectionState.CLOSED:
        raise BoxOpen(election.category)
    (found,) = accounts(session, edition, [election])
    if not found.difference:
        raise AddsUp(election.category)
    return {"election": election.public_id, "handed_in": found.handed_in, "entered": found.entered}


def _hold(session: Session, edition: Edition, bundle: Bundle) -> None:
    editions.lock(session, edition)
    session.refresh(bundle)
    if bundle.state is BundleState.VOID:
        raise BundleDone(bundle.public_id)
    session.refresh(bundle.election)
    if bundle.election.state is not ElectionState.CLOSED:
        raise BoxOpen(bundle.election.category)


def _of(bundle: Bundle) -> dict[str, Json]:
    return {"bundle": bundle.public_id, "state": bundle.state.value, "papers": bundle.papers}


def _signed(it: Decision) -> tuple[object, object, object]:
    return it.subject.get("election"), it.subject.get("handed_in"), it.subject.get("entered")


def _decide(
    session: Session,
    edition: Edition,
    election: Election,
    approval: Approval,
    subject: dict[str, Json],
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    return decisions.decide(
        session,
        edition,
        DecisionKind.PAPERS,
        actor=actor,
        now=now,
        category=election.category,
        subject=subject,
        reason=approval.reason,
        signed_as=TELLER,
        proposed_by=approvals.first_signature(session, approval) | {"as": TELLER},
    )


def _papers(session: Session, ids: Collection[int], condition: ColumnElement[bool]) -> dict[int, int]:
    """How many papers of electors who have a ballot in each election are where the condition says."""
    query: Select[int, int] = (
        select(Entitlement.election_id, func.count())
        .join(Election, Election.id == Entitlement.election_id)
        .join(PaperBallot, PaperBallot.roll_entry_id == Entitlement.roll_entry_id)
        .where(
            Election.id.in_(ids),
            Entitlement.withheld_because.is_(None),
            PaperBallot.issued_at >= Election.opened_at,
            condition,
        )
        .group_by(Entitlement.election_id)
    )
    return {election: int(number) for election, number in session.execute(query)}


def _tied(session: Session, ids: Collection[int]) -> dict[tuple[int, BundleState], tuple[int, int]]:
    """Of each election's bundles by state: their papers, and on how many no choice could be told."""
    rows = session.execute(
        select(
            Bundle.election_id,
            Bundle.state,
            func.sum(Bundle.papers),
            func.sum(func.coalesce(Bundle.invalid, 0)),
        )
        .where(Bundle.election_id.in_(ids))
        .group_by(Bundle.election_id, Bundle.state)
    )
    return {(it[0], it[1]): (int(it[2]), int(it[3])) for it in rows}
