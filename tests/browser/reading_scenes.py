"""Second readings in each of their states: the chair's page, the second reader's, the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import time_machine

from awards.extensions import begin_writing, db
from tests.awards.play import KEY, NOW
from tests.awards.reading_further import given, submit
from tests.browser.panel_scenes import retitle, small
from tests.browser.stills import Stills
from tests.web.further import Desk, played, readers
from tests.web.signing import send

PAGE, JUDGING = f"/table/{KEY}/readings", f"/judging/{KEY}"


def take(stills: Stills, data: Path) -> None:
    with small(data, "readings") as site, time_machine.travel(NOW, tick=False):
        desk = Desk(site, data / "readings")
        retitle(site)
        chair = desk.at("chair")
        stills.look("readings-plan", chair, PAGE)
        when = {"for": "order", "day": "2014-09-08", "time": "12:00", "zone": "UTC", "act": "look"}
        stills.refuse("readings-order", chair, PAGE, when)
        assert desk.order().status_code == 303
        name, reference = readers(desk)[0]
        stills.look("readings-queue", desk.at(name), f"{JUDGING}/")
        stills.look("readings-sheet", desk.at(name), f"{JUDGING}/n/{reference}")
        address = f"/en{JUDGING}/n/{reference}/hand-back"
        assert send(desk.at(name), address, {"why": "time"}).status_code == 303
        stills.look("readings-open", desk.at("olga"), PAGE)
        stills.look("readings-off", chair, f"{PAGE}/call-off")
        with site.app_context():
            begin_writing()
            play = played()
            for it in [it for it in given(play) if it.nomination.reference == "N3"]:
                if it.state.value == "issued":
                    submit(play, it, 8)
            db.session.commit()
        with time_machine.travel(NOW + timedelta(days=8), tick=False):
            stills.look("readings-over", desk.at("chair"), PAGE)
            stills.look("readings-close", desk.at("chair"), f"{PAGE}/close")
