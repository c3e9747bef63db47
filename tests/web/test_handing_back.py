"""A judge hands a nomination back in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from awards import scoring
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Assignment, Declaration, Edition
from awards.scoring import Content
from tests.awards.play import entry
from tests.web.panel import DESK, KEY, Panel, people
from tests.web.signing import send
from tests.web.test_panel_assignment import confirm

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ADA = "ada@example.org"
QUEUE = f"/en/judging/{KEY}/"
PAGE = f"{QUEUE}n/N1/hand-back"


@pytest.fixture
def panel(app: Flask, tmp_path: Path) -> Panel:
    """Ada reads N1 and N2; Ben isn't asked for anything yet."""
    panel = Panel(app, tmp_path, [entry("N1"), entry("N2")], people("ada"))
    send(panel.at(), DESK)
    confirm(panel)
    with app.app_context():
        begin_writing()
        for pair in db.session.scalars(select(Assignment)):
            said = {"judge_id": pair.judge_id, "nomination_id": pair.nomination_id}
            db.session.add(Declaration(**said, interest=False, at=pair.at))
            pair.judge.conduct_at = pair.at
        db.session.commit()
    return panel


def test_a_judge_hands_back_with_a_reason_and_the_organiser_reads_it(panel: Panel) -> None:
    asked = panel.open(PAGE, ADA)

    done = send(panel.at(ADA), PAGE, {"why": "expertise", "note": "Not my field."})
    twice = send(
        panel.at(ADA), PAGE, {"why": "expertise", "note": "Not my field."}, page=f"{QUEUE}n/N2/hand-back"
    )
    gone = panel.at(ADA).get(PAGE)
    desk = panel.open(DESK)

    assert "Why do you hand it back?" in asked
    assert (done.status_code, done.location) == (303, QUEUE)
    for page in (twice, gone, panel.at(ADA).get(f"{QUEUE}n/N1/versions")):
        assert page.status_code == 404
        assert f'href="{QUEUE}"' in page.text
        assert "Taken off your list: N1" in page.text
    assert ("ada", "N1", "handed_back") in panel.pairs()
    assert "handed back: subject · Not my field." in desk
    assert "Give to another judge" in desk


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose a reason."),
        ({"why": "boredom", "note": "kept \0"}, "Choose a reason."),
        ({"why": "other", "note": "  "}, "Write why"),
        ({"why": "time", "note": "n" * 901}, "at most 900"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(
    panel: Panel, fields: dict[str, str], says: str
) -> None:
    answer = send(panel.at(ADA), PAGE, fields)

    assert answer.status_code == 422
    assert says in answer.text
    assert fields.get("note", "").strip("\0 ") in answer.text
    assert ("ada", "N1", "issued") in panel.pairs()


def test_a_submitted_sheet_is_not_handed_back(panel: Panel) -> None:
    with panel.app.app_context():
        begin_writing()
        found = next(it for it in db.session.scalars(select(Assignment)) if it.nomination.reference == "N1")
        account, edition = found.judge.account, found.nomination.edition_id
        here = db.session.get_one(Edition, edition)
        act = {"opened": None, "actor": Actor(account, account), "now": found.at}
        content = Content({"services": 8, "impact": 6})
        scoring.save(db.session(), here, found, content, base=0, **act)  # type: ignore[arg-type]
        scoring.submit(db.session(), here, found, **act)  # type: ignore[arg-type]
        db.session.commit()

    page = panel.open(PAGE, ADA)
    answer = send(panel.at(ADA), PAGE, {"why": "time"}, page=f"{QUEUE}n/N2/hand-back")

    assert "You have submitted the sheet" in page
    assert answer.status_code == 409
    assert ("ada", "N1", "issued") in panel.pairs()


def test_nobody_opens_what_is_not_theirs(panel: Panel) -> None:
    for address in (f"{QUEUE}n/N99/hand-back", f"{QUEUE}n/%00/hand-back", f"{QUEUE}n/{'x' * 300}/hand-back"):
        assert panel.at(ADA).get(address).status_code == 404
    assert panel.at().get(PAGE).status_code == 404
