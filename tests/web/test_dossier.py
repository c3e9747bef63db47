"""What judges read in place, who gets it, and what organisers see of it beforehand."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from awards import accounts, recusals, renditions
from awards.audit import Actor
from awards.drawing import Drawn, Picture
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    Role,
)
from awards.timetable import Phase
from awards.web.dossier import host_of
from tests.awards import reading
from tests.awards.builders import NOW
from tests.web.signing import faults_of, person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

JUDGE, OTHER = "judge@institute.example", "other@institute.example"
AT = f"/en/judging/2026/n/{reading.REFERENCE}"
PREVIEW = f"/en/secretariat/2026/dossier/{reading.REFERENCE}"


@cache
def drawn(pages: int) -> Drawn:
    """A file of so many pages as it is drawn, without the time that it takes."""
    large, small = BytesIO(), BytesIO()
    for target, width in ((large, 1400), (small, 700)):
        Image.new("RGB", (width, 10), "white").save(target, "WEBP")
    kept = (large.getvalue() + bytes(100), small.getvalue())
    return Drawn(pages, tuple(Picture(number, 1400, 10, *kept) for number in range(1, pages + 1)))


class Hall:
    """The site with one nomination, the judge who is to mark it, and another judge of the edition."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            folder = Path(app.config["LAURELS_DATA"]) / "files"
            kept = reading.settle(db.session, folder)
            other = reading.assign(db.session, kept.edition, None, OTHER)
            said = {"judge_id": other.judge_id, "nomination_id": kept.assignment.nomination_id}
            db.session.add(Declaration(**said, interest=False, at=NOW))
            self.keys = {name: file.key for name, file in kept.files.items()}
            for name, pages in (("budget.pdf", 5), ("square.jpg", 1), ("mayor.pdf", 1)):
                renditions.keep(db.session(), folder, self.keys[name], drawn(pages), now=NOW)
            db.session.commit()
            person("organiser@city.example", Role.ORGANISER, edition=kept.edition)

    def browser(self, email: str = JUDGE) -> FlaskClient:
        return signed_in(self.app, email)

    def file(self, name: str) -> str:
        return f"{AT}/files/{self.keys[name]}"

    def page(self, name: str, number: int = 1) -> str:
        return f"{AT}/pages/{self.keys[name]}/{number}"

    def status(self, email: str, address: str) -> int:
        with self.browser(email).get(address) as answer:
            return answer.status_code


@pytest.fixture
def hall(app: Flask) -> Hall:
    return Hall(app)


def test_a_judge_gets_a_drawn_page_that_the_browser_keeps_for_itself(hall: Hall) -> None:
    judge = hall.browser()

    large, small = judge.get(hall.page("budget.pdf", 5)), judge.get(f"{hall.page('budget.pdf')}?size=small")

    assert [(it.status_code, it.mimetype) for it in (large, small)] == [(200, "image/webp")] * 2
    assert large.headers["Cache-Control"] == "private, max-age=604800, immutable"
    assert large.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in large.headers
    assert len(small.data) < len(large.data)
    for answer in (large, small):
        answer.close()
    for number in (0, 6, 10**20):
        assert judge.get(hall.page("budget.pdf", number)).status_code == 404


def test_an_original_is_saved_and_nothing_in_it_runs(hall: Hall) -> None:
    answer = hall.browser().get(hall.file("budget.pdf"))

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=SV-01-documents-1.pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_nobody_else_gets_a_file_and_nobody_one_that_is_not_for_judges(hall: Hall) -> None:
    judge, other, organiser = (hall.browser(it) for it in (JUDGE, OTHER, "organiser@city.example"))
    addresses = [hall.file("budget.pdf"), hall.page("budget.pdf")]

    asked = [browser.get(it).status_code for browser in (other, organiser) for it in addresses]
    hidden = [judge.get(it).status_code for it in (hall.file("mayor.pdf"), hall.page("mayor.pdf"))]
    odd = [
        judge.get(it.replace(reading.REFERENCE, reference)).status_code
        for it in addresses
        for reference in ("SV-99", "%00", "x" * 300)
    ]

    assert (asked, hidden, odd) == ([404] * 4, [404] * 2, [404] * 6)


@pytest.mark.parametrize("ended", [*(it for it in AssignmentState if it is not AssignmentState.ISSUED)])
def test_an_assignment_that_ended_opens_nothing(hall: Hall, ended: AssignmentState) -> None:
    with hall.app.app_context():
        begin_writing()
        db.session.scalars(select(Assignment)).one().state = ended
        db.session.commit()

    assert hall.browser().get(hall.page("budget.pdf")).status_code == 404


