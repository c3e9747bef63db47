"""The roll and the naming of delegates, in each of their states."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from awards.extensions import begin_writing, db
from tests.awards.contest import member
from tests.browser.small_sites import do, keep_both, site_of
from tests.browser.stills import Stills
from tests.web.electing import AUDITOR, KEY, Association
from tests.web.signing import send
from tests.web.test_roll import ADA, BEA, cast

ROLL = f"/secretariat/{KEY}/roll"
MORE = (
    ("Ulaanbaatar", "MN", "울란바토르"),
    ("San Martín de los Ejemplos y Alrededores", "MX", ""),
    ("Jakarta", "ID", "자카르타"),
    ("Kathmandu", "NP", "카트만두"),
    ("Bandung", "ID", "반둥"),
)
BAD = "elector,contact\nNowhere,mayor@porto.example\nHanoi,nobody\nFar City,\n"


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "roll") as (site, own, _clock):
        members(stills, Association(site, own), folder)
    with site_of(data, "roll-of-judges") as (site, own, _clock):
        organiser = Association(site, own, more="").at()
        stills.look("roll-judges", organiser, ROLL)
        stills.look("roll-panel", organiser, f"{ROLL}/build")


def members(stills: Stills, made: Association, folder: Path) -> None:
    with made.app.app_context():
        begin_writing()
        for name, country, korean in MORE:
            member(
                db.session(),
                name,
                country=country,
                names={"ko": korean} if korean else {},
                sort_key=name.casefold(),
            )
        db.session.commit()
    organiser = made.at()
    stills.look("roll-empty", organiser, ROLL)
    stills.look("roll-build", organiser, f"{ROLL}/build")
    stills.refuse("roll-build-wrong", organiser, f"{ROLL}/build", {"as_of": "soon"})
    do(organiser, f"{ROLL}/build", {"as_of": "2014-08-31"})
    stills.look("roll-built", organiser, ROLL)
    stills.look("roll-none-fit", organiser, f"{ROLL}?show=mail&q=zzz")
    stills.look("roll-load", organiser, f"{ROLL}/load")
    keep_both(
        stills,
        "roll-load-wrong",
        organiser,
        f"{ROLL}/load",
        fields=lambda: {"file": (io.BytesIO(BAD.encode()), "roll.csv")},
    )
    stills.look("roll-ask-nobody", organiser, f"{ROLL}/ask")
    entries(stills, made)
    letters(stills, made, folder)
    stills.look("roll-auditor", made.at(AUDITOR), ROLL)
    stills.look("roll-freeze", organiser, f"{ROLL}/freeze")
    do(organiser, f"{ROLL}/freeze", {"act": "freeze"})
    stills.look("roll-frozen", organiser, ROLL)
    stills.look("roll-frozen-freeze", organiser, f"{ROLL}/freeze")
    stills.refuse("roll-thaw-wrong", organiser, f"{ROLL}/freeze", {"act": "thaw", "reason": " "})
    cast(made, "Porto")
    stills.look("roll-entry-cast", organiser, page_of(made, "Porto"))
    stills.look("delegation-cast", made.app.test_client(), link_of(made, "Porto"))


def page_of(made: Association, elector: str) -> str:
    return made.page(elector).removeprefix("/en")


def link_of(made: Association, elector: str) -> str:
    return made.link(elector).removeprefix("/en")


def entries(stills: Stills, made: Association) -> None:
    organiser, porto = made.at(), page_of(made, "Porto")
    stills.look("roll-entry", organiser, porto)
    do(
        organiser,
        porto,
        {"act": "contact", "contact": "mayor@porto.example", "post": "Example Street 1\nPorto"},
    )
    stills.look("roll-ask", organiser, f"{ROLL}/ask")
    stills.refuse("roll-ask-none", organiser, f"{ROLL}/ask", {})
    do(organiser, f"{ROLL}/ask", {"elector": porto.rpartition("/")[2]})
    visitor = made.app.test_client()
    link = link_of(made, "Porto")
    stills.look("delegation", visitor, link)
    stills.refuse("delegation-wrong", visitor, link, {**ADA, "name": " ", "email": "nobody"})
    do(visitor, link, ADA)
    stills.look("delegation-named", visitor, link)
    do(visitor, link, {**BEA, "seen": "1"})
    stills.look("delegation-unknown", visitor, "/delegation/guessed")
    stills.look("roll-entry-named", organiser, porto)
    stills.refuse("roll-entry-wrong", organiser, porto, {"act": "record", "name": "", "email": "nobody"})
    seoul = page_of(made, "Seoul")
    do(organiser, seoul, {"act": "off", "reason": "It has asked to sit this vote out."})
    stills.look("roll-entry-off", organiser, seoul)
    stills.look("roll-entry-by-rule", organiser, page_of(made, "Far City"))
    do(organiser, seoul, {"act": "back", "reason": "It has changed its mind."})


def letters(stills: Stills, made: Association, folder: Path) -> None:
    """The page, and the first letter in each language on paper."""
    organiser = made.at()
    stills.look("roll-letters", organiser, f"{ROLL}/letters")
    stills.refuse("roll-letters-none", organiser, f"{ROLL}/letters", {"seen": "0"})
    for number, (language, name) in enumerate((("en", "Hanoi"), ("ko", "Seoul"))):
        page = page_of(made, name)
        fields = {"act": "record", **BEA, "name": "홍길동", "email": "", "language": language, "seen": "0"}
        do(organiser, page, fields)
        answer = send(
            organiser,
            f"/en{ROLL}/letters",
            {"seen": str(number), "elector": page.rpartition("/")[2]},
        )
        assert answer.mimetype == "application/pdf", answer.text[-2000:]
        subprocess.run(
            ["pdftoppm", "-r", "70", "-png", "-l", "1", "-", folder / f"paper-voting-letter-{language}"],
            input=answer.data,
            check=True,
        )
    stills.look("roll-letters-made", organiser, f"{ROLL}/letters")
