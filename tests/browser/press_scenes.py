"""The press before the release, the ceremony sheet, and what is passed on of winners afterwards."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.awards.play import KEY
from tests.browser.release_scenes import LATER, lively
from tests.browser.small_sites import do, site_of
from tests.browser.stills import Stills
from tests.web.test_press import Press
from tests.web.test_release import signed

DESK = f"/secretariat/{KEY}/press"
JIA = {"name": "Jia Example", "email": "jia@paper.example", "medium": "Daily Example", "language": "en"}


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "press") as (site, own, _clock):
        press = Press(signed(site, own).made)
        lively(press)
        olga, journalist = press.made.at("olga"), site.test_client()
        stills.look("press-none", olga, f"{DESK}/")
        press.propose(**LATER)
        press.post("omar", "/", {"act": "approve", "sha256": press.sha256()})
        stills.refuse("press-wrong", olga, f"{DESK}/", JIA | {"email": "nowhere"})
        do(olga, f"{DESK}/", JIA | {"category": "services"})
        do(olga, f"{DESK}/", JIA | {"name": "김지아", "email": "kim@paper.example", "category": "openness"})
        link = press.link()[3:]
        stills.look("embargo-terms", journalist, link)
        do(journalist, link, {"name": "김지아"})
        stills.look("embargo-open", journalist, link)
        stills.look("press", olga, f"{DESK}/")
        stills.look("press-contact", olga, f"{DESK}/{press.identifier()}")
        stills.look("ceremony", olga, f"{DESK}/ceremony")
        stills.look("ceremony-note", olga, f"{DESK}/ceremony/M1/best")
        sheet = folder / "ceremony.pdf"
        sheet.write_bytes(olga.get(f"/ko{DESK}/ceremony.pdf").data)
        subprocess.run(["pdftoppm", "-r", "60", "-png", sheet, folder / "ceremony"], check=True)
        do(olga, f"{DESK}/{press.identifier()}", {"act": "end", "reason": "It was passed on."})
        stills.look("press-ended", olga, f"{DESK}/{press.identifier()}")
        stills.look("embargo-gone", journalist, link)
