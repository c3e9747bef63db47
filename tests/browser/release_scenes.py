"""The release, what winners are told in confidence, and what is public after it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import select, text

from awards import citations, prizes
from awards.extensions import begin_writing, db
from awards.models import NominationRevision
from tests.awards import certified
from tests.awards.play import KEY
from tests.browser.panel_scenes import TITLES, TRIGGERS
from tests.browser.small_sites import do, found, site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.signing import signed_in
from tests.web.tables import Round
from tests.web.test_release import Release, ids, signed, tell

DESK, TABLE = f"/secretariat/{KEY}/release", f"/table/{KEY}"
LATER = {"when": "later", "day": "2026-06-10", "time": "18:00", "zone": "Asia/Seoul"}
ANSWER = {
    "act": "answer",
    "answer": "accepted",
    "title": "Buses that say when they come, and wait",
    "wishes": "Please write our name as it stands on our seal.",
    "attending": "The mayor, who needs a ramp, and two of the team.",
}


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "release-none") as (site, own, _clock):
        olga = Round(site, own).at("olga")
        for name in ("", "winners", "taken-down"):
            stills.look(f"release-none{name and '-'}{name}", olga, f"{DESK}/{name}")
    with site_of(data, "release") as (site, own, _clock):
        release = signed(site, own)
        lively(release)
        confidence(stills, release, folder)
        arming(stills, release)
        public(stills, release)
        down(stills, release)
    with site_of(data, "release-declined") as (site, own, _clock):
        declined(stills, signed(site, own))


def lively(release: Release) -> None:
    """Titles as in life, and why the winners won."""
    with release.app.app_context():
        begin_writing()
        for trigger in db.session.scalars(text(TRIGGERS)).all():
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
        for number, it in enumerate(db.session.scalars(select(NominationRevision))):
            it.title, it.city = TITLES[number % len(TITLES)]
        play = release.made._play()
        for award in prizes.of_edition(play.session, play.edition)[:1]:
            words = {"en": "It tells people the truth about the next bus, and keeps its word."}
            citations.write(play.session, play.edition, award, words, actor=play.actor, now=play.now)
        db.session.commit()


def confidence(stills: Stills, release: Release, folder: Path) -> None:
    olga, nora = release.made.at("olga"), signed_in(release.app, "nora@city.example")
    page = f"/nominations/{ids(release.app)['N1']}/award"
    stills.look("release-untold", olga, f"{DESK}/winners")
    tell(release)
    stills.look("release-told", olga, f"{DESK}/winners")
    stills.look("today-winner", nora, "/today")
    stills.look("award-before", nora, page)
    do(nora, page, {"act": "read"})
    stills.look("award", nora, page)
    told = {"told": found(nora.get(f"/en{page}").text, r'name="told" value="([^"]+)"')}
    stills.refuse("award-wrong", nora, page, ANSWER | told | {"answer": "maybe", "wishes": "x" * 2001})
    stills.refuse("award-decline", nora, page, ANSWER | told | {"answer": "declined"})
    do(nora, page, ANSWER | told)
    stills.look("award-accepted", nora, page)
    one = f"{DESK}/winners/{told['told']}"
    stills.look("release-winner", olga, one)
    do(olga, one, {"act": "adopt"})
    stills.look("release-winner-settled", olga, one)
    do(
        nora,
        page,
        told | {"act": "proof", "seen": found(nora.get(f"/en{page}").text, r'name="seen" value="([^"]+)"')},
    )
    stills.look("award-proof", nora, page)
    proof = nora.get(f"/en{page}/{told['told']}/proof-en.pdf").data
    subprocess.run(
        ["pdftoppm", "-r", "60", "-png", "-singlefile", "-", folder / "paper-proof"], input=proof, check=True
    )


def arming(stills: Stills, release: Release) -> None:
    olga, omar = release.made.at("olga"), release.made.at("omar")
    stills.look("release", olga, f"{DESK}/")
    wrong = {
        "act": "propose",
        "when": "later",
        "day": "2000-01-01",
        "time": "",
        "zone": "Asia/Seoul",
        "reason": "",
    }
    stills.refuse("release-wrong", olga, f"{DESK}/", wrong)
    timed(stills, release)
    release.propose()
    stills.look("release-proposed-own", olga, f"{DESK}/")
    stills.look("release-proposed", omar, f"{DESK}/")
    do(omar, f"{DESK}/", {"act": "approve", "sha256": release.sha256()})
    stills.look("release-armed", omar, f"{DESK}/")
    armed = found(release.page("omar"), r"/release/armed/([^/]+)/press")
    stills.look("release-press", omar, f"{DESK}/armed/{armed}/press")
    do(omar, f"{DESK}/armed/{armed}/hold", page=f"{DESK}/")
    stills.look("release-held", omar, f"{DESK}/")
    stills.look("release-call-off", omar, f"{DESK}/armed/{armed}/call-off")
    stills.refuse("release-call-off-wrong", omar, f"{DESK}/armed/{armed}/call-off", {"reason": ""})
    do(omar, f"{DESK}/armed/{armed}/go-on", page=f"{DESK}/")
    with release.app.app_context():
        begin_writing()
        play = release.made._play()
        certified.issue(play.session, play.edition, play.actor, play.now)
        db.session.commit()
    do(omar, f"{DESK}/armed/{armed}/press")
    stills.look("release-done", omar, f"{DESK}/")


def timed(stills: Stills, release: Release) -> None:
    """By the clock; then called off again."""
    omar = release.made.at("omar")
    later = dict(LATER, day="2014-10-10", category="openness")
    assert release.propose(**later).status_code == 303
    do(omar, f"{DESK}/", {"act": "approve", "sha256": release.sha256()})
    stills.look("release-timer", omar, f"{DESK}/")
    armed = found(release.page("omar"), r"/release/armed/([^/]+)/call-off")
    do(omar, f"{DESK}/armed/{armed}/call-off", {"reason": "The ceremony moves."})


def public(stills: Stills, release: Release) -> None:
    visitor, here = release.app.test_client(), ids(release.app)
    for name in ("", "winners", "winners/N1", "panel", "method", "finalists"):
        stills.look(f"public-small-{name.replace('/', '-') or 'edition'}", visitor, f"/{KEY}/{name}")
    for name, reference in {"nora": "N1", "nils": "N3"}.items():
        own = signed_in(release.app, f"{name}@city.example")
        stills.look(f"nominee-result-{name}", own, f"/nominations/{here[reference]}/result")
        stills.look(f"nominee-overview-{name}", own, f"/nominations/{here[reference]}/")
    stills.look(
        "award-public", signed_in(release.app, "nora@city.example"), f"/nominations/{here['N1']}/award"
    )
    stills.look("judge-numbers", release.made.at("ada"), f"/judging/{KEY}/marks")
    stills.look("result-public", release.made.at("chair"), f"{TABLE}/services/result")


def down(stills: Stills, release: Release) -> None:
    olga, omar, page = release.made.at("olga"), release.made.at("omar"), f"{DESK}/taken-down"
    stills.look("release-down", olga, page)
    stills.refuse("release-down-wrong", olga, page, {"act": "take_down", "reason": ""})
    do(olga, page, {"act": "take_down", "category": "services", "reason": "A name is wrong."})
    stills.look("release-down-done", olga, page)
    do(olga, page, {"act": "propose", "category": "services", "reason": "The name is mended."})
    stills.look("release-back", omar, page)
    for language in LANGUAGES:
        answer = release.app.test_client().get(f"/{language}/{KEY}/winners")
        stills.keep("public-small-down", language, answer)


def declined(stills: Stills, release: Release) -> None:
    """Declined on the page; the secretariat records it."""
    tell(release)
    olga, nora = release.made.at("olga"), signed_in(release.app, "nora@city.example")
    page = f"/nominations/{ids(release.app)['N1']}/award"
    do(nora, page, {"act": "read"})
    told = found(nora.get(f"/en{page}").text, r'name="told" value="([^"]+)"')
    do(nora, page, {"act": "answer", "told": told, "answer": "declined", "sure": "yes"})
    stills.look("award-declined", nora, page)
    one = f"{DESK}/winners/{told}"
    stills.look("release-winner-declined", olga, one)
    seen = found(olga.get(f"/en{one}").text, r'name="seen" value="([^"]+)"')
    do(olga, one, {"act": "record", "seen": seen, "reason": "The mayor's letter of 3 May."})
    stills.look("award-recorded", nora, page)
    stills.look("release-winners-declined", olga, f"{DESK}/winners")
