"""Around a release, on phones and without scripts: the press, a withdrawn consent, feedback, a prize revoked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import laurels
from tests.browser.acts import (
    follow,
    lands,
    press,
    says,
    signs_in_by_password,
)
from tests.browser.beacon_prize import (
    CITIES,
    JUDGE,
    KEY,
    PRIZE,
    SAID,
    SECOND_ORGANISER,
    TITLES,
    WINNER,
    WRITERS,
    settle,
)
from tests.browser.laurels import OFFICE
from tests.browser.stage import ORGANISER, Stage, stage

JIA = "jia@paper.example"
NAME, WRITER = f"Port of {CITIES[WINNER]}", WRITERS[WINNER]
WHY = "The figures were those of another port, as the port itself has told us."


@pytest.fixture
def pier(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(settle, tmp_path)) as found:
        yield found


def test_the_press_a_consent_the_feedback_and_a_prize_that_is_revoked(pier: Stage) -> None:
    laurels.init_authority(pier)
    hana, omar, holder = (pier.window(phone=True) for _ in range(3))
    signs_in_by_password(hana, pier, ORGANISER)
    signs_in_by_password(omar, pier, SECOND_ORGANISER)
    a_journalist_agrees_and_takes_the_kit(hana, pier)
    laurels.tells_the_winner(hana, pier)
    laurels.accepts_and_approves_the_proof(holder, pier, WRITER)
    laurels.proposes_the_release(hana, pier)
    laurels.arms_and_presses(omar, pier)
    pier.send_mails()

    anybody = pier.window(phone=True)
    a_picture_leaves(holder, anybody, pier)
    words_reach_the_nominee(hana, holder, pier)
    certificate, badge = what_the_winner_holds(holder, pier)
    for page, title in ((certificate, "This certificate is in force"), (badge, "This badge is in force")):
        anybody.goto(page)
        lands(anybody, title)
    two_revoke_the_prize(hana, omar, pier)
    everything_says_so(anybody, pier, certificate, badge)
    assert "revoked" in pier.letter(WRITER)
    assert pier.broken == []


def a_journalist_agrees_and_takes_the_kit(hana: Page, pier: Stage) -> None:
    hana.goto(f"{pier.address}{OFFICE}/press/")
    hana.get_by_label("Name", exact=True).fill("Jia Example")
    hana.get_by_label("E-mail address").fill(JIA)
    hana.locator("input[name=category]").first.check()
    press(hana, "Ask by mail")
    says(hana, "Jia Example")

    jia = pier.window(phone=True)
    jia.goto(pier.link(JIA))
    lands(jia, "Under embargo")
    expect(jia.locator("main")).not_to_contain_text(NAME)
    press(jia, "I agree: show me the winners")
    expect(jia.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    jia.get_by_label("Your name").fill("Jia Example")
    press(jia, "I agree: show me the winners")
    says(jia, NAME)
    lands(jia, "Under embargo")
    with jia.expect_download() as download:
        press(jia, "Take the press kit")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as kit:
        assert "For Jia Example" in kit.read("en/winners.txt").decode()

    hana.reload()
    follow(hana, "Jia Example")
    says(hana, "agreed as Jia Example")
    anybody = pier.window(phone=True)
    assert anybody.request.get(f"{pier.address}/en/{KEY}/winners").status == 404


def a_picture_leaves(holder: Page, anybody: Page, pier: Stage) -> None:
    page = f"{pier.address}/en/{KEY}/winners/{WINNER}"
    anybody.goto(page)
    lands(anybody, NAME)
    shown = anybody.locator("main img[src*='/pictures/1']").first
    address = shown.get_attribute("src")
    assert anybody.request.get(f"{pier.address}{address}").status == 200

    holder.goto(f"{pier.address}/en/nominations/")
    follow(holder, TITLES[WINNER])
    follow(holder, "What is published of it, and withdrawing it")
    lands(holder, "What is published of it")
    holder.get_by_role("link", name=re.compile(r"^Withdraw ?: .*Picture")).click()
    says(holder, "Withdraw this?")
    lands(holder, "What is published of it")
    press(holder, "Yes, withdraw it")
    says(holder, "Withdrawn")

    anybody.goto(page)
    lands(anybody, NAME)
    expect(anybody.locator("main img[src*='/pictures/1']")).to_have_count(0)
    assert anybody.request.get(f"{pier.address}{address}").status == 410


def words_reach_the_nominee(hana: Page, holder: Page, pier: Stage) -> None:
    ann = pier.window(phone=True)
    signs_in_by_password(ann, pier, JUDGE)
    ann.goto(f"{pier.address}/en/judging/{KEY}/feedback")
    lands(ann, "Feedback for nominees")
    press(ann, "Release all of it as it stands")

    hana.goto(f"{pier.address}{OFFICE}/feedback")
    follow(hana, "Look at one comment that waits")
    says(hana, SAID)
    expect(hana.locator("main")).not_to_contain_text("Ann")
    hana.get_by_role("button", name=re.compile("^Approve")).click()
    hana.goto(f"{pier.address}{OFFICE}/feedback")
    press(hana, "Send the feedback")

    holder.goto(pier.link(WRITER))
    lands(holder, "Feedback")
    says(holder, SAID)
    says(holder, "in the upper third")
    expect(holder.locator("main")).not_to_contain_text(re.compile(r"9(\.0)? (of|out of) 10|Ann"))


def what_the_winner_holds(holder: Page, pier: Stage) -> tuple[str, str]:
    """The addresses at which the certificate and the badge are verified, from the winner's own pages."""
    holder.goto(f"{pier.address}/en/nominations/")
    follow(holder, TITLES[WINNER])
    follow(holder, "Certificates")
    lands(holder, "Certificates")
    found = [
        holder.get_by_role("link", name=name).get_attribute("href")
        for name in (re.compile("^[0-9A-Z]{4}-"), re.compile("^Digital badge"))
    ]
    certificate, badge = (f"{pier.address}{it}" for it in found)
    return certificate, badge


def two_revoke_the_prize(hana: Page, omar: Page, pier: Stage) -> None:
    hana.goto(f"{pier.address}{OFFICE}/public-prizes")
    follow(hana, NAME)
    says(hana, "One certificate is revoked; its code says so.")
    says(hana, "Its digital badge is revoked.")
    hana.get_by_label("Why?").last.fill(WHY)
    press(hana, "Propose to revoke it")
    lands(hana, "Revoke or correct")
    laurels.approves_the_mending(omar, pier, "Approve and revoke it")
    says(omar, "Revoked")


def everything_says_so(anybody: Page, pier: Stage, certificate: str, badge: str) -> None:
    here = f"{pier.address}/en/{KEY}"
    anybody.goto(f"{here}/winners/{WINNER}")
    lands(anybody, NAME)
    says(anybody, "Prize revoked")
    says(anybody, WHY)
    anybody.goto(f"{here}/winners")
    says(anybody, "Revoked on")
    anybody.goto(certificate)
    lands(anybody, "This certificate was revoked")
    says(anybody, WHY)
    anybody.goto(badge)
    lands(anybody, "This badge was revoked")
    anybody.goto(badge.replace("/en/", "/ko/"))
    says(anybody, "취소")
    feed = anybody.request.get(f"{here}/feed.atom").text()
    winners = feed.partition("winners")[2]
    assert f"{PRIZE}</strong>: <a" not in winners
