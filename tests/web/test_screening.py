"""The screeners' pages: the list, one nomination, decisions, the second look at mails."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from awards import drafts, organisations, releasing, returning, screening, sessions
from awards.audit import Actor
from awards.models import (
    DeclaredInterest,
    Nomination,
    NominationPartner,
    NominationState,
    Outbox,
    OutboxState,
)
from awards.timetable import Phase
from tests.web import desk, world
from tests.web.signing import faults_of, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BASE = f"/en/screening/{desk.KEY}/"


@pytest.fixture
def work(app: Flask, at_noon: object) -> Flask:
    """OC-01 lacks its results, OC-02 is of Ada's town, OC-03 may be the same as OC-01, SV-01 is clean."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        field = desk.open_field(db.session())
        field.nominate("OC-01", title="Open budget", results=[])
        field.nominate("OC-02", title="A secret of another town", reader="ko")
        field.nominate("OC-03", title="Open budget", organisation_name="City of OC-01", city="Town OC-01")
        field.nominate("SV-01", category="services", title="=HYPERLINK(1)", reader="ko")
        desk.live_in(field, desk.ADA, "Town OC-02")
        db.session.commit()
    return app


@pytest.fixture
def ada(work: Flask) -> FlaskClient:
    return signed_in(work, desk.ADA)


@pytest.fixture
def bo(work: Flask) -> FlaskClient:
    return signed_in(work, desk.BO)


def field_of(app: Flask) -> desk.Field:
    """The field again; asked for inside an application context."""
    from awards.extensions import db

    edition = screening.editions.find(db.session(), desk.KEY)
    return desk.Field(db.session(), edition, world.actor(db.session()))


def state_of(app: Flask, reference: str) -> NominationState:
    with app.app_context():
        field = field_of(app)
        return screening.nominations.find(field.session, field.edition, reference).state


def decide(browser: FlaskClient, reference: str, verdict: str, reason: str = "So it is.") -> int:
    fields = {"decide-verdict": verdict, "decide-reason": reason}
    return send(browser, f"{BASE}{reference}/decide", fields).status_code


# ── The list ────────────────────────────────────────────────────────────────────


def test_the_list_says_what_was_found_and_what_is_not_yours(ada: FlaskClient) -> None:
    page = ada.get(BASE).text

    assert "answer missing; possible duplicate" in page
    assert page.count("not yours") == 1
    assert faults_of(page) == []


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["OC-01", "OC-02", "OC-03", "SV-01"]),
        ("show=clean", ["OC-03", "SV-01"]),
        ("show=found", ["OC-01"]),
        ("show=duplicates", ["OC-01", "OC-03"]),
        ("show=theirs", ["OC-02"]),
        ("category=services", ["SV-01"]),
        ("finding=field_missing", ["OC-01"]),
        ("q=OPEN+budget", ["OC-01", "OC-03"]),
        ("sort=reference&down=1", ["SV-01", "OC-03", "OC-02", "OC-01"]),
        ("sort=findings", ["OC-01", "OC-03", "OC-02", "SV-01"]),
        ("show=no&category=no&finding=no&sort=no&page=-1", ["OC-01", "OC-02", "OC-03", "SV-01"]),
        ("page=99999", ["OC-01", "OC-02", "OC-03", "SV-01"]),
        ("q=%00", ["OC-01", "OC-02", "OC-03", "SV-01"]),
    ],
)
def test_files_hold_exactly_what_is_shown(ada: FlaskClient, asked: str, shown: list[str]) -> None:
    page = ada.get(f"{BASE}?{asked}")
    file = ada.get(f"{BASE}list.csv?{asked}")

    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    listed = [text.partition("<")[0] for text in page.text.split('<th scope="row">')[1:]]
    links = [
        it.partition('">')[2].partition("<")[0] for it in page.text.split('<th scope="row"><a href="')[1:]
    ]
    assert (page.status_code, listed, links) == (200, [""] * len(shown), shown)
    assert [row[0] for row in rows[1:]] == shown
    assert rows[0] == ["Reference", "Title", "Organisation, city", "Category", "Status", "Findings"]


def test_files_tell_no_findings_of_what_is_not_yours_and_hold_no_formula(ada: FlaskClient) -> None:
    rows = {row[0]: row for row in csv.reader(io.StringIO(ada.get(f"{BASE}list.csv").text))}

    assert rows["OC-02"][5] == "not yours"
    assert rows["SV-01"][1] == "'=HYPERLINK(1)"
    assert ada.get(f"{BASE}list.xlsx").data[:2] == b"PK"


