"""A prize of the public: its vote beside the vote, level ones at the chair's table, both counts on the public page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from awards.extensions import begin_writing, db
from tests.awards.play import KEY
from tests.awards.poll import CLOSES
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import Stills
from tests.web.public_prize import TABLE, VOTE, Fair

CHOICES = ("SV-2",) * 41 + ("SV-3",) * 41 + ("SV-1",) * 12


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "public-prize") as (site, _own, clock):
        fair = Fair(site, *CHOICES)
        with site.app_context():
            begin_writing()
            fair.again().citizen("abstainer")
            db.session.commit()
        retitle(site)
        stills.look("public-vote-running", fair.at("organiser"), VOTE)
        stills.look("public-vote-rules", site.test_client(), f"/{KEY}/rules")
        clock.move_to(CLOSES + timedelta(days=1))
        fair.counted()
        stills.look("public-prize-results", fair.at("chair"), f"{TABLE}/results")
        stills.look("public-prize-tie", fair.at("chair"), f"{TABLE}/services/result")
        order = f"{TABLE}/services/public/order"
        stills.look("public-prize-order", fair.at("chair"), order)
        assert fair.order("2", "1") == 303
        stills.look("public-prize-ordered", fair.at("chair"), f"{TABLE}/services/result")
        stills.look("public-prize-sign", fair.at("chair"), f"{TABLE}/acts/sign-winners")
        fair.released()
        visitor = site.test_client()
        stills.look("public-prize-method", visitor, f"/{KEY}/method")
        stills.look("public-prize-winners", visitor, f"/{KEY}/winners")
