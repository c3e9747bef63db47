"""Proxies: one person who casts the ballots of several electors, as far as the rules let them; a judge never does.

Who has the same address and the same name is one person. Two names behind one address are two people of one office.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


class TooManyBallots(Exception):
    """This person casts the ballots of as many electors already as the rules let one person."""


class JudgeIsNoProxy(Exception):
    """A judge casts the ballot of one elector at most, whatever the rules let others."""


def most(rules: Rules) -> int:
    """The electors for whom one person may vote."""
    return rules.vote.max_ballots if rules.vote is not None else 1


def others(session: Session, entry: RollEntry) -> list[RollEntry]:
    """The other electors on the roll whose ballots the same person casts."""
    person = passes.person(entry)
    if person is None:
        return []
    found = session.scalars(
        select(RollEntry)
        .where(
            RollEntry.edition_id == entry.edition_id,
            RollEntry.email == entry.email,
            RollEntry.state == RollState.ON,
            RollEntry.id != entry.id,
            RollEntry.is_public.is_(False),
        )
        .order_by(RollEntry.sort_key, RollEntry.elector)
    )
    return [it for it in found if passes.person(it) == person]


def check(session: Session, edition: Edition, entry: RollEntry) -> None:
    """Whether the person named for an elector may cast its ballot. Raises TooManyBallots, JudgeIsNoProxy."""
    held = others(session, entry)
    if not held:
        return
    if len(held) + 1 > most(editions.rules_of(session, edition)):
        raise TooManyBallots(entry.elector)
    if _judges(session, edition, [entry.email]):
        raise JudgeIsNoProxy(entry.elector)


def beyond(session: Session, edition: Edition, entries: Iterable[RollEntry]) -> list[list[RollEntry]]:
    """Electors of one person each, where they are more than the rules let one person vote for."""
    people: dict[tuple[str, str], list[RollEntry]] = {}
    for entry in entries:
        if (person := passes.person(entry)) is not None:
            people.setdefault(person, []).append(entry)
    several = [its for its in people.values() if len(its) > 1]
    if not several:
        return []
    limit = most(editions.rules_of(session, edition))
    judges = _judges(session, edition, [its[0].email for its in several])
    return [its for its in several if len(its) > limit or its[0].email in judges]


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
