"""What cities and their electors do on their phones: name a delegate, come in by a mail or a letter, vote once."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import follow, heading, lands, press, says
from tests.browser.members_prize import CITIES, TITLES
from tests.browser.stage import Stage

IN_THE_BOX = "Your ballot is in the box"


def names_a_delegate(page: Page, name: str, email: str) -> None:
    """On the page of the link that its city was sent."""
    lands(page, re.compile("^Who casts the ballot of"))
    page.get_by_label("Name of the delegate").fill(name)
    page.get_by_label("E-mail address of the delegate").fill(email)
    press(page, "Name this delegate")
    says(page, f"{name} casts the ballot and is told by mail.")


def comes_in_by_the_mail(page: Page, quay: Stage, link: str) -> None:
    """Mail gateways open the link first; only the button lets in."""
    quay.open_as_gateways_do(link, 2)
    page.goto(link)
    press(page, "Let me in to vote")
    lands(page, "Your ballots")


def comes_in_by_the_letter(page: Page, quay: Stage, words: str) -> None:
    """The words are typed as people type them: capitals, one slip, and once more."""
    page.goto(f"{quay.address}/vote/")
    page.get_by_label("The words of your letter").fill(f"{words} lighthouse")
    press(page, "Let me in to vote")
    says(page, "These are not the words of a letter that holds now.")
    page.get_by_label("The words of your letter").fill(words.upper())
    press(page, "Let me in to vote")
    lands(page, "Your ballots")


def is_turned_away(page: Page, link: str) -> None:
    """Somebody else is the delegate now: neither the open page nor the link lets in."""
    follow(page, "Fill in the ballot")
    lands(page, "Vote")
    page.goto(link)
    lands(page, "This link does not let in")
    says(page, "because somebody else was named to vote")


def opens_the_ballot(page: Page, own: str = "") -> None:
    """Its own city can't be chosen."""
    follow(page, "Fill in the ballot")
    lands(page, "Night")
    expect(page.get_by_role("radio")).to_have_count(4 - bool(own))
    if own:
        says(page, "Of your own city, or a body above or within it. You can't choose it.")


def chooses(page: Page, reference: str = "") -> None:
    """A finalist, or nobody; then everything is looked over."""
    label = CITIES[reference] if reference else "I abstain in this category"
    page.get_by_role("radio", name=re.compile(f"^{label}")).check()
    press(page, "Look it over, then cast")
    lands(page, "Look it over")
    says(page, TITLES[reference] if reference else "You abstain.")


def casts_twice(page: Page) -> str:
    """The line breaks and the form is sent again: one receipt."""
    press(page, "Cast the ballot")
    lands(page, IN_THE_BOX)
    receipt = receipt_on(page)
    page.reload()
    heading(page, IN_THE_BOX)
    says(page, "This form came twice.")
    assert receipt_on(page) == receipt
    return receipt


def casts(page: Page) -> str:
    press(page, "Cast the ballot")
    lands(page, IN_THE_BOX)
    return receipt_on(page)


def receipt_on(page: Page) -> str:
    """The code in words."""
    return " ".join(page.locator(".receipt").inner_text().split())


def learns_that_a_ballot_was_cast(page: Page, reference: str) -> None:
    """From a page that was open before; it says when, to the hour, and gives no receipt."""
    page.get_by_role("radio", name=re.compile(f"^{CITIES[reference]}")).check()
    press(page, "Look it over, then cast")
    lands(page, "Nothing was cast just now")
    says(page, re.compile(r"Night: .* between \d\d:00 and \d\d:00"))
    expect(page.locator(".receipt")).to_have_count(0)
    follow(page, "To your ballots")
    says(page, re.compile(r"Cast: .* between"))