def test_neither_a_judge_who_left_nor_a_closed_round_opens_anything(hall: Hall) -> None:
    with hall.app.app_context():
        begin_writing()
        row = db.session.scalars(select(Judge).order_by(Judge.id)).first()
        assert row is not None
        row.state = JudgeState.LEFT
        db.session.commit()
    left = hall.status(JUDGE, hall.page("budget.pdf"))
    with hall.app.app_context():
        begin_writing()
        row = db.session.scalars(select(Judge).order_by(Judge.id)).first()
        assert row is not None
        row.state = JudgeState.ACCEPTED
        edition = db.session.scalars(select(Edition)).one()
        edition.phase, edition.first_closed_at = Phase.DELIBERATION, NOW
        db.session.commit()

    closed = hall.browser().get(AT).text.partition('<article id="dossier">')[2].partition("</article>")[0]

    assert (left, hall.status(JUDGE, hall.page("budget.pdf"))) == (404, 404)
    assert "Buses came late" in closed
    assert "are shown while a round is open for you" in closed
    assert [it for it in ("<img", "/files/", "/pages/", "dossier-files") if it in closed] == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_organisers_see_what_judges_see(hall: Hall, language: str) -> None:
    organiser = hall.browser("organiser@city.example")

    page = organiser.get(PREVIEW.replace("/en/", f"/{language}/"))

    assert page.status_code == 200
    assert faults_of(page.text) == []
    assert [secret for secret in reading.SECRETS if secret in page.text] == []
    for said in (
        "Buses that say when they come", "A board at every stop.", "Twin Town", "Buses came late",
        'href="#dossier-files"', "The square at noon", 'alt="People on benches"', "never-sent.doc",
        'rel="nofollow noopener noreferrer ugc"', "city.example", "javascript:alert(1)", "XLSX · ",
    ):  # fmt: skip
        assert said in page.text, said
    assert 'href="javascript' not in page.text
    assert page.text.count('class="page"') == 6
    assert page.text.count("srcset=") == 6
    if language == "en":
        assert 'alt="Page 5 of 5 of budget.pdf"' in page.text
        assert "Pages 4 to 5 of budget.pdf" in page.text
        assert "Not answered: Learning." in page.text
        assert "Files of this kind are not shown here: open the original." in page.text
        assert "leads to city.example, in a new window" in page.text
    picture = f"/en/screening/2026/files/{hall.keys['budget.pdf']}/pages/1"
    assert picture in page.text or language == "ko"
    with organiser.get(picture) as answer:
        assert answer.mimetype == "image/webp"


def test_screeners_read_the_files_in_place(hall: Hall) -> None:
    text = hall.browser("organiser@city.example").get(f"/en/screening/2026/{reading.REFERENCE}").text

    assert faults_of(text) == []
    assert text.count('class="page"') == 7
    assert f"/en/screening/2026/files/{hall.keys['mayor.pdf']}/pages/1" in text


def test_it_is_linked_from_the_list_and_shut_to_who_has_an_interest(hall: Hall) -> None:
    organiser = hall.browser("organiser@city.example")
    listed = organiser.get("/en/secretariat/2026/nominations").text
    with hall.app.app_context():
        begin_writing()
        account = accounts.find(db.session(), "organiser@city.example")
        assert account is not None
        nomination = db.session.scalars(select(Nomination)).one()
        who = Actor(account, account)
        recusals.declare(db.session(), nomination, reason="My brother's project", actor=who, now=NOW)
        db.session.commit()

    bound = organiser.get(PREVIEW)

    assert f'href="{PREVIEW}"' in listed
    assert (bound.status_code, "Buses came late" in bound.text) == (403, False)
    assert organiser.get(f"/en/screening/2026/files/{hall.keys['budget.pdf']}/pages/1").status_code == 404
    assert hall.browser().get(PREVIEW).status_code == 404


def test_a_page_says_why_a_file_is_not_shown(hall: Hall) -> None:
    organiser = hall.browser("organiser@city.example")
    with hall.app.app_context():
        begin_writing()
        from awards.models import Attachment, DrawnState, Rendition

        budget, picture = (
            db.session.scalars(select(Attachment).where(Attachment.key == hall.keys[name])).one()
            for name in ("budget.pdf", "square.jpg")
        )
        db.session.query(Rendition).filter(
            (Rendition.attachment_id == picture.id) | (Rendition.page > 2)
        ).delete()
        picture.drawn = DrawnState.FAILED
        budget.pages = 12
        db.session.commit()

    text = organiser.get(PREVIEW).text

    assert "It could not be drawn: open the original." in text
    assert "2 pages of 12 are shown here; the original has them all." in text


def test_a_link_says_where_it_leads(app: Flask) -> None:
    assert host_of("https://xn--80ak6aa92e.com/a") == "xn--80ak6aa92e.com"
    assert host_of("https://аррӏе.com/a") == "xn--80ak6aa92e.com"
    assert [host_of(it) for it in ("javascript:alert(1)", "https://", "https://[bad", "")] == [""] * 4
