"""Totals and places: exact, over counted sheets, level ones sharing a place."""

from fractions import Fraction

import pytest

from judging.count import scores
from judging.ranking import places
from judging.scoring import MarkFault, faults, score, sheet_total
from tests.builders import CATEGORY, rules, sheets

WEIGHTED = rules(criteria=[{"key": CATEGORY, "weight": 2}, {"key": "value", "weight": "1/3"}])


def test_the_total_of_a_sheet_is_the_weighted_mean_of_its_marks() -> None:
    assert sheet_total(WEIGHTED, CATEGORY, {CATEGORY: 9, "value": 2}) == Fraction(56, 7)
    assert sheet_total(rules(), CATEGORY, {CATEGORY: 9, "value": 2}) == Fraction(11, 2)


def test_a_sheet_without_a_mark_has_no_total() -> None:
    with pytest.raises(KeyError, match="value"):
        sheet_total(rules(), CATEGORY, {CATEGORY: 9})


def test_the_total_of_a_nomination_is_the_mean_of_its_judges_totals() -> None:
    [marks] = sheets(A=[(9, 9), (8, 9), (9, 8)]).values()

    assert score(rules(), CATEGORY, marks).total == Fraction(26, 3)


def test_a_score_holds_what_the_ladder_compares() -> None:
    [marks] = sheets(A=[(1, 2), (4, 1), (3, 3), (7, 9)]).values()

    found = score(rules(), CATEGORY, marks)

    assert found.own == Fraction(15, 4)
    assert found.median == (Fraction(5, 2) + 3) / 2
    assert found.lowest_share == Fraction(2, 8)
    assert found.sheets == 4


def test_a_category_without_a_criterion_of_its_key_has_no_own_mark() -> None:
    found = rules(categories=[{"key": "mobility"}])

    assert score(found, "mobility", [{CATEGORY: 3, "value": 4}]).own is None


def test_a_category_is_marked_on_its_own_criteria_only() -> None:
    found = rules(categories=[{"key": CATEGORY, "criteria": ["value"]}])

    assert score(found, CATEGORY, [{"value": 4}]).total == 4
    assert score(found, CATEGORY, [{"value": 4}]).own is None


@pytest.mark.parametrize(
    ("values", "middle"), [([3], 3), ([1, 9, 2], 2), ([1, 2], Fraction(3, 2)), ([4, 1, 2, 3], Fraction(5, 2))]
)
def test_the_median_is_the_middle_or_the_mean_of_the_two_there(values: list[int], middle: Fraction) -> None:
    found = rules(criteria=[{"key": "value"}])

    assert score(found, CATEGORY, [{"value": value} for value in values]).median == middle


def test_a_nomination_without_a_counted_sheet_has_no_score() -> None:
    assert scores(rules(), CATEGORY, sheets(A=[(5, 5)], B=[])).keys() == {"A"}


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ({CATEGORY: 1, "value": 10}, []),
        ({CATEGORY: 1}, [("value", MarkFault.MISSING)]),
        ({CATEGORY: 1, "value": 2, "charm": 3}, [("charm", MarkFault.UNKNOWN_CRITERION)]),
        (
            {CATEGORY: 0, "value": 11},
            [(CATEGORY, MarkFault.OUTSIDE_SCALE), ("value", MarkFault.OUTSIDE_SCALE)],
        ),
        (
            {CATEGORY: True, "value": "7"},
            [(CATEGORY, MarkFault.OUTSIDE_SCALE), ("value", MarkFault.OUTSIDE_SCALE)],
        ),
        (
            {CATEGORY: 7.5, "value": None},
            [(CATEGORY, MarkFault.OUTSIDE_SCALE), ("value", MarkFault.OUTSIDE_SCALE)],
        ),
        ({}, [(CATEGORY, MarkFault.MISSING), ("value", MarkFault.MISSING)]),
    ],
)
def test_a_sheet_is_complete_with_one_whole_mark_a_criterion(
    marks: dict[str, object], found: list[tuple[str, MarkFault]]
) -> None:
    assert list(faults(rules(), CATEGORY, marks)) == found


def test_level_ones_share_a_place_and_the_next_counts_them_all() -> None:
    values = {"A": Fraction(3), "B": Fraction(7, 2), "C": Fraction(7, 2), "D": Fraction(1), "E": Fraction(4)}

    assert list(places(values).items()) == [("E", 1), ("B", 2), ("C", 2), ("A", 4), ("D", 5)]


def test_totals_are_compared_exactly_and_not_as_they_are_printed() -> None:
    assert places({"A": Fraction(2, 3), "B": Fraction(666_667, 1_000_000)}) == {"B": 1, "A": 2}
