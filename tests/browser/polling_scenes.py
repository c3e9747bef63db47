"""The vote as organisers and tellers run it, in each of its states."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from awards.extensions import begin_writing, db
from awards.models import Role
from tests.awards.play import KEY, NOW
from tests.awards.poll import PUBLIC, TO_JUDGES, Poll
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import Stills
from tests.web.signing import signed_in
from tests.web.test_polling import AUDITOR, CHAIR, ORGANISER, OVER, SECOND, TELLER, Desk

VOTE, HALL = f"/secretariat/{KEY}/vote", f"/hall/{KEY}"
LATER = {"day": "2014-09-20", "time": "", "zone": "Asia/Seoul", "reason": ""}
AGAIN = PUBLIC + 'below_quorum = "extend"\n'


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "polling-lacks") as (site, own, _clock):
        with site.app_context():
            begin_writing()
            poll = Poll(db.session, own, PUBLIC).announced()
            poll.person(ORGANISER, Role.ORGANISER)
            db.session.commit()
        organiser = signed_in(site, ORGANISER)
        for name, path in {"lacks": "", "open-lacks": "/open", "preview-lacks": "/preview"}.items():
            stills.look(f"polling-{name}", organiser, f"{VOTE}{path}")
        stills.look("polling-hall-early", organiser, HALL)
    with site_of(data, "polling") as (site, _own, clock):
        desk = Desk(site, clock)
        retitle(site)
        before(stills, desk)
        during(stills, desk)
        opening(stills, desk)
    with site_of(data, "polling-few") as (site, _own, clock):
        few(stills, Desk(site, clock, TO_JUDGES))
    with site_of(data, "polling-again") as (site, _own, clock):
        again(stills, Desk(site, clock, AGAIN))


def before(stills: Stills, desk: Desk) -> None:
    organiser = desk.at()
    for name in ("", "preview", "open"):
        stills.look(f"polling-ready{name and '-'}{name}", organiser, f"{VOTE}{name and '/'}{name}")
    stills.refuse("polling-open-stale", organiser, f"{VOTE}/open", {"seen": "something else"})
    stills.look("polling-finalists", desk.at(CHAIR), f"{VOTE}/finalists")
    stills.look("polling-finalist", desk.at(CHAIR), f"{VOTE}/finalists/SV-2")
    stills.refuse(
        "polling-finalist-wrong",
        desk.at(CHAIR),
        f"{VOTE}/finalists/SV-2",
        {"act": "disqualify", "seen": "replaced", "reason": ""},
    )


def during(stills: Stills, desk: Desk) -> None:
    assert desk.post("/open").status_code == 303
    stills.look("polling-opened", desk.at(), VOTE)
    desk.cast("one")
    stills.look("polling-running", desk.at(), VOTE)
    stills.look("polling-running-teller", desk.at(TELLER), VOTE)
    stills.look("polling-running-auditor", desk.at(AUDITOR), VOTE)
    stills.look("polling-hall", desk.at(TELLER), HALL)
    stills.look("polling-close-early", desk.at(), f"{VOTE}/close")
    stills.look("polling-finalist-voting", desk.at(CHAIR), f"{VOTE}/finalists/SV-2")
    stills.look("polling-remind-lately", desk.at(), f"{VOTE}/remind")
    desk.wait_until(NOW + timedelta(days=2))
    stills.look("polling-remind", desk.at(), f"{VOTE}/remind")
    stills.refuse("polling-remind-none", desk.at(), f"{VOTE}/remind", {"act": "ticked"})
    stills.look("polling-extend", desk.at(), f"{VOTE}/extend")
    stills.refuse("polling-extend-wrong", desk.at(), f"{VOTE}/extend", LATER | {"act": "look", "day": "soon"})
    stills.refuse("polling-extend-look", desk.at(), f"{VOTE}/extend", LATER | {"act": "look"})
    desk.cast("two", choice=("SV-2",))
    stills.look("polling-hall-enough", desk.at(TELLER), HALL)


def opening(stills: Stills, desk: Desk) -> None:
    desk.wait_until(OVER)
    stills.look("polling-over", desk.at(), VOTE)
    stills.look("polling-close", desk.at(), f"{VOTE}/close")
    assert desk.post("/close", TELLER).status_code == 303
    stills.look("polling-closed", desk.at(), VOTE)
    stills.look("polling-hall-closed", desk.at(TELLER), HALL)
    stills.look("polling-opening", desk.at(TELLER), f"{VOTE}/opening")
    stills.refuse(
        "polling-opening-wrong", desk.at(TELLER), f"{VOTE}/opening", {"act": "propose", "reason": ""}
    )
    desk.post("/opening", TELLER, act="propose", reason="All tellers are in the room, and the time is over.")
    stills.look("polling-opening-own", desk.at(TELLER), f"{VOTE}/opening")
    stills.look("polling-opening-second", desk.at(), f"{VOTE}/opening")
    assert desk.post("/opening", act="approve").status_code == 303
    stills.look("polling-done", desk.at(), VOTE)


def few(stills: Stills, desk: Desk) -> None:
    """Below the quorum the judges vote instead."""
    desk.post("/open")
    desk.cast("one")
    desk.wait_until(OVER)
    desk.post("/close")
    stills.look("polling-few", desk.at(), VOTE)
    stills.look("polling-few-opening", desk.at(), f"{VOTE}/opening")
    desk.post("/opening", act="propose-judges", reason="One of four took part.")
    stills.look("polling-few-second", desk.at(SECOND), f"{VOTE}/opening")
    desk.post("/opening", SECOND, act="approve-judges")
    stills.look("polling-few-judges", desk.at(), VOTE)
    stills.look("polling-close-reason", desk.at(), f"{VOTE}/close")


def again(stills: Stills, desk: Desk) -> None:
    """Below the quorum the vote is opened once more."""
    desk.post("/open")
    desk.cast("one")
    desk.wait_until(OVER)
    desk.post("/close")
    stills.look("polling-again-opening", desk.at(), f"{VOTE}/opening")
