"""The README's shell session is run as it stands, and what it says of settings is true."""

import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from awards.config import ENVIRONMENT, ROOT
from judging.__main__ import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = re.findall(r"^\$ (.+)$", README, re.MULTILINE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_session_of_the_readme_runs(
    cli: FlaskCliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seed").symlink_to(ROOT / "seed")
    monkeypatch.chdir(tmp_path)

    assert len(SESSION) > 20
    for line in SESSION:
        program, *arguments = shlex.split(line)
        if program == "flask":
            result = cli.invoke(args=arguments)
            assert result.exit_code == 0, f"{line}\n{result.output}"
        else:
            assert (program, *arguments[:2]) == ("python", "-m", "judging")
            assert main(arguments[2:]) == 0

    assert "agrees" in capsys.readouterr().out


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    assert set(re.findall(r"`(LAURELS_\w+)`", README)) == set(ENVIRONMENT)


def test_every_folder_and_document_it_names_is_there() -> None:
    for name in re.findall(r"`((?:docs|seed|awards|judging|tests)/[\w./-]*)`", README):
        assert (ROOT / name).exists(), name
