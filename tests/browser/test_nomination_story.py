"""A city officer, on a phone and without scripts, from the public call to "eligible"; mails go over a real server."""

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
    signs_in_by_code,
    signs_in_by_password,
    the_office_closes_nominations,
    upload,
)
from tests.browser.stage import FIRST, KEY, SECOND, Stage, stage

OFFICER = "officer@quillonia.example"
FIRST_TITLE, SECOND_TITLE = "Buses that say when they come", "Buses and trams that say when they come"
PARTS = {
    "Problem": "People waited at the stops in winter and didn't know for how long. " * 4,
    "Solution and technology": "Every bus tells where it is; every stop and every phone says when it comes. "
    * 5,
    "Who benefits, and how citizens took part": "Forty people of every age tried the signs out for a month. "
    * 4,
    "Budget and funding": "120,000 a year, from the city's own means.",
    "Implementation": "Two lines in the first year, then all of them. " * 3,
}
NOTE = "The letter lacks a signature. Please attach a signed one."


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as found:
        yield found


def test_a_nomination_from_the_public_call_to_eligible(city: Stage) -> None:
    officer = city.window(phone=True)
    reads_the_call(officer, city)
    signs_up(officer, city)
    begins_a_draft(officer)
    drafts_title_and_summary(officer)
    picks_the_organisation(officer)
    is_cut_off_in_a_long_section_and_comes_back(officer, city)
    adds_results(officer)
    states_the_facts(officer)
    sees_what_is_missing(officer)
    names_a_contact(officer)
    consents(officer)
    attaches_a_letter_after_a_bad_file(officer)
    previews(officer)
    first = submits(officer, city)

    screener = city.window()
    signs_in_by_password(screener, city, FIRST)
    changes_the_title_without_submitting(officer)
    reads_as_title(screener, city, FIRST_TITLE)
    submits_again(officer, city, first)
    reads_as_title(screener, city, SECOND_TITLE)

    the_office_closes_nominations(city)
    signs_in_by_password(screener, city, FIRST)
    returns_it_for_one_file(screener, city)
    is_told_what_to_mend(officer, city)
    finds_only_that_file_open(officer, city)
    uploads_the_signed_letter_and_submits(officer, city)
    finds_it_eligible(screener, city)
    nobody_is_told_yet(officer, city)
    second = city.window()
    signs_in_by_password(second, city, SECOND)
    releases_the_mails(second, city)
    reads_that_it_takes_part(officer, city)
    assert city.broken == []


def home(page: Page) -> None:
    """To the page of the nomination, by its own link."""
    follow(page, "Back to the nomination")


def open_part(page: Page, name: str) -> None:
    """From the page of the nomination to a part of its form."""
    page.locator("ol.todo").get_by_role("link", name=name, exact=True).first.click()
    heading(page, name)


def reads_the_call(page: Page, city: Stage) -> None:
    page.goto(f"{city.address}/en/")
    follow(page, re.compile("WeGO Awards"))
    follow(page, "The rules in words")
    says(page, "SHA-256")
    page.go_back()
    follow(page, "The blank form: every question")
    says(page, "Solution and technology")
    for name, begins in (("form.pdf", b"%PDF"), ("form.docx", b"PK"), ("rules.pdf", b"%PDF")):
        assert page.request.get(f"{city.address}/en/{KEY}/{name}").body().startswith(begins), name
    page.go_back()


def signs_up(page: Page, city: Stage) -> None:
    follow(page, "Nominate")
    follow(page, "Sign up")
    page.get_by_label("Your name, as it is to be printed").fill("김보기")
    page.get_by_label("E-mail address").fill(OFFICER)
    press(page, "Sign up")
    heading(page, "Look into your mailbox")
    link = city.link(OFFICER)
    city.open_as_gateways_do(link, 10)
    page.goto(link)
    heading(page, "Sign in as 김보기")
    press(page, "Sign in")


def begins_a_draft(page: Page) -> None:
    """The sign-in has led back to where the officer wanted to go."""
    heading(page, "Begin a nomination")
    page.get_by_label("Open City", exact=True).check()
    page.get_by_label("English", exact=True).check()
    press(page, "Begin the draft")
    heading(page, "Nomination without a title yet")


