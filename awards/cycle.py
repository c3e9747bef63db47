"""The cycle of an edition: moving it to a phase through the use case that opens each phase on the way."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from awards import editions, elections, rounds
from awards.audit import Actor
from awards.models import Edition
from awards.timetable import ORDER, IllegalTransition, Phase, way

BY_THEIR_OWN_ACT = frozenset({Phase.DELIBERATION, Phase.DECIDED, Phase.PUBLISHED})
"""Phases that are only entered by closing a round, signing the winners, releasing them."""


class PhaseNotReached(Exception):
    """The edition is not in the phase that this needs"""


class PhasePassed(Exception):
    """The edition has passed the phase that this needs"""


def reach(
    session: Session,
    edition: Edition,
    phase: Phase,
    *,
    actor: Actor,
    now: datetime,
    key_folder: Path,
    strict: bool = False,
) -> tuple[Phase, ...]:
    """Move an edition forward to a phase, one legal step at a time, and return the phases entered.

    Raises PhaseNotReached where an act of its own stands between, or where `strict` allows no step; PhasePassed.
    """
    editions.lock(session, edition)
    if edition.phase is phase:
        return ()
    if ORDER.index(edition.phase) > ORDER.index(phase):
        raise PhasePassed(f"{edition.key} is in phase {edition.phase}, this needs {phase}")
    steps = way(edition.phase, phase, editions.rules_of(session, edition).second_round)
    if strict or BY_THEIR_OWN_ACT.intersection(steps):
        raise PhaseNotReached(f"{edition.key} is in phase {edition.phase}, this needs {phase}")
    for step in steps:
        enter(session, edition, step, actor=actor, now=now, key_folder=key_folder)
    return steps


def enter(
    session: Session, edition: Edition, phase: Phase, *, actor: Actor, now: datetime, key_folder: Path
) -> None:
    """Take one step into a phase that needs no act of its own. Raises IllegalTransition for the others."""
    if phase in BY_THEIR_OWN_ACT:
        raise IllegalTransition("edition", edition.phase, phase)
    if phase is Phase.FIRST_ROUND:
        editions.freeze(session, edition, folder=key_folder, actor=actor, now=now)
        rounds.open_first(session, edition, actor=actor, now=now)
    elif phase is Phase.SECOND_ROUND:
        elections.open_second(session, edition, actor=actor, now=now)
    else:
        editions.advance(session, edition, phase, actor=actor, now=now)
