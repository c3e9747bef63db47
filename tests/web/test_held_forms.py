"""A form that arrives after its session ended comes back to its sender, with everything typed, and to nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, sessions
from awards.extensions import db
from awards.models import HeldForm, SignedInBy
from tests.web import world
from tests.web.mailing import last_sign_in
from tests.web.signing import csrf_of, faults_of, person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "officer@city.example"
PASSWORD = "seven quiet herons"
OFFICE = "Head of Digital Services, " + "a very long office " * 8
TYPED = {
    "name": "김보기 <b>",
    "latin_name": "Kim Bogi",
    "form_of_address": 'Dr "Bo"',
    "office": OFFICE.strip(),
    "language": "en",
    "zone": "Asia/Seoul",
}
KEPT = "everything that you typed is kept"
BACK = "You were signed out before this was saved."


@pytest.fixture
def officer(site: Flask) -> Flask:
    with site.app_context():
        account = person(EMAIL, name="Example Officer")
        accounts.set_password(db.session(), account, PASSWORD, but=None, now=world.NOW)
        person("other@city.example", name="Somebody Else")
        db.session.commit()
    return site


def end_elsewhere(app: Flask) -> None:
    """The person ends all sessions from another device."""
    with app.app_context():
        account = accounts.find(db.session(), EMAIL)
        assert account is not None
        sessions.end_all(db.session(), account, actor=sessions.Actor(account, account), now=world.NOW)
        db.session.commit()


def typed_too_late(app: Flask, **options: object) -> tuple[FlaskClient, TestResponse]:
    """A browser that sends the account page after its session was ended on another device."""
    browser = signed_in(app, EMAIL)
    token = csrf_of(browser, "/en/account")
    end_elsewhere(app)
    answer = browser.post("/en/account", data={"csrf_token": token, **TYPED}, **options)  # type: ignore[arg-type]
    return browser, answer


def by_password(browser: FlaskClient, email: str = EMAIL) -> TestResponse:
    return send(browser, "/en/sign-in", {"email": email, "password": PASSWORD})


def by_link(browser: FlaskClient, app: Flask) -> TestResponse:
    send(browser, "/en/sign-in/mail", {"email": EMAIL})
    return send(browser, f"/en/link/{last_sign_in(app).token}")


def by_code(browser: FlaskClient, app: Flask) -> TestResponse:
    send(browser, "/en/sign-in/mail", {"email": EMAIL})
    return send(browser, "/en/sign-in/code", {"code": last_sign_in(app).code})


def filled_in(page: str) -> dict[str, str]:
    """What the fields of a page hold, as a browser would send it."""
    import html

    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    found |= {
        name: value
        for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL)
        for value in re.findall(r'<option selected value="([^"]*)"', options)
    }
    return {name: html.unescape(value) for name, value in found.items()}


@pytest.mark.parametrize("way", ["password", "link", "code"])
def test_a_session_ended_in_the_middle_of_a_long_form_loses_nothing(officer: Flask, way: str) -> None:
    browser, answer = typed_too_late(officer)
    asked = browser.get(answer.location)

    entered = {
        "password": lambda: by_password(browser),
        "link": lambda: by_link(browser, officer),
        "code": lambda: by_code(browser, officer),
    }[way]()
    page = browser.get(entered.location)
    again = browser.get(entered.location)
    saved = browser.post("/en/account", data=filled_in(page.text))
    after = browser.get("/en/account")

    assert (answer.status_code, answer.location) == (303, "/en/sign-in")
    assert KEPT in asked.text
    assert (entered.status_code, entered.location) == (303, "/en/account")
    assert BACK in page.text
    assert BACK in again.text
    assert {key: filled_in(page.text)[key] for key in TYPED} == TYPED
    assert faults_of(page.text) == faults_of(asked.text) == []
    assert saved.status_code == 303
    assert BACK not in after.text
    with officer.app_context():
        account = accounts.find(db.session(), EMAIL)
        assert account is not None
        assert {key: getattr(account, key) for key in TYPED} == TYPED
        assert db.session.scalars(select(HeldForm)).all() == []


def test_a_form_that_is_refused_once_more_stays_kept_until_it_is_taken(officer: Flask) -> None:
    browser, _answer = typed_too_late(officer)
    by_password(browser)

    refused = browser.post("/en/account", data=filled_in(browser.get("/en/account").text) | {"name": ""})

    assert refused.status_code == 422
    assert BACK in browser.get("/en/account").text


def test_another_page_in_between_does_not_drop_what_is_kept(officer: Flask) -> None:
    browser, _answer = typed_too_late(officer)
    by_password(browser)

    other = send(browser, "/en/account/sessions/end-others", page="/en/account")

    assert other.status_code == 303
    assert BACK in browser.get("/ko/account").text or "로그아웃" in browser.get("/ko/account").text
    assert filled_in(browser.get("/ko/account").text)["office"] == OFFICE.strip()


def test_somebody_else_on_the_same_device_sees_nothing_of_it(officer: Flask) -> None:
    browser, _answer = typed_too_late(officer)
    with officer.app_context():
        other = accounts.find(db.session(), "other@city.example")
        assert other is not None
        accounts.set_password(db.session(), other, PASSWORD, but=None, now=world.NOW)
        db.session.commit()

    entered = by_password(browser, "other@city.example")
    page = browser.get("/en/account")

    assert entered.location == "/en/today"
    assert BACK not in page.text
    assert "Head of Digital Services, a very" not in page.text
    assert filled_in(page.text)["name"] == "Somebody Else"
    assert by_password(browser).location == "/en/today"
    assert filled_in(browser.get("/en/account").text)["office"] == OFFICE.strip()


def test_a_page_left_open_by_somebody_who_signed_out_is_not_given_to_the_next(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    token = csrf_of(browser, "/en/account")
    send(browser, "/en/sign-out", page="/en/today")
    browser.post("/en/account", data={"csrf_token": token, **TYPED})
    with officer.app_context():
        other = accounts.find(db.session(), "other@city.example")
        assert other is not None
        accounts.set_password(db.session(), other, PASSWORD, but=None, now=world.NOW)
        db.session.commit()

    by_password(browser, "other@city.example")
    theirs = browser.get("/en/account").text
    by_password(browser)

    assert BACK not in theirs
    assert filled_in(browser.get("/en/account").text)["office"] == OFFICE.strip()


def test_a_form_of_which_nobody_knows_whose_it_is_is_not_kept_and_the_page_says_so(officer: Flask) -> None:
    stranger = officer.test_client()

    answer = stranger.post("/en/account", data=TYPED)
    page = stranger.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/en/sign-in")
    assert "it could not be kept" in page.text
    assert faults_of(page.text) == []
    with officer.app_context():
        assert db.session.scalars(select(HeldForm)).all() == []


@pytest.mark.parametrize(
    "sent",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Referer": "https://evil.example/page"},
    ],
)
def test_a_form_that_another_site_sends_is_not_kept(officer: Flask, sent: dict[str, str]) -> None:
    browser, _answer = typed_too_late(officer, headers=sent)
    by_password(browser)

    assert BACK not in browser.get("/en/account").text
    with officer.app_context():
        assert db.session.scalars(select(HeldForm)).all() == []


def test_passwords_and_codes_are_never_kept(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    token = csrf_of(browser, "/en/account/password")
    end_elsewhere(officer)

    browser.post(
        "/en/account/password",
        data={
            "csrf_token": token,
            "current": PASSWORD,
            "password": "a",
            "again": "b",
            "code": "c",
            "x": "kept",
        },
    )

    with officer.app_context():
        assert db.session.scalars(select(HeldForm.fields)).all() == [[["x", "kept"]]]


def test_what_is_kept_goes_after_two_days(officer: Flask, at_noon: time_machine.Traveller) -> None:
    browser, _answer = typed_too_late(officer)
    at_noon.shift(sessions.HELD + timedelta(minutes=1))

    by_password(browser)

    assert BACK not in browser.get("/en/account").text


def test_a_tab_of_a_session_before_gets_its_text_back_at_once(officer: Flask) -> None:
    """Signed in anew in another tab: the form's token is of the session before, its text is not lost."""
    browser = signed_in(officer, EMAIL)
    old = csrf_of(browser, "/en/account")
    end_elsewhere(officer)
    by_password(browser)

    answer = browser.post("/en/account", data={"csrf_token": old, **TYPED})
    page = browser.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/en/account")
    assert filled_in(page.text)["office"] == OFFICE.strip()
    assert browser.post("/en/account", data=filled_in(page.text)).status_code == 303
    assert BACK not in browser.get("/en/account").text


