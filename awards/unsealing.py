"""Unsealing: two people open the envelopes of a closed vote; below the quorum nothing is opened, the rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from awards import (
    approvals,
    conflicts,
    decisions,
    disputes,
    editions,
    elections,
    envelopes,
    polls,
    reckoning,
    repeats,
    results,
    roll,
)
from awards.audit import Actor
from awards.dates import ClosesInThePast
from awards.envelopes import OPENING, NobodyVoted, QuorumNotMet, Unlock
from awards.models import (
    Approval,
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionState,
    RollEntry,
)
from awards.passes import Why
from awards.polls import Poll, Stage
from awards.repeats import TO_JUDGES
from awards.results import Closed
from awards.shares import KeyShared
from awards.timetable import Moment, deadline
from judging.values import BelowQuorum, Electorate, Json

EXTENDED, HANDED_OVER = "extended", "judges"


class NotClosed(Exception):
    """The vote has to be closed before its envelopes are opened."""


class QuorumMet(Exception):
    """Enough took part: the envelopes are opened, and nothing else happens to them."""


class NotByTheRules(Exception):
    """The rules have no such way on, or it was taken already."""


class WayOn(StrEnum):
    """What the rules let follow where too few took part."""

    EXTEND = "extend"
    JUDGES = "judges"


@dataclass(frozen=True, slots=True)
class Box:
    """A closed vote: whether enough took part, and if not what may follow; the proposals that wait."""

    poll: Poll
    is_enough: bool
    ways: tuple[WayOn, ...]
    opening: Approval | None
    handing: Approval | None
    disputed: int
    """How many disputes about delegates keep it shut."""

    @property
    def is_shared(self) -> bool:
        """Whether holders open, with two of their shares."""
        return any(it.key.shared for it in self.poll.elections if it.state in elections.IN_THE_BOX)


def look(session: Session, edition: Edition) -> Box:
    """The box as it stands. Raises NoVote, NotClosed."""
    poll = polls.look(session, edition)
    if poll.stage is not Stage.CLOSED:
        raise NotClosed(edition.key)
    is_enough = _is_enough(session, edition, poll)
    waiting = approvals.all_waiting(session, edition)
    return Box(
        poll,
        is_enough,
        () if is_enough else _ways(session, edition),
        waiting.get(OPENING),
        waiting.get(TO_JUDGES),
        len(disputes.undecided(session, edition)),
    )


def _is_enough(session: Session, edition: Edition, poll: Poll) -> bool:
    vote = roll.vote_of(editions.rules_of(session, edition))
    try:
        envelopes.check_quorum(vote, poll.elections, poll.presence)
    except (NobodyVoted, QuorumNotMet):
        return False
    return True


def _ways(session: Session, edition: Edition) -> tuple[WayOn, ...]:
    """First what the rules name; once that was done and too few took part again, the other one, once."""
    vote = roll.vote_of(editions.rules_of(session, edition))
    done = {it.subject["act"] for it in decisions.of_edition(session, edition, DecisionKind.BELOW_QUORUM)}
    left = [] if EXTENDED in done else [WayOn.EXTEND]
    if vote.electorate is not Electorate.JUDGES and HANDED_OVER not in done:
        left.append(WayOn.JUDGES)
    named = {BelowQuorum.EXTEND: WayOn.EXTEND, BelowQuorum.JUDGES: WayOn.JUDGES}[vote.below_quorum]
    return (named,) if named in left else tuple(left)


def propose(
    session: Session,
    edition: Edition,
    *,
    reason: str,
    by_holder: bool = False,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to open the envelopes as the box stands; somebody else approves. `by_holder`: with the first share of a
    shared key, which nobody else opens with.

    Raises NotClosed, DisputesOpen, NobodyVoted, QuorumNotMet, PapersUnsettled, ReasonMissing, ProposalWaits, KeyShared.
    """
    editions.lock(session, edition)
    box = look(session, edition)
    disputes.need_none(session, edition)
    if box.is_shared and not by_holder:
        raise KeyShared
    vote = roll.vote_of(editions.rules_of(session, edition))
    envelopes.check_quorum(vote, box.poll.elections, box.poll.presence)
    reckoning.check(session, edition, box.poll.elections)
    public = envelopes.public_in(session, box.poll.public)
    subject = envelopes.subject_of(box.poll.elections, box.poll.presence, public)
    return approvals.propose(session, edition, OPENING, subject, reason=reason, actor=actor, now=now)


