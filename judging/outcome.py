"""Prizes: who gets which, from votes, a panel's marks or the first round's places."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from judging.ballot import Tally, head_to_head
from judging.ladder import Measure, Settlement, StepTaken, Verdicts, group_by_value, settle
from judging.rules import Prize, Rules
from judging.scoring import Score
from judging.shortlist import measures_of
from judging.values import Step


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A nomination in the result of its category. `value` is what decided: votes, or a mean mark.

    `prize` is a key of the rules, None without one and while `open`, when a person has yet to decide.
    """

    nomination: str
    place: int
    value: Fraction
    prize: str | None
    settled_by: Step | None
    open: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one category, best first, the steps of its ladder, and the prizes that nobody gets."""

    category: str
    rows: tuple[OutcomeRow, ...]
    steps: tuple[StepTaken, ...]
    not_given: tuple[str, ...]


def vote_measures(tally: Tally, first_round: Mapping[str, Fraction]) -> dict[Step, Measure]:
    """The steps that compare ballots, and the first round's totals, as functions of the level nominations."""
    return {
        Step.HEAD_TO_HEAD: lambda level: head_to_head(tally, level),
        Step.FIRST_PLACES: lambda level: {name: Fraction(tally.first_places[name]) for name in level},
        Step.FIRST_ROUND: lambda level: {name: first_round[name] for name in level},
    }


def panel_measures(scores: Mapping[str, Score], first_round: Mapping[str, Fraction]) -> dict[Step, Measure]:
    """The steps that compare the deciding marks, and the first round's totals."""
    return measures_of(scores) | {Step.FIRST_ROUND: lambda level: {name: first_round[name] for name in level}}


def outcome(
    rules: Rules,
    category: str,
    values: Mapping[str, Fraction],
    *,
    measures: Mapping[Step, Measure],
    verdicts: Verdicts,
    seed: str | None,
    withheld: Collection[str] = (),
) -> Outcome:
    """Give a category's contested prizes to the best by `values`, ties at a prize's edge by the ladder.

    A withheld prize is taken off the list before places are counted. Those that share a prize stand on the
    best place they are level for, and the prizes of the other places they cover are not given.
    """
    prizes = [prize for prize in rules.prizes_of(category) if prize.key not in withheld]
    settlement = settle(
        group_by_value(values),
        cuts=accumulate(prize.count for prize in prizes),
        ladder=rules.result_ladder,
        measures=measures,
        verdicts=verdicts,
        seed=seed,
    )
    rows = tuple(
        OutcomeRow(
            nomination=placed.nomination,
            place=placed.place,
            value=values[placed.nomination],
            prize=None if placed.open else _prize_at(prizes, placed.place),
            settled_by=placed.settled_by,
            open=placed.open,
        )
        for placed in settlement.placed
    )
    may_be_given = {row.prize for row in rows} | {
        _prize_at(prizes, place) for place in _open_places(settlement)
    }
    not_given = tuple(prize.key for prize in prizes if prize.key not in may_be_given)
    return Outcome(category, rows, settlement.steps, not_given)


def _prize_at(prizes: list[Prize], place: int) -> str | None:
    for prize, end in zip(prizes, accumulate(prize.count for prize in prizes), strict=True):
        if place <= end:
            return prize.key
    return None


def _open_places(settlement: Settlement) -> list[int]:
    """The places for which nominations still wait for a decision."""
    start = {placed.nomination: placed.place for placed in settlement.placed if placed.open}
    return [start[step.level[0]] + offset for step in settlement.waiting for offset in range(len(step.level))]
