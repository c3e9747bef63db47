"""Around the release of the Beacon Prize, on phones: in confidence, proof, release; what later stories begin with."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser.acts import follow, lands, press, says, signs_in_by_code
from tests.browser.beacon_prize import KEY, PRIZE
from tests.browser.stage import Stage

OFFICE = f"/en/secretariat/{KEY}"


def init_authority(pier: Stage) -> None:
    """As the operator does it once."""
    answer = pier.app.test_cli_runner().invoke(
        args=["certificates", "init-ca", "--name", "An association of imagined ports"]
    )
    assert answer.exit_code == 0, answer.output


def tells_the_winner(page: Page, pier: Stage) -> None:
    page.goto(f"{pier.address}{OFFICE}/release/winners")
    press(page, "Tell one winner in confidence")


def accepts_and_approves_the_proof(page: Page, pier: Stage, email: str) -> None:
    page.goto(pier.link(email))
    signs_in_by_code(page, pier, email)
    press(page, "I keep it to myself: show me")
    says(page, PRIZE)
    page.get_by_label("We accept it").check()
    press(page, "Send the answer")
    press(page, "Approve the proof")
    says(page, "You have approved the proof.")
    lands(page, re.compile("In confidence"))


def proposes_the_release(page: Page, pier: Stage) -> None:
    page.goto(f"{pier.address}{OFFICE}/release/")
    page.get_by_label(re.compile("^When somebody presses")).check()
    page.get_by_label("A word on it").fill("For the ceremony.")
    press(page, "Propose to arm it")


def arms_and_presses(page: Page, pier: Stage) -> None:
    page.goto(f"{pier.address}{OFFICE}/release/")
    press(page, "Approve and arm it")
    follow(page, re.compile("^Make it public now"))
    press(page, "Make the winners public")
    says(page, "The winners of one category are public.")


def approves_the_mending(page: Page, pier: Stage, button: str) -> None:
    """Of a prize that another organiser proposed to correct or to revoke."""
    page.goto(f"{pier.address}{OFFICE}/public-prizes")
    lands(page, "Revoke or correct")
    press(page, button)
