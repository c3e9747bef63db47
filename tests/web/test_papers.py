"""Papers to take away: the public ones for everybody, those of a nomination for whoever writes it."""

import subprocess
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from awards import drafts, editions
from awards.audit import Actor
from awards.models import NominationPartner, NominationSubmission, Organisation, Timeliness
from tests.web import world
from tests.web.nominating import begin, nomination_of
from tests.web.signing import person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def read(answer: TestResponse) -> str:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    found = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True
    )
    return " ".join(found.stdout.decode().split())


def test_the_rules_can_be_printed_with_their_hash(site: Flask) -> None:
    client = site.test_client()

    english = read(client.get(f"/en/{world.OPEN}/rules.pdf"))
    korean = read(client.get(f"/ko/{world.OPEN}/rules.pdf"))

    assert "Who may be nominated" in english
    assert "추천 대상" in korean
    with site.app_context():
        from awards.extensions import db

        edition = editions.find(db.session(), world.OPEN)
        sha256 = editions.rules_document(db.session(), edition).sha256
    assert sha256 in english.replace(" ", "")


def test_the_blank_form_is_read_and_filled_in_before_anybody_signs_up(site: Flask) -> None:
    client = site.test_client()

    paper = read(client.get(f"/en/{world.OPEN}/form.pdf"))
    file = client.get(f"/ko/{world.OPEN}/form.docx")

    assert "At most 300 words" in paper
    assert "Say what was wrong before the project" in paper
    assert file.headers["Content-Disposition"].startswith("attachment")
    text = "\n".join(it.text for it in docx.Document(BytesIO(file.data)).paragraphs)
    assert "해결하려는 문제" in text


def test_no_paper_is_made_of_an_edition_in_preparation(site: Flask) -> None:
    client = site.test_client()

    for name in ("rules.pdf", "form.pdf", "form.docx"):
        assert client.get(f"/en/{world.DRAFT}/{name}").status_code == 404


@pytest.fixture
def submitted(site: Flask) -> tuple[str, str]:
    """A nomination of officer@city.example and its submission, by their identifiers."""
    from awards.extensions import begin_writing, db

    with site.app_context():
        officer = person("officer@city.example", name="Example Officer")
        person("other@city.example")
        begin_writing()
        session, actor = db.session(), Actor(account=officer, real=officer)
        edition = editions.find(session, world.OPEN)
        mine = drafts.start(session, edition, category="open-city", language="en", actor=actor, now=world.NOW)
        said = {
            "title": "Open budget portal",
            "summary": "Every district reads the budget.",
            "organisation_name": "서울특별시",
            "city": "Seoul",
            "country": "KR",
            "problem": "Nobody could read the budget.",
        }
        drafts.change(session, mine, said, base=1, actor=actor, now=world.NOW)
        revision = drafts.latest(session, mine)
        receipt = NominationSubmission(
            nomination_id=mine.id,
            number=1,
            revision_number=revision.number,
            timeliness=Timeliness.IN_TIME,
            sha256=drafts.digest(revision),
            by_id=officer.id,
            at=world.NOW + timedelta(minutes=3),
        )
        session.add(receipt)
        session.flush()
        found = mine.public_id, receipt.public_id
        session.commit()
    return found


def test_a_receipt_states_reference_time_hash_and_what_was_sent(
    site: Flask, submitted: tuple[str, str]
) -> None:
    nomination, submission = submitted
    with site.app_context():
        from awards.extensions import begin_writing, db

        begin_writing()
        mine = nomination_of(nomination)
        body = Organisation(name="Agreed Town", folded="agreed town")
        db.session.add(body)
        db.session.flush()
        partner = NominationPartner(nomination_id=mine.id, organisation_id=body.id, approved_at=world.NOW)
        db.session.add(partner)
        db.session.commit()
        name = body.name
    officer = signed_in(site, "officer@city.example")

    page = officer.get(f"/en/nominations/{nomination}/receipt/{submission}").text
    text = read(officer.get(f"/en/nominations/{nomination}/receipt/{submission}.pdf"))

    assert "Open budget portal" in text
    assert "서울특별시" in text
    assert "Nobody could read the budget." in text
    assert "Monday 4 May 2026, 18:03 in Seoul" in text
    assert "Partners that have confirmed" in text
    assert f"{name} (Monday 4 May 2026)" in page
    with site.app_context():
        sha256 = db.session.query(NominationSubmission).one().sha256
    assert sha256 in text.replace(" ", "")


def test_the_letter_of_approval_is_filled_in_with_the_facts(site: Flask, submitted: tuple[str, str]) -> None:
    officer = signed_in(site, "officer@city.example")

    text = read(officer.get(f"/ko/nominations/{submitted[0]}/approval-letter.pdf"))

    assert "승인서" in text
    assert "Open budget portal" in text
    assert "아직 제출하지 않음" in text


def test_papers_of_a_nomination_are_for_those_who_write_it(site: Flask, submitted: tuple[str, str]) -> None:
    nomination, submission = submitted
    other = signed_in(site, "other@city.example")

    for path in (f"receipt/{submission}.pdf", "approval-letter.pdf"):
        assert other.get(f"/en/nominations/{nomination}/{path}").status_code == 404
        assert site.test_client().get(f"/en/nominations/{nomination}/{path}").status_code == 303


def test_a_receipt_of_another_city_is_no_paper_of_ones_own_nomination(
    site: Flask, submitted: tuple[str, str]
) -> None:
    mine = begin(site, "other@city.example")
    other = signed_in(site, "other@city.example")

    for submission in (submitted[1], "nothing", "no%00thing", "%ed%a0%80"):
        assert other.get(f"/en/nominations/{mine}/receipt/{submission}.pdf").status_code == 404, submission
