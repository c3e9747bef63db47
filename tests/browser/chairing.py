"""What the chair does between the close and the signature: read the cut line, have close ones read again, decide."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import Page, expect

from tests.browser.acts import follow, heading, lands, press, says, turn_to
from tests.browser.garden_prize import CATEGORY, CLOSE, FALLS, KEY, LEVEL, RISES, TITLES
from tests.browser.stage import Stage

ORDERED = "It can be copied by any town."


def waits_for_the_calibration(page: Page, town: Stage) -> None:
    """The round was closed a moment ago."""
    page.goto(f"{town.address}/en/table/{KEY}/{CATEGORY}/cut-line")
    lands(page, "The cut line: Gardens")
    expect(page.locator("main svg")).to_have_count(0)


def reads_the_cut_line(page: Page) -> None:
    page.reload()
    lands(page, "The cut line: Gardens")
    says(page, "The plain mean decides; this page is advice.")
    says(page, re.compile("Places 1–[23] are safe."))
    expect(page.locator("main svg")).to_have_count(1)
    expect(page.locator("main").get_by_role("link", name="Second readings")).to_be_visible()
    says(page, "The cut is not drawn while it is not decided.")
    for reference in TITLES:
        expect(page.locator(".chances")).to_contain_text(reference)


def reads_how_judges_marked(page: Page) -> None:
    """Reliability, the list, one card."""
    turn_to(page, "Reliability")
    lands(page, "Reliability")
    follow(page, "Judge by judge")
    lands(page, "How judges marked")
    follow(page, re.compile("Ada Fictional"))
    lands(page, re.compile("^How .*Ada Fictional.* marked"))
    says(page, re.compile(r"Marks \d\.\d higher than colleagues on the same nominations"))


def orders_second_readings(page: Page, day: datetime) -> None:
    """The list is the rule's own, in the order of references, and says nothing of places."""
    turn_to(page, "Second readings")
    lands(page, "Second readings")
    says(page, f"for {len(CLOSE)} nominations")
    expect(page.locator("main table tbody th")).to_have_text([f"{it} · {TITLES[it]}" for it in CLOSE])
    page.get_by_label("Day", exact=True).fill(f"{day:%Y-%m-%d}")
    press(page, "See what this means")
    press(page, "Order these second readings")
    heading(page, "Second readings")
    says(page, "Second readings are under way")


def closes_second_readings(page: Page, number: int) -> None:
    page.reload()
    lands(page, "Second readings")
    says(page, f"{number} of {number} further sheets are in.")
    follow(page, "Close second readings")
    lands(page, "Close second readings")
    press(page, "Close and count again")


def sees_the_new_standing(page: Page) -> None:
    """One has risen above the level ones and one has fallen below the cut."""
    turn_to(page, "Standings")
    follow(page, "Gardens")
    lands(page, "Gardens")
    says(page, "Places 4 and 5 are level at 6.5")
    standing = page.locator("section[aria-labelledby=standing] tbody tr")
    for number, reference in enumerate(("GP-01", "GP-02", RISES, *LEVEL, FALLS)):
        expect(standing.nth(number)).to_contain_text(reference)
    says(page, "Earlier standing, number 1")


def opens_the_room(page: Page) -> None:
    turn_to(page, "Deliberation room")
    lands(page, "Deliberation room")
    follow(page, "Open the room")
    lands(page, "Open the deliberation room")
    press(page, "Open the room")
    lands(page, "Deliberation room")


def settles_the_tie_and_signs(page: Page) -> None:
    page.reload()
    follow(page, re.compile(f"^{LEVEL[1]}"))
    says(page, "this can be copied.")
    page.goto(page.url.split("/deliberation/")[0] + f"/table/{KEY}/")
    follow(page, re.compile("^Order them"))
    lands(page, "Order level nominations: Gardens")
    page.get_by_label(re.compile(TITLES[LEVEL[1]])).select_option("1")
    page.get_by_label(re.compile(TITLES[LEVEL[0]])).select_option("2")
    page.get_by_label("Why in this order?").fill(ORDERED)
    press(page, "Decide this order")
    says(page, f"The chair's order: {LEVEL[1]}, {LEVEL[0]}.")
    follow(page, "Read and sign")
    lands(page, "Sign the shortlist")
    says(page, TITLES[RISES])
    for reference in (FALLS, LEVEL[0]):
        expect(page.locator("main")).not_to_contain_text(TITLES[reference])
    follow(page, re.compile("^Look at the cut line before you sign"))
    lands(page, "The cut line: Gardens")
    says(page, "The dashed rule is the cut.")
    page.go_back()
    press(page, "Sign this shortlist")
    says(page, "Signed, not announced")
