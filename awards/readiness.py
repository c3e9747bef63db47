"""Readiness: what has to be seen to before the vote can open, and what had better be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    chairs,
    codes,
    dates,
    duties,
    editions,
    elections,
    entitling,
    holders,
    proxies,
    publication,
    roll,
    shares,
    standings,
)
from awards.duties import Duty
from awards.holders import Holder, State
from awards.models import (
    Account,
    BallotKey,
    Edition,
    Election,
    Grant,
    Judge,
    JudgeState,
    KeyState,
    PublicationKind,
    Role,
    RollEntry,
)
from awards.timetable import Moment
from judging.rules import Vote
from judging.values import Electorate, Json, Step

WHO_OPEN = (Role.ORGANISER, Role.TELLER)
"""Of these two people open the envelopes."""


class Lack(StrEnum):
    """What is not as it should be."""

    NOT_CLOSED = "not_closed"
    NOT_SIGNED = "not_signed"
    NOT_ANNOUNCED = "not_announced"
    NOBODY_STANDS = "nobody_stands"
    ROLL_EMPTY = "roll_empty"
    ROLL_NOT_FROZEN = "roll_not_frozen"
    FEW_ELECTORS = "few_electors"
    NO_KEY = "no_key"
    NO_CLOSE = "no_close"
    CLOSE_PASSED = "close_passed"
    DISORDER = "disorder"
    NO_SEED = "no_seed"
    NO_CHAIR = "no_chair"
    NO_SIGNATORIES = "no_signatories"
    ALONE = "alone"
    TOO_MANY_BALLOTS = "too_many_ballots"
    NO_DELEGATE = "no_delegate"
    UNREACHED = "unreached"
    EARLY = "early"
    SUSPICIONS = "suspicions"
    UNTRIED = "untried"
    KEY_LOST_ONCE = "key_lost_once"


ADVICE = frozenset(
    {Lack.NO_DELEGATE, Lack.UNREACHED, Lack.EARLY, Lack.SUSPICIONS, Lack.UNTRIED, Lack.KEY_LOST_ONCE}
)
"""What can also be seen to while the vote is open."""
BY_HAND = frozenset({Lack.NO_CLOSE, Lack.CLOSE_PASSED})
"""What doesn't stand in the way where people close the vote by hand."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to see to: how many are concerned, in which categories, and what else its sentence says."""

    kind: Lack
    count: int = 1
    keys: tuple[str, ...] = ()
    arguments: Mapping[str, Json] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the vote can't open before it is seen to."""
        return self.kind not in ADVICE


def checklist(session: Session, edition: Edition, now: datetime, *, key_folder: Path) -> tuple[Item, ...]:
    """What has to be seen to before the vote opens, first what stops it. Raises NoVote."""
    vote = roll.vote_of(editions.rules_of(session, edition))
    found = [
        *_finalists(session, edition, now),
        *_electors(session, edition, vote),
        *_box(session, edition, key_folder),
        *_dates(session, edition, now),
        *_signers(session, edition),
    ]
    return tuple(sorted(found, key=lambda it: not it.stops))


def _finalists(session: Session, edition: Edition, now: datetime) -> Iterator[Item]:
    if edition.first_closed_at is None:
        yield Item(Lack.NOT_CLOSED)
        return
    if unsigned := elections.unsigned(session, edition):
        yield Item(Lack.NOT_SIGNED, len(unsigned), unsigned)
    shown = publication.first_shown(session, edition, PublicationKind.FINALISTS)
    hidden = tuple(
        key
        for key in standings.latest(session, edition)
        if key not in unsigned and (key not in shown or shown[key] > now)
    )
    if hidden:
        yield Item(Lack.NOT_ANNOUNCED, len(hidden), hidden)
    if not unsigned and not slates(session, edition):
        yield Item(Lack.NOBODY_STANDS)


def slates(session: Session, edition: Edition) -> dict[str, tuple[str, ...]]:
    """Who stands in each category in which somebody does."""
    found = {
        key: elections.slate_of(session, edition, key) for key in editions.open_categories(session, edition)
    }
    return {key: slate for key, slate in found.items() if slate}


def _electors(session: Session, edition: Edition, vote: Vote) -> Iterator[Item]:
    entries = roll.on(session, edition)
    if vote.electorate is not Electorate.JUDGES:
        if not entries:
            yield Item(Lack.ROLL_EMPTY)
            return
        if edition.roll_frozen_at is None:
            yield Item(Lack.ROLL_NOT_FROZEN)
        if vote.electorate is Electorate.MEMBERS and (unnamed := sum(not it.name for it in entries)):
            yield Item(Lack.NO_DELEGATE, unnamed)
        if several := proxies.beyond(session, edition, entries):
            yield Item(Lack.TOO_MANY_BALLOTS, len(several))
        known = codes.latest(session, edition)
        if unreached := sum(it.id not in known for it in roll.by_letter(entries) if it.name):
            yield Item(Lack.UNREACHED, unreached)
    elif waiting := duties.waiting(session, edition, Duty.SUSPICIONS)[Duty.SUSPICIONS]:
        yield Item(Lack.SUSPICIONS, waiting)
    needed = vote.minimum_electors
    found = {key: it.with_a_ballot for key, it in preview(session, edition, vote).items()}
    if short := tuple(key for key, number in found.items() if number < needed):
        yield Item(Lack.FEW_ELECTORS, len(short), short, {"needed": needed})


