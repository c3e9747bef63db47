"""Records in which the fair score decides: its totals rank, the sheets give the plain means beside them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from judging.__main__ import WHY, main
from judging.fitted import Fitted, fitted_of, parse_six, six
from judging.record import CALIBRATION, RUNS, Damage, RecordDamaged
from judging.recount import Check
from judging.values import Deciding
from tests.builders import CATEGORY, SEVEN, rules
from tests.judging.cases import counted
from tests.judging.records import Case, Parts, unpacked

FAIR = {"A": "8.1", "B": "8.2", "C": "7.5", "D": "7", "E": "5.000001", "F": "5.000002", "G": "-0.3"}


def fitted(**changes: Any) -> Fitted:
    values: dict[str, Any] = {
        "number": 1,
        "deciding": Deciding.FAIR,
        "why": None,
        "totals": {name: Fraction(total) for name, total in FAIR.items()},
        "sheets_sha256": "0" * 64,
        "method": "made up",
        "versions": {"numpy": "0"},
    }
    return Fitted(**(values | changes))


def case(found: Fitted | None = None, standing: str = "calibrated", **more: Any) -> Case:
    return Case(rules=rules(standing=standing, second_round="none"), fitted=found or fitted(), **more)


def totals(parts: Parts) -> Any:
    return parts.documents[CALIBRATION]["categories"][CATEGORY]["totals"]


def test_the_fair_score_ranks_and_the_plain_mean_stands_beside_it() -> None:
    found = counted(case().written())

    assert found.differences == ()
    standing, outcome = found.categories[0].standing, found.categories[0].outcome
    assert standing is not None
    assert outcome is not None
    assert [row.nomination for row in standing.rows] == ["B", "A", "C", "D", "F", "E", "G"]
    assert standing.finalists == ("B", "A", "C", "D", "F")
    assert [(row.total, row.raw) for row in standing.rows[:2]] == [
        (Fraction("8.2"), Fraction(8)),
        (Fraction("8.1"), Fraction(26, 3)),
    ]
    assert [(row.nomination, row.value) for row in outcome.rows[:2]] == [
        ("B", Fraction("8.2")),
        ("A", Fraction("8.1")),
    ], "without a second round the total that decided the first one decides"


def test_where_the_plain_mean_decides_after_all_the_record_says_why_and_has_no_fitted_totals() -> None:
    plain = fitted(deciding=Deciding.RAW, why="not_linked", totals={})

    found = counted(case(plain).written())

    assert found.differences == ()
    standing = found.categories[0].standing
    assert standing is not None
    assert (standing.deciding, standing.why) == (Deciding.RAW, "not_linked")
    assert [row.nomination for row in standing.rows][:2] == ["A", "B"]
    assert all(row.raw == row.total for row in standing.rows)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (fitted(), "The fair score decides."),
        (
            fitted(deciding=Deciding.RAW, why="predicts_no_better", totals={}),
            f"The plain mean decides: {WHY['predicts_no_better']}.",
        ),
    ],
    ids=["fair", "raw"],
)
def test_the_command_says_which_total_decides(
    found: Fitted, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.zip"
    file.write_bytes(case(found).written())

    assert main(["recount", str(file)]) == 0
    assert says in capsys.readouterr().out


def test_a_plain_mean_that_the_sheets_do_not_give_is_a_difference() -> None:
    parts = case().parts()
    parts.category["standing"]["rows"][0]["raw"] = "9"

    found = counted(parts.written()).differences

    assert [(it.check, it.place, it.stated, it.counted) for it in found] == [
        (Check.STANDING, "rows.B.raw", "9", "8")
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda parts: parts.documents.pop(CALIBRATION),
        lambda parts: parts.documents[CALIBRATION]["categories"].clear(),
        lambda parts: totals(parts).pop("D"),
        lambda parts: totals(parts).update(Z="5.000000"),
        lambda parts: totals(parts).update(D="99999.000000"),
        lambda parts: totals(parts).update(D="-99999.000000"),
        lambda parts: parts.documents[CALIBRATION]["categories"].update(
            mobility=parts.documents[CALIBRATION]["categories"][CATEGORY]
        ),
    ],
    ids=[
        "no part",
        "no category",
        "one too few",
        "one too many",
        "far above",
        "far below",
        "strange category",
    ],
)
def test_fitted_totals_that_do_not_fit_are_differences(damage: Callable[[Parts], object]) -> None:
    parts = case().parts()
    damage(parts)

    assert Check.CALIBRATION in {it.check for it in counted(parts.written()).differences}


@pytest.mark.parametrize(
    "damage",
    [
        *(
            lambda parts, text=text: totals(parts).update(D=text)  # type: ignore[misc]
            for text in (
                "7.0",
                "7",
                "7.0000000",
                "1e3",
                "٧.000000",
                "-0.000000",
                "07.000000",
                "",
                7,
                None,
                "7.000000\n",
            )
        ),
        lambda parts: parts.documents[CALIBRATION].clear(),
        lambda parts: parts.documents.update({CALIBRATION: []}),
        lambda parts: parts.documents[CALIBRATION]["categories"][CATEGORY].update(why="not_linked"),
        lambda parts: parts.documents[CALIBRATION]["categories"][CATEGORY].update(
            deciding="raw", why="weather"
        ),
        lambda parts: parts.documents[CALIBRATION]["categories"][CATEGORY].update(
            deciding="raw", why="too_few"
        ),
    ],
)
def test_fitted_totals_of_another_form_are_damage(damage: Callable[[Parts], object]) -> None:
    parts = case().parts()
    damage(parts)

    with pytest.raises(RecordDamaged) as found:
        counted(parts.written())

    assert found.value.damage is Damage.NOT_THE_FORM


def test_a_public_record_has_nothing_of_a_calibration_where_the_plain_mean_decides() -> None:
    parts = Case(rules=rules(second_round="none"), kind="public").parts()
    assert counted(parts.written()).differences == ()
    parts.documents[CALIBRATION] = {"categories": {}}

    assert [it.check for it in counted(parts.written()).differences] == [Check.CALIBRATION]


def test_a_full_record_may_tell_of_a_calibration_that_does_not_decide() -> None:
    parts = Case(rules=rules(second_round="none")).parts()
    parts.documents[CALIBRATION] = {"categories": {}, "document": {"format": "laurels-calibration-1"}}
    parts.documents[RUNS] = []

    assert counted(parts.written()).differences == ()
    parts.documents[CALIBRATION]["categories"] = case().parts().documents[CALIBRATION]["categories"]
    assert [it.check for it in counted(parts.written()).differences] == [Check.CALIBRATION]


@pytest.mark.parametrize("name", [RUNS, CALIBRATION])
def test_what_belongs_into_the_full_record_damages_a_public_one(name: str) -> None:
    parts = case(kind="public").parts()
    assert counted(parts.written()).differences == ()
    if name == RUNS:
        parts.documents[RUNS] = []
    else:
        parts.documents[CALIBRATION]["document"] = {}

    with pytest.raises(RecordDamaged):
        counted(parts.written())


def test_parts_and_manifest_name_the_same() -> None:
    content = case().written()

    assert CALIBRATION in unpacked(content)
    assert CALIBRATION.encode() in unpacked(content)["manifest.json"]
    assert CALIBRATION not in unpacked(Case(marks=SEVEN).written())


@pytest.mark.parametrize("text", ["0.000000", "-0.300000", "10.000001", "999999999999.000000"])
def test_six_places_are_read_as_they_are_written(text: str) -> None:
    assert six(parse_six(text)) == text


def test_a_number_of_more_than_six_places_is_not_written() -> None:
    with pytest.raises(ValueError, match="1/3"):
        six(Fraction(1, 3))


def test_fitted_totals_need_every_key() -> None:
    with pytest.raises(KeyError):
        fitted_of({"deciding": "fair"})
