"""`python -m judging.calibration refit`: the sheets of a full record, fitted again."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from judging.calibration import Sheet, calibrate, document
from judging.calibration.again import compare
from judging.calibration.door import main
from judging.scoring import sheet_total
from tests.builders import CATEGORY, rules, sheets
from tests.judging.records import Case, Parts
from tests.judging.test_calibration import made, run

OLD = Path(__file__).parents[1] / "data" / "record-before-options.zip"


def twelve() -> dict[str, Any]:
    """Five judges mark twelve nominations; the first one is strict."""
    chance = np.random.default_rng(3)
    return sheets(**{
        f"N{n:02}": [
            tuple(int(mark) for mark in np.clip(np.rint(2 + n / 2 - 2 * (j == 0) + chance.normal(0, 1, 2)), 1, 10))
            for j in range(5)
        ]
        for n in range(12)
    })  # fmt: skip


@pytest.fixture(scope="module")
def recorded() -> Parts:
    """A full record with its calibration."""
    marks = twelve()
    parts = Case(rules=rules(second_round="none"), marks=marks).parts()
    fitted = document(
        calibrate(
            [
                Sheet(f"judge-{number}", name, CATEGORY, sheet_total(rules(), CATEGORY, sheet))
                for name, found in marks.items()
                for number, sheet in enumerate(found, start=1)
            ],
            places={CATEGORY: 5},
            seed="published",
        )
    )
    parts.documents["calibration.json"] = {"categories": {}, "document": json.loads(json.dumps(fitted))}
    return parts


def refit(parts: Parts, tmp_path: Path) -> int:
    file = tmp_path / "record.zip"
    file.write_bytes(parts.written())
    return main(["refit", str(file)])


def category_of(parts: Parts) -> Any:
    return parts.documents["calibration.json"]["document"]["categories"][0]


def test_the_same_sheets_give_the_same_places(recorded: Parts, tmp_path: Path, capsys: Any) -> None:
    assert refit(recorded, tmp_path) == 0

    said = capsys.readouterr().out
    assert "60 sheets" in said
    assert f"{CATEGORY}: fair scores differ by 0.000000 at most; no place changes." in said
    assert "No place would change at 0.0001." in said


@pytest.mark.parametrize("fair", ["1/0", "1e999999999", "7.5"])
def test_a_fair_score_that_is_no_decimal_of_six_places_is_refused(
    fair: str, recorded: Parts, tmp_path: Path, capsys: Any
) -> None:
    parts = copy.deepcopy(recorded)
    category_of(parts)["nominations"][0]["fair"] = fair

    assert refit(parts, tmp_path) == 2
    assert "not of the form" in capsys.readouterr().err


def test_fair_scores_that_the_sheets_do_not_give_are_found(
    recorded: Parts, tmp_path: Path, capsys: Any
) -> None:
    parts = copy.deepcopy(recorded)
    first, second, *_ = category_of(parts)["nominations"]
    first["fair"], second["fair"] = second["fair"], first["fair"]

    assert refit(parts, tmp_path) == 1
    assert f"{first['nomination']} would stand before {second['nomination']}" in capsys.readouterr().out


def test_another_deciding_total_is_found(recorded: Parts, tmp_path: Path, capsys: Any) -> None:
    parts = copy.deepcopy(recorded)
    category_of(parts)["why"] = "not_linked"

    assert refit(parts, tmp_path) == 1
    assert "another total would decide" in capsys.readouterr().out


def test_other_sheets_than_those_fitted_are_found(recorded: Parts, tmp_path: Path, capsys: Any) -> None:
    parts = copy.deepcopy(recorded)
    parts.lines["sheets.jsonl"][0]["marks"]["value"] = (
        1 + parts.lines["sheets.jsonl"][0]["marks"]["value"] % 9
    )

    assert refit(parts, tmp_path) == 1
    assert "not the ones that were fitted" in capsys.readouterr().out


def test_records_that_cannot_be_fitted_again_are_refused_in_words(
    recorded: Parts, tmp_path: Path, capsys: Any
) -> None:
    without, other, broken = (copy.deepcopy(recorded) for _ in range(3))
    del without.documents["calibration.json"]
    other.documents["calibration.json"]["document"]["format"] = "laurels-calibration-9"
    del broken.documents["calibration.json"]["document"]["seed"]

    said = []
    for parts in (without, other, broken):
        assert refit(parts, tmp_path) == 2
        said.append(capsys.readouterr().err)
    for file, content in ((OLD, None), (tmp_path / "none.zip", None), (tmp_path / "text.zip", b"hello")):
        if content:
            file.write_bytes(content)
        assert main(["refit", str(file)]) == 2
        said.append(capsys.readouterr().err)

    words = [
        "holds no calibration",
        "laurels-calibration-9",
        "not a sound record",
        "public record",
        "No such",
        "not a zip",
    ]
    assert all(word in line for word, line in zip(words, said, strict=True)), said
    assert all(line.count("\n") == 1 for line in said)


def test_differences_below_a_ten_thousandth_are_level() -> None:
    stated: Any = document(run(made(8, 4, severity={0: 1.0})))
    again = copy.deepcopy(stated)
    one, two = again["categories"][0]["nominations"][:2]
    stated["categories"][0]["nominations"][0]["fair"], one["fair"] = "7.000001", "7.000000"
    stated["categories"][0]["nominations"][1]["fair"], two["fair"] = "7.000000", "7.000090"

    (found,) = compare(stated, again)
    assert not found.changes

    two["fair"] = "7.000200"
    (found,) = compare(stated, again)
    assert found.swapped == ((one["nomination"], two["nomination"]),)