@dataclass(frozen=True, slots=True)
class Prospect:
    """How a category will be voted on: who stands, how many have a ballot, how many have one with a finalist barred,
    how many none.
    """

    slate: tuple[str, ...]
    with_a_ballot: int
    with_a_bar: int
    without: int


def preview(session: Session, edition: Edition, vote: Vote) -> dict[str, Prospect]:
    """What opening the vote now would give, by category. Nothing is saved."""
    found = {}
    with session.no_autoflush:
        _known = session.scalars(select(Judge).where(Judge.edition_id == edition.id)).all()
        entries = _would_be_on(session, edition, vote)
        for key, slate in slates(session, edition).items():
            election = Election(edition_id=edition.id, category=key, slate=list(slate))
            if vote.electorate is Electorate.JUDGES:
                entitled = entitling.for_judges(session, edition, election, entries)
            else:
                entitled = entitling.for_all(session, edition, election, entries)
            ballots = [it for it in entitled if it.withheld_because is None]
            barred = sum(bool(it.barred) for it in ballots)
            found[key] = Prospect(slate, len(ballots), barred, len(entitled) - len(ballots))
    return found


def _would_be_on(session: Session, edition: Edition, vote: Vote) -> Sequence[RollEntry]:
    """Who will be on the roll: where the judges vote, the panel is put on it by the opening."""
    if vote.electorate is not Electorate.JUDGES:
        return roll.on(session, edition)
    judges = session.scalars(
        select(Judge.id).where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
    )
    return [RollEntry(edition_id=edition.id, judge_id=judge) for judge in judges]


def _box(session: Session, edition: Edition, key_folder: Path) -> Iterator[Item]:
    if edition.seed is None:
        yield Item(Lack.NO_SEED)
    live = session.scalars(
        select(BallotKey)
        .where(BallotKey.edition_id == edition.id, BallotKey.state == KeyState.LIVE)
        .order_by(BallotKey.number)
    ).first()
    if live is None or not shares.is_there(session, key_folder, live):
        yield Item(Lack.NO_KEY)
    if live is not None and live.shared:
        people = holders.of_edition(session, edition)
        untried = [it.name for it in people if it.state is State.READY and not _is_tried(it, live)]
        if untried:
            yield Item(Lack.UNTRIED, len(untried), arguments={"names": [*untried]})
        if lost := [it.name for it in people if it.state is State.LOST]:
            yield Item(Lack.KEY_LOST_ONCE, len(lost), arguments={"names": [*lost]})


def _is_tried(holder: Holder, key: BallotKey) -> bool:
    """Whether a holder has tried the key since there is something to try it on."""
    return holder.tried_at is not None and holder.tried_at >= key.made_at


def _dates(session: Session, edition: Edition, now: datetime) -> Iterator[Item]:
    stated = editions.timetable_of(session, edition)
    close, opens = stated.get(Moment.VOTE_CLOSE), stated.get(Moment.VOTE_OPEN)
    if close is None:
        yield Item(Lack.NO_CLOSE)
    elif close.instant <= now:
        yield Item(Lack.CLOSE_PASSED)
    if wrong := dates.disorder(stated):
        yield Item(Lack.DISORDER, len(wrong))
    if opens is not None and opens.instant > now:
        yield Item(Lack.EARLY, arguments={"opens": {"local": opens.local.isoformat(), "zone": opens.zone}})


def _signers(session: Session, edition: Edition) -> Iterator[Item]:
    """Who signs the winners and the certificates, who decides where the ladder comes to the chair, who opens."""
    if lacking := chairs.lacking(session, edition):
        ladder = editions.rules_of(session, edition).result_ladder
        yield Item(Lack.NO_CHAIR, len(lacking), lacking, {"decides": Step.CHAIR in ladder})
    if not editions.texts_of(session, edition).get("signatories"):
        yield Item(Lack.NO_SIGNATORIES)
    if (people := openers(session, edition)) < 2 and not shares.is_shared(session, edition):
        yield Item(Lack.ALONE, arguments={"people": people})


def openers(session: Session, edition: Edition) -> int:
    """How many may take part in opening the envelopes."""
    found = session.scalars(
        select(Grant.account_id)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.edition_id == edition.id,
            Grant.role.in_(WHO_OPEN),
            Grant.ended_at.is_(None),
            Account.active,
        )
    )
    return len(set(found))
