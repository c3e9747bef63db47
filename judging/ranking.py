"""Places with ties: those who are level share a place, and the next place counts them all (1, 2, 2, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from judging.ladder import group_by_value


def places(values: Mapping[str, Fraction]) -> dict[str, int]:
    """The place of each nomination by an exact value, higher is better, in order of place, then of name."""
    found: dict[str, int] = {}
    for group in group_by_value(values):
        found |= dict.fromkeys(group, len(found) + 1)
    return found
