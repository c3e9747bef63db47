"""Before the close nobody but its judge sees a mark, or anything that follows from one: at any address, by any way."""

from __future__ import annotations

import logging
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import inspect

from awards import packs, queues, standings, typings, unconfirmed
from awards.evidence import Evidence
from awards.extensions import begin_writing, db
from awards.models import Typing
from judging import count
from judging.values import Round
from tests.conftest import application
from tests.web import blindness
from tests.web.blindness import (
    CONFIRMED,
    GIVEN,
    JUDGES,
    WAITING,
    WALKERS,
    Answers,
    Blind,
    Walk,
    content,
    leaks,
    signs,
)
from tests.web.marking import KEY, NOW

pytestmark = pytest.mark.xdist_group("blindness")

JUDGING, CLERK, TABLE = (f"/en/{it}/{KEY}" for it in ("judging", "clerk", "table"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blind")


@pytest.fixture(scope="module")
def blind(folder: Path, migrated_sqlite: Path) -> Iterator[Blind]:
    """One world for all tests of this file, and a copy of it as it was at first."""
    file = folder / "first.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    with time_machine.travel(NOW, tick=False), application(f"sqlite:///{file}", folder / "data") as app:
        made = Blind(app)
        with sqlite3.connect(file) as connection:
            connection.execute("VACUUM INTO ?", (str(folder / "kept.sqlite"),))
        yield made


@pytest.fixture(scope="module")
def walked(blind: Blind) -> dict[str, Answers]:
    return {who: Walk(blind.app, blind.clients[who], blind.starts(who)).answers for who in WALKERS}


def copy(folder: Path, name: str) -> str:
    """A database like the first one."""
    file = folder / f"{name}.sqlite"
    file.write_bytes((folder / "kept.sqlite").read_bytes())
    return f"sqlite:///{file}"


def run(blind: Blind, *words: str) -> str:
    found = blind.app.test_cli_runner().invoke(args=[*words, "--as", "operator"])
    return f"{found.exit_code} {found.output}"


def test_nobody_finds_a_mark_of_another_at_any_address(blind: Blind, walked: Mapping[str, Answers]) -> None:
    assert [it for who in WALKERS for it in leaks(blind.secrets, who, walked[who])] == []
    assert [at for found in walked.values() for at, (status, _) in found.items() if status >= 500] == []
    assert len({at.partition("?")[0] for found in walked.values() for at in found}) > 180


def test_what_is_looked_for_can_be_found(blind: Blind, walked: Mapping[str, Answers]) -> None:
    """Every walking judge finds all of their own, and clerks the one sheet that waits to be confirmed."""
    found = {
        (who, it.name)
        for who, answers in walked.items()
        for there in [set().union(*(signs(text) for _, text in answers.values()))]
        for it in blind.secrets
        if it.looks & there
    }
    present = {"ada", "ben", "cyd", "typist"}

    for it in blind.secrets:
        finders = {who for who, name in found if name == it.name}
        in_a_form = {"typist"} if it.name.startswith(("marks", "total")) else set()
        assert finders >= (it.seen_by & present) - in_a_form, it.name


TWINS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "of the others": (
        frozenset(JUDGES) - {"ada"},
        ("visitor", "nominator", "organiser", "chair", "administrator", "ada"),
    ),
    "of two": (frozenset({"ada", "dan"}), ("clerk", "typist", "ben", "cyd")),
}
"""Whose sheets differ, and who must not notice it; of those who see the same pages, one."""


@pytest.mark.parametrize("name", list(TWINS))
def test_two_worlds_that_differ_in_marks_alone_answer_alike(
    blind: Blind, walked: Mapping[str, Answers], folder: Path, name: str
) -> None:
    """Byte for byte, but for tokens: pages, filters, orders, counts and exports know no mark."""
    whose, readers = TWINS[name]
    with blind.app.app_context():
        sheets = {sheet: blind.assignment(sheet).id for sheet in GIVEN}
    with application(copy(folder, name.replace(" ", "-")), folder / "data") as twin:
        blindness.remark(twin, [sheet for sheet in GIVEN if sheet[0] in whose], sheets)
        clients = blind.in_twin(twin)
        differ = []
        for who in readers:
            for at, (status, text) in walked[who].items():
                answer = clients[who].get(at, buffered=True)
                if answer.status_code != status or (status < 400 and blindness.read(answer) != text):
                    differ.append((who, at))

    assert differ == []


def test_marks_stand_in_one_table_and_in_no_file_or_log(
    blind: Blind, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No payload of the audit, no message to be sent, no job, no decision holds any."""
    found = {table for table, text in rows(blind.app) if told(blind, text)}
    with caplog.at_level(logging.DEBUG):
        for who, page in (("ada", "n/N1"), ("ada", "marks"), ("chair", "x"), ("ben", "n/N1/versions")):
            blind.clients[who].get(f"{JUDGING}/{page}")
        blind.clients["ada"].post(f"{JUDGING}/n/N1", data={"mark-services": "61", "comment": "ZEBRA-ada-N1"})
    files = [it for it in (folder / "data").rglob("*") if it.is_file()]

    assert found == {"score_sheet_version"}
    assert told(blind, caplog.text) == []
    assert [
        it.name for it in files if any(animal in it.read_bytes() for animal in (b"ZEBRA", b"OKAPI"))
    ] == []


def told(blind: Blind, text: str) -> list[str]:
    there = signs(text)
    return [it.name for it in blind.secrets if it.looks & there]


def rows(app: Flask) -> Iterator[tuple[str, str]]:
    """Every row of the database as text."""
    with app.app_context():
        yield from rows_here()


def rows_here() -> Iterator[tuple[str, str]]:
    for table in inspect(db.session.connection()).get_table_names():
        for row in db.session.connection().exec_driver_sql(f'SELECT * FROM "{table}"'):
            yield table, " ".join(str(it) for it in row)


COMMANDS = (
    ("standings", KEY),
    ("outcome", KEY),
    ("edition", "show", KEY),
    ("edition", "list"),
    ("round", "close", KEY, "first"),
    ("round", "close", KEY, "second"),
    ("sign", KEY, "shortlist"),
    ("sign", KEY, "winners"),
    ("sign", KEY, "shortlist", "--category", "services", "--order", "N1,N2", "--reason", "Why not."),
    ("announce", KEY),
    ("release", KEY),
    ("screen", KEY),
    ("certificates", "issue", KEY),
    ("audit", "verify"),
)


def test_no_command_prints_a_mark(blind: Blind, folder: Path) -> None:
    said = {" ".join(words): run(blind, *words, "--strict") for words in COMMANDS}
    said["check"] = blind.app.test_cli_runner().invoke(args=["check"]).output
    said |= records(blind, folder)

    assert leaks(blind.secrets, "operator", {name: (0, text) for name, text in said.items()}) == []
    assert said[f"standings {KEY}"].startswith("1 ")
    assert "sheets" in said[f"round close {KEY} first"]
    with blind.app.app_context():
        assert blind.edition().first_closed_at is None


def records(blind: Blind, folder: Path) -> dict[str, str]:
    """What the two records say, and every file of theirs."""
    found = {}
    for more in ((), ("--public",)):
        file = folder / f"record{len(more)}.zip"
        found[f"record {more}"] = run(blind, "record", "export", KEY, str(file), *more)
        if file.exists():
            with zipfile.ZipFile(file) as archive:
                found |= {
                    f"{more} {it}": archive.read(it).decode("utf-8", "replace") for it in archive.namelist()
                }
            file.unlink()
    return found


def of_ada(blind: Blind, name: str) -> Callable[..., Any]:
    """What finds a judge's own sheets, as if everybody were Ada."""
    module: Any = queues if name == "queue" else packs
    real = module.of_judge

    def find(session: Any, edition: Any, judge: Any, *rest: Any, **more: Any) -> Any:
        return real(session, edition, blind.judge("ada"), *rest, **more)

    return find


def take_out(protection: str, blind: Blind, monkeypatch: pytest.MonkeyPatch) -> None:
    if protection == "own assignments":
        monkeypatch.setattr(queues, "of_judge", of_ada(blind, "queue"))
    elif protection == "own pack":
        monkeypatch.setattr(packs, "of_judge", of_ada(blind, "pack"))
    elif protection == "own typed sheets":
        monkeypatch.setattr(
            unconfirmed, "of_judge", lambda s, _j, key: unconfirmed.find(s, blind.edition(), key)
        )
    elif protection == "typings that wait":
        monkeypatch.setattr(unconfirmed, "_waiting", unconfirmed._typings)
    elif protection == "nobody bound types":
        monkeypatch.setattr(typings, "bound_in", lambda *_: lambda _n: False)
    elif protection == "the table's door":
        from awards.web import table

        for module in vars(table).values():
            if hasattr(module, "is_closed"):
                monkeypatch.setattr(module, "is_closed", lambda: True)
        monkeypatch.setattr(standings, "latest", counted_now)


def counted_now(session: Any, edition: Any) -> dict[str, Any]:
    from awards.models import FrozenStanding

    scores = standings.scores_of(session, edition, "services", Round.FIRST)
    document = standings._count(session, edition, "services", scores, None)
    return {"services": FrozenStanding(id=0, category="services", number=1, document=document, at=NOW)}


WITHOUT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "own assignments": ("ben", ("n/N1", "n/N1/versions", "marks", "marks.csv")),
    "own pack": ("ben", ("offline/marks.xlsx",)),
    "own typed sheets": ("ben", ("confirm/{waiting}",)),
    "typings that wait": ("clerk", ("confirming/{confirmed}",)),
    "the table's door": ("chair", ("services",)),
}
"""Who looks where for what, when a protection is out."""


@pytest.mark.parametrize("protection", list(WITHOUT))
def test_the_walk_finds_what_gets_out_without_a_protection(
    blind: Blind, monkeypatch: pytest.MonkeyPatch, protection: str
) -> None:
    who, pages = WITHOUT[protection]
    place = {"clerk": CLERK, "chair": TABLE}.get(who, JUDGING)
    with blind.app.app_context():
        keys = {it.version.comment: it.public_id for it in db.session.query(Typing)}
        typed = {"waiting": keys[content(WAITING).comment], "confirmed": keys[content(CONFIRMED).comment]}
    addresses = [f"{place}/{page.format(**typed)}" for page in pages]

    def found() -> set[str]:
        answers = {at: (0, blindness.read(blind.clients[who].get(at, buffered=True))) for at in addresses}
        return {at for _, at, _ in leaks(blind.secrets, who, answers)}

    assert found() == set()
    take_out(protection, blind, monkeypatch)
    assert found() == set(addresses)


def test_commands_print_marks_where_they_do_not_ask_whether_the_round_is_closed(
    blind: Blind, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_sheets = Evidence.read_sheets

    def as_if_closed(evidence: Evidence) -> Any:
        with db.session.no_autoflush:
            evidence.edition.first_closed_at = NOW
            found = read_sheets(evidence)
            evidence.edition.first_closed_at = None
        return found

    monkeypatch.setattr(Evidence, "read_sheets", as_if_closed)
    monkeypatch.setattr(
        standings, "of_edition", lambda s, e: [count.standing_of(counted_now(s, e)["services"].document)]
    )
    said = records(blind, folder) | {"standings": run(blind, "standings", KEY)}

    found = {at for _, at, _ in leaks(blind.secrets, "operator", {at: (0, it) for at, it in said.items()})}
    assert {"standings", "() sheets.jsonl"} <= found


def test_a_payload_that_held_marks_would_be_found(blind: Blind, monkeypatch: pytest.MonkeyPatch) -> None:
    from awards import audit

    with blind.app.app_context():
        begin_writing()
        given = content(("ada", "N1"))
        audit.record(
            db.session(),
            actor=blind.actor("ada"),
            action="sheet.saved",
            subject="x",
            now=NOW,
            edition=blind.edition(),
            after={"marks": dict(given.marks)},
        )
        found = {table for table, text in rows_here() if told(blind, text)}
        db.session.rollback()

    assert found == {"score_sheet_version", "audit_payload"}
