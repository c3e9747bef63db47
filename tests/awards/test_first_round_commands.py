"""The first round from the command line: from a list of judges to the signed shortlist."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from awards.extensions import db
from awards.models import (
    AuditEvent,
    Base,
    Decision,
    DecisionKind,
    ScoreSheetVersion,
)
from tests.awards.play import CRITERIA, JUDGE_COLUMNS, KEY, NOMINATION_COLUMNS, entry, judge, programme

SHEET_COLUMNS = ("judge", "nomination", *CRITERIA, "comment")
STANDINGS = "category,place,reference,total,exact,finalist,settled_by"


class Shell:
    """A shell in which an organiser works on one edition."""

    def __init__(self, cli: FlaskCliRunner, folder: Path) -> None:
        self.cli, self.folder = cli, folder

    def run(self, *arguments: str) -> Result:
        return self.cli.invoke(args=list(arguments))

    def says(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return str(result.output)

    def refuses(self, *arguments: str, status: int = 1) -> str:
        result = self.run(*arguments)
        assert result.exit_code == status, result.output
        return str(result.output)

    def file(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        path = self.folder / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as writer:
            csv.writer(writer).writerows([columns, *rows])
        return str(path)

    def begin(self, *nominations: Sequence[str], **rules: object) -> None:
        file = self.folder / "programme.toml"
        file.write_text(programme(**rules), encoding="utf-8")
        self.says("programme", "load", str(file))
        self.says("nominations", "load", KEY, self.file("nominations", NOMINATION_COLUMNS, nominations))
        self.says("screen", KEY, "--accept-clean")

    def seat(self, *judges: Sequence[str]) -> str:
        return self.says("judges", "load", KEY, self.file("judges", JUDGE_COLUMNS, judges))

    def scores(self, *rows: Sequence[str]) -> str:
        return self.file("scores", SHEET_COLUMNS, rows)


@pytest.fixture
def shell(cli: FlaskCliRunner, tmp_path: Path) -> Shell:
    return Shell(cli, tmp_path)


def test_the_first_round_from_judges_to_shortlist(shell: Shell) -> None:
    shell.begin(entry("N1"), entry("N2"), entry("N3"))
    seated = shell.seat(judge("ada", organisation="Institute of Tides"))

    assigned = shell.says("assign", KEY)
    loaded = shell.says(
        "scores",
        "load",
        KEY,
        shell.scores(
            ("ada@example.org", "N1", "9", "9", ""),
            ("ada@example.org", "N2", "7", "8", ""),
            ("ada@example.org", "N3", "8", "7", ""),
        ),
    )
    closed = shell.says("round", "close", KEY, "first")
    waiting = shell.refuses("sign", KEY, "shortlist")
    table = shell.says("standings", KEY)
    signed = shell.says(
        "sign", KEY, "shortlist", "--category", "services", "--order", "N3, N2", "--reason", "Wider use."
    )
    again = shell.says("sign", KEY, "shortlist")

    assert seated.splitlines() == [
        "Judges of small-prize: 1 new, 0 changed, 0 unchanged.",
        "Made organisation Institute of Tides (NZ).",
    ]
    assert assigned.splitlines() == [
        "Froze the rules.",
        "Moved small-prize to first_round.",
        "Assigned for the first round, everybody reads everything: 3 pairs, 3 of them new.",
        "1 judges read 3 to 3 each.",
    ]
    assert loaded == "Sheets of the first round: 3 new, 0 changed, 0 unchanged.\n"
    assert closed.splitlines() == [
        "Closed the first round of small-prize; it is in phase deliberation.",
        "Froze the standing of services.",
    ]
    assert "services: N2, N3 (needs --order)" in waiting
    assert table.splitlines()[1:] == [
        "services  1      N1         9.00   9      yes",
        "services  2      N2         7.50   15/2   open      chair",
        "services  2      N3         7.50   15/2   open      chair",
    ]
    assert signed.splitlines() == [
        "Decided in services: N3, N2.",
        "Signed the shortlist of services: N1, N3.",
    ]
    assert again == "The shortlist of services was signed before.\n"


def test_standings_as_a_file(shell: Shell) -> None:
    shell.begin(entry("N1"), entry("N2"), places=1)
    shell.seat(judge("ada"), judge("ben"), judge("cy"))
    shell.says("assign", KEY)
    shell.says(
        "scores", "load", KEY,
        shell.scores(*(
            (f"{name}@example.org", reference, str(mark), str(mark), "")
            for reference, marks in (("N1", (9, 8, 8)), ("N2", (3, 3, 3)))
            for name, mark in zip(("ada", "ben", "cy"), marks, strict=True)
        )),
    )  # fmt: skip
    shell.says("round", "close", KEY, "first")
    file = shell.folder / "standings.csv"

    said = shell.says("standings", KEY, "--csv", str(file))

    assert said == f"Wrote 2 lines to {file}.\n"
    assert file.read_text(encoding="utf-8").splitlines() == [
        STANDINGS,
        "services,1,N1,8.33,25/3,yes,",
        "services,2,N2,3.00,3,no,",
    ]


def test_assign_says_who_is_kept_apart_and_what_is_missing(shell: Shell) -> None:
    shell.begin(
        entry("N1", city="Lyon", country="FR"), entry("N2", "openness"), same_country="waivable", minimum=1
    )

    seated = shell.seat(judge("ada", city="Lyon", country="FR", categories="services"))
    assigned = shell.says("assign", KEY)

    assert seated.splitlines()[2:] == ["Found conflicts, same city: 1.", "Found conflicts, same country: 1."]
    assert assigned.splitlines()[2:] == [
        "Assigned for the first round, everybody reads everything: 0 pairs, 0 of them new.",
        "1 judges read 0 to 0 each.",
        "Kept apart, same city: 1 pairs.",
        "Kept apart, same country: 1 pairs.",
        "N1 has 0 of 1 judges and will need a waiver: the other judges are in conflict.",
        "N2 has 0 of 1 judges and will need a waiver: no judge reads its category.",
    ]


def test_assign_names_what_is_not_screened_and_an_empty_panel(shell: Shell) -> None:
    shell.begin(entry("N1"), entry("N2", title="Same"), entry("N3", title="Same"))
    shell.says("screen", KEY, "--decide", "N1", "ineligible", "--reason", "Not in time.")
    shell.says("nominations", "load", KEY, shell.file("more", NOMINATION_COLUMNS, [entry("N4")]))

    assert shell.says("assign", KEY).splitlines()[2:4] == [
        "Assigned for the first round, everybody reads everything: 0 pairs, 0 of them new.",
        "There are no accepted judges yet.",
    ]
    assert "N4 is not screened yet, so nobody judges it." in shell.says("assign", KEY)


def test_a_round_that_lacks_sheets_or_decisions_says_which(shell: Shell) -> None:
    shell.begin(entry("N1"), entry("N2"), minimum=2)
    shell.seat(judge("ada"), judge("ben"))
    shell.says("assign", KEY)
    shell.says("scores", "load", KEY, shell.scores(("ada@example.org", "N1", "8", "8", "")))

    missing = shell.refuses("round", "close", KEY, "first")
    waived = shell.says("waive", KEY, "N1", "--reason", "Illness.")
    again = shell.says("waive", KEY, "N1", "--reason", "Illness.")
    left = shell.refuses("round", "close", KEY, "first")

    assert missing.splitlines() == [
        "Error: The round stays open: 2 nomination(s) have too few sheets.",
        "  N1 (services): 1 of 2 sheets",
        "  N2 (services): 0 of 2 sheets; a waiver needs one at least",
    ]
    assert waived.startswith("Waived the minimum of sheets for N1, decision ")
    assert again.startswith("Waived already: the minimum of sheets for N1, decision ")
    assert left.splitlines()[1:] == ["  N2 (services): 0 of 2 sheets; a waiver needs one at least"]


def test_an_undecided_nomination_keeps_the_round_open(shell: Shell) -> None:
    shell.begin(entry("N1"))
    shell.says("nominations", "load", KEY, shell.file("more", NOMINATION_COLUMNS, [entry("N2")]))
    shell.seat(judge("ada"))
    shell.says("assign", KEY)
    shell.says("scores", "load", KEY, shell.scores(("ada@example.org", "N1", "8", "8", "")))

    assert shell.refuses("round", "close", KEY, "first").splitlines() == [
        "Error: The round stays open: 1 nomination(s) have no eligibility decision.",
        "  N2",
    ]


def test_one_judge_may_read_their_own_country_where_nobody_else_is_left(shell: Shell, app: Flask) -> None:
    shell.begin(entry("N1", country="FR"), same_country="waivable")
    shell.seat(judge("ada", country="FR"))

    said = shell.says("waive", KEY, "N1", "--judge", "ada@example.org", "--reason", "Nobody else.")

    assert said.startswith("Waived the same country of ada@example.org and N1, decision ")
    assert "1 pairs, 1 of them new" in shell.says("assign", KEY)
    with app.app_context():
        assert db.session.scalars(
            select(Decision.kind).where(Decision.kind == DecisionKind.CONFLICT_WAIVED)
        ).all()


def test_a_file_with_one_bad_row_leaves_every_table_as_it_was(shell: Shell, app: Flask) -> None:
    shell.begin(entry("N1"), entry("N2"))
    shell.seat(judge("ada"))
    shell.says("assign", KEY)
    before = sizes(app)

    scores = shell.refuses(
        "scores", "load", KEY,
        shell.scores(("ada@example.org", "N1", "8", "8", ""), ("ada@example.org", "N2", "8", "11", "")),
    )  # fmt: skip
    judges = shell.refuses(
        "judges", "load", KEY, shell.file("judges", JUDGE_COLUMNS, [judge("ben"), judge("cy", country="ZZ")])
    )

    assert "row 3, column impact: '11'" in scores
    assert "row 3, column country: 'ZZ'" in judges
    assert sizes(app) == before


def sizes(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_nothing_moves_an_edition_that_is_to_stay_where_it_is(shell: Shell, app: Flask) -> None:
    shell.begin(entry("N1"))
    before = sizes(app)

    shell.refuses("assign", KEY, "--strict")

    assert sizes(app) == before


def test_wrong_words_are_refused_by_the_command_itself(shell: Shell) -> None:
    shell.begin(entry("N1"))

    shell.refuses("sign", KEY, "shortlist", "--order", "N1", status=2)
    shell.refuses("assign", KEY, "--per-nomination", "0", status=2)
    shell.refuses("round", "close", KEY, "third", status=2)
    assert "no nomination" in shell.refuses("waive", KEY, "N9", "--reason", "x")
    assert "no accepted judge" in shell.refuses(
        "waive", KEY, "N1", "--judge", "x@example.org", "--reason", "x"
    )
    assert "no edition" in shell.refuses("standings", "nothing")


def test_before_the_close_no_command_shows_a_total(shell: Shell) -> None:
    shell.begin(entry("N1"))
    shell.seat(judge("ada"))
    shell.says("assign", KEY)
    shell.says("scores", "load", KEY, shell.scores(("ada@example.org", "N1", "8", "8", "")))
    file = shell.folder / "standings.csv"

    shell.refuses("standings", KEY, "--csv", str(file))
    shell.refuses("sign", KEY, "shortlist")

    assert not file.exists()


def test_after_the_close_no_sheet_is_taken_and_no_pair_given_out(shell: Shell, app: Flask) -> None:
    shell.begin(entry("N1"))
    shell.seat(judge("ada"))
    shell.says("assign", KEY)
    shell.says("scores", "load", KEY, shell.scores(("ada@example.org", "N1", "8", "8", "")))
    shell.says("round", "close", KEY, "first")

    for command in (
        ("scores", "load", KEY, shell.scores(("ada@example.org", "N1", "9", "9", ""))),
        ("assign", KEY),
        ("round", "close", KEY, "first"),
        ("waive", KEY, "N1", "--reason", "x"),
    ):
        assert "is closed" in shell.refuses(*command)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScoreSheetVersion)) == 1


def test_the_operator_who_acts_is_named_in_the_audit(shell: Shell, app: Flask) -> None:
    shell.begin(entry("N1"))
    shell.seat(judge("ada"))
    shell.says("assign", KEY, "--as", "Invented Operator")

    with app.app_context():
        last = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "assignment.run")).one()
        first = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "judges.loaded")).one()
        assert last.actor != first.actor


def test_a_panel_marks_the_finalists_once_the_shortlist_is_signed(shell: Shell) -> None:
    shell.begin(entry("N1"), entry("N2"), second_round="panel", places=1)
    shell.seat(judge("ada"))
    shell.says("assign", KEY)
    both = (("ada@example.org", "N1", "9", "9", ""), ("ada@example.org", "N2", "5", "5", ""))
    shell.says("scores", "load", KEY, shell.scores(*both))
    shell.says("round", "close", KEY, "first")

    shell.refuses("assign", KEY)
    shell.says("sign", KEY, "shortlist")

    assert shell.says("assign", KEY).splitlines()[:2] == [
        "Moved small-prize to second_round.",
        "Assigned for the second round, everybody reads everything: 1 pairs, 1 of them new.",
    ]
    assert "1 new" in shell.says("scores", "load", KEY, shell.scores(both[0]))
