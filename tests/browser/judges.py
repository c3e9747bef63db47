"""What judges do: join by the mail, mark by keyboard alone, in a workbook, on paper."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import openpyxl
from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import follow, heading, press, says, signs_in_by_code
from tests.browser.small_prize import CONDUCT, CRITERIA, KEY, TITLES
from tests.browser.stage import Stage

Marks = Mapping[str, tuple[int, int]]
QUEUE = f"/en/judging/{KEY}/"
IS_IN_FOCUS = "it => it === document.activeElement"


def accepts_and_joins(page: Page, port: Stage, email: str) -> None:
    """By the link of the mail, which gateways look through first."""
    link = port.link(email)
    port.open_as_gateways_do(link, 3)
    page.goto(link)
    heading(page, "Will you act as judge?")
    press(page, "Accept this role")
    heading(page, "Join the panel")
    says(page, CONDUCT)
    for country in ("nationality", "residence", "place-0-country"):
        page.locator(f"#{country}").select_option("KR")
    page.locator("#place-0-city").fill("Exampleton")
    page.locator("input[name=languages][value=en]").check()
    press(page, "Join the panel")
    says(page, "Please mend this first")
    page.locator("#agree").check()
    press(page, "Join the panel")
    says(page, "Saved. You are on the panel.")


def declares_no_interest(page: Page, port: Stage) -> None:
    """What the queue asks first, once the round is open."""
    page.goto(f"{port.address}{QUEUE}")
    heading(page, "Your interests")
    page.get_by_label("I have read the list").check()
    press(page, "Declare")


def is_told_and_declares_an_interest(page: Page, port: Stage, email: str, reference: str) -> None:
    """An interest that comes to light on reading."""
    letter = port.letter(email)
    assert "4 nominations" in letter
    assert TITLES[reference] not in letter
    page.goto(port.link(email))
    follow(page, re.compile(TITLES[reference]))
    follow(page, "I have a conflict of interest")
    page.get_by_label("Why, in a few words").fill("My brother built it.")
    press(page, f"Declare my interest in {reference}")
    says(page, f"Your interest in {reference} is declared. You do not read it any more.")
    expect(page.get_by_role("link", name=re.compile(TITLES[reference]))).to_have_count(0)


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate(IS_IN_FOCUS):
            return
    raise AssertionError(f"no way by Tab to {target} on {page.url}")


def enter(page: Page, role: Literal["link", "button"], name: str | re.Pattern[str]) -> None:
    """Go to a link or button by Tab and press Enter."""
    tab_to(page, page.get_by_role(role, name=name, exact=isinstance(name, str)).first)
    press_enter(page)


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def marks_by_keyboard(page: Page, criterion: str, mark: int) -> None:
    """The arrow keys go from "no mark yet" to the mark."""
    tab_to(page, page.locator(f"input[name=mark-{criterion}]:checked"))
    for _ in range(mark):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"#mark-{criterion}-{mark}")).to_be_checked()


def scores_by_keyboard(page: Page, port: Stage, marks: Marks) -> None:
    """All sheets, in the order that was drawn; of the last one half."""
    page.goto(f"{port.address}{QUEUE}")
    enter(page, "link", re.compile("^Read HP-.. next$"))
    for number in range(1, len(marks) + 1):
        services, impact = marks[page.get_by_role("heading", level=1).inner_text()[:5]]
        enter(page, "link", "Go to the scorecard")
        marks_by_keyboard(page, CRITERIA[0], services)
        if number == len(marks):
            enter(page, "button", "Save")
            says(page, "1 of 2 marks")
            return
        marks_by_keyboard(page, CRITERIA[1], impact)
        tab_to(page, page.locator("#comment"))
        page.keyboard.type("A sound piece of work.")
        enter(page, "button", "Save and next")


def comes_back_and_finishes_by_keyboard(page: Page, port: Stage, email: str, marks: Marks) -> None:
    page.goto(f"{port.address}{QUEUE}")
    enter(page, "link", "Send me a mail instead")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(email)
    press_enter(page)
    tab_to(page, page.get_by_label("Code from the mail"))
    page.keyboard.type(port.code(email))
    press_enter(page)
    enter(page, "link", re.compile("^Go on with HP-..$"))
    services, impact = marks[page.get_by_role("heading", level=1).inner_text()[:5]]
    enter(page, "link", "Go to the scorecard")
    expect(page.locator(f"#mark-{CRITERIA[0]}-{services}")).to_be_checked()
    marks_by_keyboard(page, CRITERIA[1], impact)
    enter(page, "button", "Save and next")
    enter(page, "link", "Submit all complete sheets")
    enter(page, "button", "Submit these 3 sheets")
    says(page, "All your sheets are submitted. Thank you.")


def works_in_the_workbook(page: Page, port: Stage, marks: Marks) -> None:
    """One row with a mark that the scale doesn't have, which is mended."""
    page.goto(f"{port.address}{QUEUE}")
    follow(page, "Without a connection")
    with page.expect_download() as download:
        follow(page, "Download the workbook")
    empty = Path(download.value.path()).read_bytes()
    slip = {"HP-01": (11, marks["HP-01"][1])}
    sends_the_workbook(page, filled(empty, {**marks, **slip}))
    says(page, "3 sheets were saved.")
    says(page, "1 row was not taken.")
    says(page, "Not taken: not a mark of the scale (Services)")
    sends_the_workbook(page, filled(empty, marks))
    says(page, "1 sheet was saved.")
    follow(page, "Submit all complete sheets")
    press(page, "Submit these 4 sheets")
    says(page, "All your sheets are submitted. Thank you.")


def sends_the_workbook(page: Page, content: bytes) -> None:
    page.get_by_label("The workbook, filled in").set_input_files(
        {"name": "marks.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    press(page, "Upload and save")


def filled(workbook: bytes, marks: Marks) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3] if cell.value}
    for row in range(5, sheet.max_row + 1):
        reference = sheet.cell(row, columns["reference"]).value
        if reference in marks:
            for criterion, mark in zip(CRITERIA, marks[reference], strict=True):
                sheet.cell(row, columns[f"mark {criterion}"]).value = mark
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def confirms_by_the_mail(page: Page, port: Stage, email: str) -> None:
    page.goto(port.link(email))
    signs_in_by_code(page, port, email)
    heading(page, "Your typed sheet")
    press(page, "This is what I gave")
    says(page, "Confirmed. The sheet is submitted and counts.")
