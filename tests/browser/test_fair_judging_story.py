"""From a proposal to a signed shortlist, on phones and without scripts: who reads what, and how sure the cut is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from awards.extensions import begin_writing, db
from awards.models import Assignment, AssignmentKind, AssignmentState
from tests.browser import chairing, proposing
from tests.browser.acts import follow, lands, press, says, signs_in_by_password
from tests.browser.garden_prize import (
    CHAIR,
    CLOSE,
    FALLS,
    KEY,
    LEVEL,
    RISES,
    TITLES,
    ZONE,
    Pair,
    address,
    give,
    give_further,
    marks,
    settle,
    totals,
)
from tests.browser.stage import ORGANISER, Stage, stage
from tests.web.world import ROOT

QUEUE = f"/en/judging/{KEY}/"
LEAVES, PINNED, BY_HAND = "gil", ("eve", "GP-16"), "ada"
FURTHER = {FALLS: Fraction(4), RISES: Fraction(8), **dict.fromkeys(LEVEL, Fraction(13, 2))}
"""What second readers give: one of those near the cut falls, one rises, and two stay level."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(settle, tmp_path)) as found:
        yield found


def test_a_round_from_the_proposal_to_the_signed_shortlist(town: Stage, tmp_path: Path) -> None:
    organiser = town.window(phone=True)
    signs_in_by_password(organiser, town, ORGANISER)
    organiser.goto(f"{town.address}/en/secretariat/{KEY}/assignment")
    proposing.draws_a_proposal(organiser, 3)
    proposing.pins(organiser, "Eve Fictional", PINNED[1], "Has written about reeds.")
    assert issued(town) == set()
    proposing.issues_it(organiser)
    assert PINNED in issued(town)
    only_what_must_change_does(town, organiser)

    pairs = issued(town)
    given = totals(pairs)
    with town.app.app_context():
        begin_writing()
        give({pair: total for pair, total in given.items() if pair[0] != BY_HAND})
    late = marks_on_the_phone(town, given)
    closes(organiser, town)

    chair = town.window(phone=True)
    signs_in_by_password(chair, town, CHAIR)
    chairing.waits_for_the_calibration(chair, town)
    town.send_mails()
    chairing.reads_the_cut_line(chair)
    chairing.reads_how_judges_marked(chair)
    day = datetime.now(ZoneInfo(ZONE)) + timedelta(days=7)
    chairing.orders_second_readings(chair, day)
    further = issued(town, AssignmentKind.SECOND)
    assert {reference for _, reference in further} == set(CLOSE)
    assert not further & pairs
    reads_further(town, further, late)
    chairing.closes_second_readings(chair, len(further))
    town.send_mails()
    chairing.sees_the_new_standing(chair)
    chairing.opens_the_room(chair)
    speaks_in_the_room(town)
    chairing.settles_the_tie_and_signs(chair)
    the_record_agrees(town, tmp_path)
    assert town.broken == []


def issued(town: Stage, kind: AssignmentKind = AssignmentKind.REGULAR) -> set[Pair]:
    """Who has what to read, as the database holds it."""
    query = select(Assignment).where(Assignment.state == AssignmentState.ISSUED, Assignment.kind == kind)
    with town.app.app_context():
        found = {
            (it.judge.account.email.partition("@")[0], it.nomination.reference)
            for it in db.session.scalars(query)
        }
        db.session.rollback()
    return found


def only_what_must_change_does(town: Stage, organiser: Page) -> None:
    """A judge leaves by herself; others take over what she had, and nobody else's nominations move."""
    before = issued(town)
    gil = town.window(phone=True)
    signs_in_by_password(gil, town, address(LEAVES))
    gil.goto(f"{town.address}{QUEUE}leave")
    lands(gil, "Leave the panel")
    gil.get_by_label("illness").check()
    press(gil, "See what follows")
    gil.get_by_label("A few words to the organisers").fill("I have to rest.")
    press(gil, "Leave the panel")
    hers = {pair for pair in before if pair[0] == LEAVES}
    assert issued(town) == before - hers

    organiser.goto(town.link(ORGANISER))
    organiser.goto(f"{town.address}/en/secretariat/{KEY}/assignment")
    press(organiser, "Draw a proposal")
    lands(organiser, "Assignment")
    says(organiser, f"{len(hers)} new pairs are proposed.")
    says(organiser, f"{len(before) - len(hers)} pairs that are issued stay as they are.")
    proposing.issues_it(organiser)
    after = issued(town)
    assert before - after == hers
    assert sorted(it for _, it in after - before) == sorted(it for _, it in hers)


