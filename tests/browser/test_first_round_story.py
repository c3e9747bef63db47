"""A first round from the invitation of three judges to the public page, each judge working in a way of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.awards.uploads import samples
from tests.browser.acts import follow, heading, press, says, signs_in_by_password, text_of, upload
from tests.browser.judges import (
    Marks,
    accepts_and_joins,
    comes_back_and_finishes_by_keyboard,
    confirms_by_the_mail,
    declares_no_interest,
    is_told_and_declares_an_interest,
    scores_by_keyboard,
    works_in_the_workbook,
)
from tests.browser.small_prize import (
    CHAIR,
    CLERK,
    CRITERIA,
    KEY,
    SECOND_CLERK,
    TITLES,
    WRITERS,
    ZONE,
    settle,
)
from tests.browser.stage import ORGANISER, PASSWORD, Stage, stage

ADA, BEN, CYD = "ada@judge.example", "ben@judge.example", "cyd@judge.example"
FIRST, SECOND, THIRD, FRIENDS = TITLES
MARKS: Mapping[str, Marks] = {
    ADA: {FIRST: (9, 9), SECOND: (7, 6), THIRD: (7, 6)},
    BEN: {FIRST: (8, 9), SECOND: (6, 8), THIRD: (6, 8), FRIENDS: (3, 2)},
    CYD: {FIRST: (10, 9), SECOND: (8, 5), THIRD: (8, 5), FRIENDS: (4, 3)},
}
OPEN = "Freeze the rules and open the first round"
CLOSE = "Close the first round"
SLOW = "The post from the island takes three days."
WAIVED = "Nobody else on the panel reads this category."
SHEET = re.compile(r"(?P<code>[0-9A-Z]{8})\n.*Cyd Judge\n(?P<reference>HP-\d\d)")
ORDERED = "It serves those who can't pay for a ticket."


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(settle, tmp_path)) as found:
        yield found


def test_a_first_round_by_keyboard_in_a_workbook_and_on_paper(port: Stage) -> None:
    organiser = port.window()
    signs_in_by_password(organiser, port, ORGANISER)
    invites_one(organiser, ADA, "Ada Judge")
    invites_a_list(organiser, {BEN: "Ben Judge", CYD: "Cyd Judge"})
    ada, ben, cyd = port.window(), port.window(), port.window(phone=True)
    panel = {ADA: ada, BEN: ben, CYD: cyd}
    for email, page in panel.items():
        accepts_and_joins(page, port, email)
    opens_the_round(organiser, port)
    for page in panel.values():
        declares_no_interest(page, port)
    issues_a_proposal(organiser)

    is_told_and_declares_an_interest(ada, port, ADA, FRIENDS)
    scores_by_keyboard(ada, port, MARKS[ADA])
    works_in_the_workbook(ben, port, MARKS[BEN])
    port.pass_time(timedelta(days=6))
    signs_in_by_password(organiser, port, ORGANISER)
    reminds_those_who_are_behind(organiser, port)
    gives_more_time(organiser, port)
    comes_back_and_finishes_by_keyboard(ada, port, ADA, MARKS[ADA])
    codes = prints_a_pack(organiser, port)

    port.pass_time(timedelta(days=5))
    clerk, second = port.window(), port.window()
    signs_in_by_password(clerk, port, CLERK)
    types_a_sheet(clerk, port, codes[FIRST], MARKS[CYD][FIRST])
    confirms_by_the_mail(cyd, port, CYD)
    for reference in (SECOND, THIRD, FRIENDS):
        types_a_sheet(clerk, port, codes[reference], MARKS[CYD][reference])
    signs_in_by_password(second, port, SECOND_CLERK)
    confirms_against_the_scans(second, port)

    signs_in_by_password(organiser, port, ORGANISER)
    cannot_close_yet(organiser, port)
    chair = port.window()
    waives_the_minimum(chair, port)
    nothing_is_public(port)
    closes(organiser, port)
    settles_the_tie_and_signs(chair)
    downloads_the_minutes(chair, port)
    nothing_is_public(port)
    announces(organiser, port)
    the_finalists_are_public(port)
    assert port.broken == []


def invites_one(page: Page, email: str, name: str) -> None:
    page.goto(page.url.replace("/today", f"/secretariat/{KEY}/judges"))
    follow(page, "Ask judges")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail address").fill(email)
    press(page, "Send the invitation")
    says(page, email)


def invites_a_list(page: Page, people: Mapping[str, str]) -> None:
    rows = ["name,email,country,languages", *(f"{name},{email},KR,en" for email, name in people.items())]
    follow(page, "Ask judges")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "judges.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    press(page, "Ask everybody on the list")
    says(page, "0 judges on the panel · 3 not answered yet")


def opens_the_round(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/secretariat/{KEY}/")
    follow(page, OPEN)
    press(page, OPEN)
    says(page, "First round")


def issues_a_proposal(page: Page) -> None:
    follow(page, "Assignment")
    press(page, "Draw a proposal")
    says(page, "12 new pairs are proposed.")
    follow(page, "Look once more and issue")
    press(page, "Issue 12 pairs")
    says(page, "12 pairs are issued.")


def reminds_those_who_are_behind(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/secretariat/{KEY}/progress")
    says(page, "4 of 11 sheets are submitted.")
    follow(page, "Remind judges")
    says(page, "Cyd Judge 0 of 4 submitted · 4 not begun")
    expect(page.locator("main")).not_to_contain_text("Ben Judge")
    press(page, "Send the reminder")
    says(page, "2 judges are reminded.")
    assert "2 are complete but not submitted" in port.letter(ADA)
    assert "4 are not begun" in port.last_letter(CYD)


def gives_more_time(page: Page, port: Stage) -> None:
    """To one judge; the others keep their deadline."""
    day = datetime.now(ZoneInfo(ZONE)) + timedelta(days=9)
    follow(page, re.compile("More time.*Cyd Judge"))
    page.get_by_label("Day", exact=True).fill(f"{day:%Y-%m-%d}")
    page.get_by_label("Why?").fill(SLOW)
    press(page, "See what this means")
    press(page, "Give this time")
    says(page, "Granted to Cyd Judge")
    assert SLOW in port.letter(CYD)


def prints_a_pack(page: Page, port: Stage) -> dict[str, str]:
    """The code of each sheet, as it is printed."""
    page.goto(f"{port.address}/en/secretariat/{KEY}/progress")
    follow(page, "Sheets to print")
    link = page.get_by_role("link", name=re.compile(r"Sheets \(PDF\).*Cyd Judge")).get_attribute("href")
    codes = {}
    for sheet in text_of(page.request.get(f"{port.address}{link}").body()):
        if found := SHEET.match(sheet):
            codes[found["reference"]] = found["code"]
    assert list(codes) == list(TITLES)
    return codes


def types_a_sheet(page: Page, port: Stage, code: str, marks: tuple[int, int]) -> None:
    page.goto(f"{port.address}/en/clerk/{KEY}/")
    page.get_by_label("Code of the sheet").fill(code.lower())
    press(page, "Open the sheet")
    says(page, "Cyd Judge")
    for criterion, mark in zip(CRITERIA, marks, strict=True):
        page.locator(f"#mark-{criterion}-{mark}").check()
    page.get_by_label("On paper", exact=True).check()
    page.get_by_label("Day on which it arrived").fill(f"{datetime.now(ZoneInfo(ZONE)):%Y-%m-%d}")
    page.get_by_label("Time at which it arrived").fill("00:00")
    upload(page, "sheet.pdf", samples.pdf())
    press(page, "Keep what I typed")
    says(page, "Typed. It counts when the judge or another clerk has confirmed it.")


def confirms_against_the_scans(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/clerk/{KEY}/confirming")
    for reference in (SECOND, THIRD, FRIENDS):
        follow(page, re.compile(reference))
        heading(page, "Is this what stands on the paper?")
        scan = page.get_by_role("link", name="Download the scan").get_attribute("href")
        assert page.request.get(f"{port.address}{scan}").body().startswith(b"%PDF")
        press(page, "Confirm: every mark agrees")
    says(page, "Nothing waits for you.")


def cannot_close_yet(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/secretariat/{KEY}/progress")
    says(page, "11 of 11 sheets are submitted.")
    follow(page, "Close the round")
    says(page, "This can't be done yet.")
    says(page, "2 of 3 submitted")
    press(page, "Ask the chair to look")


def waives_the_minimum(page: Page, port: Stage) -> None:
    """By the link of the mail. The chair's table says nothing yet."""
    page.goto(port.link(CHAIR))
    page.get_by_label("E-mail address").fill(CHAIR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    heading(page, "Minimum of sheets")
    follow(page, re.compile(FRIENDS))
    page.get_by_label(re.compile("^Why is it fair")).fill(WAIVED)
    press(page, "Waive the minimum and sign")
    says(page, f"Waived for {FRIENDS}.")
    page.goto(f"{port.address}/en/table/{KEY}/")
    heading(page, "The first round is not closed")
    expect(page.locator("main")).not_to_contain_text("HP-")


def closes(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/secretariat/{KEY}/closing")
    press(page, CLOSE)
    says(page, "The round is closed.")


def settles_the_tie_and_signs(page: Page) -> None:
    page.reload()
    says(page, "Places 2 and 3 are level at 6.667 (6 2/3).")
    follow(page, re.compile("^Order them"))
    page.get_by_label(re.compile(TITLES[THIRD])).select_option("1")
    page.get_by_label(re.compile(TITLES[SECOND])).select_option("2")
    page.get_by_label("Why in this order?").fill(ORDERED)
    press(page, "Decide this order")
    says(page, f"The chair's order: {THIRD}, {SECOND}.")
    follow(page, "Read and sign")
    says(page, TITLES[THIRD])
    expect(page.locator("main")).not_to_contain_text(TITLES[SECOND])
    press(page, "Sign this shortlist")
    says(page, "Signed, not announced")


def downloads_the_minutes(page: Page, port: Stage) -> None:
    link = page.get_by_role("link", name="The minutes as a PDF").get_attribute("href")
    minutes = " ".join(text_of(page.request.get(f"{port.address}{link}").body()))
    for said in (ORDERED, f"Finalists: {FIRST}, {THIRD}", "For one nomination the chair waived the minimum"):
        assert said in minutes


def announces(page: Page, port: Stage) -> None:
    page.goto(f"{port.address}/en/table/{KEY}/")
    follow(page, re.compile("^Announce"))
    page.get_by_label("At once").check()
    press(page, "Look at it before it is done")
    says(page, "Public at once. It can't be undone.")
    press(page, "Announce the finalists of one category")
    says(page, "The finalists of one category are public.")


def the_finalists_are_public(port: Stage) -> None:
    """To anybody with a telephone; and who wrote them is told about their own."""
    page = port.window(phone=True)
    page.goto(f"{port.address}/en/{KEY}/")
    says(page, "The finalists are announced.")
    follow(page, "Finalists")
    for reference, title in TITLES.items():
        expect(page.get_by_text(title)).to_have_count(int(reference in (FIRST, THIRD)))
    for mark in ("6.67", "9.00"):
        expect(page.locator("main")).not_to_contain_text(mark)
    port.send_mails()
    for reference, writer in WRITERS.items():
        letter = port.last_letter(writer)
        assert TITLES[reference] in letter
        assert ("is a finalist" in letter) is (reference in (FIRST, THIRD)), letter


def nothing_is_public(port: Stage) -> None:
    page = port.window()
    assert page.request.get(f"{port.address}/en/{KEY}/finalists").status == 404
    page.goto(f"{port.address}/en/{KEY}/")
    expect(page.locator("main")).not_to_contain_text("HP-")
    page.context.close()
