"""From the count to the public pages, on phones: the chair signs, the winner answers, two arm, one presses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import copytree

from playwright.sync_api import Page, expect

from judging.ballot import commitment
from judging.receipt_words import words
from tests.browser.acts import follow, lands, press, says, signs_in_by_code, text_of
from tests.browser.members_prize import CITIES, KEY, TITLES
from tests.browser.stage import Stage
from tests.web.world import ROOT

FIRST, SECOND, _THIRD, _FOURTH = TITLES
ORDERED = "It can be copied by the poorest of us."
REASON = "It gives the night back to those who were afraid of it."
NAME = "City of Quillonia"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
RELEASE = f"/en/secretariat/{KEY}/release"


def settles_the_tie_signs_and_cites(page: Page) -> None:
    """From Today."""
    follow(page, "1 result to settle and sign")
    lands(page, "Results")
    says(page, "Nominations are level at a prize; the chair decides")
    follow(page, re.compile("^Order them"))
    lands(page, "Order level nominations: Night")
    page.get_by_label(re.compile(TITLES[FIRST])).select_option("1")
    page.get_by_label(re.compile(TITLES[SECOND])).select_option("2")
    press(page, "Decide this order")
    says(page, "Write why in this order")
    page.get_by_label("Why in this order?").fill(ORDERED)
    press(page, "Decide this order")
    lands(page, "Night: result")
    says(page, f"The chair's order: {FIRST}, {SECOND}.")
    follow(page, "Read and sign")
    lands(page, "Sign the winners")
    says(page, f"The Lantern: {FIRST} {TITLES[FIRST]}")
    press(page, "Sign these winners")
    says(page, "Signed: the winners of one category.")
    follow(page, re.compile("^Write why they won"))
    page.get_by_label(re.compile("^English")).fill(REASON)
    press(page, "Save the citations")
    says(page, "One citation saved.")


def tells_the_winner(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{RELEASE}/winners")
    lands(page, "Winners in confidence")
    press(page, "Tell one winner in confidence")
    says(page, CITIES[FIRST])


def reads_in_confidence_and_corrects(page: Page, quay: Stage, email: str) -> None:
    """The mail says neither prize nor place; whoever opens the page is named to the secretariat."""
    letter = quay.letter(email)
    assert "In confidence" in letter
    assert "The Lantern" not in letter
    page.goto(quay.link(email))
    signs_in_by_code(page, quay, email)
    lands(page, re.compile("In confidence"))
    expect(page.locator("main")).not_to_contain_text("The Lantern")
    press(page, "I keep it to myself: show me")
    says(page, "The Lantern")
    says(page, REASON)
    page.get_by_label("We accept it").check()
    page.get_by_label("Name of the city or organisation").fill(NAME)
    page.get_by_label(re.compile("^Who comes to the ceremony")).fill("The mayor, by train.")
    press(page, "Send the answer")
    says(page, "You accept this prize.")
    says(page, "The secretariat has not dealt with your changes yet.")


def takes_the_name_over(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{RELEASE}/winners")
    says(page, "asks for a change")
    follow(page, CITIES[FIRST])
    says(page, f"{CITIES[FIRST]} {NAME}")
    says(page, "The mayor, by train.")
    press(page, "Take these names over")
    lands(page, NAME)


def approves_the_proof(page: Page, quay: Stage) -> None:
    page.reload()
    lands(page, re.compile("In confidence"))
    link = page.get_by_role("link", name="Proof (PDF, English)").get_attribute("href")
    proof = " ".join(text_of(page.request.get(f"{quay.address}{link}").body()))
    assert NAME in proof
    press(page, "Approve the proof")
    says(page, "You have approved the proof.")


def proposes_the_release(page: Page, quay: Stage) -> None:
    page.goto(f"{quay.address}{RELEASE}/")
    lands(page, "The release")
    says(page, "Nothing is left to do.")
    page.get_by_label(re.compile("^When somebody presses")).check()
    page.get_by_label("A word on it").fill("For the ceremony.")
    press(page, "Propose to arm it")
    says(page, "Another organiser has to approve it")


def arms_and_presses(page: Page, quay: Stage) -> None:
    """The second of two arms it; nothing is public before the press."""
    follow(page, "1 proposal about the release waits for your word")
    lands(page, "The release")
    press(page, "Approve and arm it")
    says(page, "Armed by two. Nothing is public yet.")
    nothing_is_public(quay)
    follow(page, re.compile("^Make it public now"))
    lands(page, "Make the winners public?")
    press(page, "Make the winners public")
    says(page, "The winners of one category are public.")
    says(page, "The record of the edition is published.")


def nothing_is_public(quay: Stage) -> None:
    page = quay.window(phone=True)
    for path in ("winners", f"winners/{FIRST}", "method", "record", "record.zip"):
        assert page.request.get(f"{quay.address}/en/{KEY}/{path}").status == 404, path
    page.goto(f"{quay.address}/en/{KEY}/")
    expect(page.locator("main")).not_to_contain_text("The Lantern")
    page.context.close()


def reads_the_public_pages(page: Page, quay: Stage) -> None:
    """From the front page to the winner, and how it was chosen."""
    page.goto(f"{quay.address}/en/")
    follow(page, "Lantern Prize")
    follow(page, "See the winners")
    lands(page, "Winners")
    says(page, REASON)
    expect(page.locator("main")).not_to_contain_text(TITLES[SECOND])
    follow(page, NAME)
    lands(page, NAME)
    says(page, "The Lantern")
    says(page, REASON)
    follow(page, "The count of this category")
    lands(page, "How the winners were chosen")
    says(page, f"The chair's order: {NAME} ({FIRST}), {CITIES[SECOND]} ({SECOND}).")


def finds_a_receipt(page: Page, quay: Stage, code: str, city: str = NAME) -> None:
    """An elector, months later, by the words on a slip of paper; and the same ballot on the published list."""
    page.goto(f"{quay.address}/en/{KEY}/ballot-log")
    page.get_by_label("The words of your receipt code").fill(code.upper())
    press(page, "Find it")
    lands(page, "Find my receipt")
    says(page, "This ballot was counted.")
    says(page, city)
    assert code.split(maxsplit=1)[0] not in page.url
    follow(page, "All votes, and finding a receipt")
    follow(page, "Opened ballots")
    row = page.get_by_role("row").filter(has_text=code)
    expect(row).to_contain_text(city)


def downloads_the_certificate(page: Page) -> str:
    """Its code, as it is printed."""
    page.reload()
    says(page, "The result is public.")
    with page.expect_download() as download:
        follow(page, re.compile("^Certificate .*English"))
    certificate = " ".join(text_of(Path(download.value.path()).read_bytes()))
    assert NAME in certificate
    found = CODE.search(certificate)
    assert found, certificate
    return found[0]


def verifies(page: Page, quay: Stage, code: str) -> None:
    page.goto(f"{quay.address}/en/verify/")
    page.get_by_label("Code of the certificate").fill(code.lower().replace("-", " "))
    press(page, "Verify this code")
    lands(page, "This certificate is in force")
    says(page, NAME)
    says(page, "The Lantern")


def downloads_the_record(page: Page, quay: Stage, folder: Path) -> Path:
    page.goto(f"{quay.address}/en/{KEY}/record")
    lands(page, "The public record")
    with page.expect_download() as download:
        follow(page, "Download the record")
    kept = folder / download.value.suggested_filename
    download.value.save_as(kept)
    return kept


def recounts(page: Page, record: Path) -> str:
    """As the page says, where nothing but the standard library and a copy of `judging/` is."""
    copytree(ROOT / "judging", record.parent / "judging")
    command = page.locator("pre code").inner_text().split()
    assert command[:4] == ["python3", "-m", "judging", "recount"]
    answer = subprocess.run(
        [sys.executable, "-E", "-s", "-S", *command[1:]],
        cwd=record.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def choices_in(record: Path) -> dict[str, list[str]]:
    """What each ballot of the record chose, by the code in words that its elector was given."""
    with zipfile.ZipFile(record) as whole:
        promised = [json.loads(line)["commitment"] for line in whole.read("commitments.jsonl").splitlines()]
        ballots = [json.loads(line) for line in whole.read("ballots.jsonl").splitlines()]
    found = {commitment(it["election"], tuple(it["choice"]), it["nonce"]): it["choice"] for it in ballots}
    assert sorted(found) == sorted(promised)
    return {" ".join(words(it, "en")): choice for it, choice in found.items()}
