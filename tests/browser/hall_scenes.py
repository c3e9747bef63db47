"""A vote in a hall, opened and closed by hand; one delegate for two cities; the booklet of finalists."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

from awards import finalists
from awards.extensions import begin_writing, db
from tests.awards.play import KEY, NOW
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.signing import send
from tests.web.test_hall import TWO, ByHand, Delegates
from tests.web.test_polling import TELLER
from tests.web.voters import BOOTH, Vote

VOTE, HALL = f"/secretariat/{KEY}/vote", f"/hall/{KEY}"
RESOLUTION = 70


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "hall") as (site, _own, clock):
        desk = ByHand(site, clock)
        retitle(site)
        by_hand(stills, desk)
    with site_of(data, "hall-voting") as (site, _own, clock):
        ballots(stills, Vote(site), clock)
    with site_of(data, "hall-proxies") as (site, _own, _clock):
        proxies(stills, Delegates(site, TWO, ()), folder)


def by_hand(stills: Stills, desk: ByHand) -> None:
    stills.look("hall-open", desk.at(), f"{VOTE}/open")
    desk.post("/open", by_hand="yes")
    desk.cast("one")
    stills.look("hall-vote", desk.at(), VOTE)
    stills.look("hall-screen", desk.at(TELLER), HALL)
    stills.look("hall-last-minutes", desk.at(TELLER), f"{VOTE}/last-minutes")
    stills.refuse("hall-last-minutes-wrong", desk.at(TELLER), f"{VOTE}/last-minutes", {"minutes": "five"})
    desk.post("/last-minutes", TELLER, minutes="5")
    desk.cast("two")
    stills.look("hall-screen-at-last", desk.at(TELLER), HALL)
    stills.look("hall-longer", desk.at(TELLER), f"{VOTE}/last-minutes")
    desk.clock.move_to(NOW + timedelta(minutes=6))
    stills.look("hall-screen-over", desk.at(TELLER), HALL)


def ballots(stills: Stills, vote: Vote, clock: object) -> None:
    from awards import halls

    browser = vote.browser("one")
    stills.look("hall-ballots", browser, f"/vote/{KEY}/")
    with vote.app.app_context():
        begin_writing()
        contest = vote.again()
        halls.last_call(db.session(), contest.edition, 5, actor=contest.actor, now=NOW)
        db.session.commit()
    stills.look("hall-ballot-at-last", browser, f"/vote/{KEY}/services")


def proxies(stills: Stills, vote: Delegates, folder: Path) -> None:
    retitle(vote.app)
    with vote.app.app_context():
        begin_writing()
        contest = vote.again()
        finalists.announce(db.session(), contest.edition, actor=contest.actor, now=NOW)
        db.session.commit()
    browser = vote.browser("Porto")
    stills.look("proxies", browser, f"/vote/{KEY}/")
    (change,) = re.findall(r'action="([^"]+/for/[^"]+)"', browser.get(f"{BOOTH}/").text)
    send(browser, change, page=f"{BOOTH}/")
    stills.look("proxies-ballot", browser, f"/vote/{KEY}/services")
    for language in LANGUAGES:
        booklet(browser.get(f"/{language}/{KEY}/finalists.pdf").data, f"booklet-{language}", folder)


def booklet(pdf: bytes, name: str, folder: Path) -> None:
    """The first pages of a booklet, as pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(RESOLUTION), "-l", "3", f"{name}.pdf", name], cwd=folder, check=True
    )
