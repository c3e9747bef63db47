"""Every programme that comes with Laurels runs from its file to a released result that a stranger recounts."""

import csv
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from awards.config import ROOT
from judging.programme import read
from judging.rules import Rules
from judging.values import Electorate, Method, SecondRound

PROGRAMMES = sorted(path.stem for path in (ROOT / "seed" / "programmes").glob("*.toml"))
MEMBERS = list(csv.DictReader((ROOT / "seed" / "members.csv").read_text(encoding="utf-8").splitlines()))
JUDGES = {
    f"judge{n}@example.org": country for n, country in enumerate(("NZ", "CL", "CA", "EE", "PT"), start=1)
}


class Edition:
    """One edition played through the commands, with files made from a seed."""

    def __init__(self, cli: FlaskCliRunner, folder: Path, programme: str) -> None:
        self.cli, self.folder, self.key = cli, folder, programme
        self.file = ROOT / "seed" / "programmes" / f"{programme}.toml"
        self.rules: Rules = read(self.file.read_text(encoding="utf-8")).rules
        self.chance = random.Random(programme)
        self.nominations: dict[str, str] = {}
        self.marks: dict[tuple[str, str], list[int]] = {}

    def flask(self, *arguments: str) -> str:
        result = self.cli.invoke(args=list(arguments))
        assert result.exit_code == 0, f"flask {' '.join(arguments)}\n{result.output}"
        return result.output

    def write(self, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        file = self.folder / f"{name}.csv"
        with file.open("w", newline="", encoding="utf-8") as writer:
            csv.writer(writer).writerows([header, *rows])
        return str(file)

    def read(self, *arguments: str) -> list[dict[str, str]]:
        file = self.folder / "out.csv"
        self.flask(*arguments, "--csv", str(file))
        return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))

    def nominate(self) -> None:
        cities = iter(MEMBERS)
        rows = []
        for category in self.rules.categories:
            for number in range(min(category.places + 2, 7)):
                city = next(cities)
                reference = f"{category.key}-{number}"
                self.nominations[reference] = category.key
                row = [reference, category.key, category.nominee_kinds[0], f"Project {reference}"]
                rows.append([*row, city["name"], city["name"], city["country"], "A short summary."])
        header = "reference,category,nominee_kind,title,organisation,city,country,summary".split(",")
        self.flask("nominations", "load", self.key, self.write("nominations", header, rows))

    def panel(self) -> None:
        header = "name,email,organisation,city,country,languages,categories".split(",")
        rows = [
            [f"Judge Number {email[5]}", email, f"Institute {email[5]}", "Elsewhere", country, "en", ""]
            for email, country in JUDGES.items()
        ]
        self.flask("judges", "load", self.key, self.write("judges", header, rows))

    def mark(self, nominations: Iterable[str]) -> None:
        keys = [criterion.key for criterion in self.rules.criteria]
        rows = []
        for judge in JUDGES:
            for reference in nominations:
                own = self.rules.category(self.nominations[reference]).criteria
                marks = {key: self.chance.randint(4, self.rules.scale.highest) for key in own}
                self.marks[judge, reference] = list(marks.values())
                rows.append([judge, reference, *(str(marks.get(key, "")) for key in keys), "Noted."])
        self.flask(
            "scores", "load", self.key, self.write("scores", ["judge", "nomination", *keys, "comment"], rows)
        )

    def settle(self, what: str, rows: list[dict[str, str]]) -> None:
        """Sign, after the chair has ordered the level ones wherever its step waits."""
        column = "finalist" if what == "shortlist" else "prize"
        for _ in range(20):
            result = self.cli.invoke(args=["sign", self.key, what])
            if result.exit_code == 0:
                return
            waiting = {
                row["category"] for row in rows if row[column] == "open" or row["reference"] in result.output
            }
            category = min(waiting)
            level = [
                row["reference"]
                for row in rows
                if row["category"] == category and row["reference"] in result.output
            ]
            self.flask(
                "sign",
                self.key,
                what,
                "--category",
                category,
                "--order",
                ",".join(level),
                "--reason",
                "By merit.",
            )
        raise AssertionError(result.output)

    def vote(self) -> None:
        assert self.rules.vote
        if self.rules.vote.electorate is Electorate.JUDGES:
            electors = list(JUDGES)
        else:
            electors = [member["name"] for member in MEMBERS[:60]]
            rows = [
                [name, f"Delegate of {name}", f"d{n}@example.org", name] for n, name in enumerate(electors)
            ]
            header = ["elector", "name", "email", "organisation"]
            self.flask("roll", "load", self.key, self.write("roll", header, rows))
        finalists: dict[str, list[str]] = {}
        for row in self.read("standings", self.key):
            if row["finalist"] == "yes":
                finalists.setdefault(row["category"], []).append(row["reference"])
        most = 1 if self.rules.vote.method is Method.ONE_CHOICE else 5
        ballots = []
        for category, slate in finalists.items():
            for elector in electors:
                choice = self.chance.sample(slate, len(slate))[:most]
                ballots.append([category, elector, *choice, *[""] * (most - len(choice))])
        header = ["category", "elector", "first", "second", "third", "fourth", "fifth"][: most + 2]
        refused = self.cli.invoke(args=["ballots", "load", self.key, self.write("ballots", header, ballots)])
        if refused.exit_code:
            assert "barred" in refused.output
            allowed = [row for row in ballots if not self.is_own(row[1], row[2])]
            self.flask("ballots", "load", self.key, self.write("ballots", header, allowed))

    def is_own(self, elector: str, reference: str) -> bool:
        """Whether a nomination is of the elector's own city, or of one that contains it or lies in it."""
        cities = dict(zip(self.nominations, MEMBERS, strict=False))
        city = cities[reference]
        own = next(member for member in MEMBERS if member["name"] == elector)
        return elector in (city["name"], city["parent"]) or city["name"] == own["parent"]

    def expected_finalists(self, category: str) -> set[str] | None:
        """The best by exact mean, counted apart; None where the cut runs through level ones."""
        totals = {
            reference: Fraction(sum(sum(self.marks[judge, reference]) for judge in JUDGES), len(JUDGES))
            for reference, own in self.nominations.items()
            if own == category
        }
        ranked = sorted(totals, key=lambda name: -totals[name])
        places = self.rules.category(category).places
        if len(ranked) > places and totals[ranked[places - 1]] == totals[ranked[places]]:
            return None
        return set(ranked[:places])