def drafts_title_and_summary(page: Page) -> None:
    open_part(page, "Title and summary")
    page.get_by_label("Title", exact=True).fill(FIRST_TITLE)
    page.get_by_label("Summary", exact=True).fill("Every stop shows when the next bus comes.")
    press(page, "Save and continue")


def picks_the_organisation(page: Page) -> None:
    heading(page, "Organisation")
    page.get_by_label("Name of the organisation or city").fill("퀼로")
    press(page, "Search")
    page.get_by_role("radio", name=re.compile("Quillonia")).check()
    press(page, "Choose this organisation")
    says(page, "As it is to be printed")
    page.locator(".opening a").first.click()
    heading(page, FIRST_TITLE)


def is_cut_off_in_a_long_section_and_comes_back(page: Page, city: Stage) -> None:
    open_part(page, "The project")
    for label, text in PARTS.items():
        page.get_by_label(label).fill(text)
    city.end_sessions_of(OFFICER)
    press(page, "Save and continue")
    says(page, "everything that you typed is kept")
    signs_in_by_code(page, city, OFFICER)
    heading(page, "The project")
    for label, text in PARTS.items():
        assert page.get_by_label(label).input_value().strip() == text.strip(), label
    press(page, "Save and continue")
    says(page, "Part 4 of")


def adds_results(page: Page) -> None:
    heading(page, "Results and learning")
    _result(page, 0, "Minutes of waiting", "14", "6")
    press(page, "Save and add a row")
    _result(page, 1, "Passengers a day", "8,000", "9,500")
    page.get_by_label("Learning and use elsewhere").fill("Begin with the busiest stops.")
    press(page, "Save and continue")


def _result(page: Page, row: int, indicator: str, before: str, now: str) -> None:
    for column, text in (("indicator", indicator), ("baseline", before), ("value", now), ("date", "2026-03")):
        page.locator(f"#field-results-{row}-{column}").fill(text)


def states_the_facts(page: Page) -> None:
    heading(page, "Facts about the project")
    page.get_by_label("In operation since").fill("2023-05-01")
    page.get_by_label("In full operation").check()
    page.get_by_label("Population").fill("412,000")
    press(page, "Save and continue")
    heading(page, "Links, pictures and files")
    home(page)


def sees_what_is_missing(page: Page) -> None:
    says(page, "3 things are missing before it can be submitted.")
    follow(page, "Submit the nomination")
    says(page, "It can't be submitted yet")
    follow(page, "Contacts")


def names_a_contact(page: Page) -> None:
    heading(page, "People")
    page.locator("#field-contacts-0-name").fill("김보기")
    page.locator("#field-contacts-0-email").fill(OFFICER)
    press(page, "Save and continue")


def consents(page: Page) -> None:
    heading(page, "Publication and consent")
    page.locator("#field-consent").check()
    page.locator("#field-declaration").check()
    press(page, "Save and continue")
    says(page, "Nothing is missing. It takes part only once you have submitted it.")


def attaches_a_letter_after_a_bad_file(page: Page) -> None:
    open_part(page, "Links, pictures and files")
    page.locator("#field-links-0").fill("https://quillonia.example/buses")
    press(page, "Add or change files: Supporting documents")
    upload(page, "letter.pdf", samples.SCRIPT)
    press(page, "Upload")
    says(page, "Please mend this first")
    says(page, "Everything else is saved.")
    upload(page, "letter.pdf", samples.pdf())
    press(page, "Upload")
    says(page, "“letter.pdf” was added.")
    home(page)


def previews(page: Page) -> None:
    page.get_by_role("link", name="Preview", exact=True).click()
    for text in (FIRST_TITLE, PARTS["Problem"].strip(), "9,500", "letter.pdf", "quillonia.example/buses"):
        says(page, text)


def submits(page: Page, city: Stage) -> str:
    """The hash on the receipt, which the mail states too."""
    follow(page, "Go on to submit")
    press(page, "Submit the nomination")
    return _has_a_receipt(page, city)


