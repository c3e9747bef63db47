"""`python -m judging.calibration` for files of strangers: never a traceback, and a bad line is named."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from judging.calibration.door import main
from judging.calibration.foretelling import foretell
from judging.calibration.reading import Asked
from tests.judging.panels import skating

HEAD = "judge,nomination,category,value\n"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def call(
        sheets: str | bytes, *options: str, pairs: str | None = None
    ) -> tuple[int, list[dict[str, str]], str]:
        file = tmp_path / "sheets.csv"
        file.write_bytes(sheets.encode() if isinstance(sheets, str) else sheets)
        if pairs is not None:
            (tmp_path / "pairs.csv").write_text(pairs, encoding="utf-8")
            options = (*options, "--predict", str(tmp_path / "pairs.csv"))
        status = main([str(file), *options])
        said = capsys.readouterr()
        return status, list(csv.DictReader(io.StringIO(said.out))), said.err

    return call


def rows(judges: int, nominations: int, *, tilt: float = 0.0, category: str = "") -> str:
    chance = np.random.default_rng(2)
    return "".join(
        f"j{j},n{n},{category},{5 + n / 2 + tilt * (j == 0) + chance.normal(0, 0.3):.2f}\n"
        for j in range(judges)
        for n in range(nominations)
    )


def test_it_prints_both_scores_and_how_sure_the_best_are(door) -> None:
    status, found, said = door(HEAD + rows(5, 12, tilt=2), "--top", "3", "--seed", "x")

    assert (status, said) == (0, "")
    assert list(found[0]) == ["nomination", "raw", "fair", "p_top"]
    assert sum(float(row["p_top"]) for row in found) == pytest.approx(3, abs=1e-5)
    assert found[0]["nomination"] == "n11"
    assert door(HEAD + rows(5, 12, tilt=2), "--top", "3", "--seed", "x")[1] == found
    assert list(door(HEAD + rows(5, 12))[1][0]) == ["nomination", "raw", "fair"]


def test_it_reads_what_spreadsheets_write(door) -> None:
    plain = door(HEAD + rows(4, 9))[1]
    text = "Value;Judge;Nomination\r\n" + "".join(
        f'"{value.replace(".", ",")}";"{judge}"; {name} \r\n'
        for judge, name, _, value in csv.reader(rows(4, 9).splitlines())
    )

    assert door(b"\xef\xbb\xbf" + text.encode())[1] == plain
    assert door(text.encode("utf-16"))[1] == plain


def test_names_are_taken_as_they_are(door) -> None:
    text = HEAD + rows(3, 6).replace("n5", '"Étoile, ""big""\nline"').replace("j1", "심사 위원")

    assert {row["nomination"] for row in door(text)[1]} == {
        "n0",
        "n1",
        "n2",
        "n3",
        "n4",
        'Étoile, "big"\nline',
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "Line 1"),
        ("judge,value\nj,1\n", "“nomination”"),
        (HEAD + "j,n,c,7\nj,m,c,seven\n", "Line 3: “seven”"),
        (HEAD + "j,n,c,7\n\nj,m,c\n", "Line 4: 3 cells"),
        (HEAD + "j,n,c,7\n,m,c,2\n", "Line 3: no judge"),
        (HEAD + 'j,n,c,7\n"j,m,c,2\n', "Line 3"),
        (HEAD + "j,n,c,1e999\n", "Line 2"),
        (HEAD + "j,n,c,\nj,m,c,NA\n", "no sheet with a value"),
        (HEAD, "no sheet with a value"),
        ((HEAD + "j,n,c,7\n").encode() + b"j\xff,m,c,2\n", "Line 3: the text is not UTF-8"),
        (HEAD + "j,n,c,7\nj,m\0,c,2\n", "Line 3"),
    ],
)
def test_a_bad_file_is_refused_naming_the_line(door, text: str | bytes, word: str) -> None:
    status, found, said = door(text)

    assert (status, found) == (2, [])
    assert word in said
    assert said.count("\n") == 1


def test_sheets_without_a_value_are_left_out_and_repeated_ones_count_once(door) -> None:
    status, found, said = door(HEAD + rows(4, 8) + "j0,n0,,\nj1,n1,,5\nj1,n1,,9\n")

    assert status == 0
    assert "1 rows without a value" in said
    assert "2 sheets repeat" in said
    assert len(found) == 8


@pytest.mark.parametrize(
    "text",
    [
        rows(1, 6),
        rows(4, 1),
        "j,n,,4\n",
        "".join(f"j{n},n{n},,{n}\n" for n in range(5)),
        "".join(f"j{j},n{n},,7\n" for n in range(5) for j in range(3)),
        rows(3, 5) + rows(3, 5).replace("j", "k").replace("n", "m"),
    ],
    ids=["one judge", "one nomination", "one sheet", "a sheet each", "all the same", "unlinked"],
)
def test_where_nothing_can_be_told_apart_the_plain_mean_is_the_answer(door, text: str) -> None:
    status, found, said = door(HEAD + text, "--top", "2")

    assert status == 0
    assert "plain mean" in said
    assert all(row["fair"] == row["raw"] for row in found)
    assert door(HEAD + text, pairs="judge,nomination\nj0,n0\nwho,what\n")[0] == 0


def test_it_predicts_sheets_of_known_and_unknown_judges_and_nominations(door) -> None:
    pairs = "judge,nomination,more\nj0,n3,\nj1,n3,\nstranger,n3,\nj0,new,\nstranger,new,\n"

    status, found, _ = door(HEAD + rows(5, 12, tilt=-2), pairs=pairs)

    own, other, average, new, nothing = (float(row["predicted"]) for row in found)
    assert status == 0
    assert list(found[0]) == ["judge", "nomination", "predicted"]
    assert own < other - 1.5
    assert own < average
    assert new < nothing - 1


def test_skating_is_predicted_better_than_by_the_mean() -> None:
    chance = np.random.default_rng(5)
    sheets = skating()
    hidden = chance.random(len(sheets)) < 0.15
    kept = [it for it, out in zip(sheets, hidden, strict=True) if not out]
    asked = [it for it, out in zip(sheets, hidden, strict=True) if out]

    found = foretell(kept, [Asked(it.judge, it.nomination, "") for it in asked], seed="")

    means: dict[str, list[float]] = {}
    for it in kept:
        means.setdefault(it.nomination, []).append(float(it.value))
    truth = np.array([float(it.value) for it in asked])
    plain = np.array([np.mean(means[it.nomination]) for it in asked])
    assert np.sqrt(np.mean((found - truth) ** 2)) <= 0.93 * np.sqrt(np.mean((plain - truth) ** 2))


def test_the_command_runs_by_itself_and_loads_numpy_only_to_fit(tmp_path: Path) -> None:
    code = "import sys, judging.calibration; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    missing = subprocess.run(
        [sys.executable, "-m", "judging.calibration", str(tmp_path / "none.csv")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert missing.returncode == 2
    assert "No such file" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_the_command_reckons_on_one_core_unless_told_otherwise() -> None:
    code = (
        "import os, judging.calibration.door as it; it.main(['-']); print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    others = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}

    def cores(**said: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=others | said
        ).stdout.strip()

    assert (cores(), cores(OPENBLAS_NUM_THREADS="2")) == ("1", "2")


def test_a_line_ends_where_csv_says_so(door) -> None:
    text = HEAD + rows(3, 6).replace("n4", "a\u2028b\x85c")

    status, found, _ = door(text)

    assert status == 0
    assert "a\u2028b\x85c" in {row["nomination"] for row in found}
