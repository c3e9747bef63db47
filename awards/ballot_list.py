"""The ballot list: what the public log shows of an edition's votes, part by part, and finding a receipt in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from awards import ballot_log
from awards.models import (
    Ballot,
    Bundle,
    BundlePaper,
    BundleState,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Envelope,
    LogHead,
    LogLeaf,
)

PAGE = 200
LEAST = 16
"""Hex digits of a receipt that are enough to look for it."""


class Kind(StrEnum):
    """What a receipt was found to be."""

    LOGGED = "logged"
    WAITING = "waiting"
    BALLOT = "ballot"


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one election: its newest head, how many envelopes wait for the next, how many ballots were opened."""

    election: Election
    head: LogHead | None
    waiting: int
    ballots: int

    @property
    def size(self) -> int:
        return self.head.size if self.head else 0

    @property
    def length(self) -> int:
        """How many envelopes there are to list."""
        return self.size + self.waiting


class Line(NamedTuple):
    """An envelope in the list; `position` is None while it waits for the next root."""

    position: int | None
    fingerprint: str
    set_aside: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a receipt stands. `because`: why the envelope was struck; `ballot`: what was found by a code."""

    kind: Kind
    election: Election
    value: str
    position: int = 0
    because: str = ""
    choice: tuple[str, ...] = ()


def logs(session: Session, edition: Edition, released: Collection[str]) -> list[Log]:
    """The logs that anybody may see, in a few queries: a run-off would tell who is level, so it waits for the release.

    `released`: the categories whose winners are public.
    """
    shown = [
        it
        for it in ballot_log.of_edition(session, edition)
        if it.state is not ElectionState.PREPARED
        and (it.kind is not ElectionKind.RUNOFF or it.category in released)
    ]
    numbers = [it.id for it in shown]
    heads = ballot_log.newest(session, numbers)
    waiting = _counts(session, numbers)
    rows = session.execute(
        select(Ballot.election_id, func.count())
        .where(Ballot.election_id.in_(numbers))
        .group_by(Ballot.election_id)
    )
    opened = {row[0]: int(row[1]) for row in rows}
    return [
        Log(
            it,
            heads.get(it.id),
            waiting.get(it.id, 0) if it.state is not ElectionState.VOID else 0,
            opened.get(it.id, 0),
        )
        for it in shown
    ]


def _outside(numbers: Sequence[int]) -> Select[int, str]:
    """Election and fingerprint of what lies in a box and is in no log yet."""
    logged = select(LogLeaf.position)
    cast = select(Envelope.election_id, Envelope.fingerprint).where(
        Envelope.election_id.in_(numbers),
        Envelope.fingerprint != "",
        ~logged.where(
            LogLeaf.election_id == Envelope.election_id, LogLeaf.fingerprint == Envelope.fingerprint
        ).exists(),
    )
    papers = (
        select(Bundle.election_id, BundlePaper.fingerprint)
        .join(Bundle, Bundle.id == BundlePaper.bundle_id)
        .where(
            Bundle.election_id.in_(numbers),
            Bundle.state == BundleState.AGREED,
            BundlePaper.fingerprint != "",
            ~logged.where(
                LogLeaf.election_id == Bundle.election_id, LogLeaf.fingerprint == BundlePaper.fingerprint
            ).exists(),
        )
    )
    both = union_all(cast, papers).subquery()
    return select(both.c.election_id, both.c.fingerprint)


def _counts(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    outside = _outside(numbers).subquery()
    rows = session.execute(select(outside.c.election_id, func.count()).group_by(outside.c.election_id))
    return {row[0]: int(row[1]) for row in rows}


def envelopes(session: Session, log: Log, start: int, most: int = PAGE) -> list[Line]:
    """Part of the list of envelopes: leaves in their order, then, sorted, what waits for the next root."""
    because = ballot_log.set_aside(session, log.election)
    rows = session.execute(
        select(LogLeaf.position, LogLeaf.fingerprint)
        .where(
            LogLeaf.election_id == log.election.id,
            LogLeaf.position >= start,
            LogLeaf.position < start + most,
        )
        .order_by(LogLeaf.position)
    )
    found = [Line(position, fingerprint, because.get(fingerprint, "")) for position, fingerprint in rows]
    if len(found) < most and log.waiting:
        outside = _outside([log.election.id]).subquery()
        more = session.scalars(
            select(outside.c.fingerprint)
            .order_by(outside.c.fingerprint)
            .offset(max(0, start - log.size))
            .limit(most - len(found))
        )
        found += [Line(None, it, because.get(it, "")) for it in more]
    return found


def all_envelopes(session: Session, log: Log) -> Iterator[Line]:
    """The whole list, a part at a time."""
    for start in range(0, log.length, 10 * PAGE):
        yield from envelopes(session, log, start, 10 * PAGE)


def ballots(session: Session, log: Log, start: int, most: int = PAGE) -> Sequence[Ballot]:
    """Part of the list of opened ballots, in the order of their commitments."""
    return session.scalars(
        select(Ballot)
        .where(Ballot.election_id == log.election.id)
        .order_by(Ballot.commitment)
        .offset(start)
        .limit(most)
    ).all()


def find(session: Session, edition: Edition, digits: str) -> list[Found]:
    """What begins with these hex digits: an envelope's fingerprint, or an opened ballot's commitment.

    `digits`: at least LEAST of them, in lower case.
    """
    votes = {
        it.id: it for it in ballot_log.of_edition(session, edition) if it.state is not ElectionState.PREPARED
    }
    end = f"{digits}g"
    found = [
        Found(Kind.LOGGED, votes[election], fingerprint, position)
        for election, position, fingerprint in session.execute(
            select(LogLeaf.election_id, LogLeaf.position, LogLeaf.fingerprint).where(
                LogLeaf.election_id.in_(votes), LogLeaf.fingerprint >= digits, LogLeaf.fingerprint < end
            )
        )
    ]
    outside = _outside(list(votes)).subquery()
    found += [
        Found(Kind.WAITING, votes[election], fingerprint)
        for election, fingerprint in session.execute(
            select(outside.c.election_id, outside.c.fingerprint).where(
                outside.c.fingerprint >= digits, outside.c.fingerprint < end
            )
        )
    ]
    found = [_with_reason(session, it) for it in found]
    opened = session.scalars(
        select(Ballot).where(
            Ballot.election_id.in_(votes), Ballot.commitment >= digits, Ballot.commitment < end
        )
    )
    return [
        *found,
        *(Found(Kind.BALLOT, votes[it.election_id], it.commitment, choice=tuple(it.choice)) for it in opened),
    ]


def _with_reason(session: Session, found: Found) -> Found:
    because = ballot_log.set_aside(session, found.election).get(found.value, "")
    return Found(found.kind, found.election, found.value, found.position, because)
