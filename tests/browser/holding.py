"""What key holders do on their devices: make a key and copy it on paper, give their share by passphrase or by words."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.awards.keeping import PASSPHRASES
from tests.browser.acts import follow, lands, press, says, signs_in_by_password
from tests.browser.stage import Stage

SPOKEN = "The time is over, and both holders have spoken."
NUMBER = re.compile(r"Word number (\d+)")


def passphrase(email: str) -> str:
    return PASSPHRASES[email.partition("@")[0]]


def makes_a_key(page: Page, quay: Stage, email: str) -> list[str]:
    """From Today: a passphrase, the words on paper, and two of them to show that the paper is there."""
    signs_in_by_password(page, quay, email)
    follow(page, "Make your key: the rules wait for it")
    lands(page, "Make your key")
    page.get_by_label("New passphrase").fill(passphrase(email))
    page.get_by_label("The same once more").fill(passphrase(email))
    press(page, "Make the key and show its words")
    lands(page, "The 24 words of your key")
    words = page.locator(".seedwords li").all_inner_texts()
    follow(page, "I have them on paper")
    lands(page, "Show that you have the paper")
    for label in page.get_by_text(NUMBER).all():
        found = NUMBER.search(label.inner_text())
        assert found
        page.get_by_label(found[0], exact=True).fill(words[int(found[1]) - 1])
    page.get_by_label("Passphrase").fill(passphrase(email))
    press(page, "My key is ready")
    lands(page, "Your key is ready")
    assert len(words) == 24
    return words


def gives_by_passphrase(page: Page, quay: Stage, email: str) -> None:
    """With a slip first. The share waits, and opens nothing."""
    signs_in_by_password(page, quay, email)
    follow(page, "The vote is closed: give your share of the key")
    lands(page, "Give your share of the key")
    says(page, "You are the first.")
    says(page, "4 envelopes. One of them is struck: it stays sealed and counts for nothing.")
    for typed in ("seven quiet storks", passphrase(email)):
        page.get_by_label("Why are the envelopes opened now?").fill(SPOKEN)
        page.get_by_label("Passphrase", exact=True).fill(typed)
        press(page, "Give my share")
        if typed != passphrase(email):
            says(page, "This is not the passphrase of your key.")
            expect(page.get_by_label("Passphrase", exact=True)).to_have_value("")
    says(page, "It waits for a second holder until")


def opens_by_words(page: Page, quay: Stage, email: str, words: list[str], first: str) -> None:
    """On a device of the holder's on which nothing was ever done: by the paper alone."""
    signs_in_by_password(page, quay, email)
    follow(page, "The vote is closed: give your share of the key")
    says(page, f"{first} has given a share.")
    page.get_by_text("Or the 24 words of your paper, on any device").click()
    page.get_by_label("The 24 words, in their order").fill(" ".join(words))
    press(page, "Give my share and open the envelopes")
    says(page, "The envelopes are opened and counted.")
    lands(page, "Your key is destroyed")
    says(page, "You can throw the paper away.")
