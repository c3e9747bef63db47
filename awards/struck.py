"""Struck envelopes: what lies in boxes that are still sealed, what was struck there and why, and who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import addressing, elections
from awards.models import (
    Decision,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    RollEntry,
    StruckBecause,
)
from awards.notices import Template
from judging.values import Json, as_object, as_whole

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How many envelopes of a category were struck by one decision, and why; `public`: in the public's own vote."""

    category: str
    public: bool
    because: StruckBecause
    about: str
    envelopes: int


def sealed(session: Session, edition: Edition) -> list[Election]:
    """The elections whose envelopes lie unopened in the box, the public's own among them."""
    return [
        *elections.of_edition(session, edition, *elections.IN_THE_BOX),
        *elections.of_the_public(session, edition, *elections.IN_THE_BOX),
    ]


def standing(
    session: Session, edition: Edition, entries: Collection[RollEntry]
) -> list[tuple[Election, RollEntry]]:
    """Where some electors have an envelope that counts, in boxes that are still sealed."""
    boxes = {it.id: it for it in sealed(session, edition)}
    known = {it.id: it for it in entries}
    found: list[tuple[Election, RollEntry]] = []
    for some in chunks(sorted(known)):
        rows = session.execute(
            select(Envelope.election_id, Envelope.roll_entry_id)
            .where(
                Envelope.election_id.in_(boxes),
                Envelope.roll_entry_id.in_(some),
                Envelope.struck_because.is_(None),
            )
            .order_by(Envelope.roll_entry_id, Envelope.election_id)
        )
        found += [(boxes[election], known[entry]) for election, entry in rows]
    return found


def numbers(session: Session, elections: Collection[Election]) -> Mapping[int, int]:
    """How many envelopes are struck in each of these elections, by its id; none where it is left out."""
    rows = session.execute(
        select(Envelope.election_id, func.count())
        .where(Envelope.election_id.in_([it.id for it in elections]), Envelope.struck_because.is_not(None))
        .group_by(Envelope.election_id)
    )
    return {row[0]: row[1] for row in rows}


def counts(session: Session, edition: Edition) -> list[Count]:
    """What is struck, by category and decision; of a vote that was held again nothing."""
    rows = session.execute(
        select(Election.category, Election.kind, Envelope.struck_because, Envelope.decision_id, func.count())
        .join(Envelope, Envelope.election_id == Election.id)
        .where(
            Election.edition_id == edition.id,
            Election.state != ElectionState.VOID,
            Envelope.struck_because.is_not(None),
        )
        .group_by(Election.category, Election.kind, Envelope.struck_because, Envelope.decision_id)
    ).all()
    by = {row[3] for row in rows}
    about = {
        it.id: str(it.subject.get("about", ""))
        for it in (session.scalars(select(Decision).where(Decision.id.in_(by))) if by else ())
    }
    found: dict[tuple[str, bool, StruckBecause, str], int] = {}
    for category, kind, because, decision, number in rows:
        assert because is not None
        key = (category, kind is ElectionKind.PUBLIC, because, about.get(decision or 0, ""))
        found[key] = found.get(key, 0) + number
    return [Count(*key, number) for key, number in sorted(found.items())]


def electors(session: Session, edition: Edition, wanted: Sequence[str]) -> list[RollEntry]:
    """Electors by the identifier of addresses."""
    return [
        entry
        for some in chunks(wanted)
        for entry in session.scalars(
            select(RollEntry).where(RollEntry.edition_id == edition.id, RollEntry.public_id.in_(some))
        )
    ]


def by_category(found: Sequence[tuple[Election, RollEntry]], *, public: bool) -> dict[str, Json]:
    """How many of some envelopes lie in each category, of the vote or of the public's own."""
    keys = [election.category for election, _ in found if (election.kind is ElectionKind.PUBLIC) == public]
    return {key: keys.count(key) for key in sorted(set(keys))}


def stated(decision: Decision, election: Election) -> int:
    """How many envelopes of an election's category a decision says that it struck."""
    among = decision.subject["struck_public" if election.kind is ElectionKind.PUBLIC else "struck"]
    return as_whole(as_object(among).get(election.category, 0))


def by_decision(session: Session, election: Election) -> dict[int, int]:
    """How many envelopes of an election are struck by which decision; under 0 those that are struck by none."""
    rows = session.execute(
        select(Envelope.decision_id, func.count())
        .where(Envelope.election_id == election.id, Envelope.struck_because.is_not(None))
        .group_by(Envelope.decision_id)
    )
    return {row[0] or 0: int(row[1]) for row in rows}


def tell(
    session: Session,
    edition: Edition,
    entries: Collection[RollEntry],
    because: StruckBecause,
    *,
    back: bool = False,
    now: datetime,
) -> None:
    """Write to whoever casts these electors' ballots, and to the organisations, that it was struck or put back; the
    public reads it where it votes.
    """
    said: dict[str, Json] = {"because": because.value, "back": back}
    for entry in (it for it in entries if not it.is_public):
        for recipient in dict.fromkeys(it for it in (entry.email, entry.contact) if it):
            addressing.tell(session, edition, entry, Template.ENVELOPE_STRUCK, recipient, said, now=now)


def withhold(
    session: Session, edition: Edition, entries: Collection[RollEntry], before: str | None, after: str | None
) -> None:
    """Let entitlements in boxes that are still sealed be withheld, or be given again."""
    boxes = [it.id for it in sealed(session, edition)]
    for some in chunks([it.id for it in entries]):
        session.execute(
            update(Entitlement)
            .where(
                Entitlement.election_id.in_(boxes),
                Entitlement.roll_entry_id.in_(some),
                Entitlement.withheld_because.is_not_distinct_from(before),
            )
            .values(withheld_because=after)
        )


def chunks(found: Sequence[T]) -> list[Sequence[T]]:
    """So many at a time as a database takes in one question."""
    return [found[start : start + 1000] for start in range(0, len(found), 1000)]
