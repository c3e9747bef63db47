"""The roll: who votes in the second round, how it is frozen, and what each elector may vote for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from awards import decisions, editions, entitling, on_paper, passes
from awards.audit import Actor
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    Judge,
    JudgeState,
    PaperState,
    RollEntry,
    RollState,
)
from judging.rules import Rules, Vote
from judging.values import Electorate, Json, SecondRound, canonical

NOT_ON_ROLL = "not_on_roll"
"""Why somebody has no ballot who was on the roll when the election was prepared, and left it before it opened."""


class NoVote(Exception):
    """The rules of this edition have no vote."""


class VoteClosed(Exception):
    """The vote is closed, so its roll and its envelopes stay as they are."""


class VoteOpened(Exception):
    """The vote has been opened, so its roll stays as it was frozen."""


class RollFrozen(Exception):
    """The roll is frozen: nobody comes onto it or leaves it; only delegates change."""


class RollNotFrozen(Exception):
    """The roll is not frozen."""


class RollEmpty(Exception):
    """Nobody is on the roll."""


class NoSuchEntry(Exception):
    """There is no elector of that identifier."""


class NotOnRoll(Exception):
    """This elector is not on the roll."""


class AlreadyCast(Exception):
    """The elector has an envelope in this election already."""


def vote_of(rules: Rules, *, public: bool = False) -> Vote:
    """The vote that the rules have, or the public's own beside it. Raises NoVote."""
    if rules.second_round is not SecondRound.VOTE or rules.vote is None:
        raise NoVote(rules.key)
    if not public:
        return rules.vote
    if rules.public_vote is None:
        raise NoVote(rules.key)
    return rules.public_vote.vote


def of_edition(session: Session, edition: Edition) -> Sequence[RollEntry]:
    """Everybody who was ever considered, by elector: those on the roll, and those off it with the reason.

    Public electors stand on no roll: they vote on a prize of their own.
    """
    return session.scalars(
        select(RollEntry)
        .where(RollEntry.edition_id == edition.id, RollEntry.is_public.is_(False))
        .options(joinedload(RollEntry.organisation))
        .order_by(RollEntry.sort_key, RollEntry.elector)
    ).all()


def on(session: Session, edition: Edition) -> list[RollEntry]:
    """Those who are on the roll, by elector."""
    return [entry for entry in of_edition(session, edition) if entry.state is RollState.ON]


def find(session: Session, edition: Edition, public_id: str) -> RollEntry:
    """An elector by the identifier of addresses. Raises NoSuchEntry."""
    found = session.scalars(
        select(RollEntry).where(
            RollEntry.edition_id == edition.id,
            RollEntry.public_id == public_id,
            RollEntry.is_public.is_(False),
        )
    ).first()
    if found is None:
        raise NoSuchEntry(public_id)
    return found


def by_letter(entries: Iterable[RollEntry]) -> list[RollEntry]:
    """Those who can't be sent a link: they have no address, or share one, so that a mail would not say whose it is."""
    found = list(entries)
    by_mail = set(passes.reachable(found))
    return [it for it in found if it not in by_mail]


def having(edition: int, email: str) -> Select[RollEntry]:
    """Those on the roll of an edition who have an address; more than one where it is shared."""
    return select(RollEntry).where(
        RollEntry.edition_id == edition,
        RollEntry.email == email,
        RollEntry.state == RollState.ON,
        RollEntry.is_public.is_(False),
    )


def cast(session: Session, edition: Edition) -> set[int]:
    """The row numbers of the electors who have an envelope, or a paper handed in, in the vote that goes on, else in the
    one that is over.

    In a run-off those that were opened before it bind nobody.
    """
    lying = (ElectionState.OPEN, ElectionState.CLOSED)
    found: Sequence[Row[ElectionState, int | None]] = session.execute(
        select(Election.state, Envelope.roll_entry_id)
        .outerjoin(Envelope, and_(Envelope.election_id == Election.id, Envelope.struck_because.is_(None)))
        .where(
            Election.edition_id == edition.id,
            Election.kind != ElectionKind.PUBLIC,
            Election.state.in_((*lying, ElectionState.COUNTED)),
        )
    ).all()
    goes_on = any(state in lying for state, _ in found)
    online = {entry for state, entry in found if entry is not None and (state in lying) == goes_on}
    return online | on_paper.have_cast(session, edition.id, *(lying if goes_on else (ElectionState.COUNTED,)))


