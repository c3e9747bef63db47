"""The second-round vote of each category: prepared with its shortlist, opened, run again among level ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from awards import audit, conflicts, decisions, editions, on_paper, roll, standings
from awards.audit import Actor
from awards.models import (
    BallotKey,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    KeyState,
    Nomination,
)
from awards.panels import ON_THE_SLATE
from awards.timetable import Phase
from judging.ballot import most_ranked
from judging.rules import Rules, Vote
from judging.values import Electorate, Json, SecondRound, Slate

IN_THE_BOX = (ElectionState.OPEN, ElectionState.CLOSED)
"""States in which envelopes lie in the box."""


class NoLiveKey(Exception):
    """The edition has no live key to which envelopes could be sealed."""


class ShortlistNotSigned(Exception):
    """The shortlist has to be signed first."""


class TooFewElectors(Exception):
    """A category has fewer electors than the rules ask for. `short` maps category -> (found, needed)."""

    def __init__(self, short: Mapping[str, tuple[int, int]]) -> None:
        super().__init__("; ".join(f"{key} {found} of {needed}" for key, (found, needed) in short.items()))
        self.short = dict(short)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How far the vote in a category has come: electors with a ballot, envelopes and papers in the box."""

    category: str
    kind: ElectionKind
    electors: int
    envelopes: int


def of_edition(session: Session, edition: Edition, *states: ElectionState) -> Sequence[Election]:
    """The elections of an edition by category and number, in the states named or in any; without the public's own."""
    query = _of_edition(edition, *states).where(Election.kind != ElectionKind.PUBLIC)
    return session.scalars(query).all()


def of_the_public(session: Session, edition: Edition, *states: ElectionState) -> Sequence[Election]:
    """The public's votes on a prize of its own, by category and number."""
    query = _of_edition(edition, *states).where(Election.kind == ElectionKind.PUBLIC)
    return session.scalars(query).all()


def _of_edition(edition: Edition, *states: ElectionState) -> Select[Election]:
    query = (
        select(Election).where(Election.edition_id == edition.id).order_by(Election.category, Election.number)
    )
    return query.where(Election.state.in_(states)) if states else query


def of_category(session: Session, edition: Edition, category: str) -> list[Election]:
    """The elections of a category that are not void: the vote itself first, then its run-offs."""
    return [
        election
        for election in of_edition(session, edition)
        if election.category == category and election.state is not ElectionState.VOID
    ]


def vote_of(rules: Rules, election: Election) -> Vote:
    """The vote that an election is: that of the electors on the roll, or the public's own. Raises NoVote."""
    return roll.vote_of(rules, public=election.kind is ElectionKind.PUBLIC)


def slate_of(session: Session, edition: Edition, category: str) -> tuple[str, ...]:
    """The references that stand in the second round of a category, in a fixed order that ranks nobody."""
    rules = editions.rules_of(session, edition)
    states = ON_THE_SLATE[Slate.FINALISTS if rules.second_round is SecondRound.NONE else rules.slate]
    return tuple(
        session.scalars(
            select(Nomination.reference)
            .where(
                Nomination.edition_id == edition.id,
                Nomination.category == category,
                Nomination.state.in_(states),
            )
            .order_by(Nomination.reference)
        )
    )


def prepare(
    session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime
) -> Election | None:
    """Make the election of a category whose shortlist is signed, with its entitlements.

    Where the panel is the electorate, the category's judges are put on the roll. None where the rules have no vote
    or nobody stands; the election that is there already is brought up to date until it opens. Raises
    ShortlistNotSigned, NoLiveKey.
    """
    editions.lock(session, edition)
    rules = editions.rules_of(session, edition)
    if rules.vote is None:
        return None
    if category in unsigned(session, edition):
        raise ShortlistNotSigned(category)
    slate = slate_of(session, edition, category)
    if there := of_category(session, edition, category):
        if there[0].state is ElectionState.PREPARED and slate:
            there[0].slate = list(slate)
        roll.entitle(session, edition, there[0])
        return there[0]
    if not slate:
        return None
    if rules.vote.electorate is Electorate.JUDGES:
        roll.enrol_judges(session, edition, category)
    election = make(session, edition, category, slate, ElectionKind.REGULAR, _live_key(session, edition))
    roll.entitle(session, edition, election)
    record(session, edition, election, "election.prepared", actor=actor, now=now)
    return election


def _open_vote(
    session: Session, edition: Edition, *, by_hand: bool, actor: Actor, now: datetime
) -> tuple[Election, ...]:
    """Open every election that is prepared, with the conflicts that are known by now, by a decision.

    The roll is frozen by this where nobody did before. Raises TooFewElectors, naming each category that is short.
    """
    conflicts.find(session, edition, actor=actor, now=now)
    vote = roll.vote_of(editions.rules_of(session, edition))
    for category in editions.open_categories(session, edition):
        prepare(session, edition, category, actor=actor, now=now)
    waiting = of_edition(session, edition, ElectionState.PREPARED)
    found = {election.category: count_electors(session, election) for election in waiting}
    if short := {key: (n, vote.minimum_electors) for key, n in found.items() if n < vote.minimum_electors}:
        raise TooFewElectors(short)
    if edition.roll_frozen_at is None and roll.on(session, edition):
        roll.freeze(session, edition, actor=actor, now=now)
    decisions.decide(
        session,
        edition,
        DecisionKind.VOTE_OPENED,
        actor=actor,
        now=now,
        subject={
            "categories": [election.category for election in waiting],
            "electors": dict[str, Json](found),
            "roll_sha256": edition.roll_sha256,
            **({"by_hand": True} if by_hand else {}),
        },
    )
    for election in waiting:
        election.state, election.opened_at = ElectionState.OPEN, now
        shape(session, edition, election)
        record(session, edition, election, "election.opened", actor=actor, now=now)
        _open_to_the_public(session, edition, election, actor=actor, now=now)
    session.flush()
    return tuple(waiting)


