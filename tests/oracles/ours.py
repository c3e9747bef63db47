"""What `judging` makes of an election, in the shape in which other people's libraries answer. Standard library."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from judging.ballot import count, head_to_head
from judging.ladder import group_by_value
from judging.schulze import layers, strongest_paths
from judging.values import Method
from tests.oracles.elections import Ballots


def answers(method: Method, stand: int, ballots: Ballots) -> dict[str, Any]:
    """Scores, places and what the ladder compares, as JSON: halves doubled, so that all is whole."""
    slate = tuple(map(str, range(1, stand + 1)))
    cast = Counter({tuple(map(str, choice)): times for choice, times in ballots.items()})
    tally = count(method, slate, cast)
    groups = [sorted(map(int, group)) for group in group_by_value(tally.votes)]
    found: dict[str, Any] = {"groups": groups}
    if method is not Method.SCHULZE:
        found["twice the votes"] = [int(2 * tally.votes[it]) for it in slate]
    if method.is_ranking:
        everybody = head_to_head(tally, frozenset(slate))
        found["twice the duels"] = [int(2 * everybody[it]) for it in slate]
        found["first places"] = [tally.first_places[it] for it in slate]
    if method is Method.SCHULZE:
        paths = strongest_paths(slate, tally.pairwise)
        beats = [(a, b) for a in slate for b in slate if a != b and paths[a, b] > paths[b, a]]
        found["beats"] = sorted([int(a), int(b)] for a, b in beats)
        assert [sorted(map(int, it)) for it in layers(slate, tally.pairwise)] == groups
        assert all(value == Fraction(int(value)) for value in tally.votes.values())
    return found