def queries_of(browser: FlaskClient, address: str) -> int:
    counted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(counted)


@pytest.mark.parametrize("page", ["", "?page=all", "accept", "mails", "list.csv", "OC-01"])
def test_the_number_of_queries_does_not_grow_with_the_field(work: Flask, ada: FlaskClient, page: str) -> None:
    from awards.extensions import db

    ada.get(BASE)
    few = queries_of(ada, f"{BASE}{page}")
    with work.app_context():
        field = field_of(work)
        for number in range(30):
            field.nominate(f"UM-{number:02}", category="urban-management")
        db.session.commit()

    assert queries_of(ada, f"{BASE}{page}") == few


@pytest.mark.parametrize("who", ["writer-oc-01@city.example", None])
def test_nobody_else_sees_the_list(work: Flask, who: str | None) -> None:
    browser = signed_in(work, who) if who else work.test_client()

    assert browser.get(BASE).status_code == (404 if who else 303)


# ── Whoever has an interest ─────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["", "/return", "/move", "/interest", "/decide", "/finding", "/changes/1/2"])
def test_whoever_has_an_interest_does_not_read_a_nomination(ada: FlaskClient, page: str) -> None:
    answer = ada.get(f"{BASE}OC-02{page}")

    assert answer.status_code == 403
    assert "It is of your own city" in answer.text
    assert "A secret of another town" not in answer.text
    assert faults_of(answer.text) == []


def test_whoever_has_an_interest_does_not_read_it_beside_another_either(ada: FlaskClient) -> None:
    assert ada.get(f"{BASE}OC-01/beside/OC-02").status_code == 403


def test_whoever_has_an_interest_does_not_decide(work: Flask, ada: FlaskClient) -> None:
    answer = send(ada, f"{BASE}OC-02/decide", {"decide-verdict": "eligible"}, page=f"{BASE}OC-01")

    assert answer.status_code == 403
    assert state_of(work, "OC-02") is NominationState.SUBMITTED


def test_whoever_has_an_interest_learns_no_verdict_from_the_lists_before_its_people(
    work: Flask, ada: FlaskClient, bo: FlaskClient
) -> None:
    assert decide(bo, "OC-02", "ineligible") == 303

    def line(browser: FlaskClient) -> str:
        found = browser.get(f"{BASE}list.csv").get_data(as_text=True)
        return next(it for it in found.splitlines() if it.startswith("OC-02"))

    office = f"/en/secretariat/{desk.KEY}/nominations"
    assert ("Not eligible" in line(bo), "Not eligible" in line(ada)) == (True, False)
    assert ("Not eligible" in bo.get(office).text, "Not eligible" in ada.get(office).text) == (True, False)
    assert "OC-02" not in ada.get(f"{BASE}list.csv?show=ineligible").text
    with work.app_context():
        field = field_of(work)
        numbers = [it.decision.number for it in releasing.pending(field.session, field.edition)]
        releasing.release(field.session, field.edition, numbers, actor=field.person(desk.BO), now=world.NOW)
        field.session.commit()
    assert "Not eligible" in line(ada)
    assert "Not eligible" in ada.get(office).text


def test_an_interest_is_declared_by_a_form_and_undone_by_an_organiser(work: Flask, bo: FlaskClient) -> None:
    answer = send(bo, f"{BASE}OC-01/interest", {"reason": "My sister wrote it."})
    assert answer.status_code == 303
    assert bo.get(f"{BASE}OC-01").status_code == 403
    organiser = signed_in(work, desk.CY)
    assert "My sister wrote it." in organiser.get(f"{BASE}OC-01").text
    with work.app_context():
        person = field_of(work).person(desk.BO).account.public_id

    undo = f"{BASE}OC-01/interest/undo"
    assert send(bo, undo, {"person": person}, page=f"{BASE}SV-01").status_code == 404
    assert send(organiser, undo, {"person": "\0"}, page=f"{BASE}OC-01").status_code == 404
    assert send(organiser, undo, {"person": person}, page=f"{BASE}OC-01").status_code == 303

    assert bo.get(f"{BASE}OC-01").status_code == 200
    with work.app_context():
        assert field_of(work).session.query(DeclaredInterest).one().ended_at is not None


# ── One nomination ──────────────────────────────────────────────────────────────


def test_a_nomination_stands_beside_its_findings(ada: FlaskClient) -> None:
    page = ada.get(f"{BASE}OC-01").text

    assert "“Results” has not been answered." in page
    assert "Residents had to come to the town hall" in page
    assert f'href="{BASE}OC-01/beside/OC-03"' in page
    assert faults_of(page) == []


