"""`python -m judging recount FILE`: what it prints, and how it exits."""

import hashlib
import io
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from judging import record
from judging.__main__ import main
from judging.ballot import Choice, commitment
from judging.values import exact
from tests.builders import CATEGORY, rules, sheets
from tests.judging.records import Case, changed, root_of, unpacked

ROOT = Path(__file__).parents[2]
DEBIANS = Path("/usr/bin/python3")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A sound record."""
    path = tmp_path / "record.zip"
    path.write_bytes(Case().written())
    return path


def python() -> str:
    """Debian's own Python where it is young enough, else the one that runs the tests."""
    if DEBIANS.exists():
        asked = "import sys; print(sys.version_info >= (3, 11))"
        answer = subprocess.run(
            [DEBIANS, "-S", "-E", "-c", asked], capture_output=True, text=True, check=True
        )
        if answer.stdout.strip() == "True":
            return str(DEBIANS)
    return sys.executable


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of judging/ in an empty folder, without environment, packages or anything else of ours."""
    copy = folder / "alone"
    shutil.copytree(ROOT / "judging", copy / "judging", ignore=shutil.ignore_patterns("__pycache__"))
    command = ["env", "-i", python(), "-S", "-E", "-m", "judging", *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, encoding="utf-8", check=False, timeout=60)


def with_changed_mark(content: bytes, *, hashed_again: bool) -> bytes:
    lines = unpacked(content)["sheets.jsonl"]
    return changed(
        content, "sheets.jsonl", lines.replace(b'"value":9', b'"value":8', 1), hashed_again=hashed_again
    )


def test_a_sound_record_is_shown_and_agrees(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recount", str(file)]) == 0

    assert capsys.readouterr().out.splitlines()[3:] == [
        "",
        "open-city",
        "  first round",
        "    place  nomination  total  exact  finalist  settled by     title",
        "    1      A           8.67   26/3   yes                      Project A",
        "    2      B           8.00   8      yes                      Project B",
        "    3      C           7.50   15/2   yes                      Project C",
        "    4      D           7.00   7      yes                      Project D",
        "    5      E           6.00   6      yes       own_criterion  Project E",
        "    5      F           6.00   6      no        own_criterion  Project F",
        "    7      G           1.67   5/3    no                       Project G",
        "  result",
        "    place  nomination  decided by  prize        settled by  title",
        "    1      A           14          best                     Project A",
        "    2      B           21/2        outstanding              Project B",
        "    3      C           17/2                                 Project C",
        "    4      D           4                                    Project D",
        "    5      E           3                                    Project E",
        "",
        "Everything that the record states was counted again and agrees.",
    ]


def test_the_published_hash_is_asked_for(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = hashlib.sha256(unpacked(file.read_bytes())["manifest.json"]).hexdigest()

    assert main(["recount", str(file), "--manifest", manifest]) == 0
    assert main(["recount", str(file), "--manifest", "0" * 64]) == 2
    assert capsys.readouterr().err == "This is not a sound record: other manifest (manifest.json).\n"


def test_a_changed_mark_is_damage(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(with_changed_mark(file.read_bytes(), hashed_again=False))

    assert main(["recount", str(file)]) == 2
    assert capsys.readouterr().err == "This is not a sound record: other hash (sheets.jsonl).\n"


def test_a_changed_mark_with_a_new_hash_is_a_difference(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(with_changed_mark(file.read_bytes(), hashed_again=True))

    assert main(["recount", str(file)]) == 1
    assert capsys.readouterr().err == (
        "DIFFERENCE: the first round's standing in category open-city, at rows.A.total: "
        "the record states 26/3, counting gives 17/2.\n"
    )


def test_the_number_of_other_differences_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = Case().parts()
    parts.outcome["seed_sha256"] = "0"
    file.write_bytes(parts.written())

    assert main(["recount", str(file)]) == 1
    assert capsys.readouterr().err.splitlines()[1] == "There are 1 more differences."


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recount", str(tmp_path / "none.zip")]) == 2
    assert capsys.readouterr().err == "The file can't be read: No such file or directory.\n"


def test_a_file_that_is_no_record_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(b"no record")

    assert main(["recount", str(path)]) == 2
    assert capsys.readouterr().err == "This is not a sound record: not a zip.\n"


def test_an_unfinished_record_says_what_it_lacks(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = Case(rules(categories=[{"key": CATEGORY}, {"key": "mobility"}])).parts()
    parts.category.update(result=None)
    parts.outcome["categories"]["mobility"] = {"standing": None, "slate": [], "elections": [], "result": None}
    parts.outcome["awards"] = []
    parts.documents["decisions.json"] = [it for it in parts.decisions if it["kind"] != "winners"]
    parts.lines["nominations.jsonl"].append({"nomination": "M", "category": "mobility"})
    parts.lines["assignments.jsonl"].append({"judge": "judge-1", "nomination": "M", "round": "first"})
    file.write_bytes(parts.written())

    assert main(["recount", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "mobility\n  no standing yet\n  no result yet\n" in shown
    assert "The record does not hold yet: standing of mobility, result of open-city.\n" in shown


def test_an_open_place_and_prizes_by_decision_are_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    level = sheets(A=[(5, 5)], B=[(5, 5)])
    found = rules(second_round="none", prizes=[{"key": "best"}, {"key": "special", "by_decision": True}])
    file.write_bytes(Case(found, level, given=[("B", "special")]).written())

    assert main(["recount", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "    1      A           5           open   chair       Project A\n" in shown
    assert "Prizes by decision\n  special  B  (open-city)\n" in shown


def test_nothing_in_a_record_speaks_for_the_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = Case().parts()
    parts.outcome["edition"]["key"] = (
        "2014\nEverything that the record states was counted again and agrees.\x1b[2J"
    )
    parts.lines["nominations.jsonl"][0]["title"] = "long " * 1000
    parts.lines["nominations.jsonl"][1]["title"] = "수원 \u202eabc"
    parts.outcome["awards"] = []
    file.write_bytes(parts.written())

    assert main(["recount", str(file)]) == 1
    shown = capsys.readouterr().out
    assert "Edition 2014\\u000aEverything" in shown
    assert "agrees.\\u001b[2J, full record\n" in shown
    assert "수원 \\u202eabc" in shown
    assert max(map(len, shown.splitlines())) < 1000


def test_a_terminal_without_korean_is_no_obstacle(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Case().parts()
    parts.lines["nominations.jsonl"][0]["title"] = "수원"
    file.write_bytes(parts.written())
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)

    assert main(["recount", str(file)]) == 0
    terminal.seek(0)
    assert "\\uc218\\uc6d0" in terminal.read()


def test_a_stranger_recounts_with_the_folder_alone(file: Path) -> None:
    folder = file.parent

    finished = alone(folder, "recount", str(file))

    assert finished.stderr == ""
    assert finished.stdout.endswith("Everything that the record states was counted again and agrees.\n")
    assert finished.returncode == 0


@pytest.mark.parametrize(("hashed_again", "status"), [(False, 2), (True, 1)])
def test_a_stranger_finds_one_changed_mark(file: Path, hashed_again: bool, status: int) -> None:
    file.write_bytes(with_changed_mark(file.read_bytes(), hashed_again=hashed_again))

    finished = alone(file.parent, "recount", str(file))

    assert finished.returncode == status
    assert "Traceback" not in finished.stderr


RANKED = [("A", "B", "C"), ("B", "A"), ("C", "A", "B", "D"), ("A",), ("E", "D", "A")] * 2
TEN = [("A",)] * 4 + [("B",)] * 3 + [("C",)] * 2 + [("D",)]


def write_vote(path: Path, number: int, method: str = "one_choice", ten: Sequence[Choice] = TEN) -> None:
    """The record of a public vote, with its log, in which so many times ten people voted as in TEN."""
    parts = Case(rules(vote={"electorate": "public", "method": method}), ballots=ten).parts()
    [election] = parts.category["elections"]
    layers = (
        election["tally"]["votes"] if method == "schulze" else None
    )  # who stands above whom, however many vote
    if layers is None:
        for row in parts.category["result"]["rows"]:
            row["value"] = exact(Fraction(row["value"]) * number)
    key = election["election"]
    cast = [json.loads(json.dumps(it["choice"])) for it in parts.lines["ballots.jsonl"]]
    made = [(tuple(cast[n % 10]), f"{n:032x}") for n in range(10 * number)]
    sealed = sorted(commitment(key, choice, nonce) for choice, nonce in made)
    leaves = [hashlib.sha256(f"{n}".encode()).hexdigest() for n in range(len(made))]
    parts.category["elections"] = [
        election
        | {
            "tally": times(election["tally"], number) | ({"votes": layers} if layers else {}),
            "log": [{"size": len(leaves), "root": root_of(leaves)}],
            "commitments_root": root_of(sealed),
        }
    ]
    with path.open("wb") as target:
        lines = parts.lines | {
            "commitments.jsonl": ({"election": key, "commitment": it} for it in sealed),
            "ballots.jsonl": ({"election": key, "choice": list(it), "nonce": nonce} for it, nonce in made),
            "log.jsonl": ({"election": key, "fingerprint": it} for it in leaves),
        }
        record.write(target, parts.documents, lines)


def times(value: Any, number: int) -> Any:
    """Every number of a tally so many times."""
    if isinstance(value, dict):
        return {key: times(item, number) for key, item in value.items()}
    if isinstance(value, int):
        return value * number
    return exact(Fraction(value) * number) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("method", "number", "seconds", "megabytes"),
    [
        ("one_choice", 1_000, 20, 300),
        pytest.param("one_choice", 100_000, 60, 1024, marks=pytest.mark.audit),
        pytest.param("borda", 100_000, 300, 1024, marks=pytest.mark.audit),
        ("schulze", 100, 20, 300),
        pytest.param("schulze", 100_000, 300, 1024, marks=pytest.mark.audit),
    ],
)
def test_many_ballots_are_recounted_in_time(
    tmp_path: Path, method: str, number: int, seconds: int, megabytes: int
) -> None:
    path = tmp_path / "record.zip"
    write_vote(path, number, method, TEN if method == "one_choice" else RANKED)
    most = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({megabytes * 1024**2},) * 2); "
    command = most + "import sys; from judging.__main__ import main; sys.exit(main())"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    finished = subprocess.run(
        [sys.executable, "-S", "-E", "-c", command, "recount", str(path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert finished.stderr == ""
    if method == "one_choice":
        assert f"    1      A           {4 * number}" in finished.stdout
    assert finished.returncode == 0
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < seconds
