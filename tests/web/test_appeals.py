"""The nominator's side: nothing before they are told, then which rule and why, and one appeal."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from awards import appeals, releasing, screening
from awards.models import Appeal, Attachment, NominationState
from tests.awards.uploads import samples
from tests.web import desk, world
from tests.web.signing import csrf_of, faults_of, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PDF = samples.pdf()


@pytest.fixture
def work(app: Flask, at_noon: object) -> Flask:
    """OC-01 was found ineligible by Ada; nobody was told."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        field = desk.open_field(db.session())
        field.nominate("OC-01", results=[], reader="en")
        field.nominate("OC-02")
        screening.decide(
            db.session(),
            field.edition,
            "OC-01",
            eligible=False,
            reason="Nobody can check it.",
            actor=field.person(desk.ADA),
            now=world.NOW,
        )
        db.session.commit()
    return app


@pytest.fixture
def writer(work: Flask) -> FlaskClient:
    return signed_in(work, "writer-oc-01@city.example")


def field_of(app: Flask) -> desk.Field:
    from awards.extensions import db

    edition = screening.editions.find(db.session(), desk.KEY)
    return desk.Field(db.session(), edition, world.actor(db.session()))


def address(app: Flask, reference: str = "OC-01", page: str = "decision", language: str = "en") -> str:
    with app.app_context():
        field = field_of(app)
        found = screening.nominations.find(field.session, field.edition, reference)
        return f"/{language}/nominations/{found.public_id}/{page}"


def release(app: Flask) -> None:
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        field = field_of(app)
        numbers = [it.decision.number for it in releasing.pending(db.session(), field.edition)]
        releasing.release(db.session(), field.edition, numbers, actor=field.person(desk.CY), now=world.NOW)
        db.session.commit()


def test_nothing_is_read_before_they_are_told(work: Flask, writer: FlaskClient) -> None:
    assert writer.get(address(work)).status_code == 404
    assert writer.get(address(work, page="appeal")).status_code == 404

    release(work)

    page = writer.get(address(work)).text
    assert "Your nomination is not eligible" in page
    assert "“Results” has not been answered." in page
    assert "Nobody can check it." in page
    assert "by Monday 18 May 2026, 23:59 in Seoul" in page


@pytest.mark.parametrize("page", ["decision", "appeal"])
def test_nobody_else_reads_a_decision(work: Flask, page: str) -> None:
    release(work)

    other = signed_in(work, "writer-oc-02@city.example")
    screener = signed_in(work, desk.ADA)

    assert other.get(address(work, page=page)).status_code == 404
    assert screener.get(address(work, page=page)).status_code == 404


def test_an_appeal_is_made_once_and_answered_by_somebody_else(work: Flask, writer: FlaskClient) -> None:
    release(work)
    where = address(work, page="appeal")

    sent = send(writer, where, {"text": "The figures are public.", "act": "send"})

    assert (sent.status_code, sent.location) == (303, address(work))
    assert "Somebody who did not take the first decision decides it." in writer.get(address(work)).text
    again = send(writer, where, {"text": "Once more, please.", "act": "send"}, page="/en/today")
    assert again.status_code == 422
    assert "It is made once." in again.text
    assert "Once more, please." in again.text
    ada, bo = signed_in(work, desk.ADA), signed_in(work, desk.BO)
    rule = f"/en/screening/{desk.KEY}/OC-01/appeal"
    fields = {"rule-verdict": "upheld", "rule-reason": "They are."}
    assert "The figures are public." in bo.get(f"/en/screening/{desk.KEY}/OC-01").text
    assert send(ada, rule, fields).status_code == 409
    assert state_of(work) is NominationState.INELIGIBLE
    assert send(bo, rule, fields).status_code == 303
    assert state_of(work) is NominationState.ELIGIBLE
    assert "Your nomination is not eligible" in writer.get(address(work)).text
    release(work)
    assert "Your nomination is eligible" in writer.get(address(work)).text


