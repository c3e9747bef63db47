"""However many nominations and judges there are, a page asks the database as often, and isn't much longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
import time_machine
from flask.testing import FlaskClient

from awards.extensions import db
from tests.awards.play import NOW, statements
from tests.awards.poll import CLOSES
from tests.conftest import application
from tests.web.crowd import FIRST, KEY, Crowd
from tests.web.electorate import CHAIR, Electorate

MOST_ON_THE_SHEET = 7
LONGEST, LINE = 300_000, 1_200
"""Bytes of a page, as long as a slow link bears, and of a line where a list is whole by its nature."""

JUDGING, DESK, CLERK, TABLE = (f"/en/{it}/{KEY}" for it in ("judging", "secretariat", "clerk", "table"))
SHEET = f"{JUDGING}/n/{FIRST}"
OPEN: Mapping[str, tuple[str, ...]] = {
    "first": (
        f"{JUDGING}/",
        SHEET,
        f"{SHEET}/versions",
        f"{SHEET}/interest",
        f"{SHEET}/hand-back",
        f"{JUDGING}/joining",
        f"{JUDGING}/interests",
        f"{JUDGING}/submit",
        f"{JUDGING}/marks",
        f"{JUDGING}/marks.csv",
        f"{JUDGING}/leave",
        f"{JUDGING}/offline",
        "/en/today",
    ),
    "organiser": (
        f"{DESK}/",
        f"{DESK}/judges",
        f"{DESK}/judges/coverage",
        f"{DESK}/judges/invite",
        f"{DESK}/judges/{{judge}}",
        f"{DESK}/judges/{{judge}}/leave",
        f"{DESK}/judges/{{judge}}/reading",
        f"{DESK}/judges/{{judge}}/more-time",
        f"{DESK}/dossier/{FIRST}",
        f"{DESK}/conflicts",
        f"{DESK}/conflicts.csv",
        f"{DESK}/assignment",
        f"{DESK}/assignment?judge={{judge}}",
        f"{DESK}/assignment?by=nomination",
        f"{DESK}/assignment?by=nomination&category=services",
        f"{DESK}/assignment?by=new",
        f"{DESK}/assignment/pairs",
        f"{DESK}/assignment/issue",
        f"{DESK}/assignment/take-back/{{judge}}?reference={FIRST}",
        f"{DESK}/assignment/tell",
        f"{DESK}/assignment/list.csv",
        f"{DESK}/progress",
        f"{DESK}/progress/nominations",
        f"{DESK}/progress/judges.csv",
        f"{DESK}/progress/nominations.csv",
        f"{DESK}/progress/remind",
        f"{DESK}/closing",
        f"{DESK}/sheets",
        f"{TABLE}/",
        "/en/today",
    ),
    "clerk": (f"{CLERK}/", f"{CLERK}/sheet/{{code}}", f"{CLERK}/confirming", "/en/today"),
    "chair": (f"{TABLE}/", f"{TABLE}/minimum", f"{TABLE}/waivers", "/en/today"),
}
ROOM = f"/en/deliberation/{KEY}"
TALK = (f"{ROOM}/", f"{ROOM}/{FIRST}", f"{ROOM}/{FIRST}/dossier")
CLOSED: Mapping[str, tuple[str, ...]] = {
    "first": (f"{JUDGING}/", SHEET, f"{SHEET}/reopen", f"{JUDGING}/marks", "/en/today"),
    "organiser": (
        f"{DESK}/",
        f"{DESK}/progress",
        f"{DESK}/closing",
        f"{TABLE}/",
        f"{TABLE}/services",
        "/en/today",
    ),
    "chair": (
        f"{TABLE}/",
        f"{TABLE}/services",
        f"{TABLE}/openness",
        f"{TABLE}/services/order",
        f"{TABLE}/services/two",
        f"{TABLE}/services/out",
        f"{TABLE}/acts/reopened",
        f"{TABLE}/minimum",
        f"{TABLE}/services/cut-line",
        f"{TABLE}/reliability",
        f"{TABLE}/judges",
        f"{TABLE}/judges/{{judge}}",
        "/en/today",
    ),
}
DISCUSSED: Mapping[str, tuple[str, ...]] = {"first": (*TALK, "/en/today"), "chair": TALK}
SETTLED: Mapping[str, tuple[str, ...]] = {
    "chair": (f"{TABLE}/", f"{TABLE}/services", f"{TABLE}/acts/sign", f"{TABLE}/results", "/en/today"),
    "organiser": (f"{TABLE}/", f"{TABLE}/acts/announce", "/en/today"),
}
ROLL = (
    "",
    "?show=asked",
    "?q=city",
    "/ask",
    "/build",
    "/letters",
    "/freeze",
    "/roll.csv",
    "/roll.json",
    "/{elector}",
)
VOTE = (
    "",
    "/finalists",
    "/finalists/SV-1",
    "/papers",
    "/papers?q=e",
    "/papers/electors/{elector}",
    "/struck",
    "/struck/{elector}",
    "/holders",
    "/anomalies",
)
HALL, DISPUTES = f"/en/hall/{KEY}", f"{TABLE}/disputes"
LOG = f"/en/{KEY}/ballot-log"
BESIDE = (HALL, f"/en/{KEY}/", f"/en/{KEY}/public-vote", "/en/today")
LOGGED = (LOG, *(f"{LOG}/{{election}}{it}" for it in ("", "/roots.txt", "/envelopes.txt")))
"""Where the log has a root."""
DECIDED: Mapping[str, tuple[str, ...]] = {
    "chair": (
        f"{TABLE}/results",
        f"{TABLE}/services/result",
        f"{TABLE}/services/result/correct",
        f"{TABLE}/services/citations",
        "/en/today",
    ),
    "organiser": (
        f"{DESK}/release/",
        f"{DESK}/release/winners",
        f"{DESK}/release/winners/{{told}}",
        f"{DESK}/release/taken-down",
        "/en/today",
    ),
}
PUBLIC: Mapping[str, tuple[str, ...]] = {
    "public": (
        "/en/",
        "/en/archive",
        *(
            f"/en/{KEY}/{page}"
            for page in ("", "finalists", "winners", f"winners/{FIRST}", "method", "panel", "record")
        ),
        *(f"/en/{KEY}/{page}" for page in ("check", "embed", "embedding", "feed.atom", "data/")),
        *(f"/data/{table}.csv" for table in ("editions", "categories", "finalists", "winners")),
        *("/en/feed.atom", "/sitemap.xml"),
    ),
    "organiser": (f"{DESK}/release/", f"{DESK}/release/winners", f"{DESK}/release/taken-down", "/en/today"),
}
WHOLE = (f"{JUDGING}/", "/interests", "/marks", ".csv", f"{TABLE}/services", f"{TABLE}/openness", "/cut-line")
WHOLE = (f"{ROOM}/", f"{JUDGING}/", "/interests", "/marks", ".csv", f"{TABLE}/services", f"{TABLE}/openness")
"""A judge's own nominations, a category's standing, and files."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How an address was answered: its status, the statements it took, its length, and the time."""

    status: int
    statements: int
    length: int
    milliseconds: int


