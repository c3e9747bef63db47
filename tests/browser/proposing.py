"""What an organiser does with a proposal: draw it, read it, pin a pair, issue it, and let others take over."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser.acts import follow, heading, lands, press, says


def draws_a_proposal(page: Page, per_nomination: int) -> None:
    """From the page of the assignment; it says what it costs, who is new and why."""
    page.get_by_label("Judges for each nomination").fill(str(per_nomination))
    press(page, "Draw a proposal")
    lands(page, "Assignment")
    says(page, "Nothing of it is issued yet, and no judge sees it.")
    says(page, re.compile(r"The match of judges .* is \d+\.\d % of the best one that there could be\."))
    says(page, "No pair that is proposed has a conflict.")
    says(page, "reads its language with ease")


def pins(page: Page, name: str, reference: str, reason: str) -> None:
    """Say that a judge is to read a nomination, and have the proposal drawn again."""
    follow(page, re.compile("^Pinned and forbidden pairs"))
    lands(page, "Pinned and forbidden pairs")
    page.get_by_label("Pin: this judge is to read this nomination").check()
    option = page.locator("select[name=judge] option", has_text=name).get_attribute("value")
    page.get_by_label("Judge", exact=True).select_option(option)
    page.get_by_label("Reference of the nomination").fill(reference)
    page.get_by_label("Why?").fill(reason)
    press(page, "Set this pair")
    says(page, "Draw it again, so that it keeps to them.")
    press(page, "Draw again with the same choices")
    lands(page, "Assignment")
    says(page, "Nothing of it is issued yet, and no judge sees it.")


def issues_it(page: Page) -> None:
    """Look once more, and issue; the judges are told."""
    follow(page, "Look once more and issue")
    lands(page, "Issue the proposal")
    page.locator("main form button.act").click()
    heading(page, "Assignment")


def takes_over_from(page: Page, name: str, reason: str) -> None:
    """Take back all that a judge hasn't submitted and draw who takes over, in one go; then issue that."""
    follow(page, name)
    follow(page, "Take back all that is not submitted")
    lands(page, "Take nominations back")
    page.get_by_label("Why?").fill(reason)
    press(page, "Take them back")
    lands(page, "Assignment")
    says(page, "changes nothing else")
    issues_it(page)
