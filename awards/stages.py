"""The round that is open, and the nominations that get marks in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions
from awards.models import Edition, Nomination, NominationState
from awards.timetable import Phase
from judging.rules import Rules
from judging.values import Round, SecondRound, Slate

UNDECIDED = (NominationState.SUBMITTED, NominationState.RETURNED)
FIRST = (NominationState.ELIGIBLE,)
"""The states of nominations that are judged in the first round."""
ON_THE_SLATE = {
    Slate.FINALISTS: (NominationState.FINALIST,),
    Slate.ELIGIBLE: (
        NominationState.FINALIST,
        NominationState.NOT_SHORTLISTED,
        NominationState.ELIGIBLE,
    ),
}
"""The states of nominations that stand in the second round."""
GONE = (NominationState.WITHDRAWN, NominationState.DISQUALIFIED, NominationState.INELIGIBLE)
"""The states of nominations that get no marks any more, whatever the round."""


class RoundNotOpen(Exception):
    """No round in which judges give marks is open."""


class RoundClosed(Exception):
    """The round is closed, so its assignments and sheets stay as they are."""


class TooFewNominations(Exception):
    """A category has too few eligible nominations; merge, carry or cancel it by decision first.

    `found` maps category -> number.
    """

    def __init__(self, found: Mapping[str, int], minimum: int) -> None:
        super().__init__("; ".join(f"{key} has {number} of {minimum}" for key, number in found.items()))
        self.found, self.minimum = dict(found), minimum


def open_round(session: Session, edition: Edition) -> Round:
    """The round in which judges give marks now. Raises RoundNotOpen, RoundClosed."""
    found = current_round(session, edition)
    if found is not None:
        return found
    if edition.first_closed_at is None:
        raise RoundNotOpen(f"{edition.key} is in phase {edition.phase.value}")
    raise RoundClosed(f"{edition.key} is in phase {edition.phase.value}")


def current_round(session: Session, edition: Edition) -> Round | None:
    """The round in which judges give marks now; None where there is none."""
    if edition.phase is Phase.FIRST_ROUND:
        return Round.FIRST
    if edition.phase is not Phase.SECOND_ROUND:
        return None
    return round_of(edition, editions.rules_of(session, edition))


def round_of(edition: Edition, rules: Rules) -> Round | None:
    """What `current_round` answers, the rules being there."""
    if edition.phase is Phase.FIRST_ROUND:
        return Round.FIRST
    panel = rules.second_round is SecondRound.PANEL
    is_second = edition.phase is Phase.SECOND_ROUND and edition.second_closed_at is None
    return Round.SECOND if panel and is_second else None


def last_round(session: Session, edition: Edition) -> Round:
    """The round that is open, was open last, or else will be the first."""
    reached = edition.phase in (Phase.SECOND_ROUND, Phase.DECIDED, Phase.PUBLISHED, Phase.ARCHIVED)
    panel = editions.rules_of(session, edition).second_round is SecondRound.PANEL
    return Round.SECOND if panel and reached else Round.FIRST


def judged_states(rules: Rules, of_round: Round) -> tuple[NominationState, ...]:
    """The states of nominations that get marks in a round that is open."""
    if of_round is Round.FIRST:
        return FIRST
    return ON_THE_SLATE[rules.slate]


def read_states(session: Session, edition: Edition, of_round: Round) -> tuple[NominationState, ...]:
    """The states of nominations that judges read: those judged in a round that is open, all but the gone ones in one
    that is over.
    """
    closed = edition.first_closed_at if of_round is Round.FIRST else edition.second_closed_at
    if closed is None:
        is_first = of_round is Round.FIRST
        return FIRST if is_first else judged_states(editions.rules_of(session, edition), of_round)
    return tuple(state for state in NominationState if state not in GONE)


def nominations_in(
    session: Session, edition: Edition, states: Sequence[NominationState]
) -> Sequence[Nomination]:
    """The nominations of open categories that are in one of the states, by reference."""
    return session.scalars(
        select(Nomination)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.state.in_(states),
            Nomination.category.in_(editions.open_categories(session, edition)),
        )
        .order_by(Nomination.reference)
    ).all()


def under_minimum(
    rules: Rules, open_categories: Sequence[str], nominations: Sequence[Nomination]
) -> dict[str, int]:
    """Categories that somebody entered, but fewer than the rules ask for, with how many did."""
    found = Counter(nomination.category for nomination in nominations)
    return {key: found[key] for key in open_categories if 0 < found[key] < rules.minimum_nominations}


def need_enough(rules: Rules, open_categories: Sequence[str], nominations: Sequence[Nomination]) -> None:
    """Every category that anybody entered has the nominations it needs. Raises TooFewNominations."""
    if short := under_minimum(rules, open_categories, nominations):
        raise TooFewNominations(short, rules.minimum_nominations)
