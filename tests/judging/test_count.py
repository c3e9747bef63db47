"""The count against a second one, written from the text of the rules and by other means."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given

from judging import ballot
from judging.count import first_round, scores, second_round
from judging.ladder import Verdicts
from judging.outcome import Outcome
from judging.shortlist import Standing
from judging.values import Finalist, Method, Step, StepResult
from tests.builders import CATEGORY, SEED, SEVEN, rules
from tests.judging import independent
from tests.judging.categories import Category, ballots, category, decide, tempers, weights_of
from tests.judging.independent import Found, People

COMPARED = {StepResult.SETTLED, StepResult.PARTED, StepResult.STILL_LEVEL}
ASKED = {StepResult.SETTLED, StepResult.WAITING, StepResult.SKIPPED, StepResult.STILL_LEVEL}
BY_CHANCE = {(Step.LOT, StepResult.SETTLED)}
BY_MARKS = {
    (Step.OWN_CRITERION, StepResult.SKIPPED),
    *((step, result) for step in (Step.OWN_CRITERION, Step.MEDIAN, Step.LOWEST_SHARE) for result in COMPARED),
}
SHORTLIST_RESULTS = (
    BY_MARKS
    | BY_CHANCE
    | {(Step.EXTEND, StepResult.SETTLED), (Step.EXTEND, StepResult.SKIPPED)}
    | {(Step.CHAIR, result) for result in ASKED - {StepResult.STILL_LEVEL} | {StepResult.PARTED}}
)
RESULT_RESULTS = (
    BY_MARKS
    | BY_CHANCE
    | {(Step.SHARE, StepResult.SETTLED)}
    | {(Step.CHAIR, result) for result in ASKED - {StepResult.STILL_LEVEL} | {StepResult.PARTED}}
    | {(Step.RUNOFF, result) for result in COMPARED | {StepResult.WAITING}}
    | {
        (step, result)
        for step in (Step.HEAD_TO_HEAD, Step.FIRST_PLACES, Step.FIRST_ROUND)
        for result in COMPARED
    }
)


def steps_of(counted: Standing | Outcome) -> set[tuple[str, frozenset[str]]]:
    return {(step.step.value, frozenset(step.level)) for step in counted.steps}


def comparing_marks(category: Category):
    weights, lowest = weights_of(category.rules), category.rules.scale.lowest

    def compare(step: str, name: str, level: frozenset[str]) -> Fraction | None:
        return independent.marks_step(step, name, CATEGORY, weights, category.sheets, lowest)

    return compare


def totals_again(category: Category) -> dict[str, Fraction]:
    weights = weights_of(category.rules)
    return {name: independent.total(weights, marks) for name, marks in category.sheets.items()}


def shortlist_twice(category: Category) -> tuple[Standing, Found]:
    """The shortlist by `judging` and independently, after the same people decided what was theirs to decide."""
    people = People(seed=SEED)
    standing = decide(
        lambda verdicts: first_round(category.rules, CATEGORY, category.sheets, verdicts=verdicts, seed=SEED),
        people,
        category.temper,
    )
    again = independent.climb(
        totals_again(category),
        [category.rules.category(CATEGORY).places],
        [step.value for step in category.rules.shortlist_ladder],
        comparing_marks(category),
        people,
    )
    return standing, again


def assert_the_same_shortlist(temper: int) -> Standing:
    it = category(temper, "borda")
    standing, again = shortlist_twice(it)

    totals = totals_again(it)
    places = it.rules.category(CATEGORY).places
    assert {
        row.nomination: (row.total, row.place, row.finalist, row.settled_by) for row in standing.rows
    } == {
        name: (
            total,
            1 + sum(other > total for other in totals.values()),
            Finalist.OPEN
            if name in again.open
            else Finalist.YES
            if again.place[name] <= places
            else Finalist.NO,
            again.settled_by[name],
        )
        for name, total in totals.items()
    }
    assert steps_of(standing) == again.steps
    return standing


@given(tempers())
def test_the_shortlist_is_what_an_independent_count_gives(temper: int) -> None:
    assert_the_same_shortlist(temper)


def test_every_step_to_a_shortlist_is_compared_with_the_independent_count() -> None:
    taken = Counter(
        (step.step, step.result) for temper in range(1000) for step in assert_the_same_shortlist(temper).steps
    )

    assert set(taken) == SHORTLIST_RESULTS
    assert min(taken.values()) >= 2


def prizes_twice(category: Category, method: str | None, cast: list[tuple[str, ...]], withheld: list[str]):
    """The prizes by `judging` and independently; the slate is everybody judged."""
    found, people = category.rules, People(seed=SEED)
    slate = sorted(category.sheets)
    totals = totals_again(category)
    tally = ballot.count(Method(method), slate, Counter(cast)) if method else None

    def count(verdicts):
        return second_round(
            found,
            CATEGORY,
            totals=totals,
            slate=slate,
            tally=tally,
            marks=None if method else scores(found, CATEGORY, category.sheets),
            verdicts=verdicts,
            seed=SEED,
            withheld=withheld,
        )

    outcome = decide(count, people, category.temper, method or "borda")
    values = independent.votes(method, slate, cast) if method else totals

    def compare(step: str, name: str, level: frozenset[str]) -> Fraction | None:
        if step == "head_to_head":
            return independent.duels_won(cast, name, level)
        if step == "first_places":
            return independent.first_places(cast, name)
        if step == "first_round":
            return totals[name]
        if step == "runoff":
            return independent.votes(method, sorted(level), people.runoffs[level])[name]
        return comparing_marks(category)(step, name, level)

    on_offer = [(prize.key, prize.count) for prize in found.prizes_of(CATEGORY) if prize.key not in withheld]
    cuts = [sum(count for _, count in on_offer[: n + 1]) for n in range(len(on_offer))]
    again = independent.climb(values, cuts, [step.value for step in found.result_ladder], compare, people)
    return outcome, values, again, independent.prizes(again, on_offer)


def assert_the_same_prizes(temper: int, method: str | None) -> Outcome:
    it = category(temper, method)
    cast = ballots(temper, method, sorted(it.sheets)) if method else []
    keys = [prize.key for prize in it.rules.prizes]
    withheld = keys[: 1 - min(1, temper % 5)]

    outcome, values, again, (given_to, not_given) = prizes_twice(it, method, cast, withheld)

    assert {
        row.nomination: (row.value, row.place, row.prize, row.settled_by, row.open) for row in outcome.rows
    } == {
        name: (value, again.place[name], given_to.get(name), again.settled_by[name], name in again.open)
        for name, value in values.items()
    }
    assert list(outcome.not_given) == not_given
    assert steps_of(outcome) == again.steps
    return outcome


METHODS = ["borda", "schulze", "approval", "one_choice", None]


@pytest.mark.parametrize("method", METHODS)
@given(temper=tempers())
def test_the_prizes_are_what_an_independent_count_gives(method: str | None, temper: int) -> None:
    assert_the_same_prizes(temper, method)


def test_every_step_to_a_prize_is_compared_with_the_independent_count() -> None:
    taken = Counter(
        (step.step, step.result)
        for method in METHODS
        for temper in range(100 if method == "schulze" else 400)
        for step in assert_the_same_prizes(temper, method).steps
    )

    assert set(taken) == RESULT_RESULTS
    assert min(taken.values()) >= 2


def test_without_a_vote_marks_decide() -> None:
    found = rules(second_round="none")
    of_category = scores(found, CATEGORY, SEVEN)

    outcome = second_round(
        found,
        CATEGORY,
        totals={name: score.total for name, score in of_category.items()},
        slate=tuple("ABCDE"),
        marks=of_category,
        verdicts=Verdicts(),
        seed=SEED,
    )

    assert [(row.nomination, row.value, row.prize) for row in outcome.rows[:3]] == [
        ("A", Fraction(26, 3), "best"),
        ("B", Fraction(8), "outstanding"),
        ("C", Fraction(15, 2), None),
    ]
