"""What organisers and tellers do around the vote, on phones: the roll, the checklist, opening, closing, the box."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.acts import follow, lands, press, says, text_of
from tests.browser.members_prize import CITIES, KEY, ZONE
from tests.browser.stage import Stage

OFFICE = f"/en/secretariat/{KEY}"
LASTS = timedelta(days=5)
WORDS = re.compile(r"Your seven words\s+(?P<words>(?:[a-z]+\s+){7})")
PRESENT = "All four delegations were told by mail."


def sees_what_is_missing(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{OFFICE}/vote")
    lands(page, "The vote")
    for lack in (
        "Nobody is on the roll yet.",
        "No date is stated for the close of the vote.",
        "Nobody is named who signs the certificates.",
    ):
        says(page, lack)
    says(page, "3 things stand in the way.")
    follow(page, "Open the vote")
    says(page, "This can't be done yet.")


def sees_to(page: Page, quay: Stage, lack: str) -> None:
    """By the link of the checklist."""
    page.goto(f"{quay.address}{OFFICE}/vote")
    follow(page, re.compile(f"^See to it.*{lack}"))


def builds_the_roll(page: Page, quay: Stage, electors: str) -> None:
    """From the register; then a list says where the cities are written to, and who votes for some of them."""
    sees_to(page, quay, "Nobody is on the roll yet.")
    follow(page, "Build it from the register")
    lands(page, "Build the roll from the register")
    press(page, "Build the roll")
    says(page, f"{len(CITIES)} electors are on the roll.")
    follow(page, "Load a list")
    lands(page, "Load a list of electors")
    page.get_by_label("File").set_input_files(
        {"name": "roll.csv", "mimeType": "text/csv", "buffer": electors.encode()}
    )
    press(page, "Load the list")
    says(page, "changed")
    lands(page, "Roll")


def asks_for_delegates(page: Page, city: str) -> None:
    follow(page, "Ask for delegates")
    lands(page, "Ask for delegates")
    says(page, "Please name the person who casts it.")
    page.get_by_label(re.compile(f"^{city}")).check()
    press(page, "Ask those who are ticked")
    says(page, "One organisation is asked by mail.")


def prints_a_letter(page: Page, quay: Stage, city: str) -> str:
    """The words that stand in it, and nowhere else."""
    sees_to(page, quay, "One elector can't be reached by mail")
    lands(page, "Print letters")
    expect(page.get_by_label(re.compile(f"^{city}"))).to_be_checked()
    with page.expect_download() as download:
        press(page, "Make the letters (PDF)")
    (letter,) = text_of(Path(download.value.path()).read_bytes())
    assert city in letter
    found = WORDS.search(letter)
    assert found, letter
    return " ".join(found["words"].split())


def freezes_the_roll(page: Page, quay: Stage) -> None:
    sees_to(page, quay, "The roll is not frozen yet.")
    lands(page, "Freeze the roll")
    press(page, "Freeze the roll")
    says(page, "The roll is frozen.")
    says(page, re.compile("SHA-256 [0-9a-f]{64}"))


def states_the_close(page: Page, quay: Stage) -> None:
    day = datetime.now(ZoneInfo(ZONE)) + LASTS
    sees_to(page, quay, "No date is stated")
    follow(page, re.compile("State a date.*The vote closes"))
    page.get_by_label("Day", exact=True).fill(f"{day:%Y-%m-%d}")
    press(page, "See what this means")
    press(page, "Save this date")
    lands(page, "Dates")


def names_who_signs(page: Page, quay: Stage) -> None:
    sees_to(page, quay, "Nobody is named who signs")
    follow(page, "Who signs certificates")
    lands(page, "Who signs certificates")
    page.locator("[name='signatories.1.name:en']").fill("Pia Example")
    page.locator("[name='signatories.1.office:en']").fill("President")
    page.get_by_label(re.compile("^Why does it change")).fill("The assembly has elected her.")
    press(page, "Save as a new version")
    says(page, "Saved as version 2.")


def opens(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{OFFICE}/vote")
    says(page, "Nothing stands in the way.")
    follow(page, "Open the vote")
    lands(page, "Open the vote")
    press(page, "Open the vote")
    says(page, "The vote is open.")


def reminds(page: Page, quay: Stage, left: Mapping[str, str]) -> None:
    """Those without a ballot, by name; what anybody chose is known to nobody."""
    page.goto(f"{quay.address}{OFFICE}/vote")
    says(page, "2 of 4 electors have cast a ballot.")
    follow(page, "Remind those without a ballot")
    lands(page, "Remind those without a ballot")
    for city in CITIES.values():
        expect(page.get_by_label(re.compile(f"^{city}"))).to_have_count(int(city in left))
    press(page, "Send the reminder")
    says(page, f"{len(left)} electors are reminded.")


def closes(page: Page, quay: Stage) -> None:
    """Not before the date that was promised."""
    page.goto(f"{quay.address}{OFFICE}/vote/close")
    says(page, "This can't be done yet. The vote is promised to be open until")
    quay.pass_time(LASTS)


def closes_now(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{OFFICE}/vote")
    says(page, "The time is over and nobody can vote any more.")
    follow(page, "Close the vote")
    lands(page, "Close the vote")
    press(page, "Close the vote")
    says(page, "The vote is closed. Nothing is opened yet.")


def proposes_to_open(page: Page) -> None:
    lands(page, "Open the envelopes")
    page.get_by_label("Why are they opened now?").fill(PRESENT)
    press(page, "Propose to open the envelopes")
    says(page, "Another organiser or teller has to approve it")
    follow(page, "What comes next")
    says(page, "Somebody else has to approve it: another organiser or a teller.")
    expect(page.get_by_role("button", name="Approve and open the envelopes")).to_have_count(0)


def approves_the_opening(page: Page) -> None:
    """From Today."""
    follow(page, "The vote is closed: its envelopes wait for two people")
    lands(page, "Open the envelopes")
    says(page, PRESENT)
    press(page, "Approve and open the envelopes")
    says(page, "The envelopes are opened and counted, and their key is destroyed.")
