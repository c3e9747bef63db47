"""The public log of an election: fingerprints of envelopes in a Merkle tree that only grows, and its roots by the hour.

Nothing is logged while a ballot is cast. A batch takes what was cast in hours that are over, sorted, so that neither
order nor time of a leaf tells more than the hour that stands in the box anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, insert, select, union_all
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, elections, struck
from awards.audit import Actor
from awards.models import (
    Ballot,
    Bundle,
    BundlePaper,
    BundleState,
    DecisionKind,
    Edition,
    Election,
    ElectionState,
    Envelope,
    LogHead,
    LogLeaf,
)
from judging import merkle
from judging.values import Json

HEAD, COMMITMENTS = "log.head", "log.commitments"


class Breach(StrEnum):
    """What is wrong between box and log."""

    CHANGED = "changed"
    """An envelope is not what its fingerprint says, or lies under another elector."""
    GONE = "gone"
    """A fingerprint stands in the log whose envelope is not in the box."""
    ADDED = "added"
    """An envelope is in the box that is not in the log: it came after the close."""
    TWICE = "twice"
    """A fingerprint stands twice."""
    ROOT = "root"
    """The leaves don't give a root that was published."""
    STRUCK = "struck"
    """Other envelopes are struck than decisions of two people say."""


class LogBroken(Exception):
    """Box and public log don't belong together, so nothing was opened."""

    def __init__(self, breach: Breach, category: str, fingerprints: Collection[str] = ()) -> None:
        shown = sorted(fingerprints)
        super().__init__(f"{category}: {breach.value} {' '.join(shown[:3])}".strip())
        self.breach, self.category, self.fingerprints = breach, category, tuple(shown)


@dataclass(frozen=True, slots=True)
class Claim:
    """An envelope as it lies in the box: the fingerprint it was given, and the one that its content has."""

    given: str
    found: str


def publish(
    session: Session,
    edition: Edition,
    *,
    before: datetime | None = None,
    closing: bool = False,
    states: Sequence[ElectionState] = elections.IN_THE_BOX,
    actor: Actor,
    now: datetime,
) -> list[LogHead]:
    """Put every fingerprint that is in no log yet into its election's, in one sorted batch, and state the new root.

    `before`: only what was cast before that hour. After the close nothing but papers comes to it. An election of which
    nothing is new gets no head; at the close, `closing`, an empty log gets one that says so. `states`: of elections in
    these states.
    """
    editions.lock(session, edition)
    found = []
    for election in of_edition(session, edition, *states):
        begun = head(session, election) is not None
        new = sorted(session.scalars(_waiting(election, begun, before)))
        if new or (closing and not begun):
            found.append(_append(session, edition, election, new, actor=actor, now=now))
    return found


def publish_due(session: Session, *, actor: Actor, now: datetime) -> int:
    """The same by the clock, for every edition whose vote is on: what was cast in hours that are over."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    due = [
        election.edition_id
        for election in session.scalars(select(Election).where(Election.state.in_(elections.IN_THE_BOX)))
        if session.scalar(select(_waiting(election, head(session, election) is not None, hour).exists()))
    ]
    heads = 0
    for number in dict.fromkeys(due):
        edition = session.get_one(Edition, number)
        heads += len(publish(session, edition, before=hour, actor=actor, now=now))
    return heads


def of_edition(session: Session, edition: Edition, *states: ElectionState) -> list[Election]:
    """Every election of an edition, the public's own too."""
    return [
        *elections.of_edition(session, edition, *states),
        *elections.of_the_public(session, edition, *states),
    ]


