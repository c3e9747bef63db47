"""Prizes: those that a committee gives by decision, names as they stood, and the result as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import chairs, decisions, editions, naming, nominations, public_votes, results, winners
from awards.audit import Actor
from awards.models import (
    Award,
    AwardState,
    DecisionKind,
    Edition,
    FrozenOutcome,
    Nomination,
    NominationState,
    Publication,
    PublicationKind,
)
from awards.timetable import ORDER, Phase
from judging.count import outcome_of
from judging.outcome import Outcome
from judging.values import Json, SecondRound, Step

IN_THE_RUNNING = (
    NominationState.ELIGIBLE,
    NominationState.FINALIST,
    NominationState.NOT_SHORTLISTED,
    NominationState.NOT_AWARDED,
    NominationState.WINNER,
)
WHEN = (Phase.DELIBERATION, Phase.SECOND_ROUND, Phase.DECIDED)


class NoSuchPrize(Exception):
    """The rules have no prize of that key."""


class NotByDecision(Exception):
    """This prize is contested and not given by decision."""


class PrizeSpent(Exception):
    """This prize has been given as often as the rules allow."""


class NotInTheRunning(Exception):
    """A prize goes to a nomination that was found eligible."""


class NotTheTime(Exception):
    """Prizes by decision are given from the first close until the winners are released."""


@dataclass(frozen=True, slots=True)
class Line:
    """One nomination in the result of its category.

    `prize` is empty where it has none, or none yet; `value` is what decided, None where the first round did.
    """

    category: str
    place: int | None
    reference: str
    prize: str
    value: Fraction | None
    settled_by: Step | None


def give(
    session: Session,
    edition: Edition,
    reference: str,
    prize: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> tuple[Award, bool]:
    """Give a prize by decision, without marks or votes; False where the nomination has it already.

    For the chair, or the first deputy who has no conflict with the nomination. Raises NoSuchNomination, NoSuchPrize,
    NotByDecision, NotInTheRunning, NotTheTime, PrizeSpent, NotTheChair, ReasonMissing.
    """
    editions.lock(session, edition)
    nomination = nominations.find(session, edition, reference)
    given = of_edition(session, edition)
    if there := next((it for it in given if (it.nomination_id, it.prize) == (nomination.id, prize)), None):
        _need_by_decision(session, edition, prize)
        return there, False
    need_free(session, edition, reference, prize)
    signed_as = chairs.need(session, edition, [nomination], nomination.category, actor=actor)
    why = decisions.need_reason(reason)
    return (
        hand_over(session, edition, nomination, prize, reason=why, signed_as=signed_as, actor=actor, now=now),
        True,
    )


def need_free(session: Session, edition: Edition, reference: str, prize: str) -> Nomination:
    """The nomination to which a prize by decision can be given now.

    Raises NoSuchNomination, NoSuchPrize, NotByDecision, NotInTheRunning, NotTheTime, PrizeSpent.
    """
    nomination = nominations.find(session, edition, reference)
    most = _need_by_decision(session, edition, prize)
    if edition.phase not in WHEN or _is_released(session, edition, nomination.category):
        raise NotTheTime(f"{edition.key} is in phase {edition.phase}")
    if nomination.state not in IN_THE_RUNNING:
        raise NotInTheRunning(f"{reference} is {nomination.state}")
    if Counter(it.prize for it in of_edition(session, edition))[prize] >= most:
        raise PrizeSpent(f"{prize}, {most} in all")
    return nomination


def _need_by_decision(session: Session, edition: Edition, prize: str) -> int:
    """How often a prize may be given by decision."""
    known = {it.key: it for it in editions.rules_of(session, edition).prizes}
    if prize not in known:
        raise NoSuchPrize(f"{prize} (there are: {', '.join(known)})")
    if not known[prize].by_decision:
        raise NotByDecision(prize)
    return known[prize].count


def hand_over(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    prize: str,
    *,
    reason: str,
    signed_as: str,
    proposed_by: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> Award:
    """Give a prize by the decision of whoever may. The caller has asked `need_free`."""
    names = naming.shown(nomination)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.AWARD,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={"category": nomination.category, "nomination": nomination.reference, "prize": prize},
        names={nomination.reference: names},
        reason=reason,
        signed_as=signed_as,
        proposed_by=proposed_by,
    )
    award = winners.award_of(session, edition, nomination, prize)
    award.state, award.by_decision, award.names = AwardState.GIVEN, True, names
    award.decision_id = decision.id
    session.add(award)
    session.flush()
    result = results.frozen(session, edition).get(nomination.category)
    if result and result.signed_by and nomination.state is not NominationState.WINNER:
        nominations.advance(nomination, NominationState.WINNER)
    return award


def of_edition(session: Session, edition: Edition) -> list[Award]:
    """The prizes that stand, contested ones by place, then the public's own, then those by decision."""
    awards = session.scalars(
        select(Award)
        .where(Award.edition_id == edition.id, Award.state == AwardState.GIVEN)
        .order_by(Award.category, Award.by_decision, Award.place, Award.id)
        .options(joinedload(Award.nomination))
    ).all()
    rules = editions.rules_of(session, edition)
    return sorted(awards, key=lambda it: (it.category, it.by_decision, rules.is_the_publics(it.prize)))


def of_category(session: Session, edition: Edition, category: str) -> list[Award]:
    """Those of one category."""
    return [it for it in of_edition(session, edition) if it.category == category]


def _is_released(session: Session, edition: Edition, category: str) -> bool:
    return (
        session.scalars(
            select(Publication.id).where(
                Publication.edition_id == edition.id,
                Publication.category == category,
                Publication.kind == PublicationKind.WINNERS,
            )
        ).first()
        is not None
    )


def table(session: Session, edition: Edition) -> list[Line]:
    """The result of every category that has one: everybody on its slate by place, who has the public's own prize, then
    prizes by decision.

    Raises NotCounted.
    """
    rules = editions.rules_of(session, edition)
    voted = rules.second_round is not SecondRound.NONE
    found = {category: _outcome(it) for category, it in results.frozen(session, edition).items()}
    if not found and not voted and ORDER.index(edition.phase) >= ORDER.index(Phase.DELIBERATION):
        found = results.preview(session, edition)
    if not found:
        raise results.NotCounted(edition.key)
    lines = []
    public = {category: _of_the_public(it) for category, it in results.frozen(session, edition).items()}
    decided = [award for award in of_edition(session, edition) if award.by_decision]
    for category in (it.key for it in rules.categories):
        for row in found[category].rows if category in found else ():
            value = row.value if voted else None
            lines.append(Line(category, row.place, row.nomination, row.prize or "", value, row.settled_by))
        lines += public.get(category, ())
        lines += [
            Line(category, None, award.nomination.reference, award.prize, None, None)
            for award in decided
            if award.category == category
        ]
    return lines


def _of_the_public(frozen: FrozenOutcome) -> list[Line]:
    outcome = public_votes.outcome_in(frozen.document)
    return [
        Line(frozen.category, row.place, row.nomination, row.prize, row.value, row.settled_by)
        for row in (outcome.rows if outcome else ())
        if row.prize
    ]


def _outcome(frozen: FrozenOutcome) -> Outcome:
    return outcome_of(frozen.document)
