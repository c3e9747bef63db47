"""Every step of both ladders, from files to `standings` and `outcome`, and the record agrees each time."""

import csv
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from awards.config import ROOT

PROGRAMME = """
key = "small"
languages = ["en"]
second_round = "{second_round}"
name.en = "A small prize"
honours.en = "Good work."
association.en = "An association"

[sheets]
minimum = 1
per_nomination = 5

[shortlist]
places = {places}
ladder = {shortlist}

[result]
ladder = {result}

[[criteria]]
key = "services"
name.en = "Services"
[[criteria]]
key = "reach"
name.en = "Reach"

[[categories]]
key = "services"
name.en = "Services"

[[prizes]]
key = "best"
name.en = "Best"
[[prizes]]
key = "second"
name.en = "Second"
"""

JUDGES = {"one@example.org": "NZ", "two@example.org": "CL", "three@example.org": "CA"}
DEFAULT = '["own_criterion", "median", "lowest_share", "extend", "chair", "lot"]'
VOTE = '["head_to_head", "first_places", "first_round", "chair", "lot"]'
Marks = dict[str, list[tuple[int, int]]]
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""A step of a ladder asks no database: one step of each round, a run-off and the record are tried on both."""


class Small:
    """An edition with one category, three judges and the marks of a test: (services, reach) per judge."""

    def __init__(self, cli: FlaskCliRunner, folder: Path) -> None:
        self.cli, self.folder = cli, folder

    def run(self, *arguments: str) -> Result:
        return self.cli.invoke(args=list(arguments))

    def flask(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def file(self, name: str, *rows: str) -> str:
        path = self.folder / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return str(path)

    def rows(self, what: str) -> dict[str, dict[str, str]]:
        file = self.folder / "out.csv"
        self.flask(what, "small", "--csv", str(file))
        found = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
        return {row["reference"]: row for row in found}

    def judged(
        self,
        marks: Marks,
        *,
        second_round: str = "vote",
        shortlist: str = DEFAULT,
        result: str = VOTE,
        prizes: tuple[str, ...] = (),
        places: int = 2,
    ) -> None:
        programme = PROGRAMME.format(
            second_round=second_round, shortlist=shortlist, result=result, places=places
        )
        programme += "".join(f'[[prizes]]\nkey = "{key}"\nname.en = "{key}"\n' for key in prizes)
        self.flask("programme", "load", self.file("small.toml", programme))
        header = "reference,category,nominee_kind,title,organisation,city,country,summary"
        nominations = [
            f"{name},services,project,Project {name},City {name},City {name},KR,Short" for name in marks
        ]
        self.flask("nominations", "load", "small", self.file("nominations.csv", header, *nominations))
        self.flask("screen", "small", "--accept-clean")
        judges = [f"Judge {mail[:3]},{mail},Institute {mail[:3]},,{it},en," for mail, it in JUDGES.items()]
        header = "name,email,organisation,city,country,languages,categories"
        self.flask("judges", "load", "small", self.file("judges.csv", header, *judges))
        self.flask("assign", "small")
        self.score(marks)
        self.flask("round", "close", "small", "first")

    def score(self, marks: Marks) -> None:
        rows = [
            f"{judge},{name},{services},{reach},"
            for name, sheets in marks.items()
            for judge, (services, reach) in zip(JUDGES, sheets, strict=True)
        ]
        header = "judge,nomination,services,reach,comment"
        self.flask("scores", "load", "small", self.file("scores.csv", header, *rows))

    def voted(self, *choices: str) -> None:
        """Ballots of the three judges, each a ranking such as "A>B"."""
        rows = [
            ",".join(["services", judge, *choice.split(">")])
            for judge, choice in zip(JUDGES, choices, strict=True)
        ]
        widest = max(row.count(",") for row in rows)
        rows = [row + "," * (widest - row.count(",")) for row in rows]
        header = ",".join(["category", "elector", "first", "second", "third", "fourth"][: widest + 1])
        self.flask("ballots", "load", "small", self.file("ballots.csv", header, *rows))

    def counted(self, *choices: str) -> None:
        self.flask("sign", "small", "shortlist")
        self.voted(*choices)
        self.flask("round", "close", "small", "second")

    def seed(self) -> str:
        """The seed of the lots, which the full record reveals once there is a result."""
        self.flask("record", "export", "small", str(self.folder / "full.zip"))
        with zipfile.ZipFile(self.folder / "full.zip") as archive:
            return str(json.loads(archive.read("outcome.json"))["seed"])

    def finished(self) -> None:
        """Sign, release, and let both records be recounted."""
        self.flask("sign", "small", "winners")
        self.flask("release", "small")
        for number, kind in enumerate(([], ["--public"])):
            record = self.folder / f"record-{number}.zip"
            self.flask("record", "export", "small", str(record), *kind)
            command = [sys.executable, "-m", "judging", "recount", str(record)]
            found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert found.returncode == 0, found.stderr


@pytest.fixture
def small(cli: FlaskCliRunner, tmp_path: Path) -> Small:
    return Small(cli, tmp_path)


def finalists(small: Small) -> dict[str, tuple[str, str]]:
    return {name: (row["finalist"], row["settled_by"]) for name, row in small.rows("standings").items()}


def prizes(small: Small) -> dict[str, tuple[str, str]]:
    return {name: (row["prize"], row["settled_by"]) for name, row in small.rows("outcome").items()}


@ON_SQLITE
def test_the_mark_on_the_own_criterion_settles_the_cut(small: Small) -> None:
    small.judged({"A": [(9, 9)] * 3, "B": [(6, 8)] * 3, "C": [(8, 6)] * 3})

    assert finalists(small) == {"A": ("yes", ""), "B": ("no", "own_criterion"), "C": ("yes", "own_criterion")}
    assert {row["place"] for name, row in small.rows("standings").items() if name != "A"} == {"2"}
    small.counted("A>C", "A>C", "A>C")
    small.finished()


def test_then_the_median_of_the_judges_totals(small: Small) -> None:
    small.judged({"A": [(9, 9)] * 3, "B": [(6, 6), (6, 6), (6, 6)], "C": [(4, 4), (7, 7), (7, 7)]})

    assert finalists(small) == {"A": ("yes", ""), "B": ("no", "median"), "C": ("yes", "median")}


@ON_SQLITE
def test_then_the_smaller_share_of_lowest_marks(small: Small) -> None:
    small.judged({"A": [(9, 9)] * 3, "B": [(6, 1), (6, 6), (6, 6)], "C": [(4, 3), (6, 6), (8, 4)]})

    assert finalists(small) == {"A": ("yes", ""), "B": ("no", "lowest_share"), "C": ("yes", "lowest_share")}


@ON_SQLITE
def test_then_all_level_ones_advance_where_that_is_at_most_two_more(small: Small) -> None:
    small.judged({name: [(6, 6)] * 3 for name in "ABCD"})

    assert finalists(small) == dict.fromkeys("ABCD", ("yes", "extend"))
    small.counted("A>B>C", "B>A>C", "C>A>B")
    small.finished()


@ON_SQLITE
def test_then_the_chair_decides_and_nothing_is_signed_before(small: Small) -> None:
    small.judged({name: [(6, 6)] * 3 for name in "ABCDE"})

    assert {row["finalist"] for row in small.rows("standings").values()} == {"open"}
    refused = small.run("sign", "small", "shortlist")
    assert refused.exit_code == 1
    assert all(name in refused.output for name in "ABCDE")
    small.flask(
        "sign", "small", "shortlist", "--category", "services", "--order", "D,B", "--reason", "By merit."
    )
    assert finalists(small) == {name: ("yes" if name in "BD" else "no", "chair") for name in "ABCDE"}
    small.counted("D>B", "D>B", "B>D")
    small.finished()


@ON_SQLITE
def test_those_whom_the_chair_leaves_level_go_on_to_the_lot(small: Small) -> None:
    small.judged({name: [(6, 6)] * 3 for name in "ABCDE"})

    small.flask(
        "sign", "small", "shortlist", "--category", "services", "--order", "D", "--reason", "By merit."
    )

    found = finalists(small)
    assert found["D"] == ("yes", "chair")
    assert sorted(it for name, it in found.items() if name != "D") == [("no", "lot")] * 3 + [("yes", "lot")]
    second = next(name for name, it in found.items() if it == ("yes", "lot"))
    small.counted(f"D>{second}", f"D>{second}", f"{second}>D")
    small.finished()


def test_a_lot_is_the_smallest_hash_of_seed_and_reference(small: Small) -> None:
    small.judged({name: [(6, 6)] * 3 for name in "ABCDE"}, shortlist='["median", "lot"]')

    found = finalists(small)
    small.counted(*[">".join(name for name in "ABCDE" if found[name] == ("yes", "lot"))] * 3)
    small.finished()

    seed = small.seed()
    drawn = sorted("ABCDE", key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
    assert found == {name: ("yes" if name in drawn[:2] else "no", "lot") for name in "ABCDE"}


THREE = {"A": [(8, 8)] * 3, "B": [(7, 7)] * 3, "C": [(7, 7)] * 3}


TWO_LEVEL = ("A>B>C", "A>B>C", "B>C>A")
CIRCLE = ("A>B>C", "B>C>A", "C>A>B")


@ON_SQLITE
@pytest.mark.parametrize("step", ["head_to_head", "first_places", "first_round"])
def test_two_with_equal_points_are_parted_by_a_step_that_compares(small: Small, step: str) -> None:
    small.judged(THREE, result=f'["{step}", "lot"]')
    small.counted(*TWO_LEVEL)

    assert {row["votes"] for name, row in small.rows("outcome").items() if name in "AB"} == {"4"}
    assert prizes(small) == {"A": ("best", step), "B": ("second", step), "C": ("", "")}
    small.finished()


@ON_SQLITE
def test_a_circle_goes_on_to_the_lot(small: Small) -> None:
    small.judged(THREE, result='["head_to_head", "first_places", "lot"]')
    small.counted(*CIRCLE)

    found = prizes(small)
    small.finished()

    seed = small.seed()
    drawn = sorted("ABC", key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
    assert found == dict(zip(drawn, [("best", "lot"), ("second", "lot"), ("", "lot")], strict=True))


@ON_SQLITE
def test_the_chair_orders_those_still_level_after_the_first_round(small: Small) -> None:
    small.judged(THREE, result='["first_round", "chair", "lot"]')
    small.counted(*CIRCLE)

    assert prizes(small) == {"A": ("best", "first_round"), "B": ("", "chair"), "C": ("", "chair")}
    refused = small.run("sign", "small", "winners")
    assert refused.exit_code == 1
    assert {"B", "C"} <= set(refused.output)
    small.flask(
        "sign", "small", "winners", "--category", "services", "--order", "C,B", "--reason", "By merit."
    )
    assert prizes(small) == {"A": ("best", "first_round"), "C": ("second", "chair"), "B": ("", "chair")}
    small.finished()


@ON_SQLITE
def test_a_shared_prize_is_given_to_all_level_ones_and_the_next_to_nobody(small: Small) -> None:
    small.judged({name: [(8, 8)] * 3 for name in "ABC"}, result='["first_round", "share"]')
    small.counted(*CIRCLE)

    assert prizes(small) == dict.fromkeys("ABC", ("best", "share"))
    small.finished()


@ON_SQLITE
def test_unranked_finalists_share_the_mean_of_the_points_left(small: Small) -> None:
    small.judged({name: [(8, 8)] * 3 for name in "ABCD"})
    small.counted("A>B", "A>B", "B>C>D")

    assert {name: row["votes"] for name, row in small.rows("outcome").items()} == {
        "A": "6",
        "B": "7",
        "C": "3",
        "D": "2",
    }
    small.finished()


def test_a_runoff_among_the_level_ones_only_is_voted_and_counted(small: Small) -> None:
    small.judged(THREE, result='["runoff", "share"]')
    small.counted("A>B>C", "B>C>A", "C>A>B")

    assert {prize for prize, _ in prizes(small).values()} == {""}
    assert small.run("sign", "small", "winners").exit_code == 1
    small.voted("C>A>B", "C>B>A", "A>C>B")
    small.flask("round", "close", "small", "second")
    assert prizes(small) == {"C": ("best", "runoff"), "A": ("second", "runoff"), "B": ("", "runoff")}
    small.finished()


@ON_SQLITE
def test_a_panel_marks_the_finalists_again(small: Small) -> None:
    small.judged(THREE, second_round="panel", result='["own_criterion", "first_round", "lot"]')
    small.flask("sign", "small", "shortlist")
    small.flask("assign", "small")
    small.score({"A": [(5, 9)] * 3, "B": [(9, 5)] * 3, "C": [(7, 7)] * 3})
    small.flask("round", "close", "small", "second")

    assert prizes(small) == {
        "B": ("best", "own_criterion"),
        "C": ("second", "own_criterion"),
        "A": ("", "own_criterion"),
    }
    small.finished()


@ON_SQLITE
def test_without_a_second_round_the_first_rounds_places_decide(small: Small) -> None:
    small.judged(
        {"A": [(8, 8)] * 3, "B": [(6, 8)] * 3, "C": [(4, 5)] * 3},
        second_round="none",
        result='["own_criterion", "median", "lot"]',
    )
    small.flask("sign", "small", "shortlist")

    assert prizes(small) == {"A": ("best", ""), "B": ("second", "")}
    small.finished()


def test_the_record_finds_a_changed_mark_hashed_again_or_not(small: Small) -> None:
    small.judged(THREE)
    small.counted("A>B>C", "A>B>C", "A>B>C")
    small.finished()
    record = small.folder / "record-1.zip"

    changed = {}
    with zipfile.ZipFile(record) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    lines = [json.loads(line) for line in parts["sheets.jsonl"].splitlines()]
    lines[0]["marks"]["reach"] -= 1
    changed["sheets.jsonl"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    manifest = json.loads(parts["manifest.json"])
    manifest["sheets.jsonl"] = hashlib.sha256(changed["sheets.jsonl"]).hexdigest()
    for expected, more in ((2, {}), (1, {"manifest.json": json.dumps(manifest).encode()})):
        other = small.folder / f"tampered-{expected}.zip"
        with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (parts | changed | more).items():
                archive.writestr(name, content)
        command = [sys.executable, "-m", "judging", "recount", str(other)]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert found.returncode == expected, found.stderr
        assert found.stderr.strip()


@ON_SQLITE
def test_two_ties_in_one_category_are_ordered_one_after_the_other(small: Small) -> None:
    marks = {name: [(8, 8)] * 3 for name in "ABCD"}
    small.judged(marks, result='["first_round", "chair", "lot"]', prizes=("third",), places=4)
    small.flask("sign", "small", "shortlist")
    small.voted("A>B>C>D", "B>A>D>C", "")
    small.flask("round", "close", "small", "second")

    first = small.run(
        "sign", "small", "winners", "--category", "services", "--order", "B,A", "--reason", "By merit."
    )
    assert first.exit_code == 1
    assert "C, D" in first.output
    assert {name: prize for name, (prize, _) in prizes(small).items()} == {
        "A": "second",
        "B": "best",
        "C": "",
        "D": "",
    }
    small.flask(
        "sign", "small", "winners", "--category", "services", "--order", "D,C", "--reason", "By merit."
    )
    assert prizes(small)["D"] == ("third", "chair")
    small.finished()
