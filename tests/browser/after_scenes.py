"""What follows a release: a prize corrected and another revoked, and feedback from the judge to the nominee."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.awards.play import KEY
from tests.browser.release_scenes import lively
from tests.browser.small_sites import do, found, site_of
from tests.browser.stills import Stills
from tests.web.signing import signed_in
from tests.web.test_feedback import sheet_of, written
from tests.web.test_release import Release, ids, signed

PRIZES, FEEDBACK, JUDGING = (
    f"/secretariat/{KEY}/public-prizes",
    f"/secretariat/{KEY}/feedback",
    f"/judging/{KEY}/feedback",
)
PAGE = f"{PRIZES}/N1/best"
WORDS = "Clear figures, and the people who wait for the bus were asked. Say next time what it costs a year."
WHY = "The figures of two years were those of another city, as the city itself has told us."


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "after") as (site, own, _clock), pytest.MonkeyPatch.context() as patch:
        release = signed(site, own)
        patch.setattr("awards.bands.FEWEST", 3)
        lively(release)
        written(site, WORDS)
        stills.look("after-none", release.made.at("olga"), PRIZES)
        words(stills, release)
        armed = release.arm("services")
        release.post("omar", f"/armed/{armed}/press", {})
        feedback(stills, release)
        corrected(stills, release)
        revoked(stills, release)


def words(stills: Stills, release: Release) -> None:
    ada, olga = release.made.at("ada"), release.made.at("olga")
    stills.look("after-judge", ada, JUDGING)
    form = sheet_of(ada.get(f"/en{JUDGING}").text, WORDS[:20])
    stills.refuse("after-judge-wrong", ada, JUDGING, form | {"act": "release", "text": ""})
    do(ada, JUDGING, form | {"act": "release", "text": WORDS})
    stills.look("after-judge-released", ada, JUDGING)
    stills.look("after-comments", olga, f"{FEEDBACK}/comments")
    one = {"comment": found(olga.get(f"/en{FEEDBACK}/comments").text, r'name="comment" value="([^"]+)"')}
    wrong = one | {"act": "keep_back", "reason": ""}
    stills.refuse("after-comments-wrong", olga, f"{FEEDBACK}/comments", wrong)
    do(olga, f"{FEEDBACK}/comments", one | {"act": "approve"})


def feedback(stills: Stills, release: Release) -> None:
    olga, nora = release.made.at("olga"), signed_in(release.app, "nora@city.example")
    mine = f"/nominations/{ids(release.app)['N1']}"
    stills.look("after-feedback", olga, FEEDBACK)
    stills.look("after-feedback-of", olga, f"{FEEDBACK}/of/N1")
    do(olga, FEEDBACK, {"category": "services"})
    stills.look("after-own", nora, f"{mine}/feedback")
    stills.look("after-result", nora, f"{mine}/result")


def corrected(stills: Stills, release: Release) -> None:
    olga, omar = release.made.at("olga"), release.made.at("omar")
    stills.look("after-prizes", olga, PRIZES)
    stills.look("after-prize", olga, PAGE)
    stills.refuse("after-prize-wrong", olga, PAGE, {"act": "correct", "title": "x" * 301, "reason": ""})
    do(
        olga,
        PAGE,
        {
            "act": "correct",
            "title": "Buses that say when they come, and keep their word",
            "reason": "Its own spelling of the title.",
        },
    )
    stills.look("after-proposed", omar, PRIZES)
    approve = {
        "act": "correct",
        "sha256": found(omar.get(f"/en{PRIZES}").text, r'name="sha256" value="(\w+)"'),
    }
    do(omar, PRIZES, approve)
    stills.look("after-corrected", release.app.test_client(), f"/{KEY}/winners/N1")


def revoked(stills: Stills, release: Release) -> None:
    olga, omar, anybody = release.made.at("olga"), release.made.at("omar"), release.app.test_client()
    seen = found(olga.get(f"/en{PAGE}").text, r'name="seen" value="([^"]*)"')
    do(olga, PAGE, {"act": "revoke", "seen": seen, "reason": WHY})
    stills.look("after-proposed-revoking", omar, PRIZES)
    approve = {
        "act": "revoke",
        "sha256": found(omar.get(f"/en{PRIZES}").text, r'name="sha256" value="(\w+)"'),
    }
    do(omar, PRIZES, approve)
    stills.look("after-revoked", anybody, f"/{KEY}/winners/N1")
    stills.look("after-revoked-winners", anybody, f"/{KEY}/winners")
    stills.look("after-revoked-done", omar, PRIZES)
