"""Totals: the weighted mean of a sheet's marks, and the mean of a nomination's sheets. Exact throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

from judging.rules import Rules

Marks = Mapping[str, int]


class MarkFault(StrEnum):
    MISSING = "missing"
    UNKNOWN_CRITERION = "unknown_criterion"
    OUTSIDE_SCALE = "outside_scale"


@dataclass(frozen=True, slots=True)
class Score:
    """A nomination after a round.

    `total`: mean of its sheets' totals, on the scale of marks. `own`: mean mark on the criterion with the
    category's key, None where there is none. `median`: median of its sheets' totals. `lowest_share`: share of
    its marks, 0 to 1, that are the scale's lowest.
    """

    total: Fraction
    own: Fraction | None
    median: Fraction
    lowest_share: Fraction
    sheets: int


def faults(rules: Rules, category: str, marks: Mapping[str, object]) -> tuple[tuple[str, MarkFault], ...]:
    """What keeps marks from being a complete sheet of a category: (criterion, fault), in the rules' order."""
    keys = rules.category(category).criteria
    found = [(key, MarkFault.MISSING) for key in keys if key not in marks]
    found += [(key, MarkFault.UNKNOWN_CRITERION) for key in sorted(marks) if key not in keys]
    for key in keys:
        mark = marks.get(key, rules.scale.lowest)
        whole = isinstance(mark, int) and not isinstance(mark, bool)
        if not whole or not rules.scale.lowest <= mark <= rules.scale.highest:  # type: ignore[operator]
            found.append((key, MarkFault.OUTSIDE_SCALE))
    return tuple(found)


def sheet_total(rules: Rules, category: str, marks: Marks) -> Fraction:
    """The weighted mean of a complete sheet, on the scale of marks. Raises KeyError for a missing mark."""
    return yardstick(rules, category).total(marks)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How the sheets of a category are measured, worked out once: whole weights by criterion, and what they add up to.

    `own`: the criterion with the category's own key, None where there is none. `lowest`: the lowest mark.
    """

    weights: tuple[tuple[str, int], ...]
    whole: int
    own: str | None
    lowest: int

    def points(self, marks: Marks) -> int:
        """The total of a sheet, times `whole`. Raises KeyError for a missing mark."""
        return sum([weight * marks[key] for key, weight in self.weights])

    def total(self, marks: Marks) -> Fraction:
        """The total of a sheet, exact. Raises KeyError for a missing mark."""
        return Fraction(self.points(marks), self.whole)


def yardstick(rules: Rules, category: str) -> Yardstick:
    """The yardstick of a category."""
    criteria = rules.criteria_of(category)
    scale = lcm(*(criterion.weight.denominator for criterion in criteria))
    weights = tuple((criterion.key, int(criterion.weight * scale)) for criterion in criteria)
    own = category if category in dict(weights) else None
    return Yardstick(weights, sum(weight for _, weight in weights), own, rules.scale.lowest)


def score(rules: Rules, category: str, sheets: Sequence[Marks]) -> Score:
    """The score of a nomination from its counted sheets, at least one (domain.md section 4)."""
    return score_by(yardstick(rules, category), sheets)


def score_by(measure: Yardstick, sheets: Sequence[Marks]) -> Score:
    """`score` for many nominations of a category: whole numbers over one denominator, so exact and fast."""
    points = sorted([measure.points(marks) for marks in sheets])
    lowest, keys, count = measure.lowest, measure.weights, len(points)
    at_lowest = sum([marks[key] == lowest for marks in sheets for key, _ in keys])
    middle = count // 2
    twice = 2 * points[middle] if count % 2 else points[middle - 1] + points[middle]
    return Score(
        total=Fraction(sum(points), count * measure.whole),
        own=Fraction(sum([marks[measure.own] for marks in sheets]), count) if measure.own else None,
        median=Fraction(twice, 2 * measure.whole),
        lowest_share=Fraction(at_lowest, count * len(keys)),
        sheets=count,
    )
