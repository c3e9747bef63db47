"""Envelopes: sealed as they come in, opened together, and from then on joined to no ballot."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import NamedTuple

from nacl.public import PrivateKey, SealedBox
from sqlalchemy import func, insert, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from awards import (
    approvals,
    audit,
    ballot_log,
    decisions,
    disputes,
    editions,
    elections,
    keys,
    on_paper,
    roll,
    shares,
)
from awards.audit import Actor
from awards.ballot_log import Claim, LogBroken
from awards.models import (
    Approval,
    Ballot,
    BallotKey,
    Bundle,
    BundlePaper,
    BundleState,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    EnvelopeOrigin,
    KeyState,
    RollEntry,
)
from awards.roll import AlreadyCast
from judging.ballot import Choice, Tally, commitment, complete, count
from judging.count import tally_document
from judging.rules import Vote
from judging.values import BelowQuorum, Json, canonical

OPENING = "open envelopes"
NONCE = 32


class NotOpen(Exception):
    """No vote is open."""


class NobodyVoted(Exception):
    """There is no envelope in the box."""


class QuorumNotMet(Exception):
    """Fewer electors took part than the rules ask for, so nothing was opened."""

    def __init__(self, present: int, roll: int, quorum: Fraction, below: BelowQuorum) -> None:
        super().__init__(f"{present} of {roll}, needed {quorum} of the roll; the rules say: {below.value}")
        self.present, self.roll, self.needed, self.below = present, roll, ceil(quorum * roll), below


class BallotSpoilt(Exception):
    """An envelope holds no ballot of its election, so nothing was opened."""


BROKEN = (keys.KeyMissing, keys.EnvelopeDamaged, BallotSpoilt, LogBroken)
"""Why the envelopes of an election can't be opened."""

Unlock = Callable[[BallotKey], SealedBox[PrivateKey]]
"""How the box of a key comes about: from its file, or from two shares."""


def from_file(key_folder: Path) -> Unlock:
    """The key from its file. Raises KeyMissing, for a shared key KeyShared."""

    def unlock(key: BallotKey) -> SealedBox[PrivateKey]:
        if key.shared:
            raise shares.KeyShared
        return keys.load(key_folder, key.file_name)

    return unlock


@dataclass(frozen=True, slots=True)
class Presence:
    """Who took part, as counts: roll entries with an envelope or a paper handed in, the roll, what lies in the box:
    envelopes, and papers on which two tellers agree.
    """

    present: int
    roll: int
    envelopes: int


