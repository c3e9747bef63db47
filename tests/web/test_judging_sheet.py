"""One nomination with its score sheet: what a judge reads and gives there, and that nothing of it is ever lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from awards import editions, leaving, sessions
from awards.extensions import db
from awards.models import AssignmentState, Leaving, RulesDocument
from tests.awards.play import statements
from tests.web import bench, world
from tests.web.bench import BASE, LEE, Bench, hidden, marks, person_of
from tests.web.signing import csrf_of, faults_of, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SHEET = f"{BASE}n/OC-01"
CLOSED = datetime(2026, 5, 13, 14, 59, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask, at_noon: Any) -> Bench:
    return Bench(app)


# ── Reading ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_dossier_stands_beside_the_scorecard(desk: Bench, language: str) -> None:
    page = desk.kim.get(SHEET.replace("/en/", f"/{language}/")).text

    assert "Residents had to come to the town hall" in page
    assert page.count("<fieldset") == len(bench.CRITERIA)
    assert page.count('type="radio"') == 11 * len(bench.CRITERIA)
    assert faults_of(page) == []


def test_a_judge_reads_no_field_that_is_for_the_secretariat_only(desk: Bench) -> None:
    page = desk.kim.get(SHEET).text

    assert "Invented Person" not in page
    assert "120,000 a year" in page


def test_marks_are_given_with_words_of_what_they_mean(desk: Bench) -> None:
    page = desk.kim.get(SHEET).text
    korean = desk.kim.get(SHEET.replace("/en/", "/ko/")).text

    assert "<dt>7–8</dt><dd>In use by most who need it" in page
    assert "필요한 시민 대부분이 이용하며" in korean


def test_what_was_not_given_to_a_judge_is_no_page(desk: Bench) -> None:
    for reference in ("OC-99", "oc-01", "%00", "x" * 300):
        assert desk.kim.get(f"{BASE}n/{reference}").status_code == 404


def test_what_was_handed_back_is_no_page_any_more(desk: Bench) -> None:
    desk.end("OC-01", AssignmentState.HANDED_BACK)

    answer = desk.kim.get(SHEET)
    assert answer.status_code == 404
    assert "not yours to mark any more" in answer.text
    assert "Shared" not in answer.text
    assert desk.lee.get(SHEET).status_code == 200


def test_the_page_takes_seven_statements_at_most_for_ten_and_for_three_hundred(
    app: Flask, at_noon: Any
) -> None:
    from awards.extensions import db

    counted = []
    for number in (10, 300):
        if number == 300:
            with app.app_context():
                _more(number)
        else:
            found = Bench(app, tuple(f"OC-{it:03d}" for it in range(number)))
        for page in ("n/OC-003", "", "marks"):
            with app.app_context(), statements(db.session) as run:
                assert found.kim.get(f"{BASE}{page}").status_code == 200
            counted.append(len([it for it in run if it.startswith("SELECT")]))

    assert counted[:3] == counted[3:]
    assert max(counted) <= 7


def _more(number: int) -> None:
    """As many nominations as that for Kim, by the shortest way."""
    from sqlalchemy import select

    from awards.extensions import begin_writing, db
    from awards.models import Assignment, Declaration, Judge, Nomination, NominationState
    from judging.values import Round

    begin_writing()
    judge = db.session.scalars(
        select(Judge).where(Judge.account_id == bench.person_of(bench.KIM).account.id)
    ).one()
    edition = judge.edition_id
    for it in range(10, number):
        nomination = Nomination(
            edition_id=edition,
            reference=f"OC-{it:03d}",
            category="open-city",
            state=NominationState.ELIGIBLE,
            created_at=judge.at,
        )
        db.session.add(nomination)
        db.session.flush()
        db.session.add(
            Assignment(judge_id=judge.id, nomination_id=nomination.id, round=Round.FIRST, at=judge.at)
        )
        db.session.add(
            Declaration(judge_id=judge.id, nomination_id=nomination.id, interest=False, at=judge.at)
        )
    db.session.commit()


# ── Saving and submitting ───────────────────────────────────────────────────────


def test_a_half_done_sheet_is_saved_and_says_so(desk: Bench) -> None:
    answer = desk.save("OC-01", marks(7, 6) | {"comment": " Good\r\nwork "})

    assert (answer.status_code, answer.location) == (303, f"{SHEET}#scorecard")
    page = desk.kim.get(SHEET).text
    assert "OC-01 is saved as version 1: 2 of 5 marks." in page
    assert 'id="mark-services-7" value="7" checked' in page
    assert [(it.marks, it.comment) for it in desk.versions("OC-01")] == [
        ({"services": 7, "efficiency": 6}, "Good\nwork")
    ]


def test_a_mark_can_be_taken_back(desk: Bench) -> None:
    desk.save("OC-01", marks(7, 6))

    desk.save("OC-01", marks(7, ""))

    assert [it.marks for it in desk.versions("OC-01")] == [{"services": 7, "efficiency": 6}, {"services": 7}]


def test_save_and_next_goes_on_in_the_judges_own_order(desk: Bench) -> None:
    order = [desk.save("OC-01", marks(7), act="next").location]
    for _ in range(2):
        reference = order[-1].rpartition("/")[2]
        order.append(desk.save(reference, marks(5, 5, 5, 5, 5), act="next").location)

    assert len(set(order)) == 3
    assert all(it.startswith(f"{BASE}n/") for it in order)


def test_submitting_with_a_mark_missing_keeps_all_and_names_what_is_missing(desk: Bench) -> None:
    answer = desk.save("OC-01", marks(7, 6, 5, 4) | {"feedback": "Well told."}, act="submit")

    assert answer.status_code == 422
    assert "Closing the digital divide: A mark is still missing here." in answer.text
    assert "Everything that you gave is saved as version 1." in answer.text
    assert (len(desk.versions("OC-01")), desk.state("OC-01")) == (1, "draft")
    assert faults_of(answer.text) == []


def test_a_submitted_sheet_shows_its_total_and_changes_until_the_deadline(desk: Bench) -> None:
    desk.save("OC-01", marks(7, 6, 5, 4, 4), act="submit")
    desk.save("OC-01", marks(8, 6, 5, 4, 4))

    page = desk.kim.get(SHEET).text

    assert (len(desk.versions("OC-01")), desk.state("OC-01")) == (2, "submitted")
    assert "<strong>5.40</strong>" in page


def test_a_submitted_sheet_loses_no_mark(desk: Bench) -> None:
    desk.save("OC-01", marks(7, 6, 5, 4, 4), act="submit")

    answer = desk.save("OC-01", marks(9, 6, 5, 4, ""))

    assert answer.status_code == 422
    assert "it has to stay complete. Nothing was saved" in answer.text
    assert 'id="mark-services-9" value="9" checked' in answer.text
    assert len(desk.versions("OC-01")) == 1


def test_what_is_no_mark_is_refused_beside_its_criterion(desk: Bench) -> None:
    for said in ("11", "0", "-1", "7.5", "seven", "9" * 400, "７", "\0"):
        answer = desk.save("OC-01", marks(said, 6) | {"comment": "It stays."})

        assert answer.status_code == 422
        assert "This is no mark: give a whole number from 1 to 10." in answer.text
        assert "It stays." in answer.text
    assert desk.versions("OC-01") == []


def test_any_comment_is_saved_or_stands_in_the_form_again(desk: Bench) -> None:
    comments = (("x" * 20_000, 303), ("x" * 20_001, 422), ("\0a\ud800", 303), ("</textarea>", 303))
    for comment, status in comments:
        sent = comment.encode("utf-8", "surrogatepass")

        answer = desk.save("OC-01", marks(7), comment=sent)  # type: ignore[arg-type]

        assert answer.status_code == status
        if status == 422:
            assert comment in answer.text
        assert faults_of(desk.kim.get(SHEET).text) == []


def test_a_form_without_any_field_saves_nothing(desk: Bench) -> None:
    answer = desk.kim.post(SHEET, data={"csrf_token": csrf_of(desk.kim, SHEET)})

    assert answer.status_code == 303
    assert desk.versions("OC-01") == []


def test_a_judge_sees_nothing_of_anothers_sheet(desk: Bench) -> None:
    """Each of two who gave other marks to the same nomination finds their own on every page."""
    kim = desk.kim
    desk.save("OC-01", marks(10, 1, 9, 2, 8) | {"comment": "Kim alone."}, act="submit")
    desk.kim = desk.lee
    desk.save("OC-01", marks(3, 3, 4, 4, 4) | {"comment": "Lee alone."}, act="submit")

    for page in ("", "n/OC-01", "n/OC-01/versions", "marks", "marks.csv", "submit"):
        mine, others = kim.get(f"{BASE}{page}").text, desk.lee.get(f"{BASE}{page}").text
        assert [it for it in ("Lee alone.", "3.60", 'value="3" checked') if it in mine] == []
        assert [it for it in ("Kim alone.", "6.00", 'value="10" checked') if it in others] == []


# ── A stale tab ─────────────────────────────────────────────────────────────────


def test_a_stale_tab_shows_both_sheets_and_saves_neither(desk: Bench) -> None:
    desk.save("OC-01", marks(7, 6) | {"comment": "From the train."})

    answer = desk.save("OC-01", marks(5, 6) | {"comment": "From the desk."}, base="0")

    assert answer.status_code == 409
    assert "From the train." in answer.text
    assert "From the desk." in answer.text
    assert 'name="keep-mark-services"' in answer.text
    assert 'name="keep-mark-efficiency"' not in answer.text
    assert len(desk.versions("OC-01")) == 1
    assert faults_of(answer.text) == []


def test_a_clash_is_settled_field_by_field_and_both_texts_can_be_joined(desk: Bench) -> None:
    desk.save("OC-01", marks(7, 6) | {"comment": "From the train."})
    both = marks(5, 6) | {"comment": "From the train. From the desk."}

    undecided = desk.save("OC-01", both, clash="yes", **{"keep-comment": "mine"})
    settled = desk.save(
        "OC-01", both, clash="yes", **{"keep-comment": "mine", "keep-mark-services": "theirs"}
    )

    assert (undecided.status_code, settled.status_code) == (422, 303)
    assert "Choose for each difference" in undecided.text
    last = desk.versions("OC-01")[-1]
    assert (last.number, last.marks, last.comment) == (
        2,
        {"services": 7, "efficiency": 6},
        "From the train. From the desk.",
    )


@pytest.mark.parametrize(("act", "mark"), [("all-mine", 5), ("all-theirs", 7)])
def test_a_clash_is_settled_as_a_whole(desk: Bench, act: str, mark: int) -> None:
    desk.save("OC-01", marks(7))

    assert desk.save("OC-01", marks(5), act=act, clash="yes").status_code == 303

    assert desk.versions("OC-01")[-1].marks == {"services": mark}


def test_a_mark_of_nought_that_both_have_stays_when_a_clash_is_settled(desk: Bench) -> None:
    with desk.site.app_context():
        edition = desk.edition()
        rules = editions.rules_document(db.session(), edition)
        document = rules.document | {"scale": {"lowest": 0, "highest": 10}}
        db.session.add(
            RulesDocument(
                edition_id=edition.id, number=rules.number + 1, document=document, sha256="0", at=CLOSED
            )
        )
        db.session.commit()
    desk.save("OC-01", marks(0, 6))

    page = desk.save("OC-01", marks(0, 5), base="0").text

    assert hidden(page, "mark-services") == "0"


def test_a_clash_settled_over_a_third_save_is_shown_again(desk: Bench) -> None:
    desk.save("OC-01", marks(7))
    desk.save("OC-01", marks(8))

    answer = desk.save("OC-01", marks(5), act="all-mine", clash="yes", base="1")

    assert answer.status_code == 409
    assert len(desk.versions("OC-01")) == 2


def test_sending_the_same_twice_makes_one_version(desk: Bench) -> None:
    statuses = [desk.save("OC-01", marks(7), base="0").status_code for _ in range(2)]

    assert statuses == [303, 303]
    assert len(desk.versions("OC-01")) == 1


# ── Times ───────────────────────────────────────────────────────────────────────


def test_a_form_opened_in_time_counts_within_the_grace(desk: Bench, at_noon: Any) -> None:
    at_noon.move_to(CLOSED - timedelta(minutes=1))
    kim = signed_in(desk.site, bench.KIM)
    page = kim.get(SHEET).text
    data = {"csrf_token": csrf_of(kim, SHEET), "base": "0", "opened": hidden(page, "opened"), **marks(7)}
    at_noon.move_to(CLOSED + timedelta(minutes=14))

    within = kim.post(SHEET, data=data)
    forged = kim.post(SHEET, data=data | {"opened": "x", "mark-services": "8"})
    at_noon.move_to(CLOSED + timedelta(minutes=16))
    late = kim.post(SHEET, data=data | {"base": "1", "mark-services": "9", "comment": "Too late?"})

    assert (within.status_code, forged.status_code, late.status_code) == (303, 409, 409)
    assert "Too late?" in late.text
    assert '<td class="figure">9</td>' in late.text
    assert [it.marks for it in desk.versions("OC-01")] == [{"services": 7}]
    assert faults_of(late.text) == []


def test_a_token_of_another_judge_opens_nothing(desk: Bench, at_noon: Any) -> None:
    at_noon.move_to(CLOSED - timedelta(minutes=1))
    lee, kim = signed_in(desk.site, bench.LEE), signed_in(desk.site, bench.KIM)
    token, csrf = hidden(lee.get(SHEET).text, "opened"), csrf_of(kim, SHEET)
    at_noon.move_to(CLOSED + timedelta(minutes=5))

    answer = kim.post(SHEET, data={"csrf_token": csrf, "base": "0", "opened": token, **marks(7)})

    assert answer.status_code == 409
    assert desk.versions("OC-01") == []


def test_after_the_deadline_the_sheet_is_read_and_not_changed(desk: Bench, at_noon: Any) -> None:
    desk.save("OC-01", marks(7))
    at_noon.move_to(CLOSED + timedelta(minutes=5))

    page = signed_in(desk.site, bench.KIM).get(SHEET).text

    assert "This sheet can be read and not changed." in page
    assert 'name="act"' not in page
    assert 'id="mark-services-7" value="7" checked disabled' in page


def test_what_was_typed_for_a_nomination_taken_off_meanwhile_can_be_copied(desk: Bench) -> None:
    page = desk.kim.get(SHEET).text
    token = csrf_of(desk.kim, SHEET)
    desk.end("OC-01", AssignmentState.RELEASED)

    answer = desk.kim.post(
        SHEET,
        data={
            "csrf_token": token,
            "base": "0",
            "opened": hidden(page, "opened"),
            **marks(7),
            "comment": "A long one.",
        },
    )

    assert answer.status_code == 409
    assert "A long one." in answer.text
    assert "Better services to citizens: 7" in answer.text
    assert desk.versions("OC-01") == []
    assert faults_of(answer.text) == []


def test_a_judge_who_left_is_told_so_and_copies_what_was_typed(desk: Bench) -> None:
    from awards.extensions import begin_writing, db

    token = csrf_of(desk.kim, SHEET)
    with desk.site.app_context():
        begin_writing()
        assignment, who = desk.assignment("OC-01"), person_of(LEE)
        leaving.leave(
            db.session(),
            desk.edition(),
            assignment.judge,
            Leaving.SILENCE,
            note="No word.",
            actor=who,
            now=world.NOW,
        )
        db.session.commit()

    form = {"csrf_token": token, "act": "save", "base": "0", "mark-services": "7", "comment": "Kept words"}
    answer = desk.kim.post(SHEET, data=form)

    assert answer.status_code == 404
    assert "not on this panel any more" in answer.text
    assert "Kept words" in answer.text
    assert "Better services to citizens: 7" in answer.text
    assert faults_of(answer.text) == []
    assert "There is no page here" in desk.lee.get(f"{BASE}n/OC-99").text


def test_a_sheet_typed_when_the_session_ended_is_given_back(desk: Bench, at_noon: Any) -> None:
    page = desk.kim.get(SHEET).text
    data = {"csrf_token": csrf_of(desk.kim, SHEET), "base": "0", "opened": hidden(page, "opened")}
    at_noon.shift(sessions.IDLE + timedelta(minutes=6))

    sent = desk.kim.post(SHEET, data=data | marks(7) | {"comment": "On the train."})

    assert (sent.status_code, sent.location) == (303, "/en/sign-in")
    with desk.kim.session_transaction() as cookie:
        held = {key: value for key, value in cookie.items() if key.startswith("held")}
    again = signed_in(desk.site, bench.KIM)
    with again.session_transaction() as cookie:
        cookie.update(held)
    text = again.get(SHEET).text
    assert "On the train." in text
    assert 'id="mark-services-7" value="7" checked' in text


# ── Earlier versions ────────────────────────────────────────────────────────────


def test_an_earlier_version_is_brought_back_as_a_new_one(desk: Bench) -> None:
    desk.save("OC-01", marks(7) | {"comment": "First thought."})
    desk.save("OC-01", marks(3) | {"comment": "Second thought."})
    address = f"{SHEET}/versions"
    page = desk.kim.get(address).text
    data = {"csrf_token": csrf_of(desk.kim, SHEET), "base": "2", "opened": hidden(page, "opened")}

    stale = desk.kim.post(address, data=data | {"number": "1", "base": "1"})
    back = desk.kim.post(address, data=data | {"number": "1"})
    none = desk.kim.post(address, data=data | {"number": "99"})

    assert (stale.status_code, back.status_code, none.status_code) == (409, 303, 404)
    assert "First thought." in page
    assert [it.comment for it in desk.versions("OC-01")] == [
        "First thought.",
        "Second thought.",
        "First thought.",
    ]
    assert faults_of(page) == []
    assert faults_of(stale.text) == []


def test_a_submitted_sheet_takes_no_half_done_version_back(desk: Bench) -> None:
    desk.save("OC-01", marks(7))
    desk.save("OC-01", marks(7, 7, 7, 7, 7), act="submit")
    data = {"csrf_token": csrf_of(desk.kim, SHEET), "base": "2", "number": "1"}

    answer = desk.kim.post(f"{SHEET}/versions", data=data)

    assert answer.status_code == 422
    assert len(desk.versions("OC-01")) == 2
