"""Pictures of the public pages, at two widths, in both languages, light and dark, and of certificates."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from awards import create_app
from tests.browser import election_gallery, judging_scenes, office_gallery, scenes
from tests.browser.gallery import photographing, visit
from tests.browser.site import browser, serving, settled
from tests.web import world

WIDTHS = (360, 1280)
DEMO = "wego-awards-demo"
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
DEMO_PAGES = {
    "demo-front": "/",
    "demo-edition": f"/{DEMO}/",
    "demo-rules": f"/{DEMO}/rules",
    "demo-finalists": f"/{DEMO}/finalists",
    "demo-winners": f"/{DEMO}/winners",
    "demo-record": f"/{DEMO}/record",
}
DARK = ("winners", "edition-open")
CERTIFICATES = 6


def take(chromium: Browser, address: str, folder: Path, pages: Mapping[str, str]) -> None:
    for language in ("en", "ko"):
        for width in WIDTHS:
            _take(chromium, f"{address}/{language}", folder, pages, suffix=f"{language}-{width}", width=width)
    dark = {name: path for name, path in pages.items() if name in DARK}
    _take(chromium, f"{address}/en", folder, dark, suffix="en-1280-dark", width=1280, scheme="dark")


def _take(
    chromium: Browser,
    address: str,
    folder: Path,
    pages: Mapping[str, str],
    *,
    suffix: str,
    width: int,
    scheme: Literal["light", "dark"] = "light",
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=False
    )
    page = context.new_page()
    for name, path in pages.items():
        page.goto(f"{address}{path}")
        page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=True)
    context.close()


def flask(data: Path, *arguments: str | Path) -> None:
    environment = {"LAURELS_DATA": str(data), "PATH": "/usr/bin:/bin"}
    program = Path(sys.executable).parent / "flask"
    subprocess.run(
        [program, *arguments], check=True, cwd=world.ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def certificates(data: Path, folder: Path) -> None:
    """The first pages of some certificates of the demo."""
    flask(data, "certificates", "export", DEMO, data / "pdf")
    for file in sorted((data / "pdf").glob("*.pdf"))[:CERTIFICATES]:
        subprocess.run(
            ["pdftoppm", "-r", "80", "-png", "-singlefile", file, folder / f"demo-{file.stem.lower()}"],
            check=True,
        )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as data, browser() as chromium:
        with settled(Path(data) / "world") as app, serving(app) as address:
            take(chromium, address, folder, PAGES)
            visit(chromium, app, address, scenes.of_the_city(app), photographing(folder))
        demo = Path(data) / "demo"
        flask(demo, "demo", "--no-serve")
        with serving(create_app({"LAURELS_DATA": str(demo)})) as address:
            take(chromium, address, folder, DEMO_PAGES)
        certificates(demo, folder)
        office_gallery.take(chromium, Path(data), folder)
        judging_scenes.take(chromium, Path(data), folder)
        election_gallery.take(chromium, Path(data), folder)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
