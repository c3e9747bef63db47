"""Ballots: which choices are valid, what they commit to, and what they add up to."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ballot import (
    Choice,
    ChoiceFault,
    Tally,
    at_the_foot,
    commitment,
    complete,
    consistent,
    count,
    faults,
    head_to_head,
    most_ranked,
)
from judging.boxes import Box
from judging.count import tally_document, tally_of
from judging.rules import Vote
from judging.values import BelowQuorum, Electorate, Method
from tests.judging import independent

SLATE = ("A", "B", "C", "D")
VOTE = Vote(Electorate.JUDGES, Method.BORDA, 2, 1, Fraction(0), BelowQuorum.EXTEND)
BORDA, SCHULZE, APPROVAL, ONE = Method.BORDA, Method.SCHULZE, Method.APPROVAL, Method.ONE_CHOICE


def tally(method: Method, *choices: Choice) -> Tally:
    return count(method, SLATE, Counter(choices))


@st.composite
def cast(draw: st.DrawFn) -> tuple[Method, list[Choice]]:
    method = draw(st.sampled_from(Method))
    most = {BORDA: 4, SCHULZE: 4, APPROVAL: 3, ONE: 1}[method]
    choice = st.lists(st.sampled_from(SLATE), unique=True, max_size=most).map(tuple)
    return method, draw(st.lists(choice, max_size=8))


@pytest.mark.parametrize(
    ("method", "choice", "found"),
    [
        (BORDA, ("D", "A", "C", "B"), []),
        (BORDA, ("D",), []),
        (BORDA, (), []),
        (APPROVAL, ("A", "B"), []),
        (ONE, ("A",), []),
        (ONE, ("A", "B"), [("B", ChoiceFault.TOO_MANY)]),
        (APPROVAL, ("A", "B", "C"), [("C", ChoiceFault.TOO_MANY)]),
        (BORDA, ("A", "X"), [("X", ChoiceFault.NOT_ON_SLATE)]),
        (BORDA, ("A", "B", "A"), [("A", ChoiceFault.NAMED_TWICE)]),
        (BORDA, ("A", "D"), [("D", ChoiceFault.BARRED)]),
        (SCHULZE, ("A", "D"), [("D", ChoiceFault.BARRED)]),
        (ONE, ("D", "A"), [("D", ChoiceFault.BARRED), ("A", ChoiceFault.TOO_MANY)]),
    ],
)
def test_a_choice_is_valid_or_its_faults_are_named(
    method: Method, choice: Choice, found: list[tuple[str, ChoiceFault]]
) -> None:
    barred = ("D",) if ("D", ChoiceFault.BARRED) in found else ()

    assert list(faults(method, SLATE, choice, barred=barred, approve_up_to=2)) == found


@pytest.mark.parametrize("method", [BORDA, SCHULZE])
def test_a_ranking_names_no_more_than_anybody_may(method: Method) -> None:
    def found(*choice: str) -> list[tuple[str, ChoiceFault]]:
        return list(faults(method, SLATE, choice, barred=(), approve_up_to=9, most_ranked=2))

    assert found("A", "B") == found("A") == []
    assert found("A", "B", "C") == [("C", ChoiceFault.TOO_MANY)]


def test_nobody_ranks_more_than_whoever_has_most_barred() -> None:
    assert most_ranked(SLATE, [(), ("A",), ("B", "C")]) == 2
    assert most_ranked(SLATE, [("A", "B", "C"), ()]) == 1
    assert most_ranked(SLATE, [(), ("A",), ("D",)]) is None, "a ranking of all but one is the same as of all"
    assert most_ranked(SLATE, [SLATE, ("A",)]) is None, "who is barred from all can only abstain"
    assert most_ranked(SLATE, []) is None


def shapes(barred: list[frozenset[str]], cap: int | None) -> list[set[tuple[bool, ...]]]:
    """What can be seen of the longest ballots that each elector can cast, but for the names: how much is ranked."""
    found = []
    for mine in barred:
        free = [it for it in SLATE if it not in mine][:cap]
        choice = complete(SCHULZE, SLATE, tuple(free))
        found.append({tuple(place < len(choice) for place in range(len(SLATE)))})
    return found


BARS = st.lists(st.frozensets(st.sampled_from(SLATE), max_size=3), min_size=2, max_size=6)


@given(BARS)
def test_no_full_ballot_tells_by_what_it_leaves_out_whose_it_is(barred: list[frozenset[str]]) -> None:
    """All who rank as many as they may rank equally many: whose city is left out can't be seen."""
    cap = most_ranked(SLATE, barred)
    seen = shapes(barred, cap)

    assert all(it == seen[0] for it in seen)


@given(BARS.filter(lambda it: len({len(mine) > 1 for mine in it}) > 1))
def test_without_that_rule_it_does(barred: list[frozenset[str]]) -> None:
    seen = shapes(barred, None)

    assert any(it != seen[0] for it in seen)


def test_barred_finalists_stand_at_the_foot_anyway() -> None:
    assert at_the_foot(("A", "B", "D", "C"), {"C", "D"}) == ("A", "B")
    assert at_the_foot(("D", "A", "C"), {"C", "D"}) == ("D", "A")
    assert at_the_foot(("C", "D"), {"C", "D"}) == ()
    assert at_the_foot((), {"C"}) == ()


def test_choices_that_mean_the_same_have_one_form() -> None:
    assert complete(BORDA, SLATE, ("D", "A", "C")) == ("D", "A", "C", "B")
    assert complete(BORDA, SLATE, ("D", "A")) == ("D", "A")
    assert complete(BORDA, SLATE, ()) == ()
    assert complete(APPROVAL, SLATE, ("C", "A")) == ("A", "C")
    assert complete(ONE, SLATE, ("C",)) == ("C",)


