"""Prizes: who gets which, each step of the ladder where level ones stand across a prize's edge."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from judging import ballot
from judging.ballot import Choice
from judging.count import outcome_document, outcome_of, second_round
from judging.ladder import Verdicts
from judging.outcome import Outcome
from judging.values import Step, StepResult
from tests.builders import CATEGORY, SEED, rules

SLATE = ("A", "B", "C", "D")
TOTALS = {"A": Fraction(7), "B": Fraction(8), "C": Fraction(7), "D": Fraction(9)}
ONE_PRIZE = [{"key": "best"}]
Level = frozenset[str]


def result(
    *ballots: Choice,
    ladder: list[str],
    verdicts: Verdicts | None = None,
    withheld: tuple[str, ...] = (),
    seed: str | None = SEED,
    **changes: Any,
) -> Outcome:
    found = rules(result={"ladder": ladder}, **changes)
    assert found.vote
    return second_round(
        found,
        CATEGORY,
        totals=TOTALS,
        slate=SLATE,
        tally=ballot.count(found.vote.method, SLATE, Counter(ballots)),
        verdicts=verdicts or Verdicts(),
        seed=seed,
        withheld=withheld,
    )


def prizes(found: Outcome) -> dict[str, str]:
    return {row.nomination: row.prize for row in found.rows if row.prize}


def steps(found: Outcome) -> list[tuple[Step, StepResult]]:
    return [(step.step, step.result) for step in found.steps]


def test_the_most_votes_get_the_best_prize() -> None:
    found = result(("A", "B", "C", "D"), ("A", "B", "C", "D"), ladder=["lot"])

    assert prizes(found) == {"A": "best", "B": "outstanding"}
    assert [(row.place, row.value) for row in found.rows] == [(1, 6), (2, 4), (3, 2), (4, 0)]
    assert (found.steps, found.not_given) == ((), ())


def test_a_prize_with_several_places_goes_to_so_many() -> None:
    found = result(
        ("A", "B", "C", "D"), ladder=["lot"], prizes=[{"key": "best"}, {"key": "silver", "count": 2}]
    )

    assert prizes(found) == {"A": "best", "B": "silver", "C": "silver"}


def test_those_level_for_several_prizes_go_through_together_best_first() -> None:
    found = result(("A", "B"), ("B", "A"), ladder=["head_to_head", "first_round", "lot"])

    assert [(step.step, step.level) for step in found.steps] == [
        (Step.HEAD_TO_HEAD, ("A", "B")),
        (Step.FIRST_ROUND, ("A", "B")),
    ]
    assert prizes(found) == {"B": "best", "A": "outstanding"}


def rankings(*words: str) -> list[Choice]:
    return [tuple(word) for word in words]


def test_of_level_ones_the_one_that_beats_the_other_is_ahead() -> None:
    """A and B have nine points each; A has more first places, but three of five place B above A."""
    found = result(*rankings("ACBD", "DBAC", "BDAC", "ACBD", "CBAD"), ladder=["head_to_head", "lot"])

    [step] = found.steps
    assert (step.step, step.level, step.numbers) == (Step.HEAD_TO_HEAD, ("A", "B"), (0, 1))
    assert prizes(found) == {"B": "best", "A": "outstanding"}


def test_of_those_that_beat_each_other_equally_the_one_with_more_first_places_is_ahead() -> None:
    found = result(*rankings("ACBD", "DBCA", "ABCD", "BADC"), ladder=["head_to_head", "first_places", "lot"])

    assert [(step.step, step.result, step.numbers) for step in found.steps] == [
        (Step.HEAD_TO_HEAD, StepResult.STILL_LEVEL, (Fraction(1, 2), Fraction(1, 2))),
        (Step.FIRST_PLACES, StepResult.SETTLED, (2, 1)),
    ]
    assert prizes(found) == {"A": "best", "B": "outstanding"}


def test_the_first_rounds_total_decides() -> None:
    found = result(("A", "B"), ("B", "A"), ladder=["first_round", "lot"])

    assert found.steps[0].numbers == (Fraction(7), Fraction(8))
    assert prizes(found) == {"B": "best", "A": "outstanding"}


def test_a_shared_prize_takes_the_places_it_covers() -> None:
    found = result(("A", "B"), ("B", "A"), ladder=["share"])

    assert prizes(found) == {"A": "best", "B": "best"}
    assert [row.place for row in found.rows[:2]] == [1, 1]
    assert found.not_given == ("outstanding",)


def test_a_prize_is_shared_at_its_own_edge_only() -> None:
    found = result(("A", "B"), ("B", "A"), ladder=["share"], prizes=[{"key": "best", "count": 2}])

    assert (prizes(found), found.steps) == ({"A": "best", "B": "best"}, ())


def test_a_run_off_waits_and_then_decides() -> None:
    waiting = result(("A", "B"), ("B", "A"), ladder=["runoff", "lot"])
    assert steps(waiting) == [(Step.RUNOFF, StepResult.WAITING)]
    assert [row.open for row in waiting.rows] == [True, True, False, False]
    assert (prizes(waiting), waiting.not_given) == ({}, ())

    votes = {"A": Fraction(1), "B": Fraction(2)}
    held = result(
        ("A", "B"), ("B", "A"), ladder=["runoff", "lot"], verdicts=Verdicts(runoffs={Level("AB"): votes})
    )
    assert prizes(held) == {"B": "best", "A": "outstanding"}


def test_a_run_off_is_held_once() -> None:
    level = {"A": Fraction(2), "B": Fraction(2)}

    found = result(
        ("A", "B"), ("B", "A"), ladder=["runoff", "lot"], verdicts=Verdicts(runoffs={Level("AB"): level})
    )

    assert steps(found) == [(Step.RUNOFF, StepResult.STILL_LEVEL), (Step.LOT, StepResult.SETTLED)]


def test_a_prize_that_somebody_may_still_get_is_not_lost() -> None:
    """Two are level for the only place of one prize; the other, of three places, covers the second of them."""
    many = [{"key": "best"}, {"key": "silver", "count": 4}]
    found = rules(result={"ladder": ["chair", "lot"]}, prizes=many)

    waiting = second_round(
        found,
        CATEGORY,
        totals=TOTALS,
        slate=("A", "B"),
        tally=ballot.count(found.vote.method, ("A", "B"), {}) if found.vote else None,
        verdicts=Verdicts(),
        seed=SEED,
    )

    assert waiting.not_given == ()


def test_prizes_without_nominations_are_not_given() -> None:
    found = rules(second_round="none")

    empty = second_round(found, CATEGORY, totals={}, slate=(), verdicts=Verdicts(), seed=SEED)

    assert (empty.rows, empty.not_given) == ((), ("best", "outstanding"))


def test_a_withheld_prize_leaves_the_others_to_the_best() -> None:
    found = result(("A", "B", "C"), ladder=["lot"], withheld=("best",))

    assert prizes(found) == {"A": "outstanding"}
    assert found.not_given == ()


def test_ties_that_no_prize_depends_on_stay() -> None:
    found = result(("A",), ladder=["lot"], prizes=ONE_PRIZE)

    assert [row.place for row in found.rows] == [1, 2, 2, 2]
    assert found.steps == ()


@pytest.mark.parametrize("method", ["approval", "one_choice"])
def test_votes_decide_by_any_method(method: str) -> None:
    found = result(("B",), ("B",), ("A",), ladder=["first_round", "lot"], vote={"method": method})

    assert prizes(found) == {"B": "best", "A": "outstanding"}


def test_a_result_is_written_and_read_again() -> None:
    for found in (
        result(("A", "B"), ("B", "A"), ladder=["runoff", "lot"]),
        result(("A", "B"), ("B", "A"), ladder=["share"]),
        result(("A", "B", "C"), ladder=["lot"]),
    ):
        assert outcome_of(outcome_document(found)) == found


@pytest.mark.parametrize("flag", [0, "yes", None])
def test_open_is_true_or_false(flag: object) -> None:
    document = outcome_document(result(("A", "B", "C"), ladder=["lot"]))
    rows: Any = document["rows"]
    rows[0]["open"] = flag

    with pytest.raises(TypeError, match="true or false"):
        outcome_of(document)
