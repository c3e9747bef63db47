"""What a command refuses, it refuses in one plain sentence, and leaves database and files as they were."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from awards.config import ROOT

WEGO = str(ROOT / "seed" / "programmes" / "wego-awards.toml")


def refusal(cli: FlaskCliRunner, *arguments: str, status: int = 1) -> str:
    result = cli.invoke(args=list(arguments))
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    return str(result.output)


@pytest.mark.parametrize("key", ["../esc y", "en", "verify", "static", "", "UPPER", "x" * 65, "a b", "-a"])
def test_an_edition_has_a_key_that_can_stand_in_an_address(cli: FlaskCliRunner, key: str) -> None:
    assert "An edition's key is made of" in refusal(cli, "programme", "load", WEGO, "--edition", key)


@pytest.mark.parametrize("reference", ["A,1", "A;1", "-5", "A\n1", "A\x1b1"])
def test_a_reference_can_be_named_in_a_list(cli: FlaskCliRunner, tmp_path: Path, reference: str) -> None:
    cli.invoke(args=["programme", "load", WEGO])
    file = tmp_path / "nominations.csv"
    header = "reference,category,nominee_kind,title,organisation,city,country"
    file.write_text(f'{header}\n"{reference}",services,project,Title,City,City,KR\n', encoding="utf-8")

    assert "not a reference" in refusal(cli, "nominations", "load", "wego-awards", str(file))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\x1bb"])
def test_an_operator_has_a_printable_name(cli: FlaskCliRunner, name: str) -> None:
    assert "a name is wanted" in refusal(cli, "edition", "list", "--as", name, status=2)


def test_a_refused_command_leaves_no_private_key_behind(
    app: Flask, cli: FlaskCliRunner, tmp_path: Path
) -> None:
    cli.invoke(args=["programme", "load", WEGO])
    file = tmp_path / "scores.csv"
    file.write_text("judge,nomination,services\nnobody@example.org,SV-01,7\n", encoding="utf-8")

    refusal(cli, "scores", "load", "wego-awards", str(file))

    assert list(Path(app.config["LAURELS_DATA"]).glob("keys/*")) == []


def test_a_key_that_belongs_to_no_election_is_told(app: Flask, cli: FlaskCliRunner) -> None:
    folder = Path(app.config["LAURELS_DATA"]) / "keys"
    folder.mkdir()
    (folder / "forgotten.key").write_text("")

    assert "forgotten.key belongs to no election" in refusal(cli, "check")


def test_a_file_that_cannot_be_written_is_told_in_words(cli: FlaskCliRunner, tmp_path: Path) -> None:
    cli.invoke(args=["programme", "load", WEGO])

    told = refusal(cli, "screen", "wego-awards", "--csv", str(tmp_path / "nowhere" / "out.csv"))

    assert "No such file or directory" in told


def test_a_quotation_mark_left_open_is_told_with_its_row(cli: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "nominations.csv"
    file.write_text('reference,category\nA,services\n"B,services\n', encoding="utf-8")
    cli.invoke(args=["programme", "load", WEGO])

    assert "row 3" in refusal(cli, "nominations", "load", "wego-awards", str(file))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"LAURELS_DATABASE_URL": "nonsense"}, "LAURELS_DATABASE_URL names no database"),
        ({"LAURELS_DATABASE_URL": f"sqlite:///{ROOT / 'setup.cfg'}"}, "file is not a database"),
        ({"LAURELS_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}, "can't be reached"),
        ({"LAURELS_DATA": "/proc/laurels"}, "can't be reached"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["db", "upgrade"], ["edition", "list"]])
def test_a_setting_that_does_not_work_is_told_in_words(
    tmp_path: Path, settings: dict[str, str], words: str, command: list[str]
) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "flask", *command],
        env=os.environ | {"LAURELS_DATA": str(tmp_path)} | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 1
    assert words in found.stdout + found.stderr
    assert "Traceback" not in found.stderr