def test_two_that_may_be_the_same_are_read_side_by_side(ada: FlaskClient) -> None:
    page = ada.get(f"{BASE}OC-01/beside/OC-03").text

    assert "<small>the same</small>" in page
    assert "<strong>different</strong>" in page
    assert faults_of(page) == []


@pytest.mark.parametrize(
    "page", ["OC-99", "OC-01/beside/OC-99", "OC-01/beside/OC-01", "OC-01/changes/1/9", "%00"]
)
def test_what_is_not_there_is_no_page(ada: FlaskClient, page: str) -> None:
    assert ada.get(f"{BASE}{page}").status_code == 404


def test_a_finding_is_overridden_with_a_reason_and_what_was_typed_stays(
    work: Flask, ada: FlaskClient
) -> None:
    with work.app_context():
        field = field_of(work)
        key = screening.reviews.key_of(
            screening.reviews.review(field.session, field.edition).findings["OC-01"][0]
        )
    address = f"{BASE}OC-01/finding"

    refused = send(ada, address, {"finding": key, "say": "override", "reason": " "})
    long = send(ada, address, {"finding": key, "say": "override", "reason": "why " * 2000})
    taken = send(ada, address, {"finding": key, "say": "override", "reason": "They came by post."})

    assert (refused.status_code, long.status_code, taken.status_code) == (422, 422, 303)
    assert "say why it does not count" in refused.text
    assert "why why why" in long.text
    assert "They came by post." in ada.get(f"{BASE}OC-01").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose a decision."),
        ({"decide-verdict": "perhaps"}, "Not a valid choice"),
        ({"decide-verdict": "ineligible", "decide-reason": "\x00 "}, "Give a reason."),
        ({"decide-verdict": "ineligible", "decide-reason": "why " * 2000}, "at most 5,000 characters"),
    ],
)
def test_a_decision_that_is_not_whole_is_given_back_as_it_was_typed(
    work: Flask, ada: FlaskClient, fields: dict[str, str], says: str
) -> None:
    answer = send(ada, f"{BASE}SV-01/decide", fields)

    assert answer.status_code == 422
    assert says in answer.text
    assert state_of(work, "SV-01") is NominationState.SUBMITTED


def test_a_decision_on_a_stale_page_is_refused_in_words(work: Flask, ada: FlaskClient) -> None:
    token_page = f"{BASE}SV-01"
    with work.app_context():
        from awards.extensions import db

        nomination = screening.nominations.find(db.session(), field_of(work).edition, "SV-01")
        nomination.state = NominationState.RETURNED
        db.session.commit()

    answer = send(ada, f"{BASE}SV-01/decide", {"decide-verdict": "eligible"}, page=token_page)

    assert answer.status_code in (409, 422)
    assert state_of(work, "SV-01") is NominationState.RETURNED


def test_a_form_typed_when_the_session_ended_is_given_back(
    work: Flask, ada: FlaskClient, at_noon: object
) -> None:
    page = ada.get(f"{BASE}SV-01").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    typed = {"decide-verdict": "ineligible", "decide-reason": "A long text."}
    at_noon.shift(sessions.IDLE + timedelta(minutes=6))  # type: ignore[attr-defined]

    sent = ada.post(f"{BASE}SV-01/decide", data={"csrf_token": token, **typed})

    assert (sent.status_code, sent.location) == (303, "/en/sign-in")
    with ada.session_transaction() as cookie:
        held = {key: value for key, value in cookie.items() if key.startswith("held")}
    again = signed_in(work, desk.ADA)
    with again.session_transaction() as cookie:
        cookie.update(held)
    assert "A long text." in again.get(f"{BASE}SV-01/decide").text


def test_in_the_nominations_phase_findings_are_read_and_nothing_is_decided(
    work: Flask, ada: FlaskClient
) -> None:
    from awards.extensions import db

    with work.app_context():
        field_of(work).edition.phase = Phase.NOMINATIONS
        db.session.commit()

    page = ada.get(f"{BASE}OC-01").text

    assert "“Results” has not been answered." in page
    assert 'name="decide-verdict"' not in page
    assert send(ada, f"{BASE}SV-01/decide", {"decide-verdict": "eligible"}, page=BASE).status_code == 409


# ── Returning ───────────────────────────────────────────────────────────────────