def is_over(session: Session, edition: Edition) -> bool:
    """Whether nobody votes any more: the envelopes are opened, and no run-off is open."""
    if edition.second_closed_at is None:
        return False
    query = select(Election.id).where(Election.edition_id == edition.id, Election.state == ElectionState.OPEN)
    return session.scalar(query.limit(1)) is None


def left(session: Session, edition: Edition, among: Iterable[Election] | None = None) -> set[int]:
    """The row numbers of the electors who have a ballot left to cast in a vote that is open, such as a run-off.

    `among`: in one of these elections. A judge who has left the panel has none.
    """
    query = (
        select(Entitlement.roll_entry_id)
        .join(Election, Election.id == Entitlement.election_id)
        .join(RollEntry, RollEntry.id == Entitlement.roll_entry_id)
        .outerjoin(Judge, Judge.id == RollEntry.judge_id)
        .outerjoin(
            Envelope,
            and_(
                Envelope.election_id == Entitlement.election_id,
                Envelope.roll_entry_id == Entitlement.roll_entry_id,
                Envelope.struck_because.is_(None),
            ),
        )
        .where(
            Election.edition_id == edition.id,
            Election.state == ElectionState.OPEN,
            RollEntry.is_public.is_(False),
            Entitlement.withheld_because.is_(None),
            Envelope.tag.is_(None),
            ~on_paper.is_for(PaperState.CAST),
            RollEntry.state == RollState.ON,
            or_(RollEntry.judge_id.is_(None), Judge.state == JudgeState.ACCEPTED),
        )
    )
    if among is not None:
        query = query.where(Election.id.in_([it.id for it in among]))
    return set(session.scalars(query))


def need_open(edition: Edition) -> None:
    """Raise RollFrozen or VoteClosed where nobody comes onto the roll or leaves it any more."""
    if edition.second_closed_at is not None:
        raise VoteClosed(edition.key)
    if edition.roll_frozen_at is not None:
        raise RollFrozen(edition.key)


def is_opened(session: Session, edition: Edition) -> bool:
    """Whether a vote was opened, or even closed."""
    opened = (ElectionState.OPEN, ElectionState.CLOSED, ElectionState.COUNTED)
    query = select(Election.id).where(Election.edition_id == edition.id, Election.state.in_(opened)).limit(1)
    return session.scalar(query) is not None


def document(session: Session, edition: Edition) -> bytes:
    """The roll as it is frozen: each elector's identifier, name and organisation, in the order of identifiers.

    Whoever casts the ballot stands nowhere in it, so that a delegate may change and the hash holds.
    """
    electors: list[Json] = [
        [entry.public_id, entry.elector, entry.organisation.public_id if entry.organisation else None]
        for entry in sorted(on(session, edition), key=_identifier)
    ]
    return canonical({"edition": edition.key, "electors": electors})


def _identifier(entry: RollEntry) -> str:
    return entry.public_id


def freeze(
    session: Session, edition: Edition, *, supersedes: Decision | None = None, actor: Actor, now: datetime
) -> Decision:
    """Fix who is on the roll, with its hash. Raises NoVote, VoteClosed, RollFrozen, RollEmpty."""
    editions.lock(session, edition)
    electorate = vote_of(editions.rules_of(session, edition)).electorate
    need_open(edition)
    electors = on(session, edition)
    if not electors:
        raise RollEmpty(edition.key)
    edition.roll_frozen_at = now
    edition.roll_sha256 = hashlib.sha256(document(session, edition)).hexdigest()
    bodies: list[Json] = [entry.elector for entry in electors] if electorate is Electorate.MEMBERS else []
    return decisions.decide(
        session,
        edition,
        DecisionKind.ROLL_FROZEN,
        actor=actor,
        now=now,
        subject={
            "sha256": edition.roll_sha256,
            "electors": len(electors),
            "electorate": electorate.value,
        },
        names={"electors": bodies} if bodies else None,
        supersedes=supersedes,
    )


