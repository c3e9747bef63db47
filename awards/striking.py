"""Striking: an envelope that should not be in the box is struck before the opening, unread, by two and for a reason.

It stays where it is, sealed, and counts for nothing: not for who was present, nor for the turnout, nor for the result.
The roll stays as it was frozen, so that no strike lowers what the rules ask for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from awards import accounts, approvals, decisions, editions, struck
from awards.audit import Actor
from awards.models import (
    Account,
    Approval,
    Decision,
    DecisionKind,
    Edition,
    Envelope,
    Role,
    RollEntry,
    StruckBecause,
)
from judging.values import Json, as_list

STRIKING, PUTTING_BACK = "strike envelopes", "put envelopes back"
"""How the acts of two begin; what follows tells one proposal from another, so that several may wait."""
ABOUT_THE_BOX = ("open envelopes", "hand the vote to the judges")
"""Acts of two that were proposed of the box as it was, and are ended where it changes."""
LONGEST_ABOUT = 200
WITHHELD = (StruckBecause.NOT_ENTITLED, StruckBecause.FRAUD)
"""Reasons for which the elector doesn't vote again."""


class NothingToStrike(Exception):
    """None of these electors has an envelope in a box that is still sealed."""


class OpenedAlready(Exception):
    """The envelopes are opened: nothing is struck or put back any more."""


class AboutMissing(Exception):
    """The published reason has to say in words what was struck, in 200 letters at most."""


class ByDispute(Exception):
    """Whether the right delegate has voted is a dispute, which the chair decides."""


def propose(
    session: Session,
    edition: Edition,
    entries: Collection[RollEntry],
    because: StruckBecause,
    *,
    about: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to strike whatever these electors have in boxes that are still sealed; somebody else approves.

    `about`: the class in words, as it is published, without names; `reason` stands in the decision. It also strikes
    what they cast until it is approved. Raises ByDispute, AboutMissing, OpenedAlready, NothingToStrike, ReasonMissing,
    ProposalWaits.
    """
    editions.lock(session, edition)
    if because not in WITHHELD:
        raise ByDispute(because.value)
    about = about.strip()
    if not about or len(about) > LONGEST_ABOUT:
        raise AboutMissing
    if not struck.sealed(session, edition):
        raise OpenedAlready(edition.key)
    if not struck.standing(session, edition, entries):
        raise NothingToStrike(edition.key)
    subject: dict[str, Json] = {
        "because": because.value,
        "about": about,
        "electors": list[Json](sorted(it.public_id for it in entries)),
    }
    return approvals.propose(
        session, edition, act_of(STRIKING, subject), subject, reason=reason, actor=actor, now=now
    )


def approve(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> Decision:
    """Approve a strike and carry it out; who is concerned is told.

    Raises NoProposal, SamePerson, SubjectChanged, OpenedAlready, NothingToStrike.
    """
    editions.lock(session, edition)
    if not struck.sealed(session, edition):
        raise OpenedAlready(edition.key)
    approval = take(session, edition, STRIKING, sha256)
    entries = electors_of(session, edition, approval)
    because = StruckBecause(str(approval.subject["because"]))
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = strike(
        session,
        edition,
        entries,
        because,
        about=str(approval.subject["about"]),
        reason=approval.reason,
        signed_as=role_of(session, edition, actor.account),
        proposed_by=approval,
        actor=actor,
        now=now,
    )
    struck.withhold(session, edition, entries, None, because.value)
    struck.tell(session, edition, entries, because, now=now)
    return decision


def strike(
    session: Session,
    edition: Edition,
    entries: Collection[RollEntry],
    because: StruckBecause,
    *,
    about: str,
    reason: str,
    signed_as: str,
    proposed_by: Approval | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Strike what lies there, by a decision that counts it. Whoever calls holds the lock and has the word of whom it
    needs. Raises NothingToStrike.
    """
    found = struck.standing(session, edition, entries)
    if not found:
        raise NothingToStrike(edition.key)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.STRUCK,
        actor=actor,
        now=now,
        subject={
            "because": because.value,
            "about": about,
            "struck": struck.by_category(found, public=False),
            "struck_public": struck.by_category(found, public=True),
            **({"proposal": proposed_by.subject_sha256} if proposed_by else {}),
        },
        names={"electors": list[Json](sorted({it.elector for _, it in found if not it.is_public}))},
        reason=reason,
        signed_as=signed_as,
        proposed_by=signature(session, edition, proposed_by) if proposed_by else None,
    )
    for election in {election.id: election for election, _ in found}.values():
        theirs = [entry.id for it, entry in found if it.id == election.id]
        for some in struck.chunks(theirs):
            session.execute(
                update(Envelope)
                .where(
                    Envelope.election_id == election.id,
                    Envelope.roll_entry_id.in_(some),
                    Envelope.struck_because.is_(None),
                )
                .values(struck_because=because, decision_id=decision.id)
            )
    end_what_waits(session, edition, actor=actor, now=now)
    return decision


def end_what_waits(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """End proposals about the box as it was."""
    for act in ABOUT_THE_BOX:
        if (proposal := approvals.waiting(session, edition, act)) is not None:
            approvals.end(session, edition, proposal, actor=actor, now=now)


def waiting(session: Session, edition: Edition) -> list[Approval]:
    """The proposals to strike or to put back that somebody has to approve, the oldest first."""
    acts = (f"{STRIKING} ", f"{PUTTING_BACK} ")
    found = approvals.all_waiting(session, edition).values()
    return sorted((it for it in found if it.act.startswith(acts)), key=lambda it: it.id)


def end(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> None:
    """Take a proposal back, or turn it down. Raises NoProposal."""
    editions.lock(session, edition)
    found = next((it for it in waiting(session, edition) if it.subject_sha256 == sha256), None)
    if found is None:
        raise approvals.NoProposal(sha256)
    approvals.end(session, edition, found, actor=actor, now=now)


def electors_of(session: Session, edition: Edition, *proposals: Approval) -> list[RollEntry]:
    """Whose envelopes proposals are to strike; nobody's where one is to put back."""
    wanted = dict.fromkeys(key for it in proposals for key in named_in(it))
    return struck.electors(session, edition, list(wanted))


def named_in(proposal: Approval) -> list[str]:
    """The electors whose envelopes a proposal is to strike, by the identifier of addresses."""
    return [str(it) for it in as_list(proposal.subject.get("electors", []))]


def role_of(session: Session, edition: Edition, account: Account) -> str:
    """As what somebody signs who runs the vote: organiser or teller."""
    is_organiser = accounts.has_grant(session, account, Role.ORGANISER, edition=edition)
    return (Role.ORGANISER if is_organiser else Role.TELLER).value


def signature(session: Session, edition: Edition, approval: Approval) -> dict[str, Json]:
    """The signature of who proposed."""
    role = role_of(session, edition, approvals.proposer(session, approval))
    return approvals.first_signature(session, approval) | {"as": role}


def act_of(act: str, subject: dict[str, Json]) -> str:
    """What the act of two about this subject is called."""
    return f"{act} {approvals.digest(subject)[:16]}"


def take(session: Session, edition: Edition, act: str, sha256: str) -> Approval:
    """The waiting proposal that somebody has read. Raises NoProposal."""
    return approvals.take(session, edition, f"{act} {sha256[:16]}", sha256)
