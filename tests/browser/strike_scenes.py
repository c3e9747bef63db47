"""Envelopes that should not count, and disputes who has cast a ballot: those who run the vote, the chair, the city."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import TestResponse

from awards.extensions import db
from awards.models import Dispute
from tests.awards.play import KEY
from tests.browser.panel_scenes import retitle
from tests.browser.polling_scenes import VOTE, let_in
from tests.browser.roll_scenes import ROLL, link_of
from tests.browser.small_sites import do, site_of
from tests.browser.stills import Stills
from tests.web.electing import Association
from tests.web.signing import send
from tests.web.test_polling import CHAIR, OVER, SECOND, TELLER, Desk
from tests.web.test_roll import ADA, cast, write_to

STRIKE = {
    "act": "propose",
    "because": "not_entitled",
    "about": "members that had left before the roll was frozen",
    "reason": "The register shows that it left in May; the roll was made from the one of April.",
}
DISPUTE = {
    "act": "dispute",
    "said_by": "The mayor, by letter of 3 September",
    "reason": "We had named our vice mayor. Somebody in the office found the letter and used it.",
}


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "strikes") as (site, _own, clock):
        desk = Desk(site, clock)
        retitle(site)
        striking(stills, desk)
        disputing(stills, desk)
    with site_of(data, "strikes-city") as (site, own, _clock):
        city(stills, Association(site, own))


def striking(stills: Stills, desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one", "two", "three")
    stills.look("strikes-none", desk.at(), f"{VOTE}/struck?elector=e")
    page = page_of(desk, "one")
    stills.look("strikes-elector", desk.at(), f"{VOTE}{page}")
    stills.refuse(
        "strikes-elector-wrong", desk.at(), f"{VOTE}{page}", {"act": "propose", "because": "", "about": ""}
    )
    went_on(desk.post(page, **STRIKE))
    stills.look("strikes-waiting", desk.at(TELLER), f"{VOTE}/struck")
    went_on(desk.post("/struck", TELLER, act="approve"))
    stills.look("strikes-struck", desk.at(), f"{VOTE}/struck")
    stills.look("strikes-elector-reads", let_in(desk, "one"), f"/vote/{KEY}/")
    number = re.findall(r"/put-back/(\d+)", desk.at().get(f"/en{VOTE}/struck").text)[0]
    stills.look("strikes-put-back", desk.at(), f"{VOTE}/put-back/{number}")


def disputing(stills: Stills, desk: Desk) -> None:
    page = page_of(desk, "two")
    went_on(desk.post(page, **DISPUTE))
    stills.look("strikes-disputed", desk.at(), f"{VOTE}/struck")
    desk.wait_until(OVER)
    went_on(desk.post("/close"))
    stills.look("strikes-box-shut", desk.at(TELLER), f"{VOTE}/opening")
    with desk.app.app_context():
        dispute = db.session.scalars(select(Dispute.public_id)).one()
    table = f"/table/{KEY}/disputes"
    stills.look("disputes", desk.at(CHAIR), table)
    stills.look("dispute", desk.at(CHAIR), f"{table}/{dispute}")
    stills.look("dispute-organiser", desk.at(SECOND), f"{table}/{dispute}")
    stills.refuse("dispute-wrong", desk.at(CHAIR), f"{table}/{dispute}", {"act": "decide", "reason": ""})
    decided = {
        "act": "decide",
        "answer": "stands",
        "reason": "The mayor and the vice mayor agree: it was hers.",
    }
    went_on(send(desk.at(CHAIR), f"/en{table}/{dispute}", decided))
    stills.look("disputes-decided", desk.at(CHAIR), table)
    desk.post("/opening", TELLER, act="propose", reason="All tellers are here.")
    went_on(desk.post("/opening", act="approve"))
    stills.look("strikes-over", desk.at(), f"{VOTE}/struck")
    stills.look("strikes-count-sheet", desk.at(CHAIR), f"/table/{KEY}/services/result")


def city(stills: Stills, made: Association) -> None:
    """The organisation itself says so, by the page of its mail."""
    organiser, browser = made.at(), made.app.test_client()
    do(organiser, f"{ROLL}/build", {"as_of": "2014-08-31"})
    write_to(made, "Porto", "mayor@porto.example")
    went_on(send(organiser, made.page("Porto"), {"act": "ask"}))
    link = link_of(made, "Porto")
    do(browser, link, ADA)
    cast(made, "Porto")
    stills.look("strikes-city", browser, link)
    stills.refuse("strikes-city-wrong", browser, f"{link}/dispute", {"reason": ""}, page=link)
    do(browser, f"{link}/dispute", {"reason": "We had named our vice mayor."}, page=link)
    stills.look("strikes-city-waits", browser, link)


def went_on(answer: TestResponse) -> None:
    """Something was done, and the page leads on."""
    assert answer.status_code == 303, answer.text[-3000:]


def page_of(desk: Desk, elector: str) -> str:
    """The page of an elector whose envelope lies in the box."""
    text = desk.at().get(f"/en{VOTE}/struck?elector={elector}").text
    return re.findall(r'href="[^"]*/vote(/struck/[^"]+)"', text)[0]
