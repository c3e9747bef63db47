"""Proxies: one person who casts the ballots of several electors, as far as the rules let them; a judge never does.

Who has the same address and the same name is one person. Two names behind one address are two people of one office.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions, passes
from awards.models import (
    AccountAddress,
    Edition,
    Judge,
    JudgeState,
    RollEntry,
    RollState,
)
from judging.rules import Rules

T = TypeVar("T")
Person = tuple[str, str]
"""Address and folded name."""


class TooManyBallots(Exception):
    """This person casts the ballots of as many electors already as the rules let one person."""


class JudgeIsNoProxy(Exception):
    """A judge casts the ballot of one elector at most, whatever the rules let others."""


def most(rules: Rules) -> int:
    """The electors for whom one person may vote."""
    return rules.vote.max_ballots if rules.vote is not None else 1


def others(session: Session, entry: RollEntry) -> list[RollEntry]:
    """The other electors on the roll whose ballots the same person casts; the public votes for itself only."""
    return [] if entry.is_public else _held(session, entry, passes.person(entry))


def _held(session: Session, entry: RollEntry, person: Person | None) -> list[RollEntry]:
    if person is None:
        return []
    found = session.scalars(
        select(RollEntry)
        .where(
            RollEntry.edition_id == entry.edition_id,
            RollEntry.email == person[0],
            RollEntry.state == RollState.ON,
            RollEntry.is_public.is_(False),
            RollEntry.id != entry.id,
        )
        .order_by(RollEntry.sort_key, RollEntry.elector)
    )
    return [it for it in found if passes.person(it) == person]


def check(session: Session, edition: Edition, entry: RollEntry, email: str, name: str) -> None:
    """Whether somebody may be named to cast an elector's ballot. Raises TooManyBallots, JudgeIsNoProxy."""
    held = _held(session, entry, passes.person_of(email, name))
    if not held:
        return
    if len(held) + 1 > most(editions.rules_of(session, edition)):
        raise TooManyBallots(entry.elector)
    if _judges(session, edition, [email]):
        raise JudgeIsNoProxy(entry.elector)


def beyond(session: Session, edition: Edition, entries: Iterable[RollEntry]) -> list[list[RollEntry]]:
    """Electors of one person each, where they are more than the rules let one person vote for."""
    return beyond_of(session, edition, ((it, passes.person(it)) for it in entries))


def beyond_of(session: Session, edition: Edition, named: Iterable[tuple[T, Person | None]]) -> list[list[T]]:
    """The same for whatever names a person."""
    people: dict[Person, list[T]] = {}
    for it, person in named:
        if person is not None:
            people.setdefault(person, []).append(it)
    several = {person: its for person, its in people.items() if len(its) > 1}
    if not several:
        return []
    limit = most(editions.rules_of(session, edition))
    judges = _judges(session, edition, [email for email, _ in several])
    return [its for (email, _), its in several.items() if len(its) > limit or email in judges]


def _judges(session: Session, edition: Edition, addresses: Sequence[str]) -> set[str]:
    """Which of some addresses are those of judges of the edition."""
    return set(
        session.scalars(
            select(AccountAddress.email)
            .join(Judge, Judge.account_id == AccountAddress.account_id)
            .where(
                Judge.edition_id == edition.id,
                Judge.state == JudgeState.ACCEPTED,
                AccountAddress.email.in_(addresses),
            )
        )
    )