def _has_a_receipt(page: Page, city: Stage) -> str:
    heading(page, "Receipt")
    says(page, "OC-01")
    sha256 = page.locator("dd.hash").inner_text()
    letter = city.letter(OFFICER)
    assert "OC-01" in letter
    assert sha256 in letter
    pdf = page.request.get(f"{page.url}.pdf")
    assert pdf.body().startswith(b"%PDF")
    home(page)
    return sha256


def changes_the_title_without_submitting(page: Page) -> None:
    open_part(page, "Title and summary")
    page.get_by_label("Title", exact=True).fill(SECOND_TITLE)
    press(page, "Save")
    home(page)
    says(page, "You have changed the text since.")
    says(page, "stands until you submit again")
    follow(page, "My nominations")
    says(page, "changed since, and not submitted again")
    follow(page, SECOND_TITLE)


def submits_again(page: Page, city: Stage, first: str) -> None:
    follow(page, "Submit again")
    press(page, "Submit again")
    assert _has_a_receipt(page, city) != first
    expect(page.get_by_role("link", name=re.compile("^Submitted"))).to_have_count(2)
    expect(page.get_by_text("this one stands")).to_have_count(1)


def returns_it_for_one_file(page: Page, city: Stage) -> None:
    reads_as_title(page, city, SECOND_TITLE)
    follow(page, "Return it to be corrected")
    page.get_by_label("Supporting documents").check()
    page.get_by_label("What is wrong, and what they should do").fill(NOTE)
    press(page, "Return the nomination")
    says(page, "With its people until")


def is_told_what_to_mend(page: Page, city: Stage) -> None:
    letter = city.letter(OFFICER)
    assert NOTE in letter
    assert "Supporting documents" in letter
    comes_by_the_mail(page, city, OFFICER)


def finds_only_that_file_open(page: Page, city: Stage) -> None:
    heading(page, SECOND_TITLE)
    says(page, NOTE)
    nomination = page.url
    open_part(page, "The project")
    says(page, "Nothing in this part is open.")
    expect(page.locator("main textarea, main input[type=text]")).to_have_count(0)
    forges_an_answer(page, nomination)
    page.goto(nomination)


def forges_an_answer(page: Page, nomination: str) -> None:
    """What no page of ours sends: an answer to a question that isn't open."""
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    base = page.locator("input[name=base]").get_attribute("value") or ""
    form = {"csrf_token": token, "base": base, "asked": "problem", "problem": "Slipped in"}
    page.request.post(f"{nomination}project", form=form, headers={"Referer": nomination})
    page.goto(f"{nomination}preview")
    says(page, PARTS["Problem"].strip())
    expect(page.locator("main")).not_to_contain_text("Slipped in")


def uploads_the_signed_letter_and_submits(page: Page, city: Stage) -> None:
    follow(page, "Supporting documents")
    follow(page, "Add or change files: Supporting documents")
    press(page, "Take out “letter.pdf”")
    upload(page, "letter.pdf", samples.pdf(pages=2))
    press(page, "Upload")
    says(page, "“letter.pdf” was added.")
    home(page)
    follow(page, "Submit again")
    press(page, "Submit again")
    _has_a_receipt(page, city)


def finds_it_eligible(page: Page, city: Stage) -> None:
    reads_as_title(page, city, SECOND_TITLE)
    says(page, "What changed since it was returned")
    for part in ("del", "ins"):
        expect(page.locator(part)).to_have_text(re.compile(r"^\s*letter\.pdf\s*$"))
    page.get_by_label("Eligible", exact=True).check()
    press(page, "Decide")
    says(page, "OC-01 is eligible")


def nobody_is_told_yet(page: Page, city: Stage) -> None:
    assert "OC-01" in city.letter(OFFICER)
    page.reload()
    says(page, "It is being checked against the rules.")


def reads_that_it_takes_part(page: Page, city: Stage) -> None:
    assert "eligible" in city.letter(OFFICER)
    page.reload()
    says(page, "It meets the rules and takes part.")