def freeze_again(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Decision:
    """Fix the roll anew where the rules themselves put judges on it, by a decision that supersedes the earlier one."""
    editions.lock(session, edition)
    before = decisions.of_edition(session, edition, DecisionKind.ROLL_FROZEN)
    edition.roll_frozen_at = None
    return freeze(session, edition, supersedes=before[-1] if before else None, actor=actor, now=now)


def thaw(session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime) -> Decision:
    """Take a freeze back before the vote opens, with a reason.

    Raises RollNotFrozen, VoteOpened, VoteClosed, ReasonMissing.
    """
    editions.lock(session, edition)
    if edition.second_closed_at is not None:
        raise VoteClosed(edition.key)
    if edition.roll_frozen_at is None:
        raise RollNotFrozen(edition.key)
    if is_opened(session, edition):
        raise VoteOpened(edition.key)
    reason = decisions.need_reason(reason)
    frozen = decisions.of_edition(session, edition, DecisionKind.ROLL_FROZEN)[-1]
    before, edition.roll_frozen_at, edition.roll_sha256 = edition.roll_sha256, None, None
    return decisions.decide(
        session,
        edition,
        DecisionKind.ROLL_CHANGED,
        actor=actor,
        now=now,
        subject={"act": "thawed", "sha256": before},
        reason=reason,
        supersedes=frozen,
    )


def enrol_judges(session: Session, edition: Edition, category: str) -> None:
    """Put the accepted judges of a category on the roll, each once, under their e-mail.

    Where that is another elector's name already, as on a roll of the public, it is told apart from it.
    """
    entries = of_edition(session, edition)
    there = {entry.judge_id for entry in entries}
    taken = {entry.elector.casefold() for entry in entries}
    judges = session.scalars(
        select(Judge).where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
    )
    for judge in judges:
        if judge.id not in there and judge.reads(category):
            email = judge.account.email
            session.add(
                RollEntry(
                    edition_id=edition.id,
                    elector=email if email.casefold() not in taken else f"{email[:200]} ({judge.public_id})",
                    name=judge.account.name,
                    email=email,
                    judge_id=judge.id,
                    sort_key=judge.account.sort_key or email,
                )
            )
    session.flush()


def entitle(session: Session, edition: Edition, election: Election, *, like: Election | None = None) -> None:
    """Give each roll entry its entitlement in an election: what is barred, or why it has none.

    One that is there is brought up to date until the election opens. `like` copies those of another election, as
    far as they concern this one's slate.
    """
    there = {
        it.roll_entry_id: it
        for it in session.scalars(select(Entitlement).where(Entitlement.election_id == election.id))
    }
    electorate = vote_of(editions.rules_of(session, edition)).electorate
    if like is not None:
        found = _as_before(session, election, like)
    elif electorate is Electorate.JUDGES:
        found = entitling.for_judges(session, edition, election, on(session, edition))
    else:
        found = entitling.for_all(session, edition, election, on(session, edition))
    for entitlement in found:
        before = there.get(entitlement.roll_entry_id)
        if before is None:
            entitlement.election_id = election.id
            session.add(entitlement)
        elif election.state is ElectionState.PREPARED:
            before.barred, before.withheld_because = entitlement.barred, entitlement.withheld_because
    if election.state is ElectionState.PREPARED:
        for gone in there.keys() - {entitlement.roll_entry_id for entitlement in found}:
            there[gone].withheld_because = NOT_ON_ROLL
    session.flush()


def entitle_judges(session: Session, edition: Edition, election: Election) -> None:
    """Give the judges of the category a ballot in an election that the rules hand over to them."""
    judges = [entry for entry in on(session, edition) if entry.judge_id is not None]
    for entitlement in entitling.for_judges(session, edition, election, judges):
        entitlement.election_id = election.id
        session.add(entitlement)
    session.flush()


def entitle_prepared(session: Session, edition: Edition) -> None:
    """Bring the entitlements of every election that has not opened up to date with the roll."""
    prepared = select(Election).where(
        Election.edition_id == edition.id, Election.state == ElectionState.PREPARED
    )
    for election in session.scalars(prepared).all():
        entitle(session, edition, election)


def _as_before(session: Session, election: Election, like: Election) -> list[Entitlement]:
    return [
        Entitlement(
            roll_entry_id=before.roll_entry_id,
            barred=[reference for reference in before.barred if reference in election.slate],
            withheld_because=before.withheld_because,
        )
        for before in session.scalars(select(Entitlement).where(Entitlement.election_id == like.id))
    ]
