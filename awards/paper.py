"""Paper ballots: issued to an elector in place of the online one, given back, spoilt for another, handed in.

The paper itself carries no name and no number: what is kept is that an elector has one, and where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from awards import audit, decisions, editions, elections, own_ballots, passes
from awards.audit import Actor
from awards.envelopes import NotOpen
from awards.models import (
    Edition,
    Election,
    ElectionState,
    Judge,
    JudgeState,
    PaperBallot,
    PaperState,
    RollEntry,
    RollState,
)
from awards.on_paper import HELD
from awards.own_ballots import Paper
from awards.roll import AlreadyCast, NotOnRoll, VoteClosed
from awards.timetable import Deadline

LONGEST_REASON = 400


class HasPaper(Exception):
    """The elector has a paper for all that is open."""


class NoneForThem(Exception):
    """No ballot is open to the elector: none is theirs in any category that is voted on now."""


class PaperMoved(Exception):
    """The paper is not where the page said: somebody else has recorded something of it since."""


def open_to(mine: Collection[Paper]) -> list[Paper]:
    """The ballots of an elector of which a paper can be issued, by what is known of them."""
    return [
        it
        for it in mine
        if it.election.state is ElectionState.OPEN
        and it.withheld_because is None
        and it.on_paper is None
        and it.cast_at is None
    ]


def issue(
    session: Session, edition: Edition, entry: RollEntry, *, actor: Actor, now: datetime
) -> PaperBallot:
    """Issue the papers of an elector, one for each category that is open to them: from now on none is online.

    Raises NotOnRoll, NotOpen, AlreadyCast, HasPaper, NoneForThem.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    if not _may_vote(session, entry):
        raise NotOnRoll(entry.elector)
    mine = own_ballots.papers(session, edition, entry, now=now).values()
    if all(it.is_over or it.election.state is not ElectionState.OPEN for it in mine):
        raise NotOpen(edition.key)
    if not open_to(mine):
        if any(it.on_paper is not None for it in mine):
            raise HasPaper(entry.elector)
        raise (AlreadyCast if any(it.cast_at is not None for it in mine) else NoneForThem)(entry.elector)
    opened = [it.election.opened_at for it in open_to(mine) if it.election.opened_at is not None]
    return _issue(session, edition, entry, actor=actor, now=max(now, *opened))


def _may_vote(session: Session, entry: RollEntry) -> bool:
    judge = session.get(Judge, entry.judge_id, populate_existing=True) if entry.judge_id else None
    on = entry.state is RollState.ON and not entry.is_public
    return on and (judge is None or judge.state is JudgeState.ACCEPTED)


def _issue(
    session: Session, edition: Edition, entry: RollEntry, *, actor: Actor, now: datetime
) -> PaperBallot:
    last = session.scalar(select(func.max(PaperBallot.number)).where(PaperBallot.roll_entry_id == entry.id))
    paper = PaperBallot(
        edition_id=edition.id,
        roll_entry_id=entry.id,
        number=(last or 0) + 1,
        issued_at=now,
        issued_by_id=actor.account.id,
    )
    session.add(paper)
    session.flush()
    _record(session, edition, entry, paper, "paper.issued", actor, now)
    return paper


def hand_in(session: Session, edition: Edition, paper: PaperBallot, *, actor: Actor, now: datetime) -> None:
    """Record that a paper lies in the box: the elector has taken part. When is kept to the hour.

    Raises PaperMoved, NotOpen.
    """
    _take(session, edition, paper, PaperState.ISSUED)
    if not _is_in(session, paper, ElectionState.OPEN):
        raise NotOpen(edition.key)
    _end(session, edition, paper, PaperState.CAST, "paper.handed_in", actor, passes.to_the_hour(now))


