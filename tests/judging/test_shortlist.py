"""Who advances: the places of the rules, and each step of the ladder where level ones stand across the cut."""

import hashlib
from fractions import Fraction
from typing import Any

import pytest

from judging.count import first_round, standing_document, standing_of
from judging.ladder import Verdicts, draw, ends, settle
from judging.shortlist import Standing
from judging.values import Step, StepResult
from tests.builders import CATEGORY, SEED, SEVEN, Sheets, rules, sheets

LEVEL = sheets(A=[(5, 5)], B=[(5, 5)], C=[(5, 5)], D=[(5, 5)], E=[(5, 5)])
Level = frozenset[str]


def standing(
    ladder: list[str], marks: Sheets, *, places: int = 2, verdicts: Verdicts | None = None, **changes: Any
) -> Standing:
    found = rules(shortlist={"places": places, "ladder": ladder}, **changes)
    return first_round(found, CATEGORY, marks, verdicts=verdicts or Verdicts(), seed=SEED)


def settled(found: Standing) -> dict[str, str | None]:
    return {row.nomination: row.settled_by for row in found.rows}


def steps(found: Standing) -> list[tuple[Step, StepResult]]:
    return [(step.step, step.result) for step in found.steps]


def test_the_best_advance_as_many_as_there_are_places() -> None:
    found = first_round(rules(), CATEGORY, SEVEN, verdicts=Verdicts(), seed=SEED)

    assert found.finalists == ("A", "B", "C", "D", "E")
    assert [row.place for row in found.rows] == [1, 2, 3, 4, 5, 5, 7]


def test_a_tie_for_fifth_place_goes_to_the_own_criterion() -> None:
    found = first_round(rules(), CATEGORY, SEVEN, verdicts=Verdicts(), seed=SEED)

    [step] = found.steps
    assert (step.step, step.result, step.level) == (Step.OWN_CRITERION, StepResult.SETTLED, ("E", "F"))
    assert step.numbers == (Fraction(6), Fraction(17, 3))
    assert step.groups == (("E",), ("F",))
    assert {name: by for name, by in settled(found).items() if by} == {
        "E": Step.OWN_CRITERION,
        "F": Step.OWN_CRITERION,
    }


def test_fewer_nominations_than_places_all_advance() -> None:
    assert standing(["lot"], LEVEL, places=9).finalists == ("A", "B", "C", "D", "E")


def test_exactly_as_many_as_places_advance_without_a_step() -> None:
    found = standing(["lot"], LEVEL, places=5)

    assert (found.finalists, found.steps) == (("A", "B", "C", "D", "E"), ())


def test_level_ones_above_the_cut_stay_level() -> None:
    found = standing(["lot"], LEVEL | sheets(F=[(4, 4)]), places=5)

    assert [row.place for row in found.rows] == [1, 1, 1, 1, 1, 6]
    assert found.steps == ()


def test_a_category_that_nobody_entered_has_an_empty_standing() -> None:
    assert standing(["lot"], {}) == Standing(CATEGORY, (), ())


def test_the_own_criterion_is_skipped_where_the_category_has_none() -> None:
    found = standing(
        ["own_criterion", "lot"],
        sheets(A=[(5, 5)], B=[(5, 5)]),
        places=1,
        prizes=[],
        categories=[{"key": CATEGORY, "criteria": ["value"]}],
    )

    assert steps(found)[0] == (Step.OWN_CRITERION, StepResult.SKIPPED)


def test_the_higher_median_advances() -> None:
    found = standing(["median", "lot"], sheets(A=[(3, 3), (3, 3), (9, 9)], B=[(5, 5)] * 3, C=[(9, 9)]))

    assert found.finalists == ("C", "B")
    assert found.steps[0].numbers == (Fraction(3), Fraction(5))


def test_the_smaller_share_of_lowest_marks_advances() -> None:
    found = standing(
        ["lowest_share", "lot"],
        sheets(A=[(1, 9), (5, 5), (5, 5)], B=[(1, 9)], C=[(9, 9)]),
    )

    assert found.finalists == ("C", "A")
    assert found.steps[0].numbers == (Fraction(1, 6), Fraction(1, 2))


def test_a_step_compares_all_level_ones_and_those_still_level_go_on() -> None:
    found = standing(
        ["median", "lot"],
        sheets(A=[(3, 3), (3, 3), (9, 9)], B=[(5, 5)] * 3, C=[(5, 5)] * 3, D=[(6, 6), (6, 6), (3, 3)]),
        places=2,
    )

    assert [(step.step, step.level, step.result) for step in found.steps] == [
        (Step.MEDIAN, ("A", "B", "C", "D"), StepResult.PARTED),
        (Step.LOT, ("B", "C"), StepResult.SETTLED),
    ]
    assert settled(found) == {"D": "median", "B": "lot", "C": "lot", "A": "median"}


@pytest.mark.parametrize(("level", "advancing"), [(3, 3), (4, 4), (5, 2)])
def test_all_level_ones_advance_while_they_are_at_most_two_more(level: int, advancing: int) -> None:
    marks = {name: LEVEL[name] for name in "ABCDE"[:level]}

    found = standing(["extend", "lot"], marks, places=2)

    assert len(found.finalists) == advancing


def test_an_extension_is_a_step_that_settles() -> None:
    found = standing(["extend", "lot"], sheets(A=[(9, 9)], B=[(5, 5)], C=[(5, 5)], D=[(1, 1)]))

    assert found.finalists == ("A", "B", "C")
    assert steps(found) == [(Step.EXTEND, StepResult.SETTLED)]
    assert settled(found) == {"A": None, "B": "extend", "C": "extend", "D": None}


