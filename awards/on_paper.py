"""On paper: who holds a ballot on paper or has handed it in, and so has none online, as conditions of queries.

A paper is for the elections that were open when it was issued. One that opens later, such as a run-off, or a category
that is voted on again, is voted on online, or on another paper.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session

from awards.models import Election, ElectionState, Entitlement, Envelope, PaperBallot, PaperState

HELD = (PaperState.ISSUED, PaperState.CAST)
"""States in which a paper shuts the online ballot."""


def is_for(*states: PaperState) -> ColumnElement[bool]:
    """Whether the elector of an entitlement has a paper in one of these states for its election."""
    return _papers(*states).exists()


def state() -> ScalarSelect[PaperState]:
    """Where the paper of an entitlement's elector is, None where there is none that shuts the online ballot."""
    query = select(PaperBallot.state).where(*_fits(*HELD)).order_by(PaperBallot.state).limit(1)
    return query.correlate(Election, Entitlement).scalar_subquery()


def _papers(*states: PaperState) -> Select[int]:
    return select(PaperBallot.id).where(*_fits(*states)).correlate(Election, Entitlement)


def _fits(*states: PaperState) -> tuple[ColumnElement[bool], ...]:
    return (
        PaperBallot.roll_entry_id == Entitlement.roll_entry_id,
        PaperBallot.state.in_(states),
        PaperBallot.issued_at >= Election.opened_at,
    )


def held(session: Session, elections: Collection[int]) -> set[tuple[int, int]]:
    """Election and roll entry, by row numbers, of every online ballot that a paper shuts."""
    rows = session.execute(_entitled(elections).where(is_for(*HELD)))
    return {(election, entry) for election, entry in rows}


def handed_in(session: Session, elections: Collection[int]) -> dict[int, int]:
    """How many papers of each election were handed in, by row number."""
    return _count(session, elections, is_for(PaperState.CAST))


def out(session: Session, elections: Collection[int]) -> dict[int, int]:
    """How many papers of each election are still with their electors, by row number."""
    return _count(session, elections, is_for(PaperState.ISSUED), ~is_for(PaperState.CAST))


def _count(session: Session, elections: Collection[int], *conditions: ColumnElement[bool]) -> dict[int, int]:
    """Electors of each election without an envelope in it."""
    there = (
        select(Envelope.election_id)
        .where(
            Envelope.election_id == Entitlement.election_id,
            Envelope.roll_entry_id == Entitlement.roll_entry_id,
            Envelope.struck_because.is_(None),
        )
        .correlate(Entitlement)
        .exists()
    )
    query = _entitled(elections).where(*conditions, ~there).subquery()
    rows = session.execute(select(query.c[0], func.count()).group_by(query.c[0]))
    return {election: int(number) for election, number in rows}


def present(elections: Collection[int]) -> Select[int]:
    """The row numbers of the electors whose paper was handed in in one of these elections."""
    return (
        select(Entitlement.roll_entry_id)
        .join(Election, Election.id == Entitlement.election_id)
        .where(Election.id.in_(elections), Entitlement.withheld_because.is_(None), is_for(PaperState.CAST))
    )


def have_cast(session: Session, edition: int, *states: ElectionState) -> set[int]:
    """The row numbers of the electors whose paper was handed in for an election in one of these states."""
    query = select(PaperBallot.roll_entry_id).join(
        Election,
        and_(Election.edition_id == PaperBallot.edition_id, PaperBallot.issued_at >= Election.opened_at),
    )
    return set(
        session.scalars(
            query.where(
                PaperBallot.edition_id == edition,
                PaperBallot.state == PaperState.CAST,
                Election.state.in_(states),
            )
        )
    )


def _entitled(elections: Collection[int]) -> Select[int, int]:
    return (
        select(Entitlement.election_id, Entitlement.roll_entry_id)
        .join(Election, Election.id == Entitlement.election_id)
        .where(Election.id.in_(elections), Entitlement.withheld_because.is_(None))
    )
