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

from awards import accounts, audit, editions, reviews
from awards.cli.demo import KEY
from awards.eligibility import FindingKind
from awards.extensions import db
from awards.models import Attachment, Nomination, NominationState, Role
from awards.timetable import ORDER, Phase
from tests.web import signing
from tests.web.markup import Page


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
def test_every_role_finds_something_on_its_page_and_every_link_there_answers(
    app: Flask, cli: FlaskCliRunner, phase: str
) -> None:
    told = played(cli, "--phase", phase)
    sign_ins = told["sign_ins"]
    assert isinstance(sign_ins, list)

    for person in sign_ins:
        client = signing.signed_in(app, person["email"])
        page = client.get("/en/today")
        links = today_of(page.text)
        assert links, person["role"]
        assert person["first"], person["role"]
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def today_of(page: str) -> list[str]:
    """Where the list entries of the page lead."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return [link for link in Page(f"<main{main}</main>").links if link.startswith("/")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("phase", "wanted"),
    [
        (
            "nominations",
            {
                "nominator": ["Finish and submit", "submit the changes", "write a nomination together"],
                "organiser": ["organisations to confirm"],
            },
        ),
        (
            "screening",
            {
                "nominator": ["Correct what was asked for", "appeal if you think", "another category?"],
                "organiser": [
                    "nominations to check",
                    "2 decisions to be released",
                    "1 appeal to decide",
                    "1 request for late acceptance",
                    "organisations to confirm",
                ],
                "screener": ["nominations to check", "2 decisions to be released", "1 appeal to decide"],
            },
        ),
    ],
)
def test_what_waits_on_the_desks_of_the_demo(
    app: Flask, cli: FlaskCliRunner, phase: str, wanted: dict[str, list[str]]
) -> None:
    played(cli, "--phase", phase)

    for role, texts in wanted.items():
        page = signing.signed_in(app, f"{role}@example.org").get("/en/today").text
        assert [text for text in texts if text not in page] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_screening_of_the_demo_has_every_kind_of_case(app: Flask, cli: FlaskCliRunner) -> None:
    played(cli, "--phase", "screening")

    with app.app_context():
        session, edition = db.session(), editions.find(db.session(), KEY)
        found = {it.state for it in session.scalars(select(Nomination))}
        kinds = {it.kind for many in reviews.review(session, edition).findings.values() for it in many}
        owners = [
            it.nominator_id
            for it in session.scalars(select(Nomination).where(Nomination.reference.startswith("SV-")))
        ]
        files = list(session.scalars(select(Attachment.media_type).order_by(Attachment.media_type)))
        assert list(audit.verify(session)) == []
    assert {
        NominationState.DRAFT,
        NominationState.SUBMITTED,
        NominationState.RETURNED,
        NominationState.ELIGIBLE,
        NominationState.INELIGIBLE,
    } == found
    assert {FindingKind.POSSIBLE_DUPLICATE, FindingKind.TOO_MANY_FROM_CITY} <= kinds
    assert owners.count(None) == 14
    assert files == ["application/pdf", "application/pdf", "image/png"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_server_and_worker_of_the_demo_stop_together(tmp_path: Path, how: signal.Signals) -> None:
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
        demo.send_signal(how)
        assert demo.wait(30) == (0 if how is signal.SIGINT else -how)
    finally:
        demo.kill()
        demo.wait()

    assert len(children) == 2
    for _ in range(150):
        left = [number for number in children if is_running(number)]
        if not left:
            break
        time.sleep(0.2)
    assert left == []


def is_running(number: str) -> bool:
    """Whether a process is there and not only waits for its parent to take note of its end."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


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