def test_too_many_to_extend_go_on() -> None:
    found = standing(["extend", "lot"], LEVEL)

    assert steps(found) == [(Step.EXTEND, StepResult.SKIPPED), (Step.LOT, StepResult.SETTLED)]


def test_what_only_the_chair_can_decide_is_open() -> None:
    found = standing(["chair", "lot"], LEVEL | sheets(F=[(9, 9)]), places=2)

    assert found.finalists == ("F",)
    assert {row.finalist for row in found.rows} == {"yes", "open"}
    assert steps(found) == [(Step.CHAIR, StepResult.WAITING)]


def test_the_chairs_order_decides() -> None:
    verdicts = Verdicts(orders={Level("ABCDE"): ("D", "B", "A", "C", "E")})

    found = standing(["chair", "lot"], LEVEL, verdicts=verdicts)

    assert found.finalists == ("D", "B")
    assert set(settled(found).values()) == {"chair"}


def test_whom_the_chair_leaves_out_stay_level_below() -> None:
    found = standing(["chair", "lot"], LEVEL, verdicts=Verdicts(orders={Level("ABCDE"): ("D",)}))

    assert found.finalists[0] == "D"
    assert [step.level for step in found.steps] == [("A", "B", "C", "D", "E"), ("A", "B", "C", "E")]
    assert steps(found) == [(Step.CHAIR, StepResult.PARTED), (Step.LOT, StepResult.SETTLED)]


def test_a_chair_in_conflict_is_passed_over() -> None:
    found = standing(["chair", "lot"], LEVEL, verdicts=Verdicts(barred=frozenset({Level("ABCDE")})))

    assert steps(found) == [(Step.CHAIR, StepResult.SKIPPED), (Step.LOT, StepResult.SETTLED)]


def test_an_order_for_others_decides_nothing() -> None:
    found = standing(["chair", "lot"], LEVEL, verdicts=Verdicts(orders={Level("AB"): ("A", "B")}))

    assert found.finalists == ()


@pytest.mark.parametrize("order", [("A", "X"), ("A", "A"), ("X",)])
def test_an_order_with_strangers_or_repetitions_is_none(order: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no order"):
        standing(["chair", "lot"], LEVEL, verdicts=Verdicts(orders={Level("ABCDE"): order}))


def test_a_lot_goes_by_the_smallest_hash_of_seed_and_reference() -> None:
    expected = sorted("ABCDE", key=lambda name: hashlib.sha256(f"{SEED}:{name}".encode()).hexdigest())

    assert draw(SEED, "EDCBA") == tuple(expected)
    assert standing(["lot"], LEVEL).finalists == tuple(expected[:2])


def test_a_stated_lot_is_taken_and_leaves_nobody_out() -> None:
    stated = Verdicts(lots={Level("ABCDE"): ("E", "D", "C", "B", "A")})
    half = Verdicts(lots={Level("ABCDE"): ("E", "D")})

    assert standing(["lot"], LEVEL, verdicts=stated).finalists == ("E", "D")
    with pytest.raises(ValueError, match="no order"):
        standing(["lot"], LEVEL, verdicts=half)


def test_a_lot_without_seed_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="needs the seed"):
        first_round(
            rules(shortlist={"places": 2, "ladder": ["lot"]}), CATEGORY, LEVEL, verdicts=Verdicts(), seed=None
        )


def test_a_ladder_that_can_end_unresolved_is_never_climbed() -> None:
    with pytest.raises(ValueError, match="unresolved"):
        settle([("A", "B")], cuts=[1], ladder=[Step.CHAIR], measures={}, verdicts=Verdicts(), seed=SEED)


@pytest.mark.parametrize(
    ("ladder", "it_ends"),
    [
        ([Step.LOT], True),
        ([Step.SHARE], True),
        ([Step.MEDIAN, Step.CHAIR, Step.SHARE], True),
        ([Step.RUNOFF, Step.LOT], True),
        ([], False),
        ([Step.CHAIR], False),
        ([Step.RUNOFF], False),
        ([Step.EXTEND], False),
        ([Step.LOT, Step.LOT], False),
        ([Step.SHARE, Step.LOT], False),
        ([Step.CHAIR, Step.MEDIAN, Step.LOT], False),
    ],
)
def test_a_ladder_ends_with_a_lot_or_a_shared_prize_and_nothing_stands_between_chair_and_end(
    ladder: list[Step], it_ends: bool
) -> None:
    assert ends(ladder) is it_ends


def test_a_standing_is_written_and_read_again() -> None:
    found = standing(["own_criterion", "median", "chair", "lot"], SEVEN | LEVEL, places=4)

    assert standing_of(standing_document(found)) == found
    assert found.totals["A"] == 5


@pytest.mark.parametrize(
    "change",
    [
        {"rows": {}},
        {"category": 1},
        {"rows": [{"nomination": "A"}]},
        {"rows": [None]},
        {"steps": [{"step": "luck"}]},
        {
            "rows": [
                {
                    "nomination": "A",
                    "place": True,
                    "total": "1",
                    "sheets": 1,
                    "finalist": "yes",
                    "settled_by": None,
                }
            ]
        },
        {
            "rows": [
                {
                    "nomination": "A",
                    "place": 1,
                    "total": "1.0",
                    "sheets": 1,
                    "finalist": "yes",
                    "settled_by": None,
                }
            ]
        },
    ],
)
def test_another_document_is_no_standing(change: dict[str, Any]) -> None:
    document = standing_document(standing(["lot"], SEVEN)) | change

    with pytest.raises((KeyError, TypeError, ValueError)):
        standing_of(document)