@pytest.mark.parametrize(
    ("database", "programme"),
    [
        *(("sqlite", it) for it in PROGRAMMES),
        ("postgresql", "wego-awards"),
        ("postgresql", "wego-awards-members"),
    ],
    indirect=["database"],
)
def test_a_programme_runs_from_its_file_to_a_recounted_result(
    cli: FlaskCliRunner, tmp_path: Path, programme: str
) -> None:
    edition = Edition(cli, tmp_path, programme)
    edition.flask("members", "load", str(ROOT / "seed" / "members.csv"))
    edition.flask("programme", "load", str(edition.file), "--edition", programme)

    edition.nominate()
    edition.flask("screen", programme, "--accept-clean")
    edition.panel()
    edition.flask("assign", programme)
    edition.mark(edition.nominations)
    edition.flask("round", "close", programme, "first")

    standing = edition.read("standings", programme)
    for category in edition.rules.categories:
        expected = edition.expected_finalists(category.key)
        found = {r["reference"] for r in standing if r["category"] == category.key and r["finalist"] == "yes"}
        assert expected is None or found == expected
    edition.settle("shortlist", standing)
    edition.flask("announce", programme)

    if edition.rules.second_round is SecondRound.VOTE:
        edition.vote()
    elif edition.rules.second_round is SecondRound.PANEL:
        edition.flask("assign", programme)
        finalists = [r["reference"] for r in edition.read("standings", programme) if r["finalist"] == "yes"]
        edition.mark(finalists)
    if edition.rules.second_round is not SecondRound.NONE:
        edition.flask("round", "close", programme, "second")
    edition.settle("winners", edition.read("outcome", programme))
    for prize in edition.rules.prizes:
        if prize.by_decision:
            winner = next(r["reference"] for r in edition.read("outcome", programme) if not r["prize"])
            edition.flask("award", programme, winner, "--prize", prize.key, "--reason", "For its courage.")
    edition.flask("release", programme)
    edition.flask("certificates", "init-ca", "--name", "An association of imagined cities")
    edition.flask("certificates", "note", programme, "--how", "Everybody looked at theirs.")
    edition.flask("certificates", "issue", programme)
    edition.flask("audit", "verify")

    given = [row["prize"] for row in edition.read("outcome", programme) if row["prize"]]
    for prize in edition.rules.prizes:
        wanted = sum(prize.key in category.prizes for category in edition.rules.categories)
        assert given.count(prize.key) == (1 if prize.by_decision else min(prize.count, 7) * wanted)
    for kind in ([], ["--public"]):
        record = tmp_path / f"record{len(kind)}.zip"
        edition.flask("record", "export", programme, str(record), *kind)
        recount = subprocess.run(
            [sys.executable, "-m", "judging", "recount", str(record)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert recount.returncode == 0, recount.stderr
