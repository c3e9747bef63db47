"""The press under embargo: let in by name and no further, noted, ended at once, closed when a result is taken back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from awards import accounts, audit, corrections, embargoes, mails, winners
from awards.extensions import begin_writing, db
from awards.models import Outbox, OutboxState, PressAccess, PressContact
from awards.notices import Template
from tests.web.office import well
from tests.web.signing import csrf_in, send
from tests.web.test_release import Release, signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WINNER = "N1"


class Press(Release):
    """A round whose results are signed, and Jia, a journalist, in a browser of her own."""

    @property
    def desk_of_press(self) -> str:
        return f"/en/secretariat/{self.key}/press"

    def ask(self, name: str = "Jia Example", email: str = "jia@paper.example", **more: str) -> TestResponse:
        fields = {"name": name, "email": email, "medium": "Daily Example", "language": "en"}
        fields |= {"category": "services"} | more
        return send(self.made.at("olga"), f"{self.desk_of_press}/", fields)

    def link(self) -> str:
        """The path in the last mail that asks, made as the worker makes it."""
        with self.app.app_context():
            begin_writing()
            message = (
                db.session.query(Outbox)
                .filter(Outbox.template == Template.PRESS_INVITED.value)
                .order_by(Outbox.id.desc())
                .first()
            )
            assert message is not None
            account = audit.Actor(self.made._play().actor.account, self.made._play().actor.account)
            mail = mails.compose(
                db.session(), message, url="", sender="x@example.org", actor=account, now=datetime.now(UTC)
            )
            db.session.commit()
            text = mail.message.get_body(("plain",))
            assert text is not None
            found = re.search(r"^/en/press/\S+", text.get_content(), re.MULTILINE)
            assert found
            assert found[0] not in mail.logged
            return found[0]

    def asked(self) -> str:
        assert self.ask().status_code == 303
        return self.link()

    def identifier(self) -> str:
        with self.app.app_context():
            return db.session.query(PressContact.public_id).order_by(PressContact.id.desc()).first()[0]

    def log(self) -> list[str]:
        with self.app.app_context():
            return [it.what for it in db.session.query(PressAccess).order_by(PressAccess.id)]

    def letters(self, template: Template) -> list[Outbox]:
        with self.app.app_context():
            return db.session.query(Outbox).filter(Outbox.template == template.value).all()


@pytest.fixture
def press(app: Flask, tmp_path: Path) -> Press:
    return Press(signed(app, tmp_path).made)


def read(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def agree(browser: FlaskClient, link: str, name: str = "Jia Example") -> TestResponse:
    return send(browser, link, {"name": name})


def test_whoever_agrees_reads_the_winners_and_every_browser_agrees_for_itself(press: Press) -> None:
    link, hers, forwarded = press.asked(), press.app.test_client(), press.app.test_client()

    assert agree(hers, link).status_code == 303
    page = well(hers.get(link))

    assert WINNER in page
    assert "M1" not in page  # a category that she was not asked for
    assert WINNER not in forwarded.get(link).text
    agree(forwarded, link, "Somebody Else")
    assert WINNER in forwarded.get(link).text
    assert press.log() == ["agreed: Jia Example", "agreed: Somebody Else"]
    taken = send(hers, f"{link}/press-kit.zip", page=link)
    assert taken.status_code == 200
    with zipfile.ZipFile(io.BytesIO(taken.data)) as file:
        files = {it.filename: file.read(it) for it in file.infolist()}
    assert "For Jia Example" in files["en/winners.txt"].decode()
    assert all(b"For Jia Example" in line for line in files["winners.csv"].splitlines()[1:])
    assert "For Jia Example" in read(files["en/winners.pdf"])
    assert [it for it in files if it.endswith((".png", ".webp"))] == []
    assert len([it for it in files if it.endswith(".jpg")]) == 2
    assert press.log()[-1] == f"taken: {press.key}-press-kit.zip"
    other = press.app.test_client()
    assert send(other, f"{link}/press-kit.zip", page=link).status_code == 303
    log = well(press.made.at("olga").get(f"{press.desk_of_press}/{press.identifier()}"))
    assert "agreed as Somebody Else" in log
    assert hers.get(link).headers["Cache-Control"] == "no-store"


def take_back(press: Press, category: str = "services") -> None:
    """The chair proposes, an organiser approves, that a signed result is taken back; the chair signs it again."""
    with press.app.app_context():
        begin_writing()
        session, edition = db.session(), press.made._play().edition
        now = datetime.now(UTC)
        chair, olga = actor("chair"), actor("olga")
        asked = corrections.propose(session, edition, category, reason="A sheet.", actor=chair, now=now)
        sha256 = asked.subject_sha256
        corrections.approve(session, edition, category, sha256, actor=olga, now=now)
        db.session.commit()


def sign_again(press: Press) -> None:
    with press.app.app_context():
        begin_writing()
        edition = press.made._play().edition
        winners.sign(db.session(), edition, actor=actor("chair"), now=datetime.now(UTC))
        db.session.commit()


def actor(name: str) -> audit.Actor:
    account = accounts.find(db.session(), f"{name}@people.example")
    assert account is not None
    return audit.Actor(account, account)


def test_a_result_signed_since_she_was_asked_is_closed_even_where_nobody_took_it_from_her(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, browser = press.asked(), press.app.test_client()
    token = csrf_in(browser.get(link).text, link)
    agree(browser, link)
    monkeypatch.setattr(embargoes, "take_back", lambda *_given, **_more: 0)

    take_back(press)
    sign_again(press)
    browser.post(link, data={"csrf_token": token})

    assert WINNER not in browser.get(link).text


def test_once_public_the_page_leads_to_the_public_pages_and_taken_down_it_says_so(press: Press) -> None:
    link, browser = press.asked(), press.app.test_client()
    agree(browser, link)
    armed = press.arm()
    press.post("omar", f"/armed/{armed}/press", {})

    page = well(browser.get(link))

    assert f'href="/en/{press.key}/winners"' in page
    assert "the embargo has ended" in page
    down = {"act": "take_down", "category": "services", "reason": "A name."}
    press.post("olga", "/taken-down", down)
    assert WINNER not in browser.get(link).text
    assert len(press.letters(Template.PRESS_TAKEN_BACK)) == 1


def test_before_anybody_agrees_the_link_shows_terms_and_moment_and_no_winner(press: Press) -> None:
    press.propose(when="later", day="2027-03-04", time="10:00", zone="UTC")
    press.post("omar", "/", {"act": "approve", "sha256": press.sha256()})
    for field, value in {"name": " ", "email": "nowhere", "category": "nothing"}.items():
        answer = press.ask(**{field: value})
        assert (answer.status_code, f'id="{field}-wrong"' in answer.text) == (422, True), field
        assert "Daily Example" in answer.text
    link, browser = press.asked(), press.app.test_client()
    assert press.ask(name="Another").status_code == 422

    page = well(browser.get(link))
    refused = agree(browser, link, " ")

    assert "Thursday 4 March 2027, 10:00 in UTC" in page
    assert "Services" in page
    assert WINNER not in page
    assert (refused.status_code, WINNER in refused.text) == (422, False)
    assert press.log() == []
    desk = f"{press.desk_of_press}/"
    assert [press.made.at(it).get(desk).status_code for it in ("chair", "deputy", "auditor")] == [
        404,
        404,
        200,
    ]
    assert press.app.test_client().get(desk).status_code == 303


def test_a_result_taken_back_closes_at_once_and_stays_so_until_she_is_asked_anew(press: Press) -> None:
    link, browser = press.asked(), press.app.test_client()
    agree(browser, link)

    take_back(press)

    page = well(browser.get(link))
    assert (WINNER in page, "Nothing is open to you now" in page) == (False, True)
    told = press.letters(Template.PRESS_TAKEN_BACK)
    assert [(it.recipient, it.arguments["categories"]) for it in told] == [
        ("jia@paper.example", ["services"])
    ]
    again = {"act": "again", "category": "services"}
    one = f"{press.desk_of_press}/{press.identifier()}"
    assert send(press.made.at("olga"), one, again | {"category": "openness"}).status_code == 303
    assert press.ask(email="other@paper.example").status_code == 422
    sign_again(press)
    assert WINNER not in browser.get(press.link()).text
    assert send(press.made.at("olga"), one, again).status_code == 303
    new = press.link()
    assert browser.get(link).status_code == 404
    assert WINNER not in browser.get(new).text
    agree(browser, new)
    assert WINNER in browser.get(new).text


def test_what_an_organiser_ends_opens_nothing_from_the_next_request_on(press: Press) -> None:
    link, browser = press.asked(), press.app.test_client()
    agree(browser, link)
    one = f"{press.desk_of_press}/{press.identifier()}"

    refused = send(press.made.at("olga"), one, {"act": "end", "reason": " "})
    ended = send(press.made.at("olga"), one, {"act": "end", "reason": "It leaked."})

    assert (refused.status_code, ended.status_code) == (422, 303)
    page = browser.get(link)
    assert (page.status_code, WINNER in page.text) == (404, False)
    assert [it.recipient for it in press.letters(Template.PRESS_ENDED)] == ["jia@paper.example"]
    press.ask(email="wrong@paper.example")
    waiting = press.letters(Template.PRESS_INVITED)[-1]
    other = f"{press.desk_of_press}/{press.identifier()}"
    send(
        press.made.at("olga"),
        other,
        {"act": "end", "reason": "The wrong address."},
        page=f"{press.desk_of_press}/",
    )
    assert press.letters(Template.PRESS_INVITED)[-1].state is OutboxState.CANCELLED
    assert waiting.recipient not in [it.recipient for it in press.letters(Template.PRESS_ENDED)]


def test_the_ceremony_sheet_has_order_pronunciation_and_who_comes_on_stage(press: Press) -> None:
    olga, desk = press.made.at("olga"), f"{press.desk_of_press}/ceremony"
    before = well(olga.get(desk))
    one = re.search(rf'href="({desk}/M1/[^"]+)"', before)
    assert one

    wrong = send(olga, one[1], {"act": "note", "position": "1000", "said_as": "em one"})
    noted = {"act": "note", "position": "1", "said_as": "em one", "on_stage": "The mayor, Mi Example"}
    assert send(olga, one[1], noted).status_code == 303

    assert (wrong.status_code, 'value="em one"' in wrong.text) == (422, True)
    page = well(olga.get(desk))
    assert "Confidential until" in page
    assert page.index("ceremony/M1/") < page.index("ceremony/N1/")
    sheet = read(olga.get(f"{desk}.pdf").data)
    assert {it for it in ("em one", "The mayor, Mi Example", "CONFIDENTIAL") if it in sheet} == {
        "em one",
        "The mayor, Mi Example",
        "CONFIDENTIAL",
    }
    assert [press.made.at(it).get(f"{desk}.pdf").status_code for it in ("chair", "ada")] == [404, 404]