def _waiting(election: Election, begun: bool, before: datetime | None) -> Select[str]:
    """The fingerprints that may come to the log now and are not in it: once `begun` and closed, of papers only."""
    logged = select(LogLeaf.position).where(LogLeaf.election_id == election.id)
    papers = (
        select(BundlePaper.fingerprint)
        .join(Bundle, Bundle.id == BundlePaper.bundle_id)
        .where(
            Bundle.election_id == election.id,
            Bundle.state == BundleState.AGREED,
            BundlePaper.fingerprint != "",
            ~logged.where(LogLeaf.fingerprint == BundlePaper.fingerprint).exists(),
        )
    )
    if before is not None:
        papers = papers.where(Bundle.agreed_at < before)
    if begun and election.state is not ElectionState.OPEN:
        return papers
    cast = _unlogged(election)
    if before is not None:
        cast = cast.where(Envelope.cast_at < before)
    both = union_all(cast, papers).subquery()
    return select(both.c.fingerprint)


def _unlogged(election: Election) -> Select[str]:
    """The fingerprints of cast envelopes, struck ones too, that are not in the log."""
    return select(Envelope.fingerprint).where(
        Envelope.election_id == election.id,
        Envelope.fingerprint != "",
        ~select(LogLeaf.position)
        .where(LogLeaf.election_id == election.id, LogLeaf.fingerprint == Envelope.fingerprint)
        .exists(),
    )


def _append(
    session: Session, edition: Edition, election: Election, new: Sequence[str], *, actor: Actor, now: datetime
) -> LogHead:
    before = head(session, election)
    tree = merkle.Tree()
    for leaf in leaves(session, election):
        tree.add(bytes.fromhex(leaf))
    rows: list[dict[str, object]] = [
        {"election_id": election.id, "position": position, "fingerprint": fingerprint}
        for position, fingerprint in enumerate(new, start=tree.size)
    ]
    if rows:
        session.execute(insert(LogLeaf), rows)
    for fingerprint in new:
        tree.add(bytes.fromhex(fingerprint))
    found = LogHead(
        election_id=election.id,
        number=before.number + 1 if before else 1,
        size=tree.size,
        root=tree.root().hex(),
        at=now,
    )
    session.add(found)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=HEAD,
        subject=f"{election.category} {election.number}",
        now=now,
        edition=edition,
        after=_stated(election, found),
    )
    return found


def _stated(election: Election, found: LogHead) -> dict[str, Json]:
    """What the audit trail holds of a head."""
    return {"election": election.public_id, "number": found.number, "size": found.size, "root": found.root}


def leaves(session: Session, election: Election) -> Iterable[str]:
    """The fingerprints of a log in their order."""
    return session.scalars(
        select(LogLeaf.fingerprint)
        .where(LogLeaf.election_id == election.id)
        .order_by(LogLeaf.position)
        .execution_options(yield_per=1000)
    )


def head(session: Session, election: Election) -> LogHead | None:
    """The newest head of a log."""
    return session.scalars(
        select(LogHead).where(LogHead.election_id == election.id).order_by(LogHead.number.desc()).limit(1)
    ).first()


def newest(session: Session, numbers: Iterable[int]) -> dict[int, LogHead]:
    """The newest head of each of some elections that has one, by the election's row number."""
    last = (
        select(func.max(LogHead.id))
        .where(LogHead.election_id.in_(list(numbers)))
        .group_by(LogHead.election_id)
    )
    return {it.election_id: it for it in session.scalars(select(LogHead).where(LogHead.id.in_(last)))}


def heads(session: Session, numbers: Collection[int]) -> dict[int, list[LogHead]]:
    """Every head of some elections, by the election's row number, in their order."""
    found: dict[int, list[LogHead]] = {number: [] for number in numbers}
    for it in session.scalars(
        select(LogHead).where(LogHead.election_id.in_(numbers)).order_by(LogHead.number)
    ):
        found[it.election_id].append(it)
    return found