def ask(crowd: Crowd, pages: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, str], Asked]:
    judge, code, told = crowd.key_of("first"), crowd.code(), crowd.told()
    found = {}
    for who, addresses in pages.items():
        browser = crowd.at(who)
        browser.get(addresses[-1])
        for address in addresses:
            with crowd.app.app_context():
                found[who, address] = measure(browser, address.format(judge=judge, code=code, told=told))
    return found


def measure(browser: FlaskClient, address: str) -> Asked:
    """Asked for inside an application context."""
    with statements(db.session) as run:
        begin = process_time()
        answer = browser.get(address)
        took = process_time() - begin
    number = sum(not statement.startswith("BEGIN") for statement in run)
    return Asked(answer.status_code, number, len(answer.data), round(took * 1000))


def visit(file: Path, migrated: Path, nominations: int, judges: int) -> dict[tuple[str, str], Asked]:
    """Every page while the round is open, and after its close."""
    file.write_bytes(migrated.read_bytes())
    with application(f"sqlite:///{file}", file.parent / file.stem) as app:
        crowd = Crowd(app, nominations, judges)
        found = {(who, f"open {at}"): it for (who, at), it in ask(crowd, OPEN).items()}
        crowd.close()
        crowd.advise()
        found |= {(who, f"closed {at}"): it for (who, at), it in ask(crowd, CLOSED).items()}
        crowd.discuss()
        found |= {(who, f"discussed {at}"): it for (who, at), it in ask(crowd, DISCUSSED).items()}
        crowd.settle()
        found |= {(who, f"settled {at}"): it for (who, at), it in ask(crowd, SETTLED).items()}
        crowd.decide()
        found |= {(who, f"decided {at}"): it for (who, at), it in ask(crowd, DECIDED).items()}
        crowd.release()
        return found | {(who, f"public {at}"): it for (who, at), it in ask(crowd, PUBLIC).items()}


