"""Casting: an elector's ballots go into the box, each once; the same form sent twice gets the same receipts.

Nothing of a choice is kept but the sealed envelope. Its tag tells the same form again: a hash over the form's secret,
which only the elector's page holds, so that tags join no elector to a ballot, not even once ballots are published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from awards import deadlines, delegates, editions, envelopes, passes, roll
from awards.audit import Actor
from awards.deadlines import Timing
from awards.envelopes import NotOpen, Sealing
from awards.models import (
    Account,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    EnvelopeOrigin,
    Judge,
    JudgeState,
    RollEntry,
    RollState,
    TimetableAmendment,
    VotingPass,
)
from awards.roll import AlreadyCast
from awards.timetable import Deadline, Moment
from judging.ballot import Choice, ChoiceFault, faults
from judging.rules import Rules, Vote
from judging.values import Json, canonical

LEAST_SECRET = 16
"""Characters that a form's secret and each nonce must have, so that nobody finds them by trying."""


class NoBallot(Exception):
    """The elector has no ballot in this category."""


class FormDamaged(Exception):
    """The form doesn't hold the secrets that its page had put there."""


class VoteOver(NotOpen):
    """The time for casting is over."""


class CastBefore(AlreadyCast):
    """Ballots were cast already, by another form. `hours`: category -> the hour in which."""

    def __init__(self, hours: Mapping[str, datetime]) -> None:
        super().__init__(", ".join(sorted(hours)))
        self.hours = dict(hours)


class ChoiceRefused(Exception):
    """A choice can't be cast as it is. `faults`: category -> (nomination, fault)."""

    def __init__(self, found: Mapping[str, tuple[tuple[str, ChoiceFault], ...]]) -> None:
        super().__init__(", ".join(sorted(found)))
        self.faults = dict(found)


