"""Second readings in the browser: the chair orders, a judge reads, the chair closes and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from awards.extensions import begin_writing, db
from awards.models import ReadingState, SecondReading
from tests.awards.play import NOW
from tests.awards.reading_further import given, submit
from tests.web.further import JUDGING, PAGE, ROOM, TABLE, Desk, played, readers
from tests.web.office import well
from tests.web.signing import send
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> Iterator[Desk]:
    with time_machine.travel(NOW, tick=False):
        yield Desk(app, tmp_path)


def test_the_chair_orders_what_the_rule_lists_and_nobody_else_does(desk: Desk) -> None:
    page = desk.page("chair")
    assert "4 further sheets, for 2 nominations" in re.sub(r"\s+", " ", page)
    read = re.sub(r"<[^>]*>", " ", re.search(r"<main.*</main>", page, re.DOTALL)[0])  # type: ignore[index]
    for word in ("0.6", "60 %", "58", "N1", "N4"):
        assert word not in read
    for where in ("/en/today", f"{TABLE}/"):
        assert PAGE in re.search(r"<main.*</main>", desk.at("chair").get(where).text, re.DOTALL)[0]  # type: ignore[index]
    assert "Order these" not in desk.page("olga")
    assert "See what this means" not in desk.page("deputy")
    assert desk.at("ada").get(PAGE).status_code == 404
    assert desk.order("deputy").status_code == 409
    late = desk.order(day="2014-08-01")
    assert late.status_code == 422
    assert "The last day has to lie ahead." in well(late)
    odd = desk.send("chair", {"for": "order", "day": "\0", "time": "99", "zone": "Nowhere"})
    assert odd.status_code == 422
    assert desk.send("chair", {"for": "nothing"}).status_code == 400
    look = desk.send("chair", {"for": "order", "day": "2014-09-08", "zone": "UTC", "act": "look"})
    assert "Only they can write" in well(look)

    assert desk.order().status_code == 303

    assert desk.send("chair", {"for": "order", "day": "2014-09-09", "zone": "UTC"}).status_code in (200, 303)
    with desk.app.app_context():
        assert db.session.query(SecondReading).count() == 1
    assert "0 of 4 further sheets are in." in desk.page("olga")
    assert "Second readings are under way" in desk.page("chair", f"{TABLE}/")


def test_a_second_reader_writes_these_sheets_and_sees_nothing_else(desk: Desk) -> None:
    desk.order()
    name, reference = readers(desk)[0]
    others = {it for who, it in readers(desk) if who != name}

    queue = desk.page(name, f"{JUDGING}/")
    assert f"Read {reference} next" in queue or "further nomination" in queue
    page = desk.page(name, f"{JUDGING}/n/{reference}")
    for word in ("second reading", "borderline", "standing", "close at the cut"):
        assert word not in re.sub(r"<[^>]+>", "", page).casefold()
    assert "Submit sheet" in page
    marks = {"mark-services": "8", "mark-impact": "8", "base": "0", "act": "submit"}
    token = re.search(r'name="opened" value="([^"]+)"', page)
    assert token
    sent = desk.send(name, marks | {"opened": token[1]}, f"{JUDGING}/n/{reference}")
    assert sent.status_code == 303
    old = next(it for it in ("N1", "N2", "N3", "N4") if it not in others | {reference})
    locked = desk.at(name).get(f"{JUDGING}/n/{old}")
    if locked.status_code == 200:
        assert "Submit sheet" not in locked.text
        refused = desk.send(name, marks | {"opened": token[1]}, f"{JUDGING}/n/{old}")
        assert refused.status_code == 409
    assert "1 of 4 further sheets is in" in desk.page("chair") or "1 of 4 further sheets are in" in desk.page(
        "chair"
    )


def test_a_second_reader_hands_back_and_another_is_found_or_not(desk: Desk) -> None:
    desk.order()
    name, reference = readers(desk)[0]
    address = f"{JUDGING}/n/{reference}/hand-back"
    assert "Hand" in desk.page(name, address)
    assert desk.send(name, {"why": "time"}, address).status_code == 303
    page = desk.page("olga")
    assert "1 without a judge" in page
    assert desk.send("olga", {"for": "fill"}).status_code == 303
    assert desk.send("olga", {"for": "remind"}).status_code == 303


def test_the_chair_closes_them_and_signs(desk: Desk) -> None:
    desk.order()
    signing = {"seen-services": "1"}
    refused = send(desk.at("chair"), f"{TABLE}/acts/sign", signing, page=PAGE)
    assert refused.status_code == 409
    assert "Second readings are under way" in well(refused)
    assert "still to come in" in desk.page("chair", f"{PAGE}/close")
    with desk.app.app_context():
        begin_writing()
        play = played()
        for it in given(play):
            if it.nomination.reference == "N2":
                submit(play, it, 3)
        db.session.commit()
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        page = desk.page("chair", f"{PAGE}/close")
        assert "N3" in page
        assert desk.send("chair", {"missing": "0" * 64}, f"{PAGE}/close").status_code == 409
        seen = re.search(r'name="missing" value="([0-9a-f]{64})"', page)
        assert seen
        assert desk.send("chair", {"missing": seen[1]}, f"{PAGE}/close").status_code == 303
        assert send(desk.at("chair"), f"{PAGE}/close", page=f"{TABLE}/acts/sign").status_code == 303, "twice"
        with desk.app.app_context():
            assert [it.state for it in db.session.query(SecondReading)] == [ReadingState.CLOSED]
        assert "Earlier second readings" in desk.page("chair")
        category = desk.page("chair", f"{TABLE}/services")
        assert "Further sheets: N2 (2), N3 (2)." in category
        assert "Closed: 2 further sheets count." in category
        assert "Counted with the second readings of: N2" in category
        assert desk.send("chair", {"seen-services": "2"}, f"{TABLE}/acts/sign").status_code == 303


def test_the_panel_reads_in_the_room_how_many_sheets_a_nomination_had_and_nothing_of_others(
    desk: Desk,
) -> None:
    desk.order()
    close = f"{PAGE}/close"
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        seen = re.search(r'name="missing" value="([0-9a-f]{64})"', desk.page("chair", close))
        assert seen
        assert desk.send("chair", {"missing": seen[1]}, close).status_code == 303
        assert send(desk.at("chair"), f"{ROOM}/acts/open").status_code == 303

        page = desk.page("ada", f"{ROOM}/N2")

        assert "2 further sheets were ordered." in page
        assert "N3" not in page
        assert "further sheets were ordered" not in desk.page("ada", f"{ROOM}/N1")


def test_readings_and_room_lead_to_the_cut_line_whoever_may_read_it(desk: Desk) -> None:
    assert f'href="{TABLE}/services/cut-line"' in desk.page("chair")
    assert "cut-line" not in desk.page("olga"), "organisers read no advice"
    send(desk.at("chair"), f"{ROOM}/acts/open")
    assert f'href="{TABLE}/services/cut-line"' in desk.page("chair", f"{ROOM}/N2")
    assert "cut-line" not in desk.page("ada", f"{ROOM}/N2")


def test_they_are_called_off_with_a_reason(desk: Desk) -> None:
    desk.order()
    assert desk.send("chair", {"reason": " "}, f"{PAGE}/call-off").status_code == 422
    assert desk.send("chair", {"reason": "Too late now."}, f"{PAGE}/call-off").status_code == 303
    assert send(desk.at("chair"), f"{PAGE}/call-off", page=PAGE).status_code == 303, "a second click"
    assert "called off on" in desk.page("chair")
    assert "Called off." in desk.page("chair", f"{TABLE}/services")


def test_where_the_rules_have_none_there_is_no_page(app: Flask, tmp_path: Path) -> None:
    table = Round(app, tmp_path)
    table.mark_and_close()
    assert table.get("chair", "/readings").status_code == 404
    assert "Second readings" not in table.page("chair")
