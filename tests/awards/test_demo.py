"""The demo: in an empty database only, up to any phase, by the commands an organiser has."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from awards import accounts, drafts, editions
from awards.cli.demo import KEY
from awards.cli.demo.drafts import NOMINATOR
from awards.extensions import db
from awards.models import Nomination, NominationState, Role
from awards.timetable import ORDER, Phase


def played(cli: FlaskCliRunner, *options: str) -> dict[str, object]:
    result = cli.invoke(args=["demo", "--no-serve", "--json", *options])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_the_whole_demo_ends_published_with_one_sign_in_a_role(app: Flask, cli: FlaskCliRunner) -> None:
    told = played(cli)

    assert told["phase"] == "published"
    sign_ins = told["sign_ins"]
    assert isinstance(sign_ins, list)
    assert [it["role"] for it in sign_ins] == [*(role.value for role in Role), "nominator"]
    with app.app_context():
        edition = editions.find(db.session(), KEY)
        assert edition.specimen
        assert edition.phase is Phase.PUBLISHED
        assert db.session.scalar(select(func.count()).select_from(Nomination)) == 68
        for it in sign_ins:
            account = accounts.find(db.session(), it["email"])
            assert account is not None
            assert accounts.is_password(account, it["password"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("phase", [phase.value for phase in ORDER[1:-2]])
def test_the_demo_stops_in_any_phase_with_something_to_try(cli: FlaskCliRunner, phase: str) -> None:
    told = played(cli, "--phase", phase)

    assert told["phase"] == phase
    assert told["try"]
    assert f"phase        {phase}" in cli.invoke(args=["edition", "show", KEY]).output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("phase", ["nominations", "screening"])
def test_the_nominator_of_the_demo_has_a_draft_and_changes_not_submitted(
    app: Flask, cli: FlaskCliRunner, phase: str
) -> None:
    played(cli, "--phase", phase)

    with app.app_context():
        account = accounts.find(db.session(), NOMINATOR)
        assert account is not None
        own = db.session.scalars(
            select(Nomination).where(Nomination.nominator_id == account.id).order_by(Nomination.id)
        ).all()
        found = [(it.state, it.submitted_number, drafts.latest(db.session(), it).number) for it in own]
    assert found == [(NominationState.SUBMITTED, 1, 2), (NominationState.DRAFT, None, 2)]


def test_server_and_worker_of_the_demo_stop_together(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    environ = {"LAURELS_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-m", "flask", "db", "upgrade"], env=environ, check=True)
    script = f"from awards.cli.demo.serving import serve; serve({bind!r})"
    demo = subprocess.Popen([sys.executable, "-c", script], env=environ)
    try:
        assert answers(f"http://{bind}/en/mailbox/") == 200
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    finally:
        demo.kill()
        demo.wait()

    assert len(children) == 2
    assert [number for number in children if Path(f"/proc/{number}").exists()] == []


def answers(address: str) -> int:
    """The status with which a server answers once it is there."""
    for _ in range(150):
        try:
            with urlopen(address) as answer:  # noqa: S310 (our own server)
                return int(answer.status)
        except URLError:
            time.sleep(0.2)
    raise AssertionError(address)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_demo_refuses_a_database_in_use_and_leaves_it(cli: FlaskCliRunner) -> None:
    played(cli, "--phase", "nominations")

    again = cli.invoke(args=["demo", "--no-serve"])

    assert again.exit_code == 1
    assert "holds nothing" in again.output
    assert "phase        nominations" in cli.invoke(args=["edition", "show", KEY]).output


def test_the_demo_prints_only_json_where_it_is_asked_to(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "flask", "demo", "--no-serve", "--json", "--phase", "nominations"],
        env={"LAURELS_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(found.stdout)["edition"] == KEY
