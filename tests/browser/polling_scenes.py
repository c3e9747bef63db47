"""The vote as organisers and tellers run it, in each of its states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from awards import passes
from awards.extensions import begin_writing, db
from awards.models import Role, RollEntry
from tests.awards.contest import address
from tests.awards.play import KEY, NOW
from tests.awards.poll import PUBLIC, TO_JUDGES, Poll
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import found, site_of
from tests.browser.stills import Stills
from tests.web.signing import signed_in
from tests.web.test_polling import AUDITOR, CHAIR, ORGANISER, OVER, SECOND, TELLER, Desk
from tests.web.voters import press

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
        desk = Desk(site, clock, AGAIN)
        again(stills, desk)
        never(stills, desk)
    with site_of(data, "polling-lost") as (site, own, clock):
        lost(stills, Desk(site, clock), own / "keys")


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
    stills.look("voting-few-judge", signed_in(desk.app, address("ann")), f"/vote/{KEY}/")
    stills.look("polling-close-reason", desk.at(), f"{VOTE}/close")


def again(stills: Stills, desk: Desk) -> None:
    """Below the quorum the vote is opened once more, and again too few take part."""
    page = f"{VOTE}/opening"
    desk.post("/open")
    desk.cast("one")
    desk.wait_until(OVER)
    desk.post("/close")
    stills.look("polling-again-opening", desk.at(), page)
    wrong = {"act": "extend", "day": "", "time": "", "zone": "Asia/Seoul", "reason": ""}
    stills.refuse("polling-again-wrong", desk.at(), page, wrong)
    until = OVER + timedelta(days=7)
    given = {**wrong, "day": f"{until:%Y-%m-%d}", "reason": "Half of the electors were on leave."}
    assert desk.post("/opening", **given).status_code == 303
    stills.look("polling-again-open", desk.at(), VOTE)
    stills.look("polling-again-hall", desk.at(TELLER), HALL)
    for name, elector in {"cast": "one", "left": "two"}.items():
        stills.look(f"voting-again-{name}", let_in(desk, elector), f"/vote/{KEY}/")
    desk.wait_until(until + timedelta(days=1))
    desk.post("/close")
    stills.look("polling-again-few", desk.at(), page)


def never(stills: Stills, desk: Desk) -> None:
    """The judges don't take part either: the rules know no further way."""
    desk.post("/opening", act="propose-judges", reason="Twice too few took part.")
    desk.post("/opening", SECOND, act="approve-judges")
    desk.post("/close", reason="The association meets tomorrow.")
    stills.look("polling-never", desk.at(), VOTE)
    stills.look("polling-never-opening", desk.at(), f"{VOTE}/opening")


def lost(stills: Stills, desk: Desk, keys: Path) -> None:
    """The key is gone: the envelopes are destroyed by two, and the vote is held again."""
    page = f"{VOTE}/anew"
    desk.post("/open")
    desk.cast("one", "two")
    stills.look("polling-anew-early", desk.at(), page)
    desk.wait_until(OVER)
    desk.post("/close")
    stills.look("polling-anew-key-there", desk.at(), page)
    for file in keys.iterdir():
        file.unlink()
    stills.look("polling-lost", desk.at(), VOTE)
    desk.post("/opening", TELLER, act="propose", reason="All tellers are in the room.")
    sha256 = found(desk.at().get(f"/en{VOTE}/opening").text, r'name="sha256" value="([0-9a-f]+)"')
    stills.refuse("polling-lost-opening", desk.at(), f"{VOTE}/opening", {"act": "approve", "sha256": sha256})
    stills.look("polling-anew", desk.at(), page)
    stills.refuse("polling-anew-wrong", desk.at(), page, {"act": "propose", "reason": ""})
    desk.post("/anew", act="propose", reason="The disk is gone, and no copy of it can be read.")
    stills.look("polling-anew-own", desk.at(), page)
    stills.look("polling-anew-second", desk.at(TELLER), page)
    desk.post("/anew", TELLER, act="approve")
    stills.look("polling-anew-done", desk.at(), VOTE)
    stills.look("voting-anew", let_in(desk, "one"), f"/vote/{KEY}/")


def let_in(desk: Desk, elector: str) -> FlaskClient:
    """The device of an elector who came in by the link of the last mail."""
    with desk.app.app_context():
        begin_writing()
        entry = db.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()
        token = passes.make_link(db.session(), entry, now=datetime.now(UTC))
        db.session.commit()
    device = desk.app.test_client()
    press(device, device.get(f"/en/vote/link/{token}"))
    return device
