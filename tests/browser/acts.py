"""What people do on pages in every story: press, follow, read, sign in; the office's acts that stories share."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdf
from playwright.sync_api import Page, expect

from tests.browser.stage import KEY, ORGANISER, PASSWORD, Stage

CLOSE = "Close nominations and begin the eligibility check"

STICKING_OUT = """() => {
  const page = document.documentElement, wide = page.scrollWidth - page.clientWidth
  return wide <= 0 ? [] : [`${wide} px`, ...[...document.querySelectorAll("body *")]
    .filter(it => it.scrollWidth > it.clientWidth || it.getBoundingClientRect().right > page.clientWidth)
    .map(it => it.outerHTML.slice(0, 120))]
}"""
"""What makes a page wider than the window."""


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name, exact=isinstance(name, str)).first.click()


def turn_to(page: Page, name: str) -> None:
    """One of the pages of the office or the table; on a phone they stand behind the name of the one that is shown."""
    page.locator("nav.folded summary").click()
    page.locator("nav.folded").get_by_role("link", name=name, exact=True).click()


def says(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("main")).to_contain_text(text)


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def lands(page: Page, text: str | re.Pattern[str]) -> None:
    """On a page of this heading, which is no wider than the window once its style sheets are there."""
    heading(page, text)
    page.wait_for_load_state()
    found = page.evaluate(STICKING_OUT)
    assert found == [], f"{page.url}: {found}"


def text_of(paper: bytes) -> list[str]:
    """What the pages of a PDF say."""
    return [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(paper)).pages]


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )


def signs_in_by_password(page: Page, city: Stage, email: str) -> None:
    page.goto(f"{city.address}/en/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    heading(page, "Today")


def signs_in_by_code(page: Page, city: Stage, email: str) -> None:
    """From the sign-in page, with the code that stands in the mail."""
    follow(page, "Send me a mail instead")
    page.get_by_label("E-mail address").fill(email)
    press(page, "Send me the mail")
    page.get_by_label("Code from the mail").fill(city.code(email))
    press(page, "Sign in")


def comes_by_the_mail(page: Page, city: Stage, email: str) -> None:
    """By the link of the last mail; days have passed, so the officer signs in again."""
    page.goto(city.link(email))
    signs_in_by_code(page, city, email)


def the_office_closes_nominations(city: Stage) -> None:
    """Not before the deadline; after it, in two steps."""
    organiser = city.window()
    signs_in_by_password(organiser, city, ORGANISER)
    organiser.goto(f"{city.address}/en/secretariat/{KEY}/")
    follow(organiser, CLOSE)
    says(organiser, "This can't be done yet")
    city.pass_time(timedelta(days=8))
    signs_in_by_password(organiser, city, ORGANISER)
    organiser.goto(f"{city.address}/en/secretariat/{KEY}/")
    follow(organiser, CLOSE)
    press(organiser, CLOSE)
    says(organiser, "Eligibility check")
    organiser.context.close()


def reads_as_title(page: Page, city: Stage, title: str) -> None:
    """What the screeners' page of the nomination is headed by."""
    page.goto(f"{city.address}/en/screening/{KEY}/OC-01")
    heading(page, title)


def releases_the_mails(page: Page, city: Stage) -> None:
    page.goto(f"{city.address}/en/screening/{KEY}/mails")
    says(page, "OC-01")
    press(page, "Release the ticked ones")
    press(page, "Release one mail")
    says(page, "Nothing waits. Whatever was decided has been told.")
