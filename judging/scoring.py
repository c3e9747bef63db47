"""Totals: the weighted mean of a sheet's marks, and the mean of a nomination's sheets. Exact throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

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
    criteria = rules.criteria_of(category)
    weighted = sum((criterion.weight * marks[criterion.key] for criterion in criteria), Fraction(0))
    return weighted / sum(criterion.weight for criterion in criteria)


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle value, or the mean of the two in the middle. `values` is not empty."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def score(rules: Rules, category: str, sheets: Sequence[Marks]) -> Score:
    """The score of a nomination from its counted sheets, at least one (domain.md section 4)."""
    keys = rules.category(category).criteria
    totals = [sheet_total(rules, category, marks) for marks in sheets]
    lowest = sum(marks[key] == rules.scale.lowest for marks in sheets for key in keys)
    own = Fraction(sum(marks[category] for marks in sheets), len(sheets)) if category in keys else None
    return Score(
        total=sum(totals, Fraction(0)) / len(totals),
        own=own,
        median=median(totals),
        lowest_share=Fraction(lowest, len(sheets) * len(keys)),
        sheets=len(sheets),
    )
