"""Signed-in people: the door, and a session that ends in the middle of a long form."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from awards import sessions
from awards.models import Role
from tests.web import world
from tests.web.signing import faults_of, person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_page_of_ones_own_asks_to_sign_in_first(site: Flask) -> None:
    answer = site.test_client().get("/en/today")

    assert (answer.status_code, answer.location) == (303, "/en/sign-in")


def test_whoever_is_signed_in_sees_today(site: Flask) -> None:
    with site.app_context():
        person("officer@city.example", Role.ADMINISTRATOR, name="Example Officer")
        browser = signed_in(site, "officer@city.example")

    page = browser.get("/ko/today")

    assert page.status_code == 200
    assert "Example Officer" in page.text
    assert faults_of(page.text) == []


def test_a_session_ends_after_some_hours_unused(site: Flask, at_noon: time_machine.Traveller) -> None:
    with site.app_context():
        person("officer@city.example")
        browser = signed_in(site, "officer@city.example")
    assert browser.get("/en/today").status_code == 200

    at_noon.shift(sessions.IDLE + timedelta(minutes=6))

    assert browser.get("/en/today").status_code == 303
    assert world.OPEN in browser.get(f"/en/{world.OPEN}/").text


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_header_that_is_no_address_breaks_nothing(site: Flask, header: str) -> None:
    answer = site.test_client().post("/en/account", headers={header: "http://["})
    signed_out = site.test_client().post("/en/sign-out", headers={header: "http://["})

    assert {answer.status_code, signed_out.status_code} <= {303, 400, 404, 405}


def test_an_address_with_a_line_break_leads_nowhere(site: Flask) -> None:
    assert site.test_client().get("/link/%0d%0aX").status_code == 404


def test_only_pages_keep_the_cookie_alive_so_that_a_late_picture_cannot_replace_it(site: Flask) -> None:
    with site.app_context():
        person("officer@city.example")
        browser = signed_in(site, "officer@city.example")
    with browser.session_transaction() as cookie:
        cookie.permanent = True

    assert "Set-Cookie" in browser.get("/en/today").headers
    with browser.get("/static/css/laurels.css") as style:
        assert "Set-Cookie" not in style.headers
