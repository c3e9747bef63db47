"""`flask check` in words, and `flask tick` after a stop half-way."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import keys
from awards.models import BallotKey, KeyState
from tests import authority
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.conftest import application


@pytest.fixture
def counted(session: scoped_session[Session], app: Flask) -> Contest:
    """An edition whose envelopes were opened, stopped before the key was destroyed."""
    contest = Contest(session, Path(app.config["LAURELS_DATA"])).opened()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.session.commit()
    return contest


def test_a_sound_installation_is_told_in_words(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=["check"])

    assert result.exit_code == 0, result.output
    assert result.output.endswith("All is well.\n")
    for thing in ("configuration", "clock", "disk", "database", "keys", "signing", "mail"):
        assert f"ok     {thing}" in result.output


def test_a_database_that_is_not_set_up_is_told(tmp_path: Path) -> None:
    with application(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path) as app:
        result = app.test_cli_runner().invoke(args=["check"])

    assert result.exit_code == 1
    assert "WRONG  database       The database is not set up. Run: flask db upgrade" in result.output


def test_settings_that_cannot_be_are_told(app: Flask, cli: FlaskCliRunner) -> None:
    app.config |= {
        "LAURELS_URL": "nowhere",
        "LAURELS_SENDER": "nobody",
        "SECRET_KEY": "short",
        "LAURELS_SMTP": "smtp://127.0.0.1:1",
    }

    result = cli.invoke(args=["check"])

    assert result.exit_code == 1
    for words in (
        "LAURELS_URL is no address of a site",
        "LAURELS_SENDER is no e-mail address.",
        "The secret key is shorter than 32 characters.",
        "127.0.0.1 does not answer",
    ):
        assert words in result.output
    assert "4 thing(s) need attention." in result.output


def test_a_folder_that_others_read_or_that_is_gone_is_told(app: Flask, cli: FlaskCliRunner) -> None:
    folder = Path(app.config["LAURELS_DATA"])
    folder.chmod(0o755)

    others = cli.invoke(args=["check"])
    app.config["LAURELS_DATA"] = str(folder / "gone")
    gone = cli.invoke(args=["check"])

    assert f"Others than its owner can read {folder}." in others.output
    assert "can't be written" in gone.output


def test_a_live_key_without_its_file_is_told(
    app: Flask, cli: FlaskCliRunner, session: scoped_session[Session]
) -> None:
    contest = Contest(session, Path(app.config["LAURELS_DATA"])).opened()
    contest.session.commit()
    whole = cli.invoke(args=["check"])
    keys.destroy(contest.keys, contest.election().key.file_name)

    missing = cli.invoke(args=["check"])

    assert "1 key(s) in use, all there; none left over." in whole.output
    assert missing.exit_code == 1
    assert "is in use and its file is missing." in missing.output


def test_tick_finishes_the_destruction_of_a_key_that_was_interrupted(
    cli: FlaskCliRunner, counted: Contest
) -> None:
    told = cli.invoke(args=["check"])

    first, again = cli.invoke(args=["tick"]), cli.invoke(args=["tick"])

    assert "is spent and not yet destroyed. Run: flask tick" in told.output
    assert "Destroyed the spent key" in first.output
    assert again.output == "Nothing was due.\n"
    assert list(counted.keys.iterdir()) == []
    counted.session.expire_all()
    assert counted.session.scalars(select(BallotKey.state)).all() == [KeyState.DESTROYED]


def test_tick_finishes_where_the_file_was_gone_but_the_row_not_written(
    cli: FlaskCliRunner, counted: Contest
) -> None:
    keys.destroy(counted.keys, counted.election().key.file_name)
    counted.session.commit()

    assert "Destroyed the spent key" in cli.invoke(args=["tick"]).output
    assert cli.invoke(args=["check"]).exit_code == 0


def test_what_is_the_matter_with_the_keys_that_sign_is_told(
    app: Flask, cli: FlaskCliRunner, session: scoped_session[Session]
) -> None:
    folder = Path(app.config["LAURELS_DATA"]) / "keys" / "signing"
    cli.invoke(args=["certificates", "init-ca", "--name", "League"])
    begun = cli.invoke(args=["check"])
    (folder / "root-key.pem").rename(folder.parent.parent / "stick.pem")
    taken_away = cli.invoke(args=["check"])
    (file,) = (it for it in folder.iterdir() if it.name != "root.pem")
    file.chmod(0o644)
    readable = cli.invoke(args=["check"])
    file.unlink()
    gone = cli.invoke(args=["check"])
    cli.invoke(args=["certificates", "revoke-key", file.stem, "--because", "Lost"])
    unlisted = cli.invoke(args=["check"])

    assert "WRONG  signing        The root's key is still on this machine." in begun.output
    assert f"ok     signing        Key {file.stem} signs, good until" in taken_away.output
    assert "WRONG  signing        Others than its owner can read" in readable.output
    assert "WRONG  signing        The key that signs certificates is not where it should be" in gone.output
    assert (
        "WRONG  signing        A key was revoked and the published list does not name it." in unlisted.output
    )
    assert "All is well." in taken_away.output


def test_a_key_that_has_signed_for_long_is_to_be_renewed(
    app: Flask, cli: FlaskCliRunner, session: scoped_session[Session]
) -> None:
    authority.appoint(session(), Path(app.config["LAURELS_DATA"]) / "keys")
    session.commit()

    result = cli.invoke(args=["check"])

    assert "has signed since 2016-01-01; a key should sign for 5 years" in result.output