def seal(election: Election, vote: Vote, choice: Choice, nonce: str = "") -> bytes:
    """A choice with its nonce, by default a fresh one, sealed to the election's key; every envelope of an election is
    equally long.
    """
    nonce = nonce or secrets.token_hex(NONCE // 2)
    content = canonical([election.public_id, list(complete(vote.method, election.slate, choice)), nonce])
    return keys.seal(election.key.public_key, content.ljust(_length(election)))


def commit(election: Election, vote: Vote, choice: Choice, nonce: str) -> str:
    """The commitment under which an opened ballot will stand."""
    return commitment(election.public_id, complete(vote.method, election.slate, choice), nonce)


def fingerprint(election: Election, owner: str, sealed: bytes) -> str:
    """What an envelope is called in the public log: SHA-256 over election, owner and seal, in lower-case hex.

    `owner`: the public id of the roll entry, or "<public id of the bundle>:<number>" of a paper. It hides both.
    """
    content = canonical(["envelope", election.public_id, owner, sealed.hex()])
    return hashlib.sha256(content).hexdigest()


class Lying(NamedTuple):
    """An envelope that counts: its owner as in `fingerprint`, the fingerprint it was given, and what is sealed."""

    owner: str
    fingerprint: str
    sealed: bytes


def lying(session: Session, election: Election) -> list[Lying]:
    """What lies in the box of an election and will be opened: envelopes that are not struck, papers two agreed on."""
    cast = session.execute(
        select(RollEntry.public_id, Envelope.fingerprint, Envelope.sealed)
        .join(RollEntry, RollEntry.id == Envelope.roll_entry_id)
        .where(Envelope.election_id == election.id, Envelope.struck_because.is_(None))
    )
    papers = session.execute(
        select(Bundle.public_id, BundlePaper.number, BundlePaper.fingerprint, BundlePaper.sealed)
        .join(Bundle, Bundle.id == BundlePaper.bundle_id)
        .where(
            Bundle.election_id == election.id,
            Bundle.state == BundleState.AGREED,
            BundlePaper.fingerprint != "",
        )
    )
    return [
        *(Lying(owner, given, sealed or b"") for owner, given, sealed in cast),
        *(Lying(f"{bundle}:{number}", given, sealed or b"") for bundle, number, given, sealed in papers),
    ]


def _length(election: Election) -> int:
    """As long as the longest choice there could be."""
    return len(canonical([election.public_id, list(election.slate), "0" * NONCE]))


def cast(
    session: Session,
    edition: Edition,
    election: Election,
    entry: RollEntry,
    choice: Choice,
    *,
    origin: EnvelopeOrigin,
    now: datetime,
    tag: str | None = None,
    nonce: str = "",
) -> Envelope:
    """Put one sealed ballot into the box; whoever calls has checked the choice.

    Electors cast side by side; a close waits for them, and they for it. `nonce`: one that the elector's form gave.
    Raises NotOpen, and AlreadyCast also where the other envelope came in the same moment.
    """
    editions.hold(session, edition)
    session.refresh(election)
    if election.state is not ElectionState.OPEN:
        raise NotOpen(election.category)
    if standing(session, election, entry) or (election.id, entry.id) in on_paper.held(session, [election.id]):
        raise AlreadyCast(entry.elector)
    vote = elections.vote_of(editions.rules_of(session, edition), election)
    put(session, [Sealing(election, entry, choice, tag, nonce)], vote, origin=origin, now=now)
    found = standing(session, election, entry)
    if found is None:
        raise LookupError(entry.elector)
    return found


def standing(session: Session, election: Election, entry: RollEntry) -> Envelope | None:
    """The elector's envelope that counts, None where there is none but struck ones."""
    return session.scalars(
        select(Envelope).where(
            Envelope.election_id == election.id,
            Envelope.roll_entry_id == entry.id,
            Envelope.struck_because.is_(None),
        )
    ).one_or_none()


class Sealing(NamedTuple):
    """A choice that is to be sealed, with tag and nonce where its form gave them. `is_first`: known that no envelope of
    the elector's was struck here, so that nobody has to ask.
    """

    election: Election
    entry: RollEntry
    choice: Choice
    tag: str | None = None
    nonce: str = ""
    is_first: bool = False


def put(
    session: Session, ballots: Sequence[Sealing], vote: Vote, *, origin: EnvelopeOrigin, now: datetime
) -> list[str]:
    """Put sealed ballots into the box, all or none; the fingerprints of their envelopes.

    Whoever calls holds the edition and has looked that it is open.

    Raises AlreadyCast, also where another envelope comes in the same moment.
    """
    rows = [
        _envelope(it.election, it.entry, it.choice, vote, origin=origin, now=now, tag=it.tag, nonce=it.nonce)
        for it in ballots
    ]
    if not all(it.is_first for it in ballots):
        _number(session, rows)
    try:
        with session.begin_nested():
            session.execute(insert(Envelope), rows)
    except IntegrityError as error:
        raise AlreadyCast from error
    return [str(row["fingerprint"]) for row in rows]


def cast_all(
    session: Session,
    edition: Edition,
    ballots: Sequence[tuple[Election, RollEntry, Choice]],
    *,
    origin: EnvelopeOrigin,
    now: datetime,
) -> None:
    """Put many sealed ballots into the box, as `cast` does one. Raises NotOpen and AlreadyCast."""
    editions.lock(session, edition)
    chosen = {election.id: election for election, _, _ in ballots}
    for election in chosen.values():
        session.refresh(election)
        if election.state is not ElectionState.OPEN:
            raise NotOpen(election.category)
    there = {
        (election, entry)
        for election, entry in session.execute(
            select(Envelope.election_id, Envelope.roll_entry_id).where(
                Envelope.election_id.in_(chosen), Envelope.struck_because.is_(None)
            )
        )
    } | on_paper.held(session, chosen)
    for election, entry, _ in ballots:
        if (election.id, entry.id) in there:
            raise AlreadyCast(entry.elector)
        there.add((election.id, entry.id))
    rules = editions.rules_of(session, edition)
    rows = [_envelope(*it, elections.vote_of(rules, it[0]), origin=origin, now=now) for it in ballots]
    _number(session, rows)
    if rows:
        session.execute(insert(Envelope), rows)


def _number(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Give each envelope its number: the next where an earlier one of the elector was struck."""
    wanted = {row["election_id"] for row in rows}
    whose = {row["roll_entry_id"] for row in rows}
    query = select(Envelope.election_id, Envelope.roll_entry_id, func.max(Envelope.number)).where(
        Envelope.election_id.in_(wanted), Envelope.struck_because.is_not(None)
    )
    if len(whose) == 1:
        query = query.where(Envelope.roll_entry_id.in_(whose))
    struck: dict[tuple[object, object], int] = {
        (election, entry): last
        for election, entry, last in session.execute(
            query.group_by(Envelope.election_id, Envelope.roll_entry_id)
        )
    }
    for row in rows:
        row["number"] = struck.get((row["election_id"], row["roll_entry_id"]), 0) + 1


def _envelope(
    election: Election,
    entry: RollEntry,
    choice: Choice,
    vote: Vote,
    *,
    origin: EnvelopeOrigin,
    now: datetime,
    tag: str | None = None,
    nonce: str = "",
) -> dict[str, object]:
    """The row of a cast ballot, its time cut to the hour."""
    sealed = seal(election, vote, choice, nonce)
    return {
        "election_id": election.id,
        "roll_entry_id": entry.id,
        "sealed": sealed,
        "fingerprint": fingerprint(election, entry.public_id, sealed),
        "tag": tag or secrets.token_hex(32),
        "origin": origin,
        "cast_at": now.replace(minute=0, second=0, microsecond=0),
    }


def presence(session: Session, open_elections: Sequence[Election]) -> Presence:
    """How many took part in the vote as a whole, in any category, abstentions included."""
    ids = [election.id for election in open_elections]
    online = select(Envelope.roll_entry_id).where(
        Envelope.election_id.in_(ids), Envelope.struck_because.is_(None)
    )
    present = session.scalar(
        select(func.count()).select_from(union(online, on_paper.present(ids)).subquery())
    )
    papers = session.scalar(
        select(func.sum(Bundle.papers)).where(Bundle.election_id.in_(ids), Bundle.state == BundleState.AGREED)
    )
    envelopes = session.scalar(
        select(func.count())
        .select_from(Envelope)
        .where(Envelope.election_id.in_(ids), Envelope.struck_because.is_(None))
    )
    electors = session.scalar(
        select(func.count(func.distinct(Entitlement.roll_entry_id))).where(
            Entitlement.election_id.in_(ids), Entitlement.withheld_because.is_distinct_from(roll.NOT_ON_ROLL)
        )
    )
    return Presence(present or 0, electors or 0, (envelopes or 0) + (papers or 0))


def public_in(session: Session, public: Sequence[Election]) -> dict[str, int]:
    """How many envelopes lie in each of the public's votes, by its identifier."""
    counted = elections.turnout(session, public)
    return {it.public_id: turnout.envelopes for it, turnout in zip(public, counted, strict=True)}


def subject_of(
    opening: Sequence[Election], found: Presence, public: Mapping[str, int] | None = None
) -> dict[str, Json]:
    """What an opening is about; `public`: the envelopes of the public's own votes, opened with the others."""
    subject: dict[str, Json] = {
        "elections": [election.public_id for election in opening],
        "categories": [election.category for election in opening],
        "envelopes": found.envelopes,
        "present": found.present,
        "roll": found.roll,
    }
    return subject | ({"public": dict[str, Json](public)} if public else {})


def open_all(
    session: Session,
    edition: Edition,
    *,
    key_folder: Path,
    unlock: Unlock | None = None,
    approved: Approval | None = None,
    signed_as: str = "teller",
    actor: Actor,
    now: datetime,
) -> tuple[Election, ...]:
    """Open every envelope of every election in the box, write the ballots, blank the envelopes, add up the votes.

    All in this one transaction, so that nothing tells which ballot came out of which envelope: ballots stand in the
    order of their commitments. The keys are spent; `destroy_spent_keys` removes them once this is committed.
    A two-person act: `approved` by the actor, who is the second, or completed alone at the shell. `unlock`: by default
    from the key's file. Raises NotOpen, NobodyVoted, DisputesOpen, QuorumNotMet, LogBroken, BallotSpoilt,
    NeedsTwoPeople, SubjectChanged, KeyShared.
    """
    editions.lock(session, edition)
    rules = editions.rules_of(session, edition)
    voted = elections.of_edition(session, edition, *elections.IN_THE_BOX)
    if not voted:
        raise NotOpen(edition.key)
    disputes.need_none(session, edition)
    public = elections.of_the_public(session, edition, *elections.IN_THE_BOX)
    opening = (*voted, *public)
    unlock = unlock or from_file(key_folder)
    if approved is None and any(it.key.shared for it in opening):
        raise shares.KeyShared
    found = presence(session, voted)
    check_quorum(roll.vote_of(rules), voted, found)
    subject = subject_of(voted, found, public_in(session, public))
    first = None
    if approved is None:
        decisions.complete_alone(session, edition, OPENING, subject, actor=actor, now=now)
    elif approvals.digest(subject) != approved.subject_sha256:
        raise approvals.SubjectChanged(OPENING)
    else:
        approvals.approve(session, edition, approved, actor=actor, now=now)
        first = approvals.first_signature(session, approved) | {"as": signed_as}
    decisions.decide(
        session,
        edition,
        DecisionKind.OPENING,
        actor=actor,
        now=now,
        subject=subject,
        reason=approved.reason if approved else "",
        signed_as=signed_as,
        proposed_by=first,
    )
    ballot_log.publish(session, edition, actor=actor, now=now)
    ballots = [
        ballot
        for election in opening
        for ballot in _ballots_of(session, election, elections.vote_of(rules, election), unlock)
    ]
    if ballots:
        session.execute(insert(Ballot), sorted(ballots, key=lambda ballot: str(ballot["commitment"])))
    session.execute(
        update(Envelope)
        .where(Envelope.election_id.in_([election.id for election in opening]))
        .values(sealed=None)
    )
    blank_papers(session, opening)
    for election in opening:
        election.state, election.counted_at = ElectionState.COUNTED, now
        election.closed_at = election.closed_at or now
        election.tally = tally_document(tally_of(session, election, elections.vote_of(rules, election)))
        ballot_log.publish_commitments(session, edition, election, actor=actor, now=now)
        election.key.state = KeyState.SPENT
    session.flush()
    return opening


def blank_papers(session: Session, among: Sequence[Election]) -> None:
    """Blank what tellers have entered of papers: it is opened, or never will be."""
    bundles = select(Bundle.id).where(Bundle.election_id.in_([election.id for election in among]))
    session.execute(update(BundlePaper).where(BundlePaper.bundle_id.in_(bundles)).values(sealed=None))


def check_quorum(vote: Vote, opening: Sequence[Election], found: Presence) -> None:
    """A run-off has no quorum of its own: where nobody votes in it the ladder goes on.

    Raises NobodyVoted, QuorumNotMet.
    """
    if all(election.kind is ElectionKind.RUNOFF for election in opening):
        return
    if not found.envelopes and not found.present:
        raise NobodyVoted
    if found.present < vote.quorum * found.roll:
        raise QuorumNotMet(found.present, found.roll, vote.quorum, vote.below_quorum)


def can_be_opened(session: Session, election: Election, vote: Vote, *, unlock: Unlock) -> bool:
    """Whether every envelope of a closed election holds a ballot of it. What is read for this is kept nowhere.

    Raises KeyShared.
    """
    try:
        _ballots_of(session, election, vote, unlock)
    except BROKEN:
        return False
    return True


def _ballots_of(session: Session, election: Election, vote: Vote, unlock: Unlock) -> list[dict[str, object]]:
    """The rows of an election's ballots, once its box is found to be what the public log says."""
    there = lying(session, election)
    claims = [Claim(it.fingerprint, fingerprint(election, it.owner, it.sealed)) for it in there]
    ballot_log.check(session, election, claims)
    box = unlock(election.key)
    ballots = [_ballot(election, vote, box, it.sealed) for it in there]
    if len({ballot["commitment"] for ballot in ballots}) != len(ballots):
        raise BallotSpoilt(election.category)
    return ballots


def _ballot(
    election: Election, vote: Vote, box: SealedBox[PrivateKey], content: bytes | None
) -> dict[str, object]:
    """What an envelope holds, checked to be a ballot of this very election."""
    try:
        public_id, choice, nonce = json.loads(keys.open_sealed(box, content or b""))
    except (ValueError, TypeError) as error:
        raise BallotSpoilt(election.category) from error
    fits = (
        public_id == election.public_id
        and isinstance(nonce, str)
        and len(nonce) == NONCE
        and isinstance(choice, list)
        and set(choice) <= set(election.slate)
        and len(set(choice)) == len(choice)
        and tuple(choice) == complete(vote.method, election.slate, tuple(choice))
    )
    if not fits:
        raise BallotSpoilt(election.category)
    return {
        "election_id": election.id,
        "commitment": commitment(election.public_id, tuple(choice), nonce),
        "choice": choice,
        "nonce": nonce,
    }


def tally_of(session: Session, election: Election, vote: Vote) -> Tally:
    """What the opened ballots of an election add up to."""
    choices = session.scalars(select(Ballot.choice).where(Ballot.election_id == election.id))
    return count(vote.method, election.slate, Counter(tuple(choice) for choice in choices))


def destroy_spent_keys(
    session: Session, *, key_folder: Path, actor: Actor, now: datetime
) -> tuple[BallotKey, ...]:
    """Remove the file of every key that is spent, or its shares, and say so in the audit; after the last vote of an
    edition the holders' own keys too. Finishes what was interrupted.

    The file goes first: where this stops half-way the key is still spent, and the next call takes it up again.
    """
    spent = session.scalars(
        select(BallotKey).where(BallotKey.state == KeyState.SPENT).order_by(BallotKey.id)
    ).all()
    for key in spent:
        gone = shares.destroy(session, key_folder, key)
        keys.destroy(key_folder, key.file_name)
        keys.destroy(key_folder, keys.of_tellers(key.file_name))
        key.state, key.destroyed_at = KeyState.DESTROYED, now
        audit.record(
            session,
            actor=actor,
            action="key.destroyed",
            subject=f"ballot key {key.number}",
            now=now,
            edition=session.get_one(Edition, key.edition_id),
            after={"public_key": key.public_key, **({"shares": gone} if key.shared else {})},
        )
    shares.destroy_holders_keys(session, folder=key_folder, actor=actor, now=now)
    return tuple(spent)
