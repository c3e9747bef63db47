"""A vote that losers can trust, on phones without scripts: holders of the key, a disputed delegate, a low turnout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import ceremony, electors, holding, lantern_vote, vote_office
from tests.browser.acts import follow, lands, press, says, signs_in_by_password
from tests.browser.lantern_vote import HALL, HANA, HUGO, LASTS, QUI, TOM
from tests.browser.members_prize import (
    CHAIR,
    JUDGES,
    KEY,
    SECOND_ORGANISER,
    TELLER,
    TITLES,
    ZONE,
)
from tests.browser.stage import ORGANISER, Stage, stage

PAST_THE_CLOSE = LASTS + timedelta(days=2)
FIRST, SECOND, _THIRD, _FOURTH = TITLES
ADA, BO = "ada@zephyrgate.example", "bo@zephyrgate.example"
OUR_VICE_MAYOR = "We had named our vice mayor. Somebody in the office used the letter."


@pytest.fixture
def quay(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, lantern_vote.with_holders) as found:
        yield found


@pytest.fixture
def empty_quay(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(lantern_vote.with_a_high_quorum, tmp_path)) as found:
        yield found


def test_two_of_three_open_what_the_right_delegates_cast(quay: Stage) -> None:
    holding.makes_a_key(quay.window(phone=True), quay, HANA)
    paper = holding.makes_a_key(quay.window(phone=True), quay, HUGO)
    lantern_vote.opens(quay)

    wrong, receipt = the_wrong_person_votes_and_then_the_right_one(quay)
    for email, choice in ((QUI, SECOND), (TOM, FIRST)):
        votes(quay, email, choice)
    quay.pass_time(PAST_THE_CLOSE)
    organiser = quay.window(phone=True)
    signs_in_by_password(organiser, quay, ORGANISER)
    vote_office.closes_now(organiser, quay)
    says(organiser, "Nobody has given a share yet.")
    expect(organiser.get_by_role("button", name="Propose to open the envelopes")).to_have_count(0)

    hana, hugo = quay.window(phone=True), quay.window(phone=True)
    holding.gives_by_passphrase(hana, quay, HANA)
    organiser.reload()
    says(organiser, "Hana Example has given a share; it waits for a second one until")
    ceremony.nothing_is_public(quay)
    holding.opens_by_words(hugo, quay, HUGO, paper, "Hana Example")
    hana.reload()
    lands(hana, "Your key is destroyed")

    lantern_vote.releases(quay)
    anybody = quay.window(phone=True)
    ceremony.finds_a_receipt(anybody, quay, receipt, city="Quillonia")
    the_struck_one_was_not_opened(anybody, quay, *wrong)
    assert quay.broken == []


def the_wrong_person_votes_and_then_the_right_one(quay: Stage) -> tuple[tuple[str, str], str]:
    """The city says so by the page of its mail; the chair decides; what was struck stays shut, and the city votes."""
    hall, ada, chair, bo = (quay.window(phone=True) for _ in range(4))
    link = quay.link(HALL)
    hall.goto(link)
    electors.names_a_delegate(hall, "Ada Example", ADA)
    electors.comes_in_by_the_mail(ada, quay, quay.link(ADA))
    electors.opens_the_ballot(ada, own="Zephyrgate")
    electors.chooses(ada, "LP-03")
    code = electors.casts(ada)
    fingerprint = "".join(ada.locator(".envelope").inner_text().split())

    hall.reload()
    hall.get_by_label("What happened?").fill(OUR_VICE_MAYOR)
    press(hall, "Say that the wrong person voted")
    says(hall, "It is disputed who cast this ballot.")
    assert "is disputed" in quay.letter(ADA)
    signs_in_by_password(chair, quay, CHAIR)
    follow(chair, "It is disputed who cast one ballot: nothing is opened before that is decided")
    lands(chair, "Disputed ballots")
    follow(chair, re.compile("^Read it and decide"))
    lands(chair, "Disputed: the ballot of Zephyrgate")
    says(chair, OUR_VICE_MAYOR)
    says(chair, f"named by the link that was sent to {HALL}")
    chair.get_by_label(re.compile("^The ballot is struck unopened")).check()
    press(chair, "Decide and sign")
    says(chair, "Write why")
    chair.get_by_label("Why?").fill("The mayor says so, and Ada does not deny it.")
    press(chair, "Decide and sign")
    says(chair, "Decided: the ballot is struck unopened. Both sides are told.")
    assert "is struck" in quay.letter(ADA)

    hall.goto(link)
    electors.names_a_delegate(hall, "Bo Example", BO)
    electors.comes_in_by_the_mail(bo, quay, quay.link(BO))
    says(bo, "A ballot that was cast before was struck unopened")
    electors.opens_the_ballot(bo, own="Zephyrgate")
    electors.chooses(bo, FIRST)
    return (code, fingerprint), electors.casts_twice(bo)


def votes(quay: Stage, email: str, choice: str) -> str:
    page = quay.window(phone=True)
    electors.comes_in_by_the_mail(page, quay, quay.link(email))
    follow(page, "Fill in the ballot")
    electors.chooses(page, choice)
    receipt = electors.casts(page)
    page.context.close()
    return receipt


def the_struck_one_was_not_opened(page: Page, quay: Stage, code: str, fingerprint: str) -> None:
    for typed, said in (
        (fingerprint, "Struck before the opening: another delegate was the right one."),
        (code, "There is no such envelope in any box of this edition"),
    ):
        page.goto(f"{quay.address}/en/{KEY}/ballot-log")
        page.get_by_label("The words of your receipt code").fill(typed)
        press(page, "Find it")
        lands(page, "Find my receipt")
        says(page, said)


def test_too_few_twice_and_the_judges_vote(empty_quay: Stage) -> None:
    quay = empty_quay
    organiser, second = quay.window(phone=True), quay.window(phone=True)
    votes(quay, QUI, SECOND)
    quay.pass_time(PAST_THE_CLOSE)
    signs_in_by_password(organiser, quay, ORGANISER)
    too_few(organiser, quay, 1)
    opens_the_vote_once_more(organiser)
    qui = quay.window(phone=True)
    electors.comes_in_by_the_mail(qui, quay, quay.link(QUI))
    says(qui, re.compile("Cast: .* between"))
    assert "You can still vote" in quay.letter(TOM)
    votes(quay, TOM, FIRST)

    quay.pass_time(PAST_THE_CLOSE)
    signs_in_by_password(organiser, quay, ORGANISER)
    too_few(organiser, quay, 2)
    expect(organiser.get_by_role("button", name="Open the vote again until then")).to_have_count(0)
    organiser.get_by_label("Why?").fill("Twice too few; the rules say so.")
    press(organiser, "Propose that the judges vote")
    says(organiser, "Another organiser has to approve it.")
    signs_in_by_password(second, quay, SECOND_ORGANISER)
    second.goto(f"{quay.address}{vote_office.OFFICE}/vote/opening")
    press(second, "Approve: destroy the envelopes and let the judges vote")
    says(second, "The envelopes are destroyed unopened, and the judges vote.")

    letter = quay.letter(f"{JUDGES[0]}@example.org")
    assert "The judges vote now" in letter
    assert "vote once more" not in letter
    for name in JUDGES:
        votes(quay, f"{name}@example.org", FIRST)
    second.reload()
    says(second, "Every ballot that can be cast is in the box.")
    follow(second, "Close the vote")
    press(second, "Close the vote")
    vote_office.proposes_to_open(second)
    teller = quay.window(phone=True)
    signs_in_by_password(teller, quay, TELLER)
    vote_office.approves_the_opening(teller)
    lantern_vote.releases(quay)
    second.goto(f"{quay.address}/en/{KEY}/method")
    for present, done in ((1, "the vote was extended once"), (2, "the judges voted instead")):
        said = f"Too few took part: {present} of 4 electors, where at least 3 were needed."
        says(second, re.compile(rf"{said} [^.]*{done}"))
    says(second, "2 of 2 electors cast a ballot")
    assert quay.broken == []


def too_few(page: Page, quay: Stage, present: int) -> None:
    vote_office.closes_now(page, quay)
    lands(page, "Too few took part")
    says(page, f"{present} of 4 electors have cast a ballot. The rules ask for at least 3.")
    says(page, "Nothing is opened and no result is declared.")


def opens_the_vote_once_more(page: Page) -> None:
    expect(page.get_by_role("button", name="Propose that the judges vote")).to_have_count(0)
    page.get_by_label("Day", exact=True).fill(f"{datetime.now(ZoneInfo(ZONE)) + LASTS:%Y-%m-%d}")
    page.get_by_label("Why?").fill("The mails came in the holidays.")
    press(page, "Open the vote again until then")
    says(page, "The vote is open again until")
