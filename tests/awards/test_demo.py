"""The demo: in an empty database only, up to any phase, by the commands an organiser has."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from pypdf import PdfReader
from sqlalchemy import func, select

from awards import (
    acceptances,
    accounts,
    anomalies,
    approvals,
    audit,
    codes,
    declarations,
    editions,
    holders,
    judges,
    polls,
    progress,
    publishing,
    reopening,
    reviews,
    roll,
    runs,
    standings,
    suspicions,
    typings,
    unconfirmed,
    verdicts,
    wishes,
)
from awards.bursts import Sign
from awards.cli.demo import KEY
from awards.cli.demo.drafts import NOMINATOR
from awards.cli.demo.marks import HALF_THROUGH, ON_PAPER, SHEET
from awards.cli.demo.panel import NEWCOMER
from awards.cli.demo.voting import BY_LETTER, ELECTOR, LETTER, SECOND_ORGANISER, SHARING, UNNAMED
from awards.eligibility import FindingKind
from awards.extensions import db
from awards.models import Attachment, JudgeState, Nomination, NominationState, PaperBallot, PaperState, Role
from awards.timetable import ORDER, Phase
from judging.values import Round
from tests.conftest import application
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
    # the judges vote, and nobody else; no key is shared
    roles = [role.value for role in Role if role not in (Role.ELECTOR, Role.HOLDER)]
    assert [it["role"] for it in sign_ins] == [*roles, "nominator", "second organiser", "officer"]
    with app.app_context():
        edition = editions.find(db.session(), KEY)
        assert edition.specimen
        assert edition.phase is Phase.PUBLISHED
        assert db.session.scalar(select(func.count()).select_from(Nomination)) == 68
        for it in sign_ins:
            account = accounts.find(db.session(), it["email"])
            assert account is not None
            assert accounts.is_password(account, it["password"])

    client = app.test_client()
    winners = set(re.findall(rf"/en/{KEY}/winners/[A-Z]+-[0-9]+", client.get(f"/en/{KEY}/winners").text))
    assert len(winners) == 10
    for page in map(client.get, winners):
        assert all(
            it in page.text
            for it in ('class="figures"', '<figure class="front"', "Learning and use elsewhere")
        )


@dataclass(frozen=True, slots=True)
class Stopped:
    """A demo that stopped in a phase, of which tests only read."""

    app: Flask
    cli: FlaskCliRunner
    told: dict[str, Any]


@pytest.fixture(scope="module")
def stopped(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Stopped]]:
    """The demo up to a phase, played once for all tests of this file."""
    found: dict[str, Stopped] = {}
    with ExitStack() as stack:

        def up_to(phase: str, electorate: str = "judges") -> Stopped:
            key = f"{phase}-{electorate}"
            if key not in found:
                folder = tmp_path_factory.mktemp(key)
                file = folder / "laurels.sqlite"
                file.write_bytes(migrated_sqlite.read_bytes())
                app = stack.enter_context(application(f"sqlite:///{file}", folder / "data"))
                cli = app.test_cli_runner()
                told = played(cli, "--phase", phase, "--electorate", electorate)
                found[key] = Stopped(app, cli, told)
            return found[key]

        yield up_to


Stops = Callable[..., Stopped]


@pytest.mark.parametrize("phase", [phase.value for phase in ORDER[1:-2]])
def test_the_demo_stops_in_any_phase_with_something_to_try(stopped: Stops, phase: str) -> None:
    demo = stopped(phase)

    assert demo.told["phase"] == phase
    assert demo.told["try"]
    assert f"phase        {phase}" in demo.cli.invoke(args=["edition", "show", KEY]).output


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
        (
            "first_round",
            {
                "judge": ["4 sheets are complete but not submitted", "28 sheets left to mark"],
                "judge on paper": ["was typed from paper: confirm"],
                "judge asked": ["You are invited to take a role"],
                "organiser": [
                    "3 judges are behind",
                    "1 nomination was handed back",
                    "1 suspected conflict to decide",
                ],
                "clerk": ["1 typed sheet to confirm"],
                "chair": ["1 nomination is below the minimum of sheets"],
            },
        ),
        (
            "deliberation",
            {
                "chair": ["5 shortlists to settle and sign", "1 judge asks to mend a sheet"],
            },
        ),
        ("second_round", {"judge": ["Cast your ballots (5)"], "teller": ["Open the pages of the vote"]}),
        (
            "decided",
            {
                "nominator": [
                    "News in confidence: read it and answer",
                    "Finalist",
                    "Not among the finalists",
                ],
                "organiser": ["1 winner declines or asks for a change", "1 proposal about the release"],
                "second organiser": ["1 winner declines or asks for a change"],
            },
        ),
    ],
)
def test_every_role_finds_what_waits_and_every_link_there_answers(
    stopped: Stops, phase: str, wanted: dict[str, list[str]]
) -> None:
    demo = stopped(phase)
    sign_ins = demo.told["sign_ins"]
    assert isinstance(sign_ins, list)

    for person in sign_ins:
        client = signing.signed_in(demo.app, person["email"])
        page = client.get("/en/today")
        links = today_of(page.text)
        assert links, person["role"]
        assert person["first"], person["role"]
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
        assert [text for text in wanted.get(person["role"], ()) if text not in page.text] == []
    assert {*wanted} <= {person["role"] for person in sign_ins}


def today_of(page: str) -> list[str]:
    """Where the list entries of the page lead."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return [link for link in Page(f"<main{main}</main>").links if link.startswith("/")]


