"""The elector's pages in each of their states: the way in, ballots by every method, receipts, a run-off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import passes
from awards.extensions import begin_writing, db
from awards.models import VotingPass
from tests.awards.play import NOW
from tests.browser.panel_scenes import retitle
from tests.browser.site import serving
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills, picture
from tests.web.test_voting import WORDS
from tests.web.voters import APPROVAL, KEY, ONE_CHOICE, RANKING, Vote, press

Fields = Sequence[tuple[str, str]]
ELECTORS = ("one", "two", "three", "four")
OF = {"en": "one", "ko": "two"}
"""Who votes in which language."""
SUMMARY = (
    "Residents had to come to the town hall for every permit and waited for hours. Now they send it from the "
    "telephone, and four of five have it the same day; who has no telephone is helped in the library."
)
BARRED = {name: ["SV-4"] for name in ELECTORS}
METHODS = {"one": ONE_CHOICE, "approval": APPROVAL, "ranking": RANKING}
RIGHT: dict[str, Fields] = {
    "one": [("c-services", "SV-1")],
    "approval": [("c-services", "SV-1"), ("c-services", "SV-3")],
    "ranking": [("p-services-0", "2"), ("p-services-1", "1"), ("p-services-2", "")],
}
WRONG: dict[str, Fields] = {
    "one": [("c-services", "SV-9")],
    "approval": [("c-services", it) for it in ("SV-1", "SV-2", "SV-3", "")],
    "ranking": [("p-services-0", "1"), ("p-services-1", "1"), ("p-services-2", "3")],
}
DARK = ("voting-ranking-ballot", "voting-one-review")


class Booth:
    """A device of an elector, in a language."""

    def __init__(self, client: FlaskClient, language: str) -> None:
        self.client, self.base = client, f"/{language}/vote/{KEY}"

    def get(self, path: str) -> TestResponse:
        return self.client.get(self.base + path)

    def press(self, page: TestResponse, to: str, fields: Fields = ()) -> TestResponse:
        return press(self.client, page, fields, to=self.base + to)


def take(chromium: Browser, data: Path, folder: Path) -> None:
    for method, rules in METHODS.items():
        stills = Stills()
        with site_of(data, f"voting-{method}") as (site, _own, _clock):
            vote = Vote(site, rules, ELECTORS, barred=BARRED, summary=SUMMARY)
            retitle(site)
            if method == "one":
                ways_in(stills, vote)
            for language in LANGUAGES:
                ballots(stills, vote, method, language)
            if method == "one":
                after(stills, vote)
            with serving(site) as address:
                picture(chromium, address, folder, stills.kept, dark=DARK)


def ways_in(stills: Stills, vote: Vote) -> None:
    visitor = vote.app.test_client()
    stills.look("voting-enter", visitor, "/vote/")
    stills.refuse("voting-enter-wrong", visitor, "/vote/", {"code": "amber canyon"})
    stills.look("voting-link", visitor, vote.link("one").removeprefix("/en"))
    stills.look("voting-link-unknown", visitor, "/vote/link/nothing")
    vote.code("three", WORDS)
    ended(stills, vote)


def ended(stills: Stills, vote: Vote) -> None:
    """Somebody whose pass was ended meanwhile."""
    device = vote.browser("four")
    with vote.app.app_context():
        begin_writing()
        for it in db.session.scalars(select(VotingPass)):
            if it.roll_entry.elector == "four":
                passes.end(it, now=NOW)
        db.session.commit()
    for language in LANGUAGES:
        answer = device.post(f"/{language}/vote/{KEY}/cast")
        stills.keep("voting-ended", language, device.get(answer.location))


def ballots(stills: Stills, vote: Vote, method: str, language: str) -> None:
    booth = Booth(vote.browser(OF[language]), language)

    def keep(name: str, answer: TestResponse) -> TestResponse:
        stills.keep(f"voting-{method}-{name}", language, answer)
        return answer

    keep("index", booth.get("/"))
    blank = keep("ballot", booth.get("/services"))
    keep("ballot-wrong", booth.press(blank, "/review", WRONG[method]))
    second = booth.press(blank, "/openness", RIGHT[method])
    if method == "one":
        keep("nothing", booth.press(blank, "/cast"))
        keep("finalist", booth.get("/finalists/SV-1"))
        keep("finalist-barred", booth.get("/finalists/SV-4"))
        other = booth.press(booth.get("/services"), "/openness", RIGHT[method])
        stale = booth.press(other, "/review", [("c-openness", "OP-1")])
    abstains = [("c-openness", "")]
    keep("ballot-second", second)
    review = keep("review", booth.press(second, "/review", abstains))
    half = keep("review-half", booth.press(blank, "/review", RIGHT[method]))
    if method == "one":
        keep("receipt-half", booth.press(half, "/cast"))
        keep("before-half", booth.press(stale, "/cast"))
        left = booth.press(booth.get("/openness"), "/review", abstains)
        keep("receipt", booth.press(left, "/cast"))
        keep("before", booth.press(stale, "/cast"))
    else:
        keep("receipt", booth.press(review, "/cast"))
        keep("receipt-again", booth.press(review, "/cast"))
    keep("index-cast", booth.get("/"))


def after(stills: Stills, vote: Vote) -> None:
    """The vote is closed; one has cast, the other has not."""
    vote.count()
    stills.look("voting-closed-cast", vote.browser("one"), f"/vote/{KEY}/")
    stills.look("voting-closed-not", vote.browser("three"), f"/vote/{KEY}/")
