"""Electors vote from phones without scripts: by the link of a mail, and by the words of a letter; each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from awards import passes
from awards.extensions import begin_writing, db
from tests.awards.play import NOW
from tests.browser.site import browser, serving
from tests.web.voters import BOOTH, RANKING, Vote

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS = "amber canyon drift maple orbit velvet"


@dataclass
class Street:
    """The vote on a server, and phones of electors; every address that is asked for is noted."""

    vote: Vote
    address: str
    chromium: Browser
    asked: list[str] = field(default_factory=list)

    def phone(self) -> Page:
        context = self.chromium.new_context(
            viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en-GB"
        )
        page = context.new_page()
        context.on("request", lambda request: self.asked.append(request.url))
        return page

    def link(self) -> str:
        with self.vote.app.app_context():
            begin_writing()
            token = passes.make_link(db.session(), self.vote.entry("one"), now=datetime.now(UTC))
            db.session.commit()
        return f"{self.address}/en/vote/link/{token}"


@pytest.fixture
def street(app: Flask) -> Iterator[Street]:
    with time_machine.travel(NOW, tick=False):
        vote = Vote(app, RANKING)
    with serving(app) as address, browser() as chromium:
        yield Street(vote, address, chromium)


def test_electors_vote_once_from_phones_without_scripts(street: Street) -> None:
    link, phone, laptop = street.link(), street.phone(), street.phone()
    comes_in(phone, link)
    comes_in(laptop, link)
    laptop.goto(f"{street.address}{BOOTH}/services")

    ranks_with_a_mistake_and_mends_it(phone)
    changes_the_language_and_loses_nothing(phone)
    reads_of_a_finalist_in_another_window(phone)
    tab = phone.context.new_page()
    tab.goto(f"{street.address}{BOOTH}/services")
    abstains_in_the_other_category(phone)
    receipts = casts_and_gets_the_same_receipts_again(phone)
    for late in (tab, laptop):
        is_told_that_a_ballot_was_cast(late)
    another = street.phone()
    votes_by_the_words_of_a_letter(another, street)

    assert len(set(receipts)) == 2
    assert street.vote.envelopes() == [("one", "openness"), ("one", "services"), ("two", "services")]
    told = [it for it in street.asked if "/finalists/" not in it]
    assert [it for it in told if "SV-" in it or "OP-" in it or "?" in it] == []


def comes_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Let me in to vote").click()
    expect(page.locator("h1")).to_have_text("Your ballots")


def ranks_with_a_mistake_and_mends_it(page: Page) -> None:
    page.get_by_role("link", name="Fill in the ballots, one after another").click()
    for number, place in enumerate("1123"):
        page.locator("select").nth(number).select_option(place)
    page.get_by_role("button", name="Next: Openness").click()
    expect(page.locator(".problems")).to_contain_text("Place 1 is given twice.")
    for number, place in enumerate("1234"):
        page.locator("select").nth(number).select_option(place)


def changes_the_language_and_loses_nothing(page: Page) -> None:
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.get_by_role("button", name="English").click()
    assert [page.locator("select").nth(it).input_value() for it in range(4)] == ["1", "2", "3", "4"]


def reads_of_a_finalist_in_another_window(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Read more, in a new window").first.click()
    expect(opened.value.locator("h1")).to_contain_text("Project SV-")
    opened.value.close()


def abstains_in_the_other_category(page: Page) -> None:
    page.get_by_role("button", name="Next: Openness").click()
    page.get_by_label("I abstain in this category").check()
    page.get_by_role("button", name="Back: Services").click()
    expect(page.locator("select").nth(3)).to_have_value("4")
    page.get_by_role("button", name="Look it over, then cast").click()
    expect(page.locator("main")).to_contain_text("You abstain.")


def casts_and_gets_the_same_receipts_again(page: Page) -> list[str]:
    page.get_by_role("button", name="Cast 2 ballots").click()
    expect(page.locator("h1")).to_have_text("Your ballots are in the box")
    receipts = page.locator(".receipt").all_inner_texts()
    page.reload()
    assert page.locator(".receipt").all_inner_texts() == receipts
    return receipts


def is_told_that_a_ballot_was_cast(page: Page) -> None:
    page.locator("select").first.select_option("1")
    page.get_by_role("button", name="Look it over, then cast").click()
    expect(page.locator("h1")).to_have_text("Nothing was cast just now")
    expect(page.locator("main")).to_contain_text(" between ")


def votes_by_the_words_of_a_letter(page: Page, street: Street) -> None:
    street.vote.code("two", WORDS)
    page.goto(f"{street.address}/vote/")
    page.get_by_label("The words of your letter").fill(WORDS.title())
    page.get_by_role("button", name="Let me in to vote").click()
    expect(page.locator("main")).to_contain_text("These are the ballots of Two.")
    page.get_by_role("link", name="Services").click()
    page.locator("select").first.select_option("1")
    page.get_by_role("button", name="Look it over, then cast").click()
    page.get_by_role("button", name="Cast the ballot").click()
    expect(page.locator("h1")).to_have_text("Your ballot is in the box")
    page.get_by_role("link", name="To your ballots").or_(
        page.get_by_role("button", name="Go on")
    ).first.click()
