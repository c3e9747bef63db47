"""Every method of voting against libraries that nobody here wrote.

`make oracles` counts some thousand elections of each method by `judging` and by pref_voting 1.18.2 and abcvoting
2.19.2, and keeps what those said of the first forty and of the Debian leader election 2002. The libraries need an older
numpy than Laurels, so they live in an environment of their own, and here the count is compared with what was kept.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from judging.ballot import count
from judging.schulze import layers
from judging.values import Method
from tests.oracles import ours
from tests.oracles.elections import drawn, read, written

DATA = Path(__file__).resolve().parents[1] / "data"
MOST = {Method.ONE_CHOICE: 1, Method.APPROVAL: 3}


@cache
def kept() -> Any:
    return json.loads(gzip.decompress((DATA / "election-oracles.json.gz").read_bytes()))


@pytest.mark.parametrize("method", Method)
def test_drawn_elections_are_counted_as_by_the_libraries(method: Method) -> None:
    said = kept()[method.value]["drawn"]
    levels = 0
    for seed, wanted in enumerate(said):
        stand, ballots = drawn(seed, most=MOST.get(method))
        assert read(written(stand, ballots, "drawn")) == (stand, ballots)
        assert ours.answers(method, stand, ballots) == wanted, (method, seed)
        levels += len(wanted["groups"]) < stand
    assert len(said) == 40
    assert levels >= 5, "there are ties among them"


@pytest.mark.parametrize("method", Method)
def test_the_debian_leader_election_is_counted_as_by_the_libraries(method: Method) -> None:
    stand, ballots = read((DATA / "debian2002.soi").read_text(encoding="utf-8"))
    shortened: Counter[tuple[int, ...]] = Counter()
    for choice, times in ballots.items():
        shortened[choice[: MOST.get(method)]] += times

    found = ours.answers(method, stand, shortened)

    assert found == kept()[method.value]["debian 2002"]
    if method.is_ranking:
        assert found["groups"] == [[3], [1], [2], [4]], (
            "Bdale Garbee, then Branden Robinson, then Raphael Hertzog"
        )


def test_a_victory_is_as_strong_as_its_ballots_not_as_its_margin() -> None:
    """Where the libraries differ by themselves: pref_voting measures by margins, unless it is told otherwise.

    Ours is right: the rules of an edition promise that a victory counts "with so many ballots", which is what Schulze
    proposes and what Debian's constitution (A.6) does. Where all ballots rank all, both are the same.
    """
    pairs = {("A", "B"): 6, ("B", "A"): 5, ("B", "C"): 5, ("C", "B"): 1, ("C", "A"): 4, ("A", "C"): 2}

    assert layers("ABC", pairs) == (("A",), ("B",), ("C",))
    by_margin = {(a, b): pairs[a, b] - pairs[b, a] if pairs[a, b] > pairs[b, a] else 0 for a, b in pairs}
    assert layers("ABC", by_margin) == (("B",), ("C",), ("A",))


def test_who_is_left_without_a_place_stands_below_those_that_have_one() -> None:
    """The other default: pref_voting lets a ballot say nothing of those it does not rank.

    Then two ballots "A" and one "B, A" would make B the winner, which one elector of three has named.
    """
    found = count(Method.SCHULZE, ("A", "B"), {("A",): 2, ("B", "A"): 1})

    assert found.pairwise["A", "B"] == 2
    assert found.votes == {"A": 1, "B": 0}