def marks_on_the_phone(town: Stage, given: dict[Pair, Fraction]) -> Page:
    """One judge by hand; a tab of hers stays open on a sheet that is submitted."""
    page = town.window(phone=True)
    signs_in_by_password(page, town, address(BY_HAND))
    page.goto(f"{town.address}{QUEUE}")
    own = {reference: total for (name, reference), total in given.items() if name == BY_HAND}
    follow(page, re.compile("^Read GP-.. next$"))
    for _ in own:
        gives(page, own[page.get_by_role("heading", level=1).inner_text()[:5]])
        press(page, "Save and next")
    follow(page, "Submit all complete sheets")
    press(page, f"Submit these {len(own)} sheets")
    says(page, "All your sheets are submitted. Thank you.")
    tab = page.context.new_page()
    tab.goto(f"{town.address}{QUEUE}n/{min(own)}")
    return tab


def gives(page: Page, total: Fraction) -> None:
    for criterion, mark in zip(("services", "impact"), marks(total), strict=True):
        page.locator(f"#mark-{criterion}-{mark} + .key").click()


def closes(page: Page, town: Stage) -> None:
    page.goto(f"{town.address}/en/secretariat/{KEY}/closing")
    lands(page, "Close the first round")
    says(page, "48 of 48 sheets are submitted.")
    press(page, "Close the first round")
    says(page, "The round is closed.")


def reads_further(town: Stage, further: set[Pair], late: Page) -> None:
    """One by the link of the mail, the others from a list. Whoever was not asked can't write, nor beside it."""
    name = min(further)[0]
    own = sorted(reference for who, reference in further if who == name)
    page = town.window(phone=True)
    letter = town.letter(address(name))
    assert not any(TITLES[it] in letter or it in letter for it in CLOSE)
    signs_in_by_password(page, town, address(name))
    page.goto(town.link(address(name)))
    lands(page, "To read and mark")
    for reference in own:
        follow(page, re.compile(f"^{reference}"))
        lands(page, f"{reference} {TITLES[reference]}")
        gives(page, FURTHER[reference])
        press(page, "Submit sheet")
        page.goto(f"{town.address}{QUEUE}")
    says(page, "All that you were given after the close is submitted. Thank you.")
    gives(late, Fraction(1))
    press(late, "Save")
    lands(late, re.compile("^Not saved"))
    with town.app.app_context():
        begin_writing()
        give_further({pair: FURTHER[pair[1]] for pair in further if pair[0] != name})


def speaks_in_the_room(town: Stage) -> None:
    """A judge comes by the mail; no mark of anybody stands there, and none can be given."""
    page = town.window(phone=True)
    signs_in_by_password(page, town, address("fay"))
    page.goto(town.link(address("fay")))
    lands(page, "Deliberation room")
    follow(page, re.compile(f"^{LEVEL[1]}"))
    lands(page, f"{LEVEL[1]} {TITLES[LEVEL[1]]}")
    page.get_by_label("Your note").fill("Beans grow everywhere; this can be copied.")
    press(page, "Write the note")
    says(page, "Fay Fictional")
    expect(page.locator("main input[type=radio]")).to_have_count(0)


def the_record_agrees(town: Stage, folder: Path) -> None:
    """Counted again from the file alone, and fitted again."""
    record = folder / "full.zip"
    answer = town.app.test_cli_runner().invoke(args=["record", "export", KEY, str(record)])
    assert answer.exit_code == 0, answer.output
    commands = {
        "judging recount": "counted again and agrees",
        "judging.calibration refit": "No place would change",
    }
    for command, agrees in commands.items():
        told = subprocess.run(
            [sys.executable, "-m", *command.split(), record],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert agrees in told.stdout
