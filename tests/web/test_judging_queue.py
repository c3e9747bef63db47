"""What is left to a judge, in an order of their own, and submitting all that is complete."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from awards.models import AssignmentState, Declaration, JudgeState, NominationState, Reopening, Typing
from awards.timetable import Phase
from awards.web.language import PREFIX
from tests.web import bench, desk
from tests.web.bench import BASE, LEE, Bench, hidden, marks, person_of
from tests.web.signing import csrf_of, faults_of, send, signed_in

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def work(app: Flask, at_noon: Any) -> Bench:
    return Bench(app)


def order_of(page: str) -> list[str]:
    return re.findall(r"n/([A-Z]+-[0-9]+)\">\1 ·", page)


def test_the_queue_says_how_much_is_left_how_long_it_takes_and_until_when(work: Bench) -> None:
    work.save("OC-01", marks(7), act="save")
    work.save("OC-02", marks(7, 7, 7, 7, 7), act="save")
    work.save("SV-01", marks(7, 7, 7, 7, 7), act="submit")

    page = work.kim.get(BASE).text
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "3 of 4 left · about 10 min · closes in 9 days" in text
    assert "Wednesday 13 May 2026, 23:59 in Seoul, 15:59 in Tunis" in text
    assert "Go on with OC-01" in text
    for reference, state in (
        ("OC-01", "half-done"),
        ("OC-02", "complete, not submitted"),
        ("OC-03", "not begun"),
        ("SV-01", "submitted"),
    ):
        assert re.search(rf"{reference} · Project {reference} Town {reference} ?, South Korea {state}", text)
    assert faults_of(page) == []
    assert faults_of(work.kim.get(BASE.replace("/en/", "/ko/")).text) == []


def test_two_judges_go_through_the_same_nominations_in_orders_of_their_own(app: Flask, at_noon: Any) -> None:
    work = Bench(app, tuple(f"OC-{it:02d}" for it in range(12)))

    kims, again, lees = (order_of(it.get(BASE).text) for it in (work.kim, work.kim, work.lee))

    assert sorted(kims) == sorted(lees)
    assert kims == again
    assert kims != lees
    assert kims != sorted(kims)


def test_what_was_taken_off_the_list_is_a_line_of_numbers(work: Bench) -> None:
    work.end("OC-01", AssignmentState.HANDED_BACK)
    work.end("OC-02", AssignmentState.RECUSED)
    with work.site.app_context():
        from awards.extensions import db

        work.assignment("OC-03").nomination.state = NominationState.WITHDRAWN
        db.session.commit()

    page = work.kim.get(BASE).text

    assert "Taken off your list: 1 handed back · 1 in conflict · 1 not judged any more." in page
    assert order_of(page) == ["SV-01"]


def test_whoever_is_not_a_judge_of_the_edition_finds_no_page(work: Bench) -> None:
    organiser = signed_in(work.site, desk.CY)

    for page in ("", "n/OC-01", "n/OC-01/versions", "marks", "marks.csv", "submit"):
        assert organiser.get(f"{BASE}{page}").status_code == 404


@pytest.mark.parametrize("state", [JudgeState.DECLINED, JudgeState.LEFT])
def test_a_judge_who_left_finds_no_page_even_with_the_role(work: Bench, state: JudgeState) -> None:
    from awards.extensions import db

    with work.site.app_context():
        work.assignment("OC-01").judge.state = state
        db.session.commit()

    assert work.kim.get(f"{BASE}n/OC-01").status_code == 404


def test_before_the_round_there_is_nothing_to_read_and_after_it_nothing_to_change(work: Bench) -> None:
    from awards.extensions import db

    work.save("OC-01", marks(7))
    with work.site.app_context():
        work.edition().phase = Phase.DELIBERATION
        db.session.commit()

    page, sheet = work.kim.get(BASE).text, work.kim.get(f"{BASE}n/OC-01").text

    assert "No round is open for marks now." in page
    assert 'class="act"' not in page
    assert "This sheet can be read and not changed." in sheet


def test_who_has_not_joined_or_not_declared_is_led_there_and_keeps_what_was_typed(work: Bench) -> None:
    from awards.extensions import db

    for endpoint, page in (("judging.join", "joining"), ("judging.declare", "interests")):
        if endpoint not in work.site.view_functions:
            work.site.add_url_rule(f"{PREFIX}/judging/<edition>/{page}", endpoint, lambda **_: "")
    sheet = f"{BASE}n/OC-01"
    form = {"csrf_token": csrf_of(work.kim, sheet), "comment": "Typed before.", "base": "0"}
    with work.site.app_context():
        mine = work.assignment("OC-01")
        db.session.execute(delete(Declaration).where(Declaration.nomination_id == mine.nomination_id))
        db.session.commit()

    undeclared = [work.kim.get(sheet), work.kim.get(f"{BASE}marks"), work.kim.post(sheet, data=form)]
    with work.site.app_context():
        work.assignment("OC-01").judge.state = JudgeState.INVITED
        db.session.commit()
    invited = work.kim.get(sheet)

    assert {(it.status_code, it.location) for it in undeclared} == {(303, f"{BASE}interests")}
    assert (invited.status_code, invited.location) == (303, f"{BASE}joining")
    assert work.versions("OC-01") == []
    with work.site.app_context():
        mine = work.assignment("OC-01")
        mine.judge.state = JudgeState.ACCEPTED
        db.session.add(
            Declaration(
                judge_id=mine.judge_id, nomination_id=mine.nomination_id, interest=False, at=desk.SENT
            )
        )
        db.session.commit()
    assert "Typed before." in work.kim.get(sheet).text


# ── Submitting all ──────────────────────────────────────────────────────────────


def test_all_complete_sheets_are_submitted_after_a_page_that_lists_them(work: Bench) -> None:
    work.save("OC-01", marks(7))
    for reference in ("OC-02", "SV-01"):
        work.save(reference, marks(7, 7, 7, 7, 7))
    page = work.kim.get(f"{BASE}submit").text
    data = {"csrf_token": csrf_of(work.kim, f"{BASE}submit"), "opened": hidden(page, "opened")}

    listed = set(re.findall(r'name="reference" value="([^"]+)"', page))
    answer = work.kim.post(f"{BASE}submit", data=data | {"reference": ["OC-01", "OC-02", "SV-01", "OC-99"]})
    said = work.kim.get(BASE).text
    twice = work.kim.post(f"{BASE}submit", data=data | {"reference": ["OC-02"]})
    said_twice = work.kim.get(BASE).text
    work.kim.post(f"{BASE}submit", data=data | {"reference": ["OC-99"]})

    assert listed == {"OC-02", "SV-01"}
    assert (answer.status_code, twice.status_code) == (303, 303)
    assert [work.state(it) for it in ("OC-01", "OC-02", "SV-01")] == ["draft", "submitted", "submitted"]
    assert "2 sheets are submitted." in said
    assert "Not submitted, because they have changed: OC-01." in said
    assert "1 sheet is submitted." in said_twice
    assert (
        "Nothing was submitted: no sheet that the page named waits for it any more."
        in work.kim.get(BASE).text
    )
    assert faults_of(page) == []


def test_a_sheet_that_the_page_did_not_list_is_not_submitted(work: Bench) -> None:
    work.save("OC-02", marks(7, 7, 7, 7, 7))

    send(work.kim, f"{BASE}submit", {"reference": "OC-01"})

    assert work.state("OC-02") == "draft"


def test_nothing_is_submitted_after_the_deadline(work: Bench, at_noon: Any) -> None:
    work.save("OC-02", marks(7, 7, 7, 7, 7))
    at_noon.move_to(datetime(2026, 5, 13, 15, 20, tzinfo=UTC))
    kim = signed_in(work.site, bench.KIM)

    token = csrf_of(kim, f"{BASE}submit") if "csrf_token" in kim.get(f"{BASE}submit").text else ""
    answer = kim.post(f"{BASE}submit", data={"csrf_token": token, "reference": "OC-02"})

    assert answer.status_code == 409
    assert work.state("OC-02") == "draft"


def test_a_typed_sheet_waits_for_its_judge_and_is_never_submitted_with_the_others(work: Bench) -> None:
    work.save("OC-01", marks(7, 7, 7, 7, 7), act="save")
    work.save("OC-02", marks(7, 7, 7, 7, 7), act="save")
    named = {"reference": ["OC-01", "OC-02"], "csrf_token": csrf_of(work.kim, f"{BASE}submit")}
    with work.site.app_context():
        from awards.extensions import begin_writing, db

        begin_writing()
        typist = person_of(LEE).account.id
        sheet = work.sheet("OC-02")
        assert sheet is not None
        typing = Typing(
            version_id=sheet.versions[-1].id,
            note="Read out.",
            arrived_at=desk.SENT,
            typed_by_id=typist,
            at=desk.SENT,
        )
        db.session.add(typing)
        db.session.commit()
        where = f"{BASE}confirm/{typing.public_id}"

    pages = [work.kim.get(it).text for it in (BASE, f"{BASE}n/OC-02", "/en/today")]
    work.kim.post(f"{BASE}submit", data=named)

    assert [where in page for page in pages] == [True, True, True]
    assert "typed for you, to confirm" in pages[0]
    assert "1 sheet is complete but not submitted" in pages[2]
    assert (work.state("OC-01"), work.state("OC-02")) == ("submitted", "draft")


def test_a_round_reopened_for_one_category_takes_marks_of_that_one_alone(work: Bench) -> None:
    work.save("SV-01", marks(7, 7, 7, 7, 7), act="submit")
    reopen(work, "SV-01")

    ask, buttons = "/n/{}/reopen", 'name="act" value="save"'
    opened, shut = (work.kim.get(f"{BASE}n/{it}").text for it in ("SV-01", "OC-01"))

    assert (buttons in opened, buttons in shut) == (True, False)
    assert ask.format("OC-01") in shut
    assert ask.format("SV-01") in work.kim.get(BASE).text
    assert ask.format("SV-01") in work.kim.get("/en/today").text


def test_every_sheet_that_was_reopened_is_named_and_led_to(work: Bench) -> None:
    reopen(work, "OC-01", "OC-02", "SV-01")

    queue, sheet, today = (work.kim.get(it).text for it in (BASE, f"{BASE}n/SV-01", "/en/today"))

    assert re.findall(r'n/([A-Z0-9-]+)/reopen"', queue) == ["OC-01", "OC-02", "SV-01"]
    assert re.findall(r'n/([A-Z0-9-]+)/reopen"', sheet) == ["SV-01"]
    for it in ("OC-01", "OC-02", "SV-01"):
        assert f"Mend the sheet of {it}" in queue
        assert f"Your sheet for {it} is open again" in today
        assert 'name="act" value="save"' in work.kim.get(f"{BASE}n/{it}").text


def test_a_category_is_locked_again_after_the_last_of_its_sheets_that_were_reopened(work: Bench) -> None:
    reopen(work, "OC-01", "OC-02", "SV-01")
    work.save("OC-01", marks(7, 7, 7, 7, 7), act="submit")
    said, done = work.kim.get(BASE).text, {"csrf_token": csrf_of(work.kim, BASE), "act": "done"}

    answers = []
    for it in ("OC-01", "OC-02"):
        assert work.kim.post(f"{BASE}n/{it}/reopen", data=done).status_code == 303
        answers.append((work.kim.get(BASE).text, work.kim.get(f"{BASE}n/OC-01").text))

    assert "You can change it while the round is open for you." in said
    assert "stay open until you are done with OC-02 too" in answers[0][0]
    assert "Your sheets are locked again" in answers[1][0]
    assert ['name="act" value="save"' in sheet for _, sheet in answers] == [True, False]


def reopen(work: Bench, *references: str) -> None:
    """After the close Kim may mend these sheets."""
    with work.site.app_context():
        from awards.extensions import begin_writing, db

        begin_writing()
        work.edition().phase, work.edition().first_closed_at = Phase.DELIBERATION, NOON
        for it in references:
            pair = work.assignment(it)
            again = {"judge_id": pair.judge_id, "nomination_id": pair.nomination_id, "round": pair.round}
            db.session.add(Reopening(**again, reason="Mixed up.", asked_at=NOON, approved_at=NOON))
        db.session.commit()
