"""A declined prize: recorded by decision, and what the rules make of it, vacant or given to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    acceptances,
    certificates,
    decisions,
    editions,
    embargoes,
    naming,
    nominations,
    public_votes,
    results,
    winners,
)
from awards.audit import Actor
from awards.models import (
    Acceptance,
    Answer,
    Award,
    AwardState,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
)
from judging.count import outcome_of
from judging.vacancies import Held, held, in_the_running
from judging.values import Json


class NotDeclined(Exception):
    """Its winner has not declined this prize."""


class ConsequencesChanged(Exception):
    """What follows from it is not what was looked at."""


@dataclass(frozen=True, slots=True)
class Move:
    """A nomination that moves to a prize, from another one or from none."""

    reference: str
    before: str
    prize: str
    place: int


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the rules make of a prize that its winner loses: who moves to which, and the prizes that nobody has then."""

    moves: tuple[Move, ...]
    vacant: tuple[str, ...]

    @property
    def seen(self) -> str:
        """What was looked at, to be sent back with the word to do it."""
        return " ".join([*(f"{it.reference}:{it.prize}" for it in self.moves), "-", *self.vacant])


def consequence(session: Session, edition: Edition, award: Award) -> Consequence:
    """What would follow if a prize were declined, or revoked."""
    if award.by_decision:
        return Consequence((), (award.prize,))
    there = _awards(session, edition, award)
    then = _held(session, edition, award, there)
    now = {it.nomination.reference: it.prize for it in there if it.state is AwardState.GIVEN}
    moves = tuple(
        Move(it.nomination, now.get(it.nomination, ""), it.prize, it.place)
        for it in then.holders
        if now.get(it.nomination) != it.prize
    )
    return Consequence(moves, then.vacant)


def record(
    session: Session,
    edition: Edition,
    acceptance: Acceptance,
    *,
    seen: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Record by decision that a prize is declined, with what the rules make of it; whoever moves up is told anew.

    There is no way back. Raises NotDeclined, ConsequencesChanged, Released, NotGiven, ReasonMissing.
    """
    editions.lock(session, edition)
    session.refresh(acceptance)
    award = acceptance.award
    session.refresh(award)
    if award.state is not AwardState.GIVEN:
        raise acceptances.NotGiven(acceptance.public_id)
    if acceptances.is_public(session, edition, award):
        raise acceptances.Released(award.category)
    if acceptance.answer is not Answer.DECLINED:
        raise NotDeclined(acceptance.public_id)
    why = decisions.need_reason(reason)
    follows = consequence(session, edition, award)
    if follows.seen != seen:
        raise ConsequencesChanged(acceptance.public_id)
    nomination = award.nomination
    moved: list[Json] = [
        {"nomination": it.reference, "from": it.before, "prize": it.prize, "place": it.place}
        for it in follows.moves
    ]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.DECLINED,
        actor=actor,
        now=now,
        category=award.category,
        nomination=nomination,
        subject={
            "category": award.category,
            "nomination": nomination.reference,
            "prize": award.prize,
            "moved": moved,
            "vacant": [*follows.vacant],
        },
        names={nomination.reference: dict(award.names)},
        reason=why,
    )
    certificates.outdate(session, award, now=now)
    embargoes.take_back(session, edition, [award.category], decision=decision, actor=actor, now=now)
    award.state = AwardState.DECLINED
    session.flush()
    leave(session, nomination, NominationState.DECLINED)
    for move in follows.moves:
        if (before := holding(session, edition, award, move)) is not None:
            certificates.outdate(session, before, now=now)
        _tell(session, edition, move_up(session, edition, award, move, decision), now=now)
    return decision


def leave(session: Session, nomination: Nomination, state: NominationState) -> None:
    """Whoever has no other prize is a winner no more."""
    other = select(Award.id).where(Award.nomination_id == nomination.id, Award.state == AwardState.GIVEN)
    if session.scalars(other).first() is None:
        nominations.advance(nomination, state)


def holding(session: Session, edition: Edition, leaving: Award, move: Move) -> Award | None:
    """The prize from which a nomination moves; None where it has none."""
    return next(
        (
            it
            for it in _awards(session, edition, leaving)
            if it.nomination.reference == move.reference and it.state is AwardState.GIVEN
        ),
        None,
    )


def move_up(session: Session, edition: Edition, leaving: Award, move: Move, decision: Decision) -> Award:
    """Give a nomination the prize to which it moves. The caller has ended what was certified of the one before."""
    nomination = nominations.find(session, edition, move.reference)
    award = holding(session, edition, leaving, move)
    there = winners.award_of(session, edition, nomination, move.prize)
    if award is not None:
        there = _at(session, award, there, move.prize)
    elif nomination.state is not NominationState.WINNER:
        nominations.advance(nomination, NominationState.WINNER)
    there.names = award.names if award else naming.shown(nomination)
    there.citations = award.citations if award else {}
    there.state, there.place, there.decision_id = AwardState.GIVEN, move.place, decision.id
    session.add(there)
    session.flush()
    return there


def _tell(session: Session, edition: Edition, award: Award, *, now: datetime) -> None:
    """Whoever was told in confidence of the prize that they had is told anew, and answers anew."""
    told = session.scalars(select(Acceptance).where(Acceptance.award_id == award.id)).first()
    if told is not None:
        told.answer = told.answered_at = told.answered_by_id = told.proof_at = None
        told.told_at = now
        session.flush()
        acceptances.write(session, edition, award, now=now)


def _at(session: Session, award: Award, there: Award, prize: str) -> Award:
    """The row of a prize to which a winner moves: its own, or one that was taken back with an earlier result."""
    if there not in session:
        award.prize = prize
        return award
    award.state = AwardState.SUPERSEDED
    return there


def _awards(session: Session, edition: Edition, leaving: Award) -> list[Award]:
    """The prizes that were contested together with one, given, declined or revoked; not those that a correction took
    back.

    The public's own prize is contested by itself.
    """
    standing = (AwardState.GIVEN, AwardState.DECLINED, AwardState.REVOKED)
    rules = editions.rules_of(session, edition)
    return [
        it
        for it in session.scalars(
            select(Award)
            .where(
                Award.edition_id == edition.id,
                Award.category == leaving.category,
                Award.by_decision.is_(False),
                Award.state.in_(standing),
            )
            .order_by(Award.place, Award.id)
        )
        if rules.is_the_publics(it.prize) == rules.is_the_publics(leaving.prize)
    ]


def _held(session: Session, edition: Edition, leaving: Award, there: list[Award]) -> Held:
    """Who has the prizes of a category once another of its winners has left."""
    document, rules = (
        results.frozen(session, edition)[leaving.category].document,
        editions.rules_of(session, edition),
    )
    gone = {it.nomination.reference for it in there if it.state is not AwardState.GIVEN or it is leaving}
    if rules.is_the_publics(leaving.prize):
        public = public_votes.outcome_in(document)
        return held(in_the_running(public.rows) if public else (), gone, rules.vacated)
    return held(outcome_of(document).rows, gone, rules.vacated)
