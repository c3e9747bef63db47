"""The Schulze method: places from comparing every two, by the strongest paths of victories.

Markus Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method, Social Choice and Welfare 36 (2011), with the strength of a victory measured by its winning votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Pairs = Mapping[tuple[str, str], int]


def strongest_paths(slate: Sequence[str], pairwise: Pairs) -> dict[tuple[str, str], int]:
    """The strength of the strongest path from each to each other, 0 where there is none; in ballots, whole numbers.

    A victory of a over b counts the ballots that place a above b, where those are more than place b above a; a path is
    as strong as the weakest victory on it.
    """
    strength = {
        (a, b): pairwise[a, b] if pairwise[a, b] > pairwise[b, a] else 0
        for a in slate
        for b in slate
        if a != b
    }
    for via in slate:
        for a in slate:
            if a == via:
                continue
            first = strength[a, via]
            for b in slate:
                if b not in (a, via):
                    strength[a, b] = max(strength[a, b], min(first, strength[via, b]))
    return strength


def layers(slate: Sequence[str], pairwise: Pairs) -> tuple[tuple[str, ...], ...]:
    """The nominations best first, in groups that the method leaves level.

    a beats b where its strongest path to b is stronger than the one back. That relation has no cycles (as
    Schulze proves), so somebody is always unbeaten: the unbeaten come first, and without them the next unbeaten.
    """
    strength = strongest_paths(slate, pairwise)
    left, found = list(slate), []
    while left:
        unbeaten = tuple(b for b in left if not any(a != b and strength[a, b] > strength[b, a] for a in left))
        found.append(unbeaten)
        left = [it for it in left if it not in unbeaten]
    return tuple(found)


def stands_above(slate: Sequence[str], pairwise: Pairs) -> dict[str, Fraction]:
    """How many others each nomination stands above: those of the groups after its own."""
    found: dict[str, Fraction] = {}
    below = len(slate)
    for group in layers(slate, pairwise):
        below -= len(group)
        found |= dict.fromkeys(group, Fraction(below))
    return {nomination: found[nomination] for nomination in slate}
