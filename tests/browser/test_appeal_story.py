"""A city officer is told that the nomination is not eligible, appeals, and is upheld by a second person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.awards.uploads import samples
from tests.browser.acts import (
    comes_by_the_mail,
    follow,
    heading,
    press,
    reads_as_title,
    releases_the_mails,
    says,
    signs_in_by_password,
    the_office_closes_nominations,
    upload,
)
from tests.browser.stage import FIRST, KEY, ORGANISER, SECOND, Stage, stage
from tests.web.nominating import WHOLE, begin

OFFICER = "officer@zephyrgate.example"
TITLE = str(WHOLE["title"])
REASON = "The service has run for less than the rules ask for."
APPEAL = "It has run since May 2023. The letter of the transport office, attached, says so."
UPHELD = "The letter shows that it has run since May 2023."


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as found:
        yield found


def test_an_ineligible_nomination_appeals_and_is_upheld_by_a_second_person(city: Stage) -> None:
    begin(city.app, OFFICER, submitted=True)
    the_office_closes_nominations(city)
    first, organiser, officer = city.window(), city.window(), city.window(phone=True)
    signs_in_by_password(first, city, FIRST)
    signs_in_by_password(organiser, city, ORGANISER)

    finds_it_ineligible_only_with_a_reason(first, city)
    releases_the_mails(organiser, city)
    is_told_which_rule_and_why(officer, city)
    appeals_with_text_and_file(officer, city)

    may_not_rule_on_the_own_decision(first, city)
    second = city.window()
    signs_in_by_password(second, city, SECOND)
    upholds_the_appeal(second, city)
    still_waits(officer)
    releases_the_mails(organiser, city)
    is_told_that_it_takes_part(officer, city)
    assert city.broken == []


def finds_it_ineligible_only_with_a_reason(page: Page, city: Stage) -> None:
    reads_as_title(page, city, TITLE)
    page.get_by_label("Not eligible", exact=True).check()
    press(page, "Decide")
    says(page, "Please mend this first")
    page.locator("textarea[name=decide-reason]").fill(REASON)
    press(page, "Decide")
    says(page, "OC-01 is not eligible: decision 1.")


def is_told_which_rule_and_why(page: Page, city: Stage) -> None:
    letter = city.letter(OFFICER)
    assert "not eligible" in letter
    assert REASON in letter
    comes_by_the_mail(page, city, OFFICER)
    heading(page, "Your nomination is not eligible")
    says(page, REASON)


def appeals_with_text_and_file(page: Page, city: Stage) -> None:
    """A bad file first, which takes no text with it."""
    follow(page, "Write the appeal")
    page.get_by_label("Why the decision is wrong").fill(APPEAL)
    upload(page, "letter.pdf", samples.SCRIPT)
    press(page, "Send the appeal")
    says(page, "Nothing that you typed was lost.")
    expect(page.get_by_label("Why the decision is wrong")).to_have_value(APPEAL)
    upload(page, "letter.pdf", samples.pdf())
    press(page, "Send the appeal")
    expect(page.get_by_text("Your appeal has arrived.")).to_be_visible()
    says(page, "Somebody who did not take the first decision decides it.")
    assert "OC-01" in city.letter(OFFICER)


def may_not_rule_on_the_own_decision(page: Page, city: Stage) -> None:
    """Neither on the page, nor by a form that no page sends."""
    reads_as_title(page, city, TITLE)
    says(page, APPEAL)
    says(page, "You decided this nomination before, so somebody else decides the appeal.")
    expect(page.get_by_role("button", name="Decide the appeal")).to_have_count(0)
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    form = {"csrf_token": token, "rule-verdict": "upheld", "rule-reason": "Mine again"}
    address = f"{city.address}/en/screening/{KEY}/OC-01"
    answer = page.request.post(f"{address}/appeal", form=form, headers={"Referer": address})
    assert answer.status == 409
    reads_as_title(page, city, TITLE)
    says(page, "Not eligible")


def upholds_the_appeal(page: Page, city: Stage) -> None:
    reads_as_title(page, city, TITLE)
    says(page, APPEAL)
    letter = page.get_by_role("link", name="letter.pdf").first.get_attribute("href") or ""
    assert page.request.get(f"{city.address}{letter}").body().startswith(b"%PDF")
    page.get_by_label(re.compile("^upheld")).check()
    page.locator("textarea[name=rule-reason]").fill(UPHELD)
    press(page, "Decide the appeal")
    says(page, "Appeal upheld: eligible")


def still_waits(page: Page) -> None:
    """What was decided is told by its mail and not before."""
    page.reload()
    heading(page, "Your nomination is not eligible")


def is_told_that_it_takes_part(page: Page, city: Stage) -> None:
    letter = city.letter(OFFICER)
    assert "eligible" in letter
    assert UPHELD in letter
    page.goto(city.link(OFFICER))
    heading(page, "Your nomination is eligible")
    says(page, "It was upheld.")
