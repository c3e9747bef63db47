"""Practice nominations: written by organisers, tried by judges who have joined, known to nobody else, in no count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from awards import editions, practice
from awards.config import ROOT
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    AuditEvent,
    Declaration,
    Judge,
    PracticeNomination,
    PracticeSheet,
    ScoreSheet,
)
from tests.awards.play import NOW
from tests.web.office import well
from tests.web.signing import send
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DRAFT = {
    "title-en": "Lamps that ask nobody",
    "body-en": "A made-up city lights its parks.",
    "comment-en": "Strong service, weak proof.",
    "panel-services": "7 9, 8",
    "panel-impact": "2 3 4",
}


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Iterator[Round]:
    """A first round under way, whose rules offer practice."""
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        yield Round(app, tmp_path, practice="true")


def write(desk: Round, fields: dict[str, str] | None = None) -> int:
    address = f"/en/secretariat/{desk.key}/practice/new"
    sent = {"category": "services"} | DRAFT | (fields or {})
    return send(desk.at("olga"), address, sent, page=f"{address}?category=services").status_code


def key_of(desk: Round) -> str:
    with desk.app.app_context():
        return db.session.scalars(select(PracticeNomination.public_id)).one()


def try_it(desk: Round, who: str, **marks: str) -> tuple[int, str]:
    address = f"/en/judging/{desk.key}/practice/{key_of(desk)}"
    answer = send(desk.at(who), address, {f"mark-{name}": mark for name, mark in marks.items()})
    page = desk.at(who).get(address) if answer.status_code == 303 else answer
    return answer.status_code, well(page)


def test_a_judge_sees_what_the_panel_gave_after_their_own_marks_and_nobody_sees_theirs(desk: Round) -> None:
    assert write(desk) == 303
    page = f"/en/judging/{desk.key}/practice/{key_of(desk)}"
    before = well(desk.at("ada").get(page))
    assert "weak proof" not in before
    status, half = try_it(desk, "ada", services="10")
    assert status == 422
    assert "weak proof" not in half
    assert 'value="10" checked' in half

    status, after = try_it(desk, "ada", services="10", impact="3")

    assert status == 303
    told = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", after.split('id="panel"')[1]))
    assert "Services 10 8.0 7–9 yours lies outside" in told
    assert "Impact 3 3.0 2–4" in told
    assert "weak proof" in after
    assert try_it(desk, "ada", services="8", impact="3")[0] == 303
    assert "weak proof" not in well(desk.at("ben").get(page))
    for who in ("chair", "auditor", "olga"):
        assert desk.at(who).get(page).status_code == 404
    with desk.app.app_context():
        assert db.session.scalars(select(PracticeSheet.marks)).all() == [{"services": 8, "impact": 3}]


def test_what_is_practised_counts_nowhere(desk: Round) -> None:
    write(desk)
    desk.at("ada")
    with desk.app.app_context():
        before = [db.session.scalar(select(func.count()).select_from(it)) for it in (Assignment, AuditEvent)]
    assert try_it(desk, "ada", services="10", impact="3")[0] == 303
    with desk.app.app_context():
        after = [db.session.scalar(select(func.count()).select_from(it)) for it in (Assignment, AuditEvent)]
        assert before == after
        assert db.session.scalar(select(func.count()).select_from(ScoreSheet)) == 0
    knows = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "awards").rglob("*.py")
        if "PracticeSheet" in file.read_text(encoding="utf-8") and "models" not in file.parts
    }
    assert knows == {"awards/practice.py", "awards/web/judging/practising.py"}


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Round) -> None:
    address = f"/en/secretariat/{desk.key}/practice/new"
    wrong = DRAFT | {
        "category": "services",
        "title-en": " ",
        "panel-services": "7 x",
        "panel-impact": "2 11 3",
    }
    answer = send(desk.at("olga"), address, wrong, page=f"{address}?category=services")
    assert answer.status_code == 422
    page = well(answer)
    assert page.count("Write whole numbers of the scale") == 4
    assert 'value="7 x"' in page
    assert write(desk, {"panel-impact": "2 3"}) == 422
    assert write(desk, {"panel-services": "9" * 5000}) == 422
    assert write(desk, {"category": "nothing"}) == 303
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PracticeNomination)) == 0


def test_it_is_changed_until_a_judge_has_marked_it_and_ended_after_that(desk: Round) -> None:
    write(desk)
    address = f"/en/secretariat/{desk.key}/practice/{key_of(desk)}"
    changed = DRAFT | {"title-en": "Lamps that ask"}
    assert send(desk.at("olga"), address, changed).status_code == 303
    assert "Lamps that ask" in well(desk.at("ada").get(f"/en/judging/{desk.key}/practice"))
    try_it(desk, "ada", services="7", impact="3")
    late = send(desk.at("olga"), address, DRAFT)
    assert late.status_code == 409
    assert "end it and write another" in well(late)
    assert send(desk.at("auditor"), address, DRAFT, page="/en/account").status_code == 404
    key = key_of(desk)
    assert send(desk.at("olga"), f"{address}/end").status_code == 303
    assert desk.at("ada").get(f"/en/judging/{desk.key}/practice/{key}").status_code == 404


def test_it_is_over_with_the_round_and_waits_for_nobody(desk: Round) -> None:
    write(desk)
    with desk.app.app_context():
        begin_writing()
        for it in db.session.scalars(select(Assignment)):
            db.session.add(
                Declaration(judge_id=it.judge_id, nomination_id=it.nomination_id, interest=False, at=NOW)
            )
        db.session.commit()
    queue = well(desk.at("ben").get(f"/en/judging/{desk.key}/"))
    assert "Try the criteria on a practice nomination" in queue
    desk.mark_and_close()
    assert try_it(desk, "ben", services="7", impact="3")[0] == 409
    assert "Try the criteria" not in well(desk.at("ben").get(f"/en/judging/{desk.key}/"))


def test_without_the_rule_there_is_none(app: Flask, tmp_path: Path) -> None:
    desk = Round(app, tmp_path)
    assert desk.at("ada").get(f"/en/judging/{desk.key}/practice").status_code == 404
    assert desk.at("olga").get(f"/en/secretariat/{desk.key}/practice/new").status_code == 404
    assert "offer no practice" in well(desk.at("olga").get(f"/en/secretariat/{desk.key}/practice"))
    with app.app_context():
        begin_writing()
        edition = editions.find(db.session(), desk.key)
        judge = db.session.scalars(select(Judge)).first()
        assert judge is not None
        made = PracticeNomination(edition_id=edition.id, position=1, category="services", at=NOW)
        db.session.add(made)
        db.session.flush()
        with pytest.raises(practice.NotOffered):
            practice.mark(db.session(), edition, made, judge, {}, now=NOW)