def take_back(
    session: Session, edition: Edition, paper: PaperBallot, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Take back that a paper was handed in, such as that of somebody else of the same name.

    Raises PaperMoved, NotOpen, ReasonMissing.
    """
    _take(session, edition, paper, PaperState.CAST)
    if not _is_in(session, paper, ElectionState.OPEN):
        raise NotOpen(edition.key)
    paper.reason = decisions.need_reason(reason)
    paper.state, paper.ended_at = PaperState.ISSUED, None
    session.flush()
    _record(session, edition, paper.roll_entry, paper, "paper.not_handed_in", actor, passes.to_the_hour(now))


def give_back(session: Session, edition: Edition, paper: PaperBallot, *, actor: Actor, now: datetime) -> None:
    """Record that a paper came back unused: the elector's online ballot is open again while the vote is.

    Raises PaperMoved, VoteClosed once the envelopes are opened.
    """
    _take(session, edition, paper, PaperState.ISSUED)
    if not _is_in(session, paper, *elections.IN_THE_BOX):
        raise VoteClosed(edition.key)
    _end(session, edition, paper, PaperState.RETURNED, "paper.returned", actor, now)


def spoil(
    session: Session, edition: Edition, paper: PaperBallot, *, actor: Actor, now: datetime
) -> PaperBallot:
    """Take in a spoilt paper and issue another one in its place. Raises PaperMoved, NotOpen."""
    _take(session, edition, paper, PaperState.ISSUED)
    if not _is_in(session, paper, ElectionState.OPEN):
        raise NotOpen(edition.key)
    _end(session, edition, paper, PaperState.SPOILT, "paper.spoilt", actor, now)
    return _issue(session, edition, paper.roll_entry, actor=actor, now=now)


def of_entry(session: Session, entry: RollEntry) -> Sequence[PaperBallot]:
    """Every paper that was issued to an elector, the newest first."""
    query = select(PaperBallot).where(PaperBallot.roll_entry_id == entry.id)
    return session.scalars(query.order_by(PaperBallot.number.desc())).all()


def held(session: Session, edition: Edition, most: int = 100) -> Sequence[PaperBallot]:
    """The papers that are out or handed in, by elector, as many as a page lists; those that are out first."""
    return session.scalars(
        select(PaperBallot)
        .join(RollEntry, RollEntry.id == PaperBallot.roll_entry_id)
        .where(PaperBallot.edition_id == edition.id, PaperBallot.state.in_(HELD))
        .options(joinedload(PaperBallot.roll_entry).joinedload(RollEntry.organisation))
        .order_by(PaperBallot.state.desc(), RollEntry.sort_key, RollEntry.elector, PaperBallot.number)
        .limit(most)
    ).all()


def closes(mine: Collection[Paper]) -> Deadline | None:
    """Until when papers are taken, where one date holds for all that is open."""
    found = {it.closes for it in open_to(mine)}
    return found.pop() if len(found) == 1 else None


def _take(session: Session, edition: Edition, paper: PaperBallot, state: PaperState) -> None:
    editions.lock(session, edition)
    session.refresh(paper)
    if paper.state is not state:
        raise PaperMoved(paper.state.value)


def _is_in(session: Session, paper: PaperBallot, *states: ElectionState) -> bool:
    """Whether something that a paper is for is in one of these states: not what was opened after it was issued."""
    query = select(Election.id).where(
        Election.edition_id == paper.edition_id,
        Election.opened_at <= paper.issued_at,
        Election.state.in_(states),
    )
    return session.scalar(query.limit(1)) is not None


def _end(
    session: Session,
    edition: Edition,
    paper: PaperBallot,
    state: PaperState,
    action: str,
    actor: Actor,
    now: datetime,
) -> None:
    paper.state, paper.ended_at = state, now
    session.flush()
    _record(session, edition, paper.roll_entry, paper, action, actor, now)


def _record(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    paper: PaperBallot,
    action: str,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=entry.elector,
        now=now,
        edition=edition,
        after={"paper": paper.number, **({"reason": paper.reason} if paper.reason else {})},
    )
