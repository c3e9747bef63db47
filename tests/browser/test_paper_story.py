"""A paper ballot after an online invitation: the site is shut, and two tellers enter the paper, one on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from awards import passes, polls
from awards.extensions import begin_writing, db
from awards.models import Role
from tests.awards.play import NOW
from tests.browser.acts import follow, heading, press, says
from tests.browser.site import browser, serving
from tests.web.signing import person, signed_in
from tests.web.voters import BOOTH, KEY, Vote

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ORGANISER, TELLER = "organiser@desk.example", "teller@desk.example"
PAPERS = f"/en/secretariat/{KEY}/vote/papers"


@dataclass
class Hall:
    """The vote on a server, and the browsers of those in the hall."""

    vote: Vote
    address: str
    chromium: Browser

    def window(self, email: str = "", width: int = 360) -> Page:
        context = self.chromium.new_context(
            viewport={"width": width, "height": 740}, java_script_enabled=False, locale="en-GB"
        )
        if email:
            cookie = signed_in(self.vote.app, email).get_cookie("session")
            assert cookie is not None
            context.add_cookies([{"name": "session", "value": cookie.value, "url": self.address}])
        return context.new_page()

    def link(self) -> str:
        with self.vote.app.app_context():
            begin_writing()
            token = passes.make_link(db.session(), self.vote.entry("one"), now=datetime.now(UTC))
            db.session.commit()
        return f"{self.address}/en/vote/link/{token}"

    def close(self) -> None:
        with self.vote.app.app_context():
            begin_writing()
            contest = self.vote.again()
            polls.close(
                db.session(),
                contest.edition,
                reason="The hall is done",
                actor=contest.actor,
                now=datetime.now(UTC),
            )
            db.session.commit()


@pytest.fixture
def hall(app: Flask) -> Iterator[Hall]:
    with time_machine.travel(NOW, tick=False):
        vote = Vote(app)
    with app.app_context():
        begin_writing()
        edition = vote.again().edition
        person(ORGANISER, Role.ORGANISER, edition=edition)
        person(TELLER, Role.TELLER, edition=edition)
    with serving(app) as address, browser() as chromium:
        yield Hall(vote, address, chromium)


def test_a_paper_after_an_invitation_is_entered_by_two(hall: Hall) -> None:
    phone, desk = hall.window(), hall.window(ORGANISER, 1280)
    phone.goto(hall.link())
    press(phone, "Let me in to vote")
    follow(phone, "Fill in the ballots, one after another")
    phone.get_by_role("radio").first.check()

    gives_a_paper(desk, hall)
    press(phone, "Look it over, then cast")
    says(phone, "A paper was given to you in place of this ballot.")
    expect(phone.locator("body")).to_contain_text("A ballot on paper was given out in your name")
    press(desk, "It lies in the box: handed in")
    phone.goto(f"{hall.address}{BOOTH}/")
    says(phone, "Cast on paper: it lies in the box.")

    hall.close()
    desk.goto(f"{hall.address}{PAPERS}")
    desk.get_by_label("Category").select_option("services")
    desk.get_by_label("How many papers").fill("1")
    press(desk, "Make the bundle")
    bundle = desk.url
    enters(desk, "2")
    teller = hall.window(TELLER)
    teller.goto(bundle)
    enters(teller, "3")
    says(teller, "These papers were entered in two ways: 1.")
    for page in (desk, teller):
        page.goto(bundle)
        follow(page, "Enter paper 1")
        page.get_by_label("What is marked on it").fill("3")
        page.keyboard.press("Enter")
    says(teller, "Two have entered the same: it counts.")
    assert hall.vote.envelopes() == []


def gives_a_paper(desk: Page, hall: Hall) -> None:
    desk.goto(f"{hall.address}{PAPERS}")
    desk.get_by_label("Search elector, delegate, address").fill("one")
    press(desk, "Search")
    desk.locator("#desk ~ div .todo a").first.click()
    heading(desk, "Papers of One")
    press(desk, "Record that papers are handed out")
    says(desk, "on paper: with the elector")


def enters(page: Page, number: str) -> None:
    follow(page, "Enter paper 1")
    page.get_by_label("Count the papers first. How many are there?").fill("1")
    page.get_by_label("What is marked on it").fill(number)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Services, bundle 1")
