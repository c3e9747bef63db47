"""The Schulze method: the example of its paper, what everybody may ask of it, and ties."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ballot import Choice, Tally, count
from judging.schulze import layers, stands_above, strongest_paths
from judging.values import Method

PAPER = Counter(
    {
        tuple("ACBED"): 5,
        tuple("ADECB"): 5,
        tuple("BEDAC"): 8,
        tuple("CABED"): 3,
        tuple("CAEBD"): 7,
        tuple("CBADE"): 2,
        tuple("DCEBA"): 7,
        tuple("EBADC"): 8,
    }
)
"""The first example of Schulze 2011: 45 voters, E > A > C > B > D."""


def tally(slate: str, ballots: Counter[Choice]) -> Tally:
    return count(Method.SCHULZE, tuple(slate), ballots)


@st.composite
def cast(draw: st.DrawFn) -> Counter[Choice]:
    choice = st.lists(st.sampled_from("ABCDE"), unique=True).map(tuple)
    return Counter(draw(st.lists(choice, max_size=12)))


def test_the_example_of_the_paper() -> None:
    found = tally("ABCDE", PAPER)
    paths = strongest_paths("ABCDE", found.pairwise)

    assert [found.pairwise["A", it] for it in "BCDE"] == [20, 26, 30, 22]
    assert [paths["A", it] for it in "BCDE"] == [28, 28, 30, 24]
    assert [paths["E", it] for it in "ABCD"] == [25, 28, 28, 31]
    assert layers("ABCDE", found.pairwise) == (("E",), ("A",), ("C",), ("B",), ("D",))
    assert found.votes == {"E": 4, "A": 3, "C": 2, "B": 1, "D": 0}


def test_who_is_unbeaten_together_is_level() -> None:
    around = Counter({tuple("ABC"): 1, tuple("BCA"): 1, tuple("CAB"): 1, ("D",): 1})

    assert tally("ABCD", around).votes == {"A": 1, "B": 1, "C": 1, "D": 0}
    assert tally("AB", Counter()).votes == {"A": 0, "B": 0}


def test_a_victory_counts_its_own_ballots_not_the_margin() -> None:
    """Winning votes: A over B by 6 to 5 is a stronger victory than B over C by 5 to 0, which the margin is not."""
    pairs = {("A", "B"): 6, ("B", "A"): 5, ("B", "C"): 5, ("C", "B"): 0, ("C", "A"): 4, ("A", "C"): 3}

    assert layers("ABC", pairs) == (("A",), ("B",), ("C",))


@given(cast())
def test_who_wins_every_pair_stands_first(ballots: Counter[Choice]) -> None:
    found = tally("ABCDE", ballots)
    for one in "ABCDE":
        if all(found.pairwise[one, it] > found.pairwise[it, one] for it in "ABCDE" if it != one):
            assert found.votes[one] == 4
        if all(found.pairwise[one, it] < found.pairwise[it, one] for it in "ABCDE" if it != one):
            assert found.votes[one] == 0


@given(cast(), st.permutations("ABCDE"))
def test_the_order_of_the_slate_changes_nothing(ballots: Counter[Choice], slate: list[str]) -> None:
    assert tally("".join(slate), ballots).votes == tally("ABCDE", ballots).votes


@given(cast())
def test_places_are_whole_and_every_group_has_its_own(ballots: Counter[Choice]) -> None:
    pairwise = tally("ABCDE", ballots).pairwise
    found = stands_above("ABCDE", pairwise)
    below = 0
    for group in reversed(layers("ABCDE", pairwise)):
        assert {found[it] for it in group} == {Fraction(below)}
        below += len(group)
    assert below == 5


@pytest.mark.parametrize("slate", ["A", ""])
def test_one_alone_stands_first(slate: str) -> None:
    assert tally(slate, Counter()).votes == dict.fromkeys(slate, 0)