@pytest.mark.parametrize(
    ("nominations", "judges"), [(80, 8), pytest.param(1_000, 30, marks=pytest.mark.audit)]
)
def test_pages_ask_as_often_for_many_nominations_as_for_ten(
    tmp_path: Path, migrated_sqlite: Path, nominations: int, judges: int
) -> None:
    few = visit(tmp_path / "few.sqlite", migrated_sqlite, 10, 5)
    many = visit(tmp_path / "many.sqlite", migrated_sqlite, nominations, judges)

    for (who, at), it in many.items():
        print(f"{who:10} {at:62} {it.statements:3} statements {it.length:8} bytes {it.milliseconds:6} ms")
    assert {at: it.status for at, it in (few | many).items() if it.status != 200} == {}
    assert {
        at: (few[at].statements, it.statements)
        for at, it in many.items()
        if it.statements > few[at].statements
    } == {}
    assert [
        at for at, it in many.items() if at[1].endswith(SHEET) and it.statements > MOST_ON_THE_SHEET
    ] == []
    most = {at: LINE * nominations if at[1].endswith(WHOLE) else LONGEST for at in many}
    assert {at: it.length for at, it in many.items() if it.length > most[at]} == {}


@pytest.mark.parametrize("electors", [60, pytest.param(1_000, marks=pytest.mark.audit)])
def test_pages_of_roll_and_vote_ask_as_often_for_many_electors_as_for_twelve(
    tmp_path: Path, migrated_sqlite: Path, electors: int
) -> None:
    few = through_a_vote(tmp_path / "few.sqlite", migrated_sqlite, 12)
    many = through_a_vote(tmp_path / "many.sqlite", migrated_sqlite, electors)

    assert {at: it.status for at, it in (few | many).items() if it.status != 200} == {}
    assert {
        at: (few[at].statements, it.statements)
        for at, it in many.items()
        if it.statements > few[at].statements
    } == {}


def through_a_vote(file: Path, migrated: Path, electors: int) -> dict[str, Asked]:
    """Every page of roll and vote before the vote opens, while it is open, and after its close."""
    file.write_bytes(migrated.read_bytes())
    with (
        time_machine.travel(NOW, tick=False) as clock,
        application(f"sqlite:///{file}", file.parent / file.stem) as app,
    ):
        vote = Electorate(app, electors)
        found = look_over(vote, "before", (*VOTE, "/preview", "/open"))
        vote.begin()
        found |= look_over(vote, "open", (*VOTE, "/remind", "/extend", "/close"), LOGGED)
        clock.move_to(CLOSES + timedelta(hours=1))
        vote.over()
        entered = ("/papers/bundles/{bundle}", "/papers/bundles/{bundle}/2")
        return found | look_over(vote, "closed", (*VOTE, *entered, "/opening", "/anew"), LOGGED)


def look_over(
    vote: Electorate, stage: str, pages: tuple[str, ...], more: tuple[str, ...] = ()
) -> dict[str, Asked]:
    addresses = [*(f"{DESK}/roll{it}" for it in ROLL), *(f"{DESK}/vote{it}" for it in pages), *BESIDE, *more]
    known = {"elector": vote.elector(), "election": vote.election(), "bundle": vote.bundle()}
    found = {}
    for browser, own in ((vote.at(), addresses), (vote.at(CHAIR), [DISPUTES, f"{TABLE}/"])):
        browser.get(HALL)
        with vote.app.app_context():
            for address in own:
                db.session.expunge_all()
                found[f"{stage} {address}"] = measure(browser, address.format(**known))
    return found