def approve(
    session: Session,
    edition: Edition,
    sha256: str,
    *,
    key_folder: Path,
    unlock: Unlock | None = None,
    signed_as: str = "teller",
    actor: Actor,
    now: datetime,
) -> Closed:
    """Approve the opening and carry it out: open, count, freeze each result, open run-offs and call their electors.

    Once this is committed `envelopes.destroy_spent_keys` removes the key. Raises NotClosed, NoProposal, SamePerson,
    SubjectChanged and what `results.close_second` raises.
    """
    editions.lock(session, edition)
    look(session, edition)
    approval = approvals.take(session, edition, OPENING, sha256)
    if approval.proposer_id in (actor.account.id, actor.real.id):
        raise approvals.SamePerson(OPENING)
    closed = results.close_second(
        session,
        edition,
        key_folder=key_folder,
        unlock=unlock,
        approved=approval,
        signed_as=signed_as,
        actor=actor,
        now=now,
    )
    if closed.runoffs:
        polls.call(session, edition, closed.runoffs, actor=actor, now=now)
    return closed


def extend(
    session: Session,
    edition: Edition,
    local: datetime,
    *,
    zone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[RollEntry]:
    """Below the quorum: open the vote again until a stated date, once. What was cast stays; who is told.

    Raises NotClosed, QuorumMet, NotByTheRules, ReasonMissing, UnknownZone, ClosesInThePast.
    """
    editions.lock(session, edition)
    box = _below(session, edition, WayOn.EXTEND)
    reason = decisions.need_reason(reason)
    if deadline(local, zone).instant <= now:
        raise ClosesInThePast(Moment.VOTE_CLOSE.value)
    until = editions.set_moment(
        session,
        edition,
        Moment.VOTE_CLOSE,
        local,
        zone=zone,
        actor=actor,
        now=now,
        reason=reason,
        by_rule=True,
    )
    said: Json = {"local": until.local.isoformat(), "zone": until.zone}
    _decide(session, edition, box, EXTENDED, {"until": said}, reason=reason, actor=actor, now=now)
    for election in (*box.poll.elections, *box.poll.public):
        election.state, election.closed_at = ElectionState.OPEN, None
        election.last_call_at = None
    session.flush()
    return polls.call_missing(session, edition, actor=actor, now=now)


def propose_judges(
    session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Below the quorum: propose to destroy the envelopes unopened and let the judges vote; somebody else approves.

    Raises NotClosed, QuorumMet, NotByTheRules, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    box = _below(session, edition, WayOn.JUDGES)
    subject = envelopes.subject_of(box.poll.elections, box.poll.presence)
    return approvals.propose(session, edition, TO_JUDGES, subject, reason=reason, actor=actor, now=now)


def approve_judges(
    session: Session, edition: Edition, sha256: str, *, key_folder: Path, actor: Actor, now: datetime
) -> list[RollEntry]:
    """Approve it: envelopes destroyed unopened, the judges put on the roll, each category voted on anew; who is told.

    Raises NotClosed, QuorumMet, NotByTheRules, NoProposal, SamePerson, SubjectChanged, TooFewElectors.
    """
    editions.lock(session, edition)
    box = _below(session, edition, WayOn.JUDGES)
    approval = approvals.take(session, edition, TO_JUDGES, sha256)
    if approvals.digest(envelopes.subject_of(box.poll.elections, box.poll.presence)) != sha256:
        raise approvals.SubjectChanged(TO_JUDGES)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = _decide(
        session,
        edition,
        box,
        HANDED_OVER,
        {},
        reason=approval.reason,
        proposed_by=approval,
        actor=actor,
        now=now,
    )
    conflicts.find(session, edition, actor=actor, now=now)
    for before in box.poll.elections:
        roll.enrol_judges(session, edition, before.category)
    roll.freeze_again(session, edition, actor=actor, now=now)
    opened: Sequence[Election] = [
        repeats.vote_again(
            session,
            edition,
            before,
            elections.slate_of(session, edition, before.category),
            because="below_quorum",
            by_judges=True,
            caused_by=decision,
            key_folder=key_folder,
            actor=actor,
            now=now,
        )
        for before in box.poll.elections
    ]
    return polls.call(session, edition, opened, why=Why.JUDGES, actor=actor, now=now)


def _below(session: Session, edition: Edition, way: WayOn) -> Box:
    box = look(session, edition)
    if box.is_enough:
        raise QuorumMet(edition.key)
    if way not in box.ways:
        raise NotByTheRules(way.value)
    return box


def _decide(
    session: Session,
    edition: Edition,
    box: Box,
    act: str,
    more: dict[str, Json],
    *,
    reason: str,
    proposed_by: Approval | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    found = box.poll.presence
    return decisions.decide(
        session,
        edition,
        DecisionKind.BELOW_QUORUM,
        actor=actor,
        now=now,
        subject={
            "act": act,
            "present": found.present,
            "roll": found.roll,
            "needed": box.poll.needed,
            "categories": list[Json](sorted({it.category for it in box.poll.elections})),
            **more,
        },
        reason=reason,
        proposed_by=approvals.first_signature(session, proposed_by) if proposed_by else None,
    )