def test_an_act_without_a_page_of_its_own_leads_back_to_the_page_it_stood_on(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    token = csrf_of(browser, "/en/account")
    end_elsewhere(officer)

    browser.post(
        "/en/account/sessions/end-others",
        data={"csrf_token": token},
        headers={"Referer": "http://localhost/en/account"},
    )

    assert by_password(browser).location == "/en/account"


def test_a_session_of_a_week_ends_though_it_is_used(officer: Flask, at_noon: time_machine.Traveller) -> None:
    browser = signed_in(officer, EMAIL)
    hours = int(sessions.ABSOLUTE / timedelta(hours=6))

    used = []
    for _ in range(hours - 1):
        at_noon.shift(timedelta(hours=6))
        used.append(browser.get("/en/today").status_code)
    at_noon.shift(timedelta(hours=6))

    assert set(used) == {200}
    assert browser.get("/en/today").status_code == 303


def test_a_closed_account_is_out_at_once(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    assert browser.get("/en/today").status_code == 200
    with officer.app_context():
        accounts.find(db.session(), EMAIL).active = False  # type: ignore[union-attr]
        db.session.commit()

    assert browser.get("/en/today").status_code == 303
    assert browser.post("/en/account", data=TYPED).status_code == 303


def test_a_used_session_is_noted_at_most_every_five_minutes(
    officer: Flask, at_noon: time_machine.Traveller
) -> None:
    browser = signed_in(officer, EMAIL)
    seen = []
    for _ in range(3):
        at_noon.shift(timedelta(minutes=4))
        browser.get("/en/today")
        with officer.app_context():
            account = accounts.find(db.session(), EMAIL)
            assert account is not None
            found = sessions.open_sessions(db.session(), account, sessions.datetime.now(world.NOW.tzinfo))
            seen.append(found[0].seen_at - world.NOW)
            assert found[0].by is SignedInBy.PASSWORD

    assert seen == [timedelta(), timedelta(minutes=8), timedelta(minutes=8)]
