"""Pictures of the public pages at two widths, in both languages, light and dark: `make screenshots`."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.browser.site import browser, serving, settled
from tests.web import world

WIDTHS = (360, 1280)
PAGES = {
    "front": "/",
    "edition-open": f"/{world.OPEN}/",
    "edition-running": f"/{world.RUNNING}/",
    "edition-over": f"/{world.RELEASED}/",
    "rules": f"/{world.RELEASED}/rules",
    "rules-panel": f"/{world.RUNNING}/rules",
    "finalists": f"/{world.RELEASED}/finalists",
    "winners": f"/{world.RELEASED}/winners",
    "record": f"/{world.RELEASED}/record",
    "verify": "/verify/",
    "certificate": f"/verify/{world.CODE}",
    "certificate-revoked": f"/verify/{world.REVOKED_CODE}",
    "unknown": "/verify/0000-0000-0000-0000",
    "missing": "/nothing/here",
}
DARK = ("winners", "edition-open")


def take(chromium: Browser, address: str, folder: Path) -> None:
    for language in ("en", "ko"):
        for width in WIDTHS:
            _take(chromium, address, folder, language, width, "light", list(PAGES))
    _take(chromium, address, folder, "en", WIDTHS[1], "dark", list(DARK))


def _take(
    chromium: Browser,
    address: str,
    folder: Path,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
    names: list[str],
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=False
    )
    page = context.new_page()
    for name in names:
        page.goto(f"{address}/{language}{PAGES[name]}")
        dark = "-dark" if scheme == "dark" else ""
        page.screenshot(path=folder / f"{name}-{language}-{width}{dark}.png", full_page=True)
    context.close()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory() as data,
        settled(Path(data)) as app,
        serving(app) as address,
        browser() as chromium,
    ):
        take(chromium, address, folder)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
