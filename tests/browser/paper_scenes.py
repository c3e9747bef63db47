"""Ballots on paper, from the desk to the agreed bundle, and the paper as it is printed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import select

from awards.extensions import begin_writing, db
from awards.models import Entitlement
from tests.awards.play import KEY
from tests.awards.poll import PUBLIC
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.test_polling import ORGANISER, OVER, TELLER
from tests.web.test_tellers import Papers
from tests.web.voters import press

PAPERS = f"/secretariat/{KEY}/vote/papers"
BORDA = PUBLIC.replace("one_choice", "borda")


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "papers") as (site, _own, clock):
        desk = Papers(site, clock, BORDA)
        retitle(site)
        desk.post("/open")
        with site.app_context():
            begin_writing()
            found = next(
                it for it in db.session.scalars(select(Entitlement)) if it.roll_entry.elector == "three"
            )
            found.barred = ["SV-1"]
            db.session.commit()
        at_the_desk(stills, desk, folder)
        counting(stills, desk)


def at_the_desk(stills: Stills, desk: Papers, folder: Path) -> None:
    for name, elector in {"barred": "three", "new": "one"}.items():
        stills.look(f"paper-{name}", desk.at(), f"{PAPERS}/electors/{desk.entry(elector)}")
    for elector in ("one", "two", "three"):
        desk.at_desk(elector, "issue")
    desk.at_desk("two", "hand-in", paper="1")
    desk.at_desk("three", "spoil", paper="1")
    desk.at_desk("three", "hand-in", paper="2")
    stills.look("paper-desk", desk.at(), f"{PAPERS}?q=o")
    stills.look("paper-out", desk.at(), f"{PAPERS}/electors/{desk.entry('one')}")
    stills.look("paper-in", desk.at(), f"{PAPERS}/electors/{desk.entry('three')}")
    elector = desk.app.test_client()
    press(elector, elector.get(desk.link("one")))
    stills.look("paper-elector", elector, f"/vote/{KEY}/")
    for language in LANGUAGES:
        for without in ("", "SV-1"):
            answer = desk.at().get(f"/en{PAPERS}/print/services/{language}.pdf?without={without}")
            file = folder / f"paper-printed{without and '-barred'}-{language}.pdf"
            file.write_bytes(answer.data)
            subprocess.run(
                ["pdftoppm", "-r", "60", "-png", file, file.with_suffix("")],
                check=True,
            )
    desk.at_desk("one", "hand-in", paper="1")


def counting(stills: Stills, desk: Papers) -> None:
    desk.wait_until(OVER)
    desk.post("/close")
    stills.look("paper-closed", desk.at(), PAPERS)
    made = desk.act("", act="make", category="services", papers="2").location.rpartition("/")[2]
    page = f"{PAPERS}/bundles/{made}"
    stills.look("paper-bundle", desk.at(), page)
    stills.refuse("paper-miscounted", desk.at(), f"{page}/1", {"on_paper": "1", "counted": "3"})
    desk.enter(TELLER, made, "312", "x")
    desk.enter(ORGANISER, made, "312", "12")
    stills.look("paper-differs", desk.at(), page)
    stills.look("paper-again", desk.at(), f"{page}/2")
    for who in (TELLER, ORGANISER):
        desk.act(f"/bundles/{made}/2", who, on_paper="x")
    desk.act("", act="propose", category="services", reason="One elector took the paper home.")
    stills.look("paper-second", desk.at(TELLER), PAPERS)
    stills.look("paper-opening", desk.at(TELLER), f"/secretariat/{KEY}/vote/opening")
