"""Own ballots: what an elector can vote on now, in an order of their own, and what is cast, open or waits."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased, joinedload

from awards import deadlines, editions, on_paper, passes
from awards.deadlines import Timing
from awards.models import (
    Account,
    Edition,
    Election,
    ElectionState,
    Entitlement,
    Envelope,
    PaperState,
    RollEntry,
    StruckBecause,
    TimetableAmendment,
)
from awards.timetable import Deadline, Moment
from judging.ballot import Choice, ChoiceFault, faults
from judging.rules import Rules, Vote


@dataclass(frozen=True, slots=True)
class Paper:
    """An elector's ballot in the election that a category has now. `slate` is in an order of the elector's own.

    `cast_at`: the hour in which it was cast, `tag`: by which form, `fingerprint`: of its envelope. `again`: an earlier
    vote in the category was void, and the elector had cast a ballot in it, which was destroyed unopened. `on_paper`:
    where the paper is that was issued in place of this ballot, None where none was.
    """

    election: Election
    slate: tuple[str, ...]
    barred: tuple[str, ...]
    withheld_because: str | None
    cast_at: datetime | None
    tag: str | None
    again: bool
    closes: Deadline | None
    is_over: bool
    fingerprint: str = ""
    struck: StruckBecause | None = None
    """Why an envelope of the elector's was struck here, where none of theirs lies here now."""
    on_paper: PaperState | None = None

    @property
    def category(self) -> str:
        return self.election.category

    @property
    def is_open(self) -> bool:
        """Whether a ballot can be cast now."""
        waits = self.cast_at is None and self.withheld_because is None and self.on_paper is None
        return self.election.state is ElectionState.OPEN and not self.is_over and waits

    @property
    def is_by_hand(self) -> bool:
        """Whether people close the vote, and no date that was stated before."""
        return self.closes is None or self.election.last_call_at is not None

    @property
    def places(self) -> int:
        """How many of them a ranking may name."""
        most = self.election.most_ranked
        return len(self.free) if most is None else min(len(self.free), most)

    @property
    def free(self) -> tuple[str, ...]:
        """The finalists that the elector may choose among."""
        return tuple(it for it in self.slate if it not in self.barred)


def papers(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    *,
    opened: datetime | None = None,
    now: datetime,
    rules: Rules | None = None,
) -> dict[str, Paper]:
    """The elector's ballots by category, in the rules' order. `opened`: since when the form that is sent was open."""
    rules = rules or editions.rules_of(session, edition)
    stated = _stated(session, [edition.id]).get(edition.id)
    return papers_until(session, entry, rules, stated, opened=opened, now=now)


def papers_until(
    session: Session,
    entry: RollEntry,
    rules: Rules,
    stated: Deadline | None,
    *,
    opened: datetime | None = None,
    now: datetime,
) -> dict[str, Paper]:
    """The same, for who knows the rules and until when the vote is stated to go on; after one query."""
    before = aliased(Envelope)
    struck = (
        select(before.struck_because)
        .where(
            before.election_id == Election.id,
            before.roll_entry_id == entry.id,
            before.struck_because.is_not(None),
        )
        .order_by(before.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Election,
            Entitlement,
            Envelope.tag,
            Envelope.cast_at,
            Envelope.fingerprint,
            struck,
            on_paper.state().label("on_paper"),
        )
        .join(Entitlement, Entitlement.election_id == Election.id)
        .outerjoin(
            Envelope,
            and_(
                Envelope.election_id == Election.id,
                Envelope.roll_entry_id == Entitlement.roll_entry_id,
                Envelope.struck_because.is_(None),
            ),
        )
        .where(Election.edition_id == entry.edition_id, Entitlement.roll_entry_id == entry.id)
        .options(joinedload(Election.key, innerjoin=True))
        .order_by(Election.number)
        .execution_options(populate_existing=True)
    ).all()
    found: dict[str, Paper] = {}
    destroyed: set[str] = set()
    for election, entitlement, tag, cast_at, fingerprint, because, paper in rows:
        if election.state is ElectionState.VOID:
            if cast_at is not None:
                destroyed.add(election.category)
            continue
        until = deadlines.of_vote(election, stated)
        grace = 0 if election.last_call_at is not None else rules.eligibility.grace_minutes
        timing = deadlines.timing(until, opened=opened, now=now, grace_minutes=grace)
        found[election.category] = Paper(
            election,
            own_order(entry, election, entitlement.barred),
            tuple(it for it in election.slate if it in entitlement.barred),
            entitlement.withheld_because,
            cast_at,
            tag,
            election.category in destroyed,
            until,
            timing is Timing.LATE,
            fingerprint or "",
            because if cast_at is None else None,
            paper,
        )
    return {it.key: found[it.key] for it in rules.categories if it.key in found}


class Waiting(NamedTuple):
    """How many ballots of a person are not cast in an edition, until when they can be."""

    edition: int
    number: int
    due: Deadline | None


def waiting(session: Session, account: Account, now: datetime) -> list[Waiting]:
    """The ballots that a person with an account can cast now, edition by edition, after three queries at most."""
    people = passes.of_people(session, account)
    mine = [it.id for entries in people.values() for it in passes.theirs(entries)]
    if not mine:
        return []
    rows = session.scalars(
        select(Election)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .outerjoin(
            Envelope,
            and_(
                Envelope.election_id == Election.id,
                Envelope.roll_entry_id == Entitlement.roll_entry_id,
                Envelope.struck_because.is_(None),
            ),
        )
        .where(
            Entitlement.roll_entry_id.in_(mine),
            Entitlement.withheld_because.is_(None),
            Election.state == ElectionState.OPEN,
            Envelope.election_id.is_(None),
            ~on_paper.is_for(*on_paper.HELD),
        )
        .order_by(Election.edition_id, Election.id)
    ).all()
    stated = _stated(session, {it.edition_id for it in rows}) if rows else {}
    found: dict[int, Waiting] = {}
    for election in rows:
        until = deadlines.of_vote(election, stated.get(election.edition_id))
        if until is None or now <= until.instant:
            before = found.get(election.edition_id)
            number = before.number + 1 if before is not None else 1
            found[election.edition_id] = Waiting(election.edition_id, number, until)
    return list(found.values())


def _stated(session: Session, wanted: Collection[int]) -> dict[int, Deadline]:
    """When the vote closes in each of some editions, as last stated."""
    changes = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id.in_(wanted), TimetableAmendment.moment == Moment.VOTE_CLOSE)
        .order_by(TimetableAmendment.number)
    )
    return {it.edition_id: Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc) for it in changes}


def own_order(entry: RollEntry, election: Election, barred: Collection[str] = ()) -> tuple[str, ...]:
    """The slate in an order that is the elector's own, the same at every look, kept nowhere; what is barred is last."""

    def place(reference: str) -> tuple[bool, str]:
        mixed = f"{entry.public_id}:{election.public_id}:{reference}"
        return reference in barred, hashlib.sha256(mixed.encode()).hexdigest()

    return tuple(sorted(election.slate, key=place))


def wrong(paper: Paper, vote: Vote, choice: Choice) -> tuple[tuple[str, ChoiceFault], ...]:
    """What is wrong with a choice on a ballot."""
    return faults(
        vote.method,
        paper.election.slate,
        choice,
        barred=paper.barred,
        approve_up_to=vote.approve_up_to,
        most_ranked=paper.election.most_ranked,
    )