def _open_to_the_public(
    session: Session, edition: Edition, beside: Election, *, actor: Actor, now: datetime
) -> None:
    """Open the public's own vote beside the vote in a category, with the same finalists and the same key."""
    if editions.rules_of(session, edition).public_vote is None:
        return
    election = make(session, edition, beside.category, beside.slate, ElectionKind.PUBLIC, beside.key)
    election.state, election.opened_at = ElectionState.OPEN, now
    record(session, edition, election, "election.opened", actor=actor, now=now)


def open_second(
    session: Session, edition: Edition, *, by_hand: bool = False, actor: Actor, now: datetime
) -> tuple[Election, ...]:
    """Begin the second round: the vote is opened, or the panel marks.

    `by_hand`: people close the vote, no date does; the decision states it.

    Raises ShortlistNotSigned naming the categories that wait, TooFewElectors, IllegalTransition.
    """
    editions.lock(session, edition)
    if waiting := unsigned(session, edition):
        raise ShortlistNotSigned(", ".join(waiting))
    editions.advance(session, edition, Phase.SECOND_ROUND, actor=actor, now=now)
    if editions.rules_of(session, edition).vote is None:
        return ()
    return _open_vote(session, edition, by_hand=by_hand, actor=actor, now=now)


def unsigned(session: Session, edition: Edition) -> tuple[str, ...]:
    """The categories whose shortlist nobody has signed, in the rules' order."""
    return tuple(
        category
        for category, standing in standings.latest(session, edition).items()
        if standing.signed_by is None and category in editions.open_categories(session, edition)
    )


def open_runoff(
    session: Session,
    edition: Edition,
    category: str,
    level: Iterable[str],
    *,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Election:
    """Open a run-off among level nominations: with a key of its own, the same roll and the same bars."""
    regular = of_category(session, edition, category)[0]
    key = editions.make_key(session, edition, folder=key_folder, now=now)
    election = make(session, edition, category, sorted(level), ElectionKind.RUNOFF, key)
    election.state, election.opened_at = ElectionState.OPEN, now
    roll.entitle(session, edition, election, like=regular)
    shape(session, edition, election)
    record(session, edition, election, "election.opened", actor=actor, now=now)
    return election


def shape(session: Session, edition: Edition, election: Election) -> None:
    """State how many a ranking may name, as the election opens: the same for everybody, so that no published ballot
    tells by what it leaves out whose it is. Where no ballot will be published all may be ranked.
    """
    rules = editions.rules_of(session, edition)
    method = vote_of(rules, election).method
    published = method.is_ranking and count_electors(session, election) >= rules.min_publish
    barred = session.scalars(
        select(Entitlement.barred).where(
            Entitlement.election_id == election.id, Entitlement.withheld_because.is_(None)
        )
    )
    election.most_ranked = most_ranked(election.slate, barred) if published else None
    session.flush()


def count_electors(session: Session, election: Election) -> int:
    """How many roll entries have a ballot in an election."""
    found = session.scalar(
        select(func.count())
        .select_from(Entitlement)
        .where(Entitlement.election_id == election.id, Entitlement.withheld_because.is_(None))
    )
    return found or 0


def turnout(session: Session, elections: Iterable[Election]) -> tuple[Turnout, ...]:
    """Electors and envelopes of each election: counts, and nothing of any choice."""
    asked = list(elections)
    rows = session.execute(
        select(Envelope.election_id, func.count())
        .where(
            Envelope.election_id.in_([election.id for election in asked]), Envelope.struck_because.is_(None)
        )
        .group_by(Envelope.election_id)
    )
    envelopes = {row[0]: int(row[1]) for row in rows}
    papers = on_paper.handed_in(session, [election.id for election in asked])
    return tuple(
        Turnout(
            election.category,
            election.kind,
            count_electors(session, election),
            envelopes.get(election.id, 0) + papers.get(election.id, 0),
        )
        for election in asked
    )


def make(
    session: Session,
    edition: Edition,
    category: str,
    slate: Sequence[str],
    kind: ElectionKind,
    key: BallotKey,
) -> Election:
    """An election under the category's next number; whoever calls gives the entitlements and opens it."""
    last = session.scalar(
        select(func.max(Election.number)).where(
            Election.edition_id == edition.id, Election.category == category
        )
    )
    election = Election(
        edition_id=edition.id,
        category=category,
        number=(last or 0) + 1,
        kind=kind,
        key_id=key.id,
        slate=list(slate),
    )
    session.add(election)
    session.flush()
    return election


def _live_key(session: Session, edition: Edition) -> BallotKey:
    key = session.scalars(
        select(BallotKey)
        .where(BallotKey.edition_id == edition.id, BallotKey.state == KeyState.LIVE)
        .order_by(BallotKey.number)
        .limit(1)
    ).first()
    if key is None:
        raise NoLiveKey(edition.key)
    return key


def record(
    session: Session, edition: Edition, election: Election, action: str, *, actor: Actor, now: datetime
) -> None:
    """The audit event of what was done to an election."""
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"{election.category} {election.number}",
        now=now,
        edition=edition,
        after={
            "election": election.public_id,
            "slate": list(election.slate),
            "electors": count_electors(session, election),
        },
    )
