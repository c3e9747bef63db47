"""The members' vote from the roll to the record, on phones and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import ceremony, electors, laurels, vote_office
from tests.browser.acts import lands, says, signs_in_by_password
from tests.browser.members_prize import CHAIR, KEY, SECOND_ORGANISER, TELLER, TITLES, WRITERS, settle
from tests.browser.stage import ORGANISER, Stage, stage

HALL, ADA, BO = "hall@zephyrgate.example", "ada@zephyrgate.example", "bo@zephyrgate.example"
QUI, TOM = "qui@quillonia.example", "tom@tollen.example"
ROLL = f"""elector,name,email,contact,post
Zephyrgate,,,{HALL},
Quillonia,Qui Example,{QUI},,
Tollen,Tom Example,{TOM},,
Marrowby,Mary Example,,,"1 Quay Street, Marrowby"
"""
FIRST, SECOND, _THIRD, _FOURTH = TITLES


@pytest.fixture
def quay(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(settle, tmp_path)) as found:
        yield found


def test_the_members_vote_from_the_roll_to_the_record(quay: Stage, tmp_path: Path) -> None:
    organiser = quay.window(phone=True)
    signs_in_by_password(organiser, quay, ORGANISER)
    vote_office.sees_what_is_missing(organiser, quay)
    vote_office.builds_the_roll(organiser, quay, ROLL)
    vote_office.asks_for_delegates(organiser, "Zephyrgate")
    hall = quay.window(phone=True)
    quay.open_as_gateways_do(quay.link(HALL), 2)
    hall.goto(quay.link(HALL))
    electors.names_a_delegate(hall, "Ada Example", ADA)
    letter = vote_office.prints_a_letter(organiser, quay, "Marrowby")
    vote_office.freezes_the_roll(organiser, quay)
    vote_office.states_the_close(organiser, quay)
    vote_office.names_who_signs(organiser, quay)
    vote_office.opens(organiser, quay)

    receipts = [two_delegates_one_ballot(quay, hall), a_letter_votes(quay, letter)]
    quay.pass_time(timedelta(days=2))
    signs_in_by_password(organiser, quay, ORGANISER)
    vote_office.reminds(organiser, quay, {"Quillonia": QUI, "Tollen": TOM})
    receipts.append(a_reminder_brings_one(quay))
    late = quay.window(phone=True)
    electors.comes_in_by_the_mail(late, quay, quay.link(TOM))
    electors.opens_the_ballot(late)
    vote_office.closes(organiser, quay)
    comes_too_late(late, quay)
    signs_in_by_password(organiser, quay, ORGANISER)
    vote_office.closes_now(organiser, quay)
    the_box_is_opened_by_two(quay, organiser)

    chair, winner = quay.window(phone=True), quay.window(phone=True)
    signs_in_by_password(chair, quay, CHAIR)
    ceremony.settles_the_tie_signs_and_cites(chair)
    ceremony.tells_the_winner(organiser, quay)
    ceremony.reads_in_confidence_and_corrects(winner, quay, WRITERS[FIRST])
    ceremony.takes_the_name_over(organiser, quay)
    ceremony.approves_the_proof(winner, quay)
    ceremony.proposes_the_release(organiser, quay)
    second = quay.window(phone=True)
    signs_in_by_password(second, quay, SECOND_ORGANISER)
    laurels.init_authority(quay)
    ceremony.arms_and_presses(second, quay)

    anybody = quay.window(phone=True)
    ceremony.reads_the_public_pages(anybody, quay)
    ceremony.finds_a_receipt(anybody, quay, receipts[0])
    quay.send_mails()
    ceremony.verifies(anybody, quay, ceremony.downloads_the_certificate(winner))
    record = ceremony.downloads_the_record(anybody, quay, tmp_path)
    assert "agrees" in ceremony.recounts(anybody, record)
    choices = ceremony.choices_in(record)
    assert [choices[it] for it in receipts] == [[FIRST], [SECOND], []]
    everybody_is_told(quay)
    assert quay.broken == []


def two_delegates_one_ballot(quay: Stage, hall: Page) -> str:
    """The first is replaced while she reads; the second votes, and nothing more can come of this city."""
    ada, bo, laptop = quay.window(phone=True), quay.window(phone=True), quay.window()
    old = quay.link(ADA)
    electors.comes_in_by_the_mail(ada, quay, old)
    hall.reload()
    electors.names_a_delegate(hall, "Bo Example", BO)
    assert "You no longer cast the ballot of Zephyrgate" in quay.letter(ADA)
    electors.is_turned_away(ada, old)

    link = quay.link(BO)
    for page in (bo, laptop):
        electors.comes_in_by_the_mail(page, quay, link)
        electors.opens_the_ballot(page, own="Zephyrgate")
    tab = bo.context.new_page()
    tab.goto(bo.url)
    electors.chooses(bo, FIRST)
    receipt = electors.casts_twice(bo)
    for late in (tab, laptop):
        electors.learns_that_a_ballot_was_cast(late, FIRST)
    hall.reload()
    says(hall, "The ballot is cast, so nobody else can be named.")
    return receipt


def a_letter_votes(quay: Stage, words: str) -> str:
    page = quay.window(phone=True)
    electors.comes_in_by_the_letter(page, quay, words)
    electors.opens_the_ballot(page, own="Marrowby")
    electors.chooses(page, SECOND)
    return electors.casts(page)


def a_reminder_brings_one(quay: Stage) -> str:
    """An abstention takes part."""
    page = quay.window(phone=True)
    assert "You can still vote" in quay.letter(QUI)
    electors.comes_in_by_the_mail(page, quay, quay.link(QUI))
    electors.opens_the_ballot(page, own="Quillonia")
    electors.chooses(page)
    return electors.casts(page)


def comes_too_late(page: Page, quay: Stage) -> None:
    """The page stood open for days; the link says how it went."""
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Look it over, then cast").click()
    says(page, "Nothing was cast")
    electors.comes_in_by_the_mail(page, quay, quay.link(TOM))
    says(page, "The vote is closed. No ballot of yours was cast.")


def the_box_is_opened_by_two(quay: Stage, organiser: Page) -> None:
    vote_office.proposes_to_open(organiser)
    teller = quay.window(phone=True)
    signs_in_by_password(teller, quay, TELLER)
    vote_office.approves_the_opening(teller)
    ceremony.nothing_is_public(quay)


def everybody_is_told(quay: Stage) -> None:
    """Whoever stood in the second round; and the elector's page says only that a ballot was cast."""
    quay.send_mails()
    for reference in (FIRST, SECOND):
        letter = quay.last_letter(WRITERS[reference])
        assert ("has won" in letter) is (reference == FIRST), letter
    page = quay.window(phone=True)
    electors.comes_in_by_the_mail(page, quay, quay.link(BO))
    says(page, re.compile("Cast: .* between"))
    page.goto(f"{quay.address}/en/vote/{KEY}/night")
    lands(page, "Your ballots")
