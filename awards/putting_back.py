"""Putting back: what was struck counts again, by two, before the opening and where nothing else was cast since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from awards import approvals, decisions, editions, elections, on_paper, striking, struck
from awards.audit import Actor
from awards.models import (
    Approval,
    Decision,
    DecisionKind,
    Dispute,
    Edition,
    Election,
    Envelope,
    RollEntry,
    StruckBecause,
)
from judging.values import Json


class VotedSince(Exception):
    """An elector has cast another ballot since, or has one on paper, so the struck one is not put back."""


class NotStruck(Exception):
    """This decision struck nothing, or was taken back already."""


def propose(
    session: Session, edition: Edition, number: int, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Propose to put back what a decision struck; somebody else approves.

    Raises NotStruck, OpenedAlready, VotedSince, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    _to_put_back(session, edition, number)
    subject: dict[str, Json] = {"decision": number}
    return approvals.propose(
        session,
        edition,
        striking.act_of(striking.PUTTING_BACK, subject),
        subject,
        reason=reason,
        actor=actor,
        now=now,
    )


def approve(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> Decision:
    """Approve it: the envelopes count again, and who may vote is as before. The decision of a dispute is undone too.

    Raises NoProposal, SamePerson, SubjectChanged, NotStruck, OpenedAlready, VotedSince.
    """
    editions.lock(session, edition)
    approval = striking.take(session, edition, striking.PUTTING_BACK, sha256)
    before, found = _to_put_back(session, edition, int(str(approval.subject["decision"])))
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = decisions.take_back(
        session,
        edition,
        before,
        reason=approval.reason,
        signed_as=striking.role_of(session, edition, actor.account),
        proposed_by=striking.signature(session, edition, approval),
        actor=actor,
        now=now,
    )
    entries = list({entry.id: entry for _, entry in found}.values())
    session.execute(
        update(Envelope)
        .where(Envelope.decision_id == before.id)
        .values(struck_because=None, decision_id=decision.id)
    )
    proposal = _proposal_of(session, edition, before)
    because = str(before.subject["because"])
    if proposal is not None:
        struck.withhold(session, edition, striking.electors_of(session, edition, proposal), because, None)
    session.execute(
        update(Dispute).where(Dispute.decision_id == before.id).values(upheld=False, decision_id=decision.id)
    )
    striking.end_what_waits(session, edition, actor=actor, now=now)
    struck.tell(session, edition, entries, StruckBecause(because), back=True, now=now)
    return decision


def _to_put_back(
    session: Session, edition: Edition, number: int
) -> tuple[Decision, list[tuple[Election, RollEntry]]]:
    """A decision that struck, and whose envelopes it struck where."""
    in_force = decisions.in_force(session, edition, DecisionKind.STRUCK)
    before = next((it for it in in_force if it.number == number), None)
    if before is None:
        raise NotStruck(number)
    rows = session.execute(
        select(Election, RollEntry)
        .join(Envelope, Envelope.election_id == Election.id)
        .join(RollEntry, RollEntry.id == Envelope.roll_entry_id)
        .where(Envelope.decision_id == before.id)
    )
    found = [(election, entry) for election, entry in rows]
    if any(election.state not in elections.IN_THE_BOX for election, _ in found):
        raise striking.OpenedAlready(edition.key)
    there = {(election.id, entry.id) for election, entry in found}
    since = struck.standing(session, edition, {entry.id: entry for _, entry in found}.values())
    on_other_paper = on_paper.held(session, {election.id for election, _ in found})
    if on_other_paper & there or any((election.id, entry.id) in there for election, entry in since):
        raise VotedSince(number)
    return before, found


def _proposal_of(session: Session, edition: Edition, before: Decision) -> Approval | None:
    return session.scalars(
        select(Approval).where(
            Approval.edition_id == edition.id,
            Approval.subject_sha256 == before.subject.get("proposal", ""),
            Approval.approved_at.is_not(None),
        )
    ).first()
