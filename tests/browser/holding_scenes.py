"""The key holders' pages, from the making of a key to the paper that can be thrown away."""

from __future__ import annotations

from pathlib import Path

from awards.extensions import begin_writing, db
from awards.models import Role
from tests.awards.keeping import PASSPHRASES, Kept
from tests.awards.play import KEY
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.signing import send, signed_in
from tests.web.test_holding import HANA, HILDA, HUGO, KeyDesk
from tests.web.test_polling import ORGANISER

HERE, VOTE = f"/holding/{KEY}", f"/secretariat/{KEY}/vote"


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "holding-new") as (site, own, _clock):
        with site.app_context():
            begin_writing()
            poll = Kept(db.session, own)
            for email, role in ((HANA, Role.HOLDER), (HUGO, Role.HOLDER), (ORGANISER, Role.ORGANISER)):
                poll.person(email, role)
            db.session.commit()
        hana = signed_in(site, HANA)
        stills.look("holding-new", hana, HERE)
        stills.refuse(
            "holding-new-wrong", hana, f"{HERE}/key", {"passphrase": "short", "again": "short"}, page=HERE
        )
        for language in LANGUAGES:
            fields = {"passphrase": PASSPHRASES["hana"], "again": PASSPHRASES["hana"]}
            made = send(hana, f"/{language}{HERE}/key", fields, page=f"/{language}{HERE}")
            stills.keep("holding-words", language, made)
        stills.look("holding-made", hana, HERE)
        stills.look("holding-copy", hana, f"{HERE}/copy")
        stills.look("holding-lost", hana, f"{HERE}/lost")
        stills.look("polling-holders-early", signed_in(site, ORGANISER), f"{VOTE}/holders")
    with site_of(data, "holding") as (site, _own, clock):
        desk = KeyDesk(site, clock)
        retitle(site)
        stills.look("holding-ready", desk.at(HANA), HERE)
        desk.closed()
        stills.look("holding-give", desk.at(HANA), HERE)
        stills.refuse(
            "holding-give-wrong",
            desk.at(HANA),
            f"{HERE}/give",
            {"words": "zebra", "reason": "Over"},
            page=HERE,
        )
        desk.holds(
            HANA, "give", passphrase=PASSPHRASES["hana"], reason="The time is over, and both have spoken."
        )
        stills.look("holding-given", desk.at(HANA), HERE)
        stills.look("holding-second", desk.at(HUGO), HERE)
        stills.look("polling-holders", desk.at(), f"{VOTE}/holders")
        stills.look("polling-opening-holders", desk.at(), f"{VOTE}/opening")
        desk.holds(HUGO, "give", passphrase=PASSPHRASES["hugo"])
        stills.look("holding-over", desk.at(HILDA), HERE)
        stills.look("polling-counted-holders", desk.at(), VOTE)
