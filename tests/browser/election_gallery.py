"""Pictures of the second round: the roll, the vote, the results, the release, the winners."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import (
    advice_scenes,
    after_scenes,
    calibration_scenes,
    certificate_scenes,
    citizen_scenes,
    cycle_scenes,
    hall_scenes,
    holding_scenes,
    log_scenes,
    method_scenes,
    paper_scenes,
    polling_scenes,
    press_scenes,
    public_prize_scenes,
    rehearsal_scenes,
    release_scenes,
    result_scenes,
    roll_scenes,
    strike_scenes,
    voting_scenes,
    winner_scenes,
)
from tests.browser.site import serving, settled
from tests.browser.stills import Stills, picture

DARK = (*advice_scenes.DARK, "result-tie", "award-accepted", "release-armed", "polling-hall")


def take(chromium: Browser, data: Path, folder: Path) -> None:
    """Every page and state, at two widths and in both languages; papers as they are printed."""
    stills = Stills()
    roll_scenes.take(stills, data, folder)
    polling_scenes.take(stills, data)
    public_prize_scenes.take(stills, data)
    citizen_scenes.take(stills, data)
    strike_scenes.take(stills, data)
    paper_scenes.take(stills, data, folder)
    hall_scenes.take(stills, data, folder)
    holding_scenes.take(stills, data)
    result_scenes.take(stills, data, folder)
    method_scenes.take(stills, data, folder)
    log_scenes.take(stills, data)
    advice_scenes.take(stills, data)
    calibration_scenes.take(stills, data, folder)
    rehearsal_scenes.take(stills, data, folder)
    release_scenes.take(stills, data, folder)
    after_scenes.take(stills, data)
    press_scenes.take(stills, data, folder)
    certificate_scenes.take(stills, data)
    with settled(data / "election") as site, serving(site) as address:
        picture(chromium, address, folder, stills.kept, dark=DARK)
    voting_scenes.take(chromium, data, folder)
    winner_scenes.take(chromium, data, folder)
    cycle_scenes.take(chromium, data, folder)
