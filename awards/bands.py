"""Bands: in which third of its category a nomination lies by each criterion, where enough were judged to say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

Marks = Mapping[str, int]
"""The marks of one sheet, by criterion."""
FEWEST = 6
"""Of fewer nominations a third would tell of single ones."""


class Band(StrEnum):
    UPPER = "upper"
    MIDDLE = "middle"
    LOWER = "lower"


def bands(means: Mapping[str, Fraction]) -> dict[str, Band]:
    """The third in which each of some nominations lies; level ones lie in the same.

    Of those above it and half of those level with it, itself included, each third holds as many as another.
    """
    every = list(means.values())
    return {name: _band(mean, every) for name, mean in means.items()}


def _band(mean: Fraction, every: Sequence[Fraction]) -> Band:
    place = Fraction(2 * sum(it > mean for it in every) + sum(it == mean for it in every), 2 * len(every))
    if place < Fraction(1, 3):
        return Band.UPPER
    return Band.LOWER if place > Fraction(2, 3) else Band.MIDDLE


def by_criterion(
    sheets: Mapping[str, Sequence[Marks]], criteria: Sequence[str]
) -> dict[str, dict[str, Band]]:
    """The bands of each nomination by criterion, from the sheets that count; none where fewer than six were judged.

    A criterion on which fewer than six have a mark has no bands.
    """
    found: dict[str, dict[str, Band]] = {name: {} for name in sheets}
    for key in criteria:
        means = {name: mean for name, its in sheets.items() if (mean := _mean(key, its)) is not None}
        if len(means) < FEWEST:
            continue
        for name, band in bands(means).items():
            found[name][key] = band
    return found


def _mean(criterion: str, sheets: Sequence[Marks]) -> Fraction | None:
    marks = [sheet[criterion] for sheet in sheets if criterion in sheet]
    return Fraction(sum(marks), len(marks)) if marks else None