def test_a_nomination_is_returned_and_its_answer_shows_what_changed(work: Flask, ada: FlaskClient) -> None:
    from awards.extensions import db

    fields = [("named", "budget"), ("note", "Who pays?"), ("day", "2026-05-11"), ("time", "23:59")]
    assert send(ada, f"{BASE}SV-01/return", fields).status_code == 303
    assert "With its people until Monday 11 May 2026, 23:59 in Seoul." in ada.get(f"{BASE}SV-01").text
    with work.app_context():
        field = field_of(work)
        nomination = screening.nominations.find(field.session, field.edition, "SV-01")
        writer = field.writer("SV-01")
        drafts.change(
            field.session,
            nomination,
            {"budget": "120,000 a year, paid by the province."},
            base=None,
            actor=Actor(writer, writer),
            now=world.NOW,
        )
        desk.submit(field.session, nomination, 2, writer, world.NOW)
        last = returning.last(field.session, nomination)
        assert last is not None
        last.answered_number = 2
        db.session.commit()

    page = ada.get(f"{BASE}SV-01").text

    assert "<del>city</del><ins>province</ins>" in page
    assert "<ins>province</ins>" in ada.get(f"{BASE}SV-01/changes/1/2").text
    assert faults_of(page) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"named": []}, "Choose at least one field"),
        ({"note": [" "]}, "Write what is to be corrected"),
        ({"day": ["2026-05-01"]}, "Choose a date in the future"),
        ({"day": ["9999-12-31"]}, "Choose a day within a year"),
        ({"day": ["tomorrow"]}, "Not a valid date"),
        ({"time": ["25:00"]}, "Not a valid time"),
    ],
)
def test_a_return_that_is_not_whole_keeps_what_was_typed(
    work: Flask, ada: FlaskClient, changes: dict[str, list[str]], says: str
) -> None:
    whole = {"named": ["budget"], "note": ["Who pays for it?"], "day": ["2026-05-11"], "time": ["23:59"]}
    fields = [(name, it) for name, found in (whole | changes).items() for it in found]

    answer = send(ada, f"{BASE}SV-01/return", fields)

    assert (answer.status_code, says in answer.text) == (422, True)
    assert "note" in changes or "Who pays for it?" in answer.text
    assert state_of(work, "SV-01") is NominationState.SUBMITTED


def test_what_was_not_answered_in_time_says_so_and_can_be_decided(
    work: Flask, ada: FlaskClient, at_noon: object
) -> None:
    fields = [("named", "budget"), ("note", "Who pays?"), ("day", "2026-05-04"), ("time", "18:30")]
    assert send(ada, f"{BASE}SV-01/return", fields).status_code == 303

    at_noon.shift(timedelta(hours=1))  # type: ignore[attr-defined]

    assert "not answered in time" in ada.get(f"{BASE}?show=over").text
    close = send(ada, f"{BASE}SV-01/close-return", page=f"{BASE}SV-01")
    assert close.status_code == 303
    assert state_of(work, "SV-01") is NominationState.SUBMITTED


# ── Many at once, and the second look ───────────────────────────────────────────


def picks_of(browser: FlaskClient) -> list[str]:
    page = browser.get(f"{BASE}accept").text
    return [it.partition('"')[0] for it in page.split('name="pick" value="')[1:]]


def test_many_are_accepted_as_they_were_shown_without_those_that_are_not_yours(
    work: Flask, ada: FlaskClient
) -> None:
    from awards.extensions import db

    picks = picks_of(ada)
    assert [it.partition(":")[2] for it in picks] == ["OC-03", "SV-01"]
    with work.app_context():
        field = field_of(work)
        nomination = screening.nominations.find(field.session, field.edition, "OC-03")
        nomination.category = "services"
        db.session.commit()

    answer = send(ada, f"{BASE}accept", [("pick", it) for it in (*picks, "forged:OC-02", "\x00:\x00")])

    assert answer.status_code == 303
    assert state_of(work, "SV-01") is NominationState.ELIGIBLE
    assert state_of(work, "OC-03") is NominationState.SUBMITTED
    assert state_of(work, "OC-02") is NominationState.SUBMITTED
    assert "changed since you saw them: OC-02, OC-03" in ada.get(BASE).text