def state_of(app: Flask) -> NominationState:
    with app.app_context():
        field = field_of(app)
        return screening.nominations.find(field.session, field.edition, "OC-01").state


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Say why"), ("\x00  \x00", "Say why"), ("a" * (appeals.LONGEST_TEXT + 1), "at most 20,000")],
)
def test_an_appeal_that_cannot_be_read_is_given_back(
    work: Flask, writer: FlaskClient, text: str, says: str
) -> None:
    release(work)

    answer = send(writer, address(work, page="appeal"), {"text": text})

    assert (answer.status_code, says in answer.text) == (422, True)
    assert faults_of(answer.text) == []


def test_an_appeal_that_comes_too_late_keeps_its_text(
    work: Flask, writer: FlaskClient, at_noon: object
) -> None:
    from datetime import timedelta

    release(work)
    at_noon.shift(timedelta(days=15))  # type: ignore[attr-defined]
    late = signed_in(work, "writer-oc-01@city.example")

    answer = send(late, address(work, page="appeal"), {"text": "Too late."}, page="/en/today")

    assert answer.status_code == 422
    assert "The time to appeal has passed." in answer.text
    assert "Too late." in answer.text
    assert "ended on Monday 18 May 2026" in late.get(address(work)).text


def with_file(app: Flask, browser: FlaskClient, name: str, content: bytes, **fields: str):  # type: ignore[no-untyped-def]
    where = address(app, page="appeal")
    data = {"csrf_token": csrf_of(browser, where), "file": (io.BytesIO(content), name), **fields}
    return browser.post(where, data=data)


def test_a_file_that_is_refused_takes_no_text_with_it(work: Flask, writer: FlaskClient) -> None:
    release(work)

    answer = with_file(work, writer, "page.pdf", b"<script>", text="The figures are public.", act="send")

    assert answer.status_code == 422
    assert "The figures are public." in answer.text
    with work.app_context():
        assert field_of(work).session.query(Appeal).count() == 0


def test_a_file_stays_where_the_text_is_missing_and_goes_with_the_appeal(
    work: Flask, writer: FlaskClient
) -> None:
    release(work)
    first = with_file(work, writer, "figures.pdf", PDF, text=" ", act="send")
    assert first.status_code == 422
    assert "figures.pdf" in first.text

    sent = send(writer, address(work, page="appeal"), {"text": "See the file.", "act": "send"})

    assert sent.status_code == 303
    with work.app_context():
        session = field_of(work).session
        key = session.query(Attachment).one().key
        assert session.query(Appeal).one().attachment_key == key
    reader = signed_in(work, desk.BO)
    with reader.get(f"/en/screening/{desk.KEY}/files/{key}") as answer:
        assert answer.status_code == 200


def test_whoever_has_an_interest_gets_no_file(work: Flask, writer: FlaskClient) -> None:
    from awards.extensions import db

    release(work)
    with_file(work, writer, "figures.pdf", PDF, text="See the file.", act="send")
    with work.app_context():
        key = field_of(work).session.query(Attachment).one().key
        desk.live_in(field_of(work), desk.BO, "Town OC-01")
        db.session.commit()

    assert signed_in(work, desk.BO).get(f"/en/screening/{desk.KEY}/files/{key}").status_code == 404


def test_the_pages_are_well_formed_in_both_languages(work: Flask, writer: FlaskClient) -> None:
    release(work)
    for language in ("en", "ko"):
        for page in ("decision", "appeal"):
            answer = writer.get(address(work, page=page, language=language))
            assert (answer.status_code, faults_of(answer.text)) == (200, [])


def test_within_the_grace_an_appeal_is_taken_with_its_file(
    work: Flask, writer: FlaskClient, at_noon: object
) -> None:
    from datetime import UTC, datetime

    release(work)
    where = address(work, page="appeal")
    at_noon.move_to(datetime(2026, 5, 18, 14, 50, tzinfo=UTC))  # type: ignore[attr-defined]
    late = signed_in(work, "writer-oc-01@city.example")
    token = csrf_of(late, where)
    at_noon.move_to(datetime(2026, 5, 18, 15, 5, tzinfo=UTC))  # type: ignore[attr-defined]

    data = {"csrf_token": token, "file": (io.BytesIO(PDF), "figures.pdf"), "text": "See it.", "act": "send"}
    answer = late.post(where, data=data)

    assert answer.status_code == 303
    with work.app_context():
        assert field_of(work).session.query(Appeal).one().attachment_key is not None