def test_the_first_round_of_the_demo_has_every_kind_of_case(stopped: Stops) -> None:
    app = stopped("first_round").app

    with app.app_context():
        session, edition = db.session(), editions.find(db.session(), KEY)
        panel = {it.account.email: it for it in judges.of_edition(session, edition)}
        seated = [it for it in panel.values() if it.state is JudgeState.ACCEPTED]
        undeclared = [it for it in seated if declarations.missing(session, edition, it)]
        suspected = [it.nomination.reference for it in suspicions.of_edition(session, edition)]
        found = progress.of_round(session, edition, Round.FIRST, datetime.now(UTC))
        mine = next(it for it in found.judges if it.judge is panel[HALF_THROUGH])
        lost = [it.nomination.reference for it in found.nominations if not it.can_reach]
        proposal = runs.current(session, edition, Round.FIRST)
        waiting = [it.version.sheet.assignment.judge for it in unconfirmed.of_edition(session, edition)]
        paper = Path(app.config["LAURELS_DATA"]) / SHEET
        text = "".join(page.extract_text() for page in PdfReader(paper).pages)
        to_type = typings.find(session, edition, text.partition("Score sheet ")[2][:9])
        assert len(seated) == 8
        assert all(judges.joined(it) for it in seated)
        assert undeclared == []
        assert (suspected, lost) == (["EF-09"], ["UM-09"])
        assert (mine.tally.complete, mine.tally.half) == (4, 1)
        assert proposal is not None
        assert {pair[0] for pair in proposal.pairs} == {panel[NEWCOMER].public_id}
        assert waiting == [panel[ON_PAPER]] == [to_type.judge]
        assert list(audit.verify(session)) == []


def test_the_table_of_the_demo_has_a_tie_for_the_chair(stopped: Stops) -> None:
    app = stopped("deliberation").app

    with app.app_context():
        session, edition = db.session(), editions.find(db.session(), KEY)
        standing = standings.latest(session, edition)
        tied = {
            key: len(step.level) for key, it in standing.items() for step in verdicts.waiting(it.document)
        }
        signed = [key for key, it in standing.items() if it.signed_by is not None]
        asked = [it.nomination.category for it in reopening.going_on(session, edition)]
    assert tied == {"digital-inclusion": 4}
    assert signed == []
    assert asked == ["urban-management"]


def test_between_signature_and_release_one_winner_has_answered_and_a_release_waits_for_its_second_person(
    stopped: Stops,
) -> None:
    app = stopped("decided").app

    with app.app_context():
        session, edition = db.session(), editions.find(db.session(), KEY)
        told = acceptances.of_edition(session, edition)
        answered = [it for it in told if it.answer is not None]
        nominator = accounts.find(session, NOMINATOR)
        assert nominator is not None
        theirs = [it for it in told if it.award.nomination.nominator_id == nominator.id]
        waiting = approvals.waiting(session, edition, publishing.RELEASE)
        assert waiting is not None
        assert approvals.proposer(session, waiting).email == SECOND_ORGANISER
        assert list(audit.verify(session)) == []
    assert len(told) == 10
    assert [wishes.is_asking(it) for it in answered] == [True]
    assert [it.answer for it in theirs] == [None]


def test_of_82_members_too_few_have_voted_one_delegate_was_replaced_and_a_letter_s_code_lets_in(
    stopped: Stops,
) -> None:
    demo = stopped("second_round", "members")

    with demo.app.app_context():
        session, edition = db.session(), editions.find(db.session(), KEY)
        poll, left = polls.look(session, edition), polls.to_remind(session, edition, datetime.now(UTC))
        unnamed = [it.elector for it in roll.on(session, edition) if not it.name]
        by_letter = {it.elector for it in roll.by_letter(roll.on(session, edition))}
        code = (Path(demo.app.config["LAURELS_DATA"]) / LETTER).read_text().strip().splitlines()[-1]
        assert codes.find(session, code).elector == BY_LETTER
        held = [it.state for it in holders.of_edition(session, edition)]
        signs = {it.sign for it in anomalies.look(session, edition).classes}
        handed_in = session.scalar(select(func.count()).where(PaperBallot.state == PaperState.CAST))
        assert list(audit.verify(session)) == []
    assert (poll.presence.roll, poll.needed) == (82, 28)
    assert 0 < poll.presence.present < poll.needed
    assert len(left.go) > poll.needed, "their mails went out some days ago"
    assert unnamed == [UNNAMED]
    assert by_letter == {UNNAMED, BY_LETTER, *SHARING}
    assert {"elector", "holder", "second holder"} <= {it["role"] for it in demo.told["sign_ins"]}
    assert (held, handed_in) == ([holders.State.READY] * 3, 2)
    assert {Sign.DISPOSABLE, Sign.NETWORK_BURST} <= signs
    page = signing.signed_in(demo.app, ELECTOR).get("/en/today").text
    assert "Cast your ballots (5)" in page
    assert "Nothing waits here" not in page


def test_the_screening_of_the_demo_has_every_kind_of_case(stopped: Stops) -> None:
    app = stopped("screening").app

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


def test_the_demo_refuses_a_database_in_use_and_leaves_it(stopped: Stops) -> None:
    cli = stopped("nominations").cli

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
