"""The public's own votes on a prize of its own: who may vote in them, how many did, and what they give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions, elections, verdicts
from awards.elections import Turnout
from awards.models import Edition, Election, ElectionState, Entitlement, RollEntry
from awards.verdicts import Stage
from judging.ballot import Tally
from judging.count import public_round, tally_of
from judging.ladder import Verdicts
from judging.outcome import Outcome
from judging.shortlist import Standing


class NotThePublic(Exception):
    """This elector stands on the roll, and votes there only."""


def is_offered(session: Session, edition: Edition) -> bool:
    """Whether the rules give the public a prize of its own to vote on."""
    return editions.rules_of(session, edition).public_vote is not None


def open_ones(session: Session, edition: Edition) -> Sequence[Election]:
    """Those that are open, by category."""
    return elections.of_the_public(session, edition, ElectionState.OPEN)


def entitle(session: Session, edition: Edition, entry: RollEntry) -> None:
    """Give a public elector a ballot in each public vote that is open; one that is there already stays as it is.

    Raises NotThePublic.
    """
    if not entry.is_public:
        raise NotThePublic(entry.public_id)
    there = set(
        session.scalars(select(Entitlement.election_id).where(Entitlement.roll_entry_id == entry.id))
    )
    session.add_all(
        Entitlement(election_id=it.id, roll_entry_id=entry.id, barred=[])
        for it in open_ones(session, edition)
        if it.id not in there
    )
    session.flush()