def test_mails_are_read_in_their_readers_language_and_released_after_a_question(
    work: Flask, ada: FlaskClient, bo: FlaskClient
) -> None:
    assert decide(ada, "SV-01", "eligible") == 303
    assert decide(ada, "OC-01", "ineligible", "The results are missing.") == 303
    assert decide(bo, "OC-02", "ineligible") == 303

    page = ada.get(f"{BASE}mails").text
    assert "You took some of these decisions yourself" in page
    assert "적격" in page
    assert "Not shown, because you have an interest in them: OC-02." in page
    asked = send(bo, f"{BASE}mails", [("decision", "1"), ("decision", "2")])
    assert "1 eligible, 1 not eligible; 2 mails go out at once" in asked.text
    assert faults_of(asked.text) == []
    assert states_of_mails(work) == [OutboxState.HELD] * 3

    done = send(bo, f"{BASE}mails", [("decision", "1"), ("decision", "2"), ("sure", "yes")])

    assert done.status_code == 303
    assert states_of_mails(work) == [OutboxState.QUEUED, OutboxState.QUEUED, OutboxState.HELD]
    twice = send(bo, f"{BASE}mails", [("decision", "1"), ("sure", "yes")])
    assert twice.status_code == 422


def test_whoever_has_an_interest_releases_no_mail_about_it(
    work: Flask, ada: FlaskClient, bo: FlaskClient
) -> None:
    decide(bo, "OC-02", "ineligible")

    answer = send(ada, f"{BASE}mails", [("decision", "1"), ("sure", "yes")], page=f"{BASE}accept")

    assert answer.status_code == 422
    assert states_of_mails(work) == [OutboxState.HELD]


def states_of_mails(app: Flask) -> list[OutboxState]:
    with app.app_context():
        return [it.state for it in field_of(app).session.query(Outbox).order_by(Outbox.id)]


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "\x00", "0"])
def test_a_release_of_nothing_is_refused_in_words(bo: FlaskClient, number: str) -> None:
    decide(bo, "SV-01", "eligible")

    assert send(bo, f"{BASE}mails", [("decision", number), ("sure", "yes")]).status_code == 422


def test_the_pages_are_well_formed_in_both_languages(work: Flask, ada: FlaskClient, bo: FlaskClient) -> None:
    decide(bo, "SV-01", "eligible")
    pages = ("", "OC-01", "SV-01", "OC-01/return", "OC-01/move", "OC-01/interest", "accept", "mails")
    for language in ("en", "ko"):
        for page in pages:
            answer = ada.get(f"/{language}/screening/{desk.KEY}/{page}")
            assert (answer.status_code, faults_of(answer.text)) == (200, []), (language, page)


def test_what_is_read_changes_nothing(work: Flask, ada: FlaskClient) -> None:
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            written.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for page in ("", "OC-01", "OC-01/decide", "OC-01/return", "accept", "mails", "list.xlsx"):
            ada.get(f"{BASE}{page}")
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert written == []
    with work.app_context():
        assert {it.state for it in field_of(work).session.query(Nomination)} == {NominationState.SUBMITTED}
        assert releasing.pending(field_of(work).session, field_of(work).edition) == []
        assert datetime.now(world.NOW.tzinfo) == world.NOW


# ── Who has agreed ──────────────────────────────────────────────────────────────


def test_the_page_says_who_has_not_agreed_and_keeps_the_address_of_a_person(work: Flask) -> None:
    from awards.extensions import begin_writing, db

    said = {"latin_name": "Kim Example", "email": "kim@private.example", "organisation": "Example Institute"}
    with work.app_context():
        begin_writing()
        field = field_of(work)
        field.nominate("OC-09", nominee_kind="individual", organisation_name="김보기", nominee=said)
        field.nominate("OC-10", title="The same text", nominee=said)
        nomination = screening.nominations.find(field.session, field.edition, "OC-09")
        body, _ = organisations.find_or_make(
            field.session, "Partner Town", country="KR", city="", kind="city", actor=field.who, now=world.NOW
        )
        field.session.add(NominationPartner(nomination_id=nomination.id, organisation_id=body.id))
        agreed, _ = organisations.find_or_make(
            field.session, "Agreed Town", country="KR", city="", kind="city", actor=field.who, now=world.NOW
        )
        field.session.add(
            NominationPartner(nomination_id=nomination.id, organisation_id=agreed.id, approved_at=world.NOW)
        )
        db.session.commit()
    browser = signed_in(work, desk.BO)

    pages = [browser.get(f"{BASE}{it}").text for it in ("OC-09", "OC-09/beside/OC-10", "list.csv", "")]

    assert "김보기, the person nominated, has not been asked." in pages[0]
    assert "The partner Partner Town has not been asked." in pages[0]
    assert "The partner Agreed Town has confirmed." in pages[0]
    assert "Kim Example, Example Institute" in pages[0]
    assert [page for page in pages if "kim@private.example" in page] == []
    assert faults_of(pages[0]) == []