@dataclass(frozen=True, slots=True)
class Paper:
    """An elector's ballot in the election that a category has now. `slate` is in an order of the elector's own.

    `cast_at`: the hour in which it was cast. `again`: an earlier vote in the category was void, and the elector had
    cast a ballot in it, which was destroyed unopened.
    """

    election: Election
    slate: tuple[str, ...]
    barred: tuple[str, ...]
    withheld_because: str | None
    cast_at: datetime | None
    again: bool
    closes: Deadline | None
    is_over: bool

    @property
    def category(self) -> str:
        return self.election.category

    @property
    def is_open(self) -> bool:
        """Whether a ballot can be cast now."""
        waits = self.cast_at is None and self.withheld_because is None
        return self.election.state is ElectionState.OPEN and not self.is_over and waits

    @property
    def free(self) -> tuple[str, ...]:
        """The finalists that the elector may choose among."""
        return tuple(it for it in self.slate if it not in self.barred)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`commitment`: under what the ballot stands in the record. `again`: the same form was sent before."""

    commitment: str
    cast_at: datetime
    again: bool


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
    rows: Sequence[Row[Election, Entitlement, datetime | None]] = session.execute(
        select(Election, Entitlement, Envelope.cast_at)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .outerjoin(
            Envelope,
            and_(Envelope.election_id == Election.id, Envelope.roll_entry_id == Entitlement.roll_entry_id),
        )
        .where(Election.edition_id == edition.id, Entitlement.roll_entry_id == entry.id)
        .order_by(Election.number)
        .execution_options(populate_existing=True)
    ).all()
    found: dict[str, Paper] = {}
    destroyed: set[str] = set()
    for election, entitlement, cast_at in rows:
        if election.state is ElectionState.VOID:
            if cast_at is not None:
                destroyed.add(election.category)
            continue
        closes = _closes(election, stated)
        timing = deadlines.timing(
            closes, opened=opened, now=now, grace_minutes=rules.eligibility.grace_minutes
        )
        found[election.category] = Paper(
            election,
            own_order(entry, election, entitlement.barred),
            tuple(it for it in election.slate if it in entitlement.barred),
            entitlement.withheld_because,
            cast_at,
            election.category in destroyed,
            closes,
            timing is Timing.LATE,
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
    mine = [it.id for entries in people.values() if (it := passes.the_one(entries)) is not None]
    if not mine:
        return []
    rows = session.scalars(
        select(Election)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .outerjoin(
            Envelope,
            and_(Envelope.election_id == Election.id, Envelope.roll_entry_id == Entitlement.roll_entry_id),
        )
        .where(
            Entitlement.roll_entry_id.in_(mine),
            Entitlement.withheld_because.is_(None),
            Election.state == ElectionState.OPEN,
            Envelope.election_id.is_(None),
        )
        .order_by(Election.edition_id, Election.id)
    ).all()
    stated = _stated(session, {it.edition_id for it in rows}) if rows else {}
    found: dict[int, Waiting] = {}
    for election in rows:
        closes = _closes(election, stated.get(election.edition_id))
        if closes is None or now <= closes.instant:
            before = found.get(election.edition_id)
            number = before.number + 1 if before is not None else 1
            found[election.edition_id] = Waiting(election.edition_id, number, closes)
    return list(found.values())


def _stated(session: Session, wanted: Collection[int]) -> dict[int, Deadline]:
    """When the vote closes in each of some editions, as last stated."""
    changes = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id.in_(wanted), TimetableAmendment.moment == Moment.VOTE_CLOSE)
        .order_by(TimetableAmendment.number)
    )
    return {it.edition_id: Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc) for it in changes}


def _closes(election: Election, stated: Deadline | None) -> Deadline | None:
    """A vote opened after the stated close, such as a run-off, has no date of its own: people close it."""
    opened_later = (
        stated is not None and election.opened_at is not None and election.opened_at >= stated.instant
    )
    return None if election.kind is ElectionKind.RUNOFF or opened_later else stated


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
    )


def cast(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    choices: Mapping[str, Choice],
    *,
    form: str,
    nonces: Mapping[str, str],
    now: datetime,
    opened: datetime | None = None,
    by: VotingPass | None = None,
) -> dict[str, Receipt]:
    """Cast the ballots of a form, by category, all of them or none; an empty choice abstains.

    `form` and `nonces` are secrets that the elector's page holds. No audit event is written: one for each ballot would
    tell when somebody voted; the opening states how many there were. `by`: the pass with which the elector came.
    Raises PassEnded, NoBallot, FormDamaged, CastBefore, NotOpen, VoteOver, ChoiceRefused.
    """
    editions.hold(session, edition)
    session.refresh(entry)
    if by is not None:
        session.refresh(by)
        if not passes.is_valid(by, now):
            raise passes.PassEnded
    if not _is_elector(session, entry):
        raise NoBallot(entry.elector)
    rules = editions.rules_of(session, edition)
    vote = roll.vote_of(rules)
    try:
        return _cast(session, edition, entry, choices, form, nonces, now, opened, rules, vote)
    except AlreadyCast as error:
        if isinstance(error, CastBefore):
            raise
        return _cast(session, edition, entry, choices, form, nonces, now, opened, rules, vote)


def _is_elector(session: Session, entry: RollEntry) -> bool:
    """Whether somebody is on the roll, and a judge still on the panel."""
    judge = session.get(Judge, entry.judge_id, populate_existing=True) if entry.judge_id else None
    return entry.state is RollState.ON and (judge is None or judge.state is JudgeState.ACCEPTED)


def _cast(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    choices: Mapping[str, Choice],
    form: str,
    nonces: Mapping[str, str],
    now: datetime,
    opened: datetime | None,
    rules: Rules,
    vote: Vote,
) -> dict[str, Receipt]:
    mine = papers(session, edition, entry, opened=opened, now=now, rules=rules)
    sealed = {
        key: _Sealed.of(mine, entry, key, choices[key], form, nonces, vote) for key in mine if key in choices
    }
    if missing := set(choices) - set(sealed):
        raise NoBallot(", ".join(sorted(missing)))
    there = _tags(session, entry, [it.paper for it in sealed.values()])
    found = {
        key: Receipt(it.commitment, there[key][1], again=True)
        for key, it in sealed.items()
        if key in there and there[key][0] == it.tag
    }
    if before := {key: there[key][1] for key in there if key not in found}:
        raise CastBefore(before)
    new = {key: it for key, it in sealed.items() if key not in found}
    _check([it.paper for it in new.values()])
    if refused := {key: bad for key, it in new.items() if (bad := wrong(it.paper, vote, it.choice))}:
        raise ChoiceRefused(refused)
    if new:
        sealings = [Sealing(it.paper.election, entry, it.choice, it.tag, it.nonce) for it in new.values()]
        envelopes.put(session, sealings, vote, origin=EnvelopeOrigin.ONLINE, now=now)
    hour = passes.to_the_hour(now)
    found |= {key: Receipt(it.commitment, hour, again=False) for key, it in new.items()}
    return {key: found[key] for key in sealed}


def _check(new: Sequence[Paper]) -> None:
    for paper in new:
        if paper.withheld_because is not None:
            raise NoBallot(paper.category)
        if paper.election.state is not ElectionState.OPEN:
            raise NotOpen(paper.category)
        if paper.is_over:
            raise VoteOver(paper.category)


def _tags(session: Session, entry: RollEntry, found: Sequence[Paper]) -> dict[str, tuple[str, datetime]]:
    """The tags and hours of the envelopes that are there, by category."""
    categories = {it.election.id: it.category for it in found}
    rows = session.execute(
        select(Envelope.election_id, Envelope.tag, Envelope.cast_at).where(
            Envelope.roll_entry_id == entry.id, Envelope.election_id.in_(categories)
        )
    )
    return {categories[number]: (tag, cast_at) for number, tag, cast_at in rows}


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A choice with what goes into its envelope."""

    paper: Paper
    choice: Choice
    nonce: str
    tag: str
    commitment: str

    @classmethod
    def of(
        cls,
        mine: Mapping[str, Paper],
        entry: RollEntry,
        category: str,
        choice: Choice,
        form: str,
        nonces: Mapping[str, str],
        vote: Vote,
    ) -> _Sealed:
        """The nonce in the envelope follows from the form's and the elector: no two electors can agree on the same one,
        which would keep the box from being opened.
        """
        given = nonces.get(category, "")
        if min(len(form), len(given)) < LEAST_SECRET:
            raise FormDamaged(category)
        paper = mine[category]
        election = paper.election
        nonce = _hash("nonce", form, given, election.public_id, entry.public_id)[: envelopes.NONCE]
        return cls(
            paper,
            choice,
            nonce,
            _hash("tag", form, election.public_id, list[Json](choice), nonce),
            envelopes.commit(election, vote, choice, nonce),
        )


def _hash(*parts: Json) -> str:
    return hashlib.sha256(canonical(list(parts))).hexdigest()


def _bring_ballot(session: Session, edition: Edition, entry: RollEntry, actor: Actor, now: datetime) -> None:
    """Whoever is named while the vote is open gets the mail that others got when it was opened."""
    if entry.email and any(it.is_open for it in papers(session, edition, entry, now=now).values()):
        sharing = session.scalars(roll.having(edition.id, entry.email)).all()
        passes.invite(session, edition, sharing, actor=actor, now=now)


delegates.on_named.append(_bring_ballot)
