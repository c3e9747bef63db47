"""Repeats: a vote made void before anything was opened, its envelopes destroyed, and held again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import approvals, decisions, editions, elections, envelopes, roll
from awards.audit import Actor
from awards.elections import TooFewElectors
from awards.envelopes import OPENING
from awards.models import (
    Approval,
    Bundle,
    BundleState,
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Envelope,
    KeyState,
)

TO_JUDGES, ANEW = "hand the vote to the judges", "hold the vote again"
SEALED = (ElectionState.PREPARED, ElectionState.OPEN, ElectionState.CLOSED)
"""States in which envelopes are, or will be, sealed to the election's key."""


def vote_again(
    session: Session,
    edition: Edition,
    before: Election,
    slate: Iterable[str],
    *,
    because: str,
    by_judges: bool = False,
    caused_by: Decision | Approval,
    key_folder: Path,
    signed_as: str = "organiser",
    actor: Actor,
    now: datetime,
) -> Election:
    """Destroy the envelopes of a category unopened and open its vote anew, by a decision of its own.

    What waits to be approved about the box as it was is ended. With a key of its own, for the same roll, or for the
    category's judges. `caused_by`: the decision from which this follows, or what two people approved. The caller holds
    the edition's lock. Raises TooFewElectors.
    """
    for act in (OPENING, TO_JUDGES, ANEW):
        if (proposal := approvals.waiting(session, edition, act)) is not None:
            approvals.end(session, edition, proposal, actor=actor, now=now)
    destroyed = void(session, edition, before, actor=actor, now=now)
    election = _open(
        session, edition, before, slate, by_judges=by_judges, key_folder=key_folder, actor=actor, now=now
    )
    decisions.decide(
        session,
        edition,
        DecisionKind.REPEAT,
        actor=actor,
        now=now,
        category=before.category,
        subject={
            "void": before.public_id,
            "destroyed": destroyed,
            "election": election.public_id,
            "because": because,
            **({"public": True} if before.kind is ElectionKind.PUBLIC else {}),
            **({"decision": caused_by.number} if isinstance(caused_by, Decision) else {}),
        },
        reason=caused_by.reason,
        signed_as=signed_as,
        proposed_by=approvals.first_signature(session, caused_by)
        if isinstance(caused_by, Approval)
        else None,
    )
    return election


def void(session: Session, edition: Edition, election: Election, *, actor: Actor, now: datetime) -> int:
    """Make an election void and destroy its envelopes unopened; how many there were.

    Its key is spent once no other election needs it.
    """
    destroyed = session.scalar(
        select(func.count())
        .select_from(Envelope)
        .where(Envelope.election_id == election.id, Envelope.struck_because.is_(None))
    )
    session.execute(update(Envelope).where(Envelope.election_id == election.id).values(sealed=None))
    envelopes.blank_papers(session, [election])
    open_ = (Bundle.election_id == election.id, Bundle.state == BundleState.OPEN)
    session.execute(update(Bundle).where(*open_).values(state=BundleState.VOID))
    election.state, election.closed_at = ElectionState.VOID, now
    session.flush()
    needed = session.scalar(
        select(func.count()).where(Election.key_id == election.key_id, Election.state.in_(SEALED))
    )
    if not needed:
        election.key.state = KeyState.SPENT
    elections.record(session, edition, election, "election.void", actor=actor, now=now)
    return destroyed or 0


def _open(
    session: Session,
    edition: Edition,
    before: Election,
    slate: Iterable[str],
    *,
    by_judges: bool,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Election:
    key = editions.make_key(session, edition, folder=key_folder, now=now)
    kind = ElectionKind.REPEAT if before.kind is ElectionKind.REGULAR else before.kind
    election = elections.make(session, edition, before.category, sorted(slate), kind, key)
    if by_judges:
        roll.entitle_judges(session, edition, election)
    else:
        roll.entitle(session, edition, election, like=before)
    needed = elections.vote_of(editions.rules_of(session, edition), election).minimum_electors
    if (found := elections.count_electors(session, election)) < needed:
        raise TooFewElectors({election.category: (found, needed)})
    election.state, election.opened_at = ElectionState.OPEN, now
    elections.shape(session, edition, election)
    elections.record(session, edition, election, "election.opened", actor=actor, now=now)
    return election