def check(session: Session, election: Election, lying: Iterable[Claim]) -> None:
    """Whether what lies in the box, with what was set aside, is just what stands in the log. Raises LogBroken."""
    claims, category = list(lying), election.category
    _check_struck(session, election)
    if changed := [it.given for it in claims if it.given != it.found]:
        raise LogBroken(Breach.CHANGED, category, changed)
    there = list(leaves(session, election))
    in_box = [*(it.given for it in claims), *set_aside(session, election)]
    for found in (there, in_box):
        if twice := [it for it, times in Counter(found).items() if times > 1]:
            raise LogBroken(Breach.TWICE, category, twice)
    if gone := set(there) - set(in_box):
        raise LogBroken(Breach.GONE, category, gone)
    if added := set(in_box) - set(there):
        raise LogBroken(Breach.ADDED, category, added)
    _check_heads(session, election, there)


def _check_struck(session: Session, election: Election) -> None:
    """Each decision that strikes, and holds, has struck as many here as it says, unless it was made of the vote before;
    nothing else has struck anything.
    """
    edition = session.get_one(Edition, election.edition_id)
    found = struck.by_decision(session, election)
    stated = {it.id: it for it in decisions.in_force(session, edition, DecisionKind.STRUCK)}
    fits = all(it in stated and struck.stated(stated[it], election) == found[it] for it in found)
    opened = election.opened_at
    missing = [
        it
        for it in stated.values()
        if it.id not in found and struck.stated(it, election) and opened is not None and it.at > opened
    ]
    if not fits or missing:
        raise LogBroken(Breach.STRUCK, election.category)


def _check_heads(session: Session, election: Election, there: Sequence[str]) -> None:
    """Each head is the root of the first leaves, and is what the audit trail says was published."""
    stated = heads(session, [election.id])[election.id]
    roots = merkle.roots((bytes.fromhex(it) for it in there), {it.size for it in stated})
    told = [
        it
        for it in audit.told(session, session.get_one(Edition, election.edition_id), HEAD)
        if it["election"] == election.public_id
    ]
    is_whole = (stated[-1].size if stated else 0) == len(there)
    fits = all(roots.get(it.size, b"").hex() == it.root for it in stated)
    if not is_whole or not fits or told != [_stated(election, it) for it in stated]:
        raise LogBroken(Breach.ROOT, election.category)


def set_aside(session: Session, election: Election) -> dict[str, str]:
    """The fingerprints of what stays in the log and counts for nothing: struck envelopes, papers of void bundles.

    With the reason.
    """
    cast = session.execute(
        select(Envelope.fingerprint, Envelope.struck_because).where(
            Envelope.election_id == election.id, Envelope.struck_because.is_not(None)
        )
    )
    papers = session.scalars(
        select(BundlePaper.fingerprint)
        .join(Bundle, Bundle.id == BundlePaper.bundle_id)
        .join(
            LogLeaf,
            (LogLeaf.election_id == Bundle.election_id) & (LogLeaf.fingerprint == BundlePaper.fingerprint),
        )
        .where(Bundle.election_id == election.id, Bundle.state != BundleState.AGREED)
    )
    found = {fingerprint: because.value for fingerprint, because in cast if because}
    return found | dict.fromkeys(papers, "set_aside")


def publish_commitments(
    session: Session, edition: Edition, election: Election, *, actor: Actor, now: datetime
) -> None:
    """State the Merkle root of the sorted commitments of the opened ballots, in the audit trail too."""
    found = session.scalars(
        select(Ballot.commitment).where(Ballot.election_id == election.id).order_by(Ballot.commitment)
    )
    election.commitments_root = merkle.root(map(bytes.fromhex, found)).hex()
    audit.record(
        session,
        actor=actor,
        action=COMMITMENTS,
        subject=f"{election.category} {election.number}",
        now=now,
        edition=edition,
        after={"election": election.public_id, "root": election.commitments_root},
    )


def commitments_roots(session: Session, edition: Edition) -> dict[str, str]:
    """The roots that openings have stated, by election, as the audit trail holds them."""
    told = audit.told(session, edition, COMMITMENTS)
    return {str(it["election"]): str(it["root"]) for it in told}
