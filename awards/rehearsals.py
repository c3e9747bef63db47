"""Rehearsals of an edition: asked for by its people, played as a job, kept with what they found."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, editions
from awards.audit import Actor
from awards.models import Edition, Job, Rehearsal, RehearsalState
from judging.values import Json

PLAY = "rehearsal.play"
"""The kind of job that plays."""
AHEAD = (RehearsalState.WAITING, RehearsalState.RUNNING)


class TooLateToRehearse(Exception):
    """The first round is closed: there is nothing left that a rehearsal could find in time."""


def need_time(edition: Edition) -> None:
    """Raises TooLateToRehearse."""
    if edition.first_closed_at is not None:
        raise TooLateToRehearse(edition.key)


def latest(session: Session, edition: Edition, *states: RehearsalState) -> Rehearsal | None:
    """The rehearsal asked for last, in one of the states or in any."""
    query = select(Rehearsal).where(Rehearsal.edition_id == edition.id)
    if states:
        query = query.where(Rehearsal.state.in_(states))
    return session.scalars(query.order_by(Rehearsal.number.desc()).limit(1)).first()


def ask(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> tuple[Rehearsal, bool]:
    """Queue a rehearsal; the one that waits or runs already, where there is one, and whether it is new.

    Raises TooLateToRehearse.
    """
    editions.lock(session, edition)
    need_time(edition)
    if (there := latest(session, edition, *AHEAD)) is not None:
        return there, False
    last = session.scalar(select(func.max(Rehearsal.number)).where(Rehearsal.edition_id == edition.id))
    row = Rehearsal(edition_id=edition.id, number=(last or 0) + 1, asked_by_id=actor.account.id, at=now)
    session.add(row)
    session.flush()
    session.add(Job(kind=PLAY, arguments={"rehearsal": row.id, "seed": secrets.token_hex(4)}, due_at=now))
    audit.record(
        session,
        actor=actor,
        action="rehearsal.asked",
        subject=f"rehearsal {row.number}",
        now=now,
        edition=edition,
    )
    return row, True


def claim(row: Rehearsal) -> bool:
    """Begin, or begin anew after a worker that died; whether there is still something to do."""
    if row.state not in AHEAD:
        return False
    row.state, row.done, row.answer = RehearsalState.RUNNING, 0, ""
    return True


def keep(row: Rehearsal, report: dict[str, Json], *, now: datetime) -> None:
    """Keep what was found."""
    row.state, row.report, row.ended_at, row.done = RehearsalState.DONE, report, now, row.steps


def put_back(row: Rehearsal, answer: str, *, failed: bool, now: datetime) -> None:
    """Note that a rehearsal broke: it waits for another time, or has failed for good."""
    if row.state in AHEAD:
        row.state = RehearsalState.FAILED if failed else RehearsalState.WAITING
        row.answer, row.ended_at = answer, now if failed else None