@given(cast())
def test_the_one_form_counts_the_same(votes: tuple[Method, list[Choice]]) -> None:
    method, choices = votes

    assert tally(method, *(complete(method, SLATE, choice) for choice in choices)) == tally(method, *choices)


def test_a_commitment_is_a_hash_over_election_choice_and_nonce() -> None:
    text = '["ballot","e1",["B","수"],"0f"]'

    assert commitment("e1", ("B", "수"), "0f") == hashlib.sha256(text.encode()).hexdigest()


def test_borda_gives_one_point_for_each_one_below() -> None:
    assert tally(BORDA, ("D", "A", "C", "B")).votes == {"A": 2, "B": 0, "C": 1, "D": 3}


def test_the_unranked_share_the_mean_of_the_points_left() -> None:
    assert tally(BORDA, ("D",)).votes == {"A": 1, "B": 1, "C": 1, "D": 3}
    assert tally(BORDA, ("D", "A")).votes == {"A": 2, "B": Fraction(1, 2), "C": Fraction(1, 2), "D": 3}


def test_an_abstention_is_no_ballot() -> None:
    found = tally(BORDA, (), (), ("A",))

    assert (found.ballots, found.abstentions) == (1, 2)
    assert sum(found.votes.values()) == 6


def test_approvals_and_single_choices_are_votes() -> None:
    assert tally(APPROVAL, ("A", "B"), ("B",)).votes == {"A": 1, "B": 2, "C": 0, "D": 0}
    assert tally(ONE, ("A",), ("B",), ("B",)).votes == {"A": 1, "B": 2, "C": 0, "D": 0}


def test_first_places_are_counted_where_there_are_any() -> None:
    assert tally(BORDA, ("A", "B"), ("A",), ("B",)).first_places == {"A": 2, "B": 1, "C": 0, "D": 0}
    assert tally(APPROVAL, ("A", "B")).first_places == {"A": 0, "B": 0, "C": 0, "D": 0}


def test_a_duel_is_won_lost_or_even() -> None:
    found = tally(BORDA, ("A", "B", "C"), ("B", "A", "C"), ("A", "C"))

    assert head_to_head(found, frozenset("ABC")) == {"A": 2, "B": 1, "C": 0}
    assert head_to_head(found, frozenset("BD")) == {"B": 1, "D": 0}
    even = tally(BORDA, ("A", "B"), ("B", "A"))
    assert head_to_head(even, frozenset("AB")) == {"A": Fraction(1, 2), "B": Fraction(1, 2)}


@given(cast())
def test_votes_are_those_of_an_independent_count(votes: tuple[Method, list[Choice]]) -> None:
    method, choices = votes
    found = tally(method, *choices)

    assert found.votes == independent.votes(method.value, list(SLATE), choices)
    for one, other in permutations(SLATE, 2):
        above = [it for it in choices if independent.is_above(it, one, other)]
        assert found.pairwise[one, other] == len([it for it in above if method.is_ranking or other not in it])


@given(cast())
def test_votes_conserve_points(votes: tuple[Method, list[Choice]]) -> None:
    method, choices = votes
    found = tally(method, *choices)

    points = {BORDA: 6 * found.ballots, APPROVAL: sum(map(len, choices)), ONE: found.ballots}
    assert method is SCHULZE or sum(found.votes.values()) == points[method]
    assert found.ballots + found.abstentions == len(choices)


@given(cast())
def test_what_ballots_add_up_to_is_consistent(votes: tuple[Method, list[Choice]]) -> None:
    method, choices = votes

    assert consistent(method, tally(method, *choices))


@pytest.mark.parametrize("method", Method)
def test_a_table_with_one_number_changed_is_not(method: Method) -> None:
    found = tally(method, *[("A",), ("B",), ("B",)] if method is ONE else [("A", "B"), ("B",), ("C",)])

    assert not consistent(method, replace(found, votes=found.votes | {"A": found.votes["A"] + 3}))
    assert not consistent(method, replace(found, first_places=found.first_places | {"A": 2}))
    assert not consistent(method, replace(found, pairwise=found.pairwise | {("A", "B"): 4}))
    assert not consistent(method, replace(found, abstentions=-1))
    if method is not APPROVAL:
        assert not consistent(method, replace(found, pairwise=found.pairwise | {("A", "B"): 0}))
        assert not consistent(method, replace(found, ballots=4))


def test_approvals_beyond_the_ballots_are_not_consistent() -> None:
    found = tally(APPROVAL, ("A",))

    assert not consistent(APPROVAL, replace(found, votes=found.votes | {"A": Fraction(2)}))


def test_a_table_of_approvals_may_hold_its_pairs_back() -> None:
    found = tally(APPROVAL, ("A", "B"), ("B",))

    assert consistent(APPROVAL, replace(found, pairwise=dict.fromkeys(found.pairwise, 0)))


@given(cast())
def test_a_tally_is_written_and_read_again(votes: tuple[Method, list[Choice]]) -> None:
    found = tally(*votes[:1], *votes[1])

    assert tally_of(json.loads(json.dumps(tally_document(found)))) == found


def test_a_recount_finds_a_ranking_that_is_too_long() -> None:
    box = Box("e1", "services", SLATE, {}, is_checkable=False, most_ranked=2)
    box.put({"choice": ["A", "B"], "nonce": "0"})
    box.put({"choice": ["A", "B", "C", "D"], "nonce": "1"})

    box.close(replace(VOTE, method=SCHULZE))

    assert [found for _, found in box.spoilt] == [("C", ChoiceFault.TOO_MANY)]
    assert box.tally is not None
    assert box.tally.ballots == 1
