"""The chair's pages of advice: cut line, reliability, judge cards, and what stands there while they wait."""

from __future__ import annotations

from pathlib import Path

from awards.models import CalibrationState
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import Stills
from tests.web.advised import TOLD, Advised

DARK = ("cut-line",)


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "advice-none") as (site, own, _clock):
        round_ = Advised(site, own, close=False)
        table = f"/table/{round_.key}"
        stills.look("cut-line-before", round_.at("chair"), f"{table}/services/cut-line")
    with site_of(data, "advice") as (site, own, _clock):
        round_ = Advised(site, own, noise=2.5, everyone_up_to=0, ladder='"lot"', minimum_nominations=TOLD)
        retitle(site)
        round_.calibrate(state=CalibrationState.RUNNING)
        stills.look("cut-line-running", round_.at("chair"), f"{table}/services/cut-line")
        round_.calibrate(state=CalibrationState.FAILED)
        stills.look("cut-line-failed", round_.at("chair"), f"{table}/reliability")
        round_.calibrate()
        chair = round_.at("chair")
        stills.look("cut-line", chair, f"{table}/services/cut-line")
        stills.look("reliability", chair, f"{table}/reliability")
        stills.look("judges", chair, f"{table}/judges")
        stills.look("judge-card", chair, f"{table}/judges/{round_.judge('ada')}")
        stills.look("cut-line-sign", chair, f"{table}/acts/sign")
        stills.look("own-severity", round_.at("ada"), f"/judging/{round_.key}/marks")
