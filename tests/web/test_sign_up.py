"""Signing up: an account from the request on, the mail that lets in, and nobody learns who is known."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from awards import accounts
from awards.extensions import db
from awards.models import Account
from awards.web import zones
from tests.web.mailing import last_sign_in, queued
from tests.web.signing import faults_of, person, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "kim@city.example"
FORM = {"name": "김보기", "email": EMAIL, "language": "ko", "zone": "Asia/Seoul"}


def sign_up(client: FlaskClient, **changed: str) -> TestResponse:
    return send(client, "/en/sign-up", FORM | changed)


def test_whoever_signs_up_is_let_in_by_the_code_and_led_to_where_they_came_from(site: Flask) -> None:
    client = site.test_client()
    assert client.get("/en/account").location == "/en/sign-in"

    asked = sign_up(client)
    entered = send(client, "/en/sign-in/code", {"code": last_sign_in(site).code})

    assert (asked.status_code, asked.location) == (303, "/en/sign-in/code")
    assert (entered.status_code, entered.location) == (303, "/en/account")
    assert queued(site) == [("sign_up", EMAIL)]
    with site.app_context():
        account = accounts.find(db.session(), EMAIL)
        assert account is not None
        assert (account.name, account.language, account.zone, account.password_hash) == (
            "김보기",
            "ko",
            "Asia/Seoul",
            None,
        )


def test_the_link_on_another_device_leads_to_today_in_the_persons_language(site: Flask) -> None:
    sign_up(site.test_client())

    answer = send(site.test_client(), f"/en/link/{last_sign_in(site).token}")

    assert answer.location == "/ko/today"


def test_a_known_address_is_answered_alike_and_keeps_its_account(site: Flask) -> None:
    with site.app_context():
        person(EMAIL, name="Known Before", language="en")
    known, new = site.test_client(), site.test_client()

    first = sign_up(known, name="Somebody Else")
    second = sign_up(new, email="new@city.example")

    assert (first.status_code, first.location) == (second.status_code, second.location)
    pages = [known.get(first.location).text, new.get(second.location).text.replace("new@", "kim@")]
    assert len({page.split("<form")[0] for page in pages}) == 1
    assert queued(site) == [("sign_in", EMAIL), ("sign_up", "new@city.example")]
    with site.app_context():
        account = accounts.find(db.session(), EMAIL)
        assert account is not None
        assert (account.name, account.language) == ("Known Before", "en")


def test_a_closed_account_gets_no_mail_and_the_same_answer(site: Flask) -> None:
    with site.app_context():
        person(EMAIL).active = False
        db.session.commit()

    assert sign_up(site.test_client()).location == "/en/sign-in/code"
    assert queued(site) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Write your name as it is to be printed."),
        ({"name": " \0 \t"}, "Write your name as it is to be printed."),
        ({"name": "x" * 201}, "A name has 200 characters at most."),
        ({"email": "kim"}, "This is no e-mail address."),
        ({"email": "k\0im@city.example"}, "This is no e-mail address."),
        ({"email": "k" * 300 + "@city.example"}, "This is no e-mail address."),
        ({"language": "xx"}, "Choose one of the languages."),
        ({"zone": "Mars/Olympus"}, "Choose one of the places."),
        ({"zone": "../../etc/passwd"}, "Choose one of the places."),
    ],
)
def test_what_will_not_do_is_said_and_nothing_typed_is_lost(
    site: Flask, changed: dict[str, str], words: str
) -> None:
    answer = sign_up(site.test_client(), **changed)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert faults_of(answer.text) == []
    assert all(value in answer.text for key, value in FORM.items() if key not in changed)
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account).where(~Account.operator)) == 0


def test_a_name_is_kept_as_it_is_written_without_what_cannot_be_seen(site: Flask) -> None:
    sign_up(site.test_client(), name="  José\u200d María\u202e  Núñez\0 ")

    with site.app_context():
        account = accounts.find(db.session(), EMAIL)
        assert account is not None
        assert account.name == "José\u200d María Núñez"


@pytest.mark.parametrize(
    ("wish", "zone"),
    [
        ("ko-KR,ko;q=0.9", "Asia/Seoul"),
        ("ko", "Asia/Seoul"),
        ("fr-TN", "Africa/Tunis"),
        ("en-US", "UTC"),
        ("xx-junk,;q", "UTC"),
        ("", "UTC"),
    ],
)
def test_the_zone_is_guessed_from_the_browsers_language(site: Flask, wish: str, zone: str) -> None:
    page = site.test_client().get("/en/sign-up", headers={"Accept-Language": wish}).text

    assert f'<option selected value="{zone}">' in page


def test_every_zone_that_is_offered_can_set_a_clock(site: Flask) -> None:
    with site.test_request_context("/ko/sign-up"):
        offered = zones.choices()

    regions = [its for its in offered.values() if isinstance(its, dict)]
    assert sum(map(len, regions)) > 400
    assert {zone for its in regions for zone in its if not zones.is_known(zone)} == set()
    assert {"Asia/Seoul": "서울"}.items() <= regions[4].items()
