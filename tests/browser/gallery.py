"""Pictures of pages that need somebody signed in, or something typed and pressed first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.signing import signed_in

LANGUAGES = ("en", "ko")
WIDTHS = (1280, 360)

Act = Callable[[Page], object]
Look = Callable[[str, Page], object]


@dataclass(frozen=True)
class Scene:
    """One state of one page: where it is, who looks at it, and what is done there before the picture."""

    name: str
    path: str
    who: str = ""
    act: Act | None = None


def press(page: Page) -> None:
    """The page's one main button."""
    page.locator("main button.act").first.click()


def pressing(selector: str = "main button.act") -> Act:
    return lambda page: page.locator(selector).first.click()


def typing(fields: dict[str, str], selector: str = "main button.act") -> Act:
    """Fill in fields by their names, then press."""

    def act(page: Page) -> None:
        for name, text in fields.items():
            page.locator(f"main [name='{name}']").first.fill(text)
        page.locator(selector).first.click()

    return act


@contextmanager
def context_of(
    chromium: Browser, app: Flask, address: str, who: str, **options: object
) -> Iterator[BrowserContext]:
    """A browser without scripts in which that person is signed in."""
    context = chromium.new_context(**{"java_script_enabled": False} | options)  # type: ignore[arg-type]
    if who:
        cookie = signed_in(app, who).get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    try:
        yield context
    finally:
        context.close()


def visit(chromium: Browser, app: Flask, address: str, scenes: Iterable[Scene], look: Look) -> None:
    """Play every scene in every language and look at what stands on the page then."""
    for language in LANGUAGES:
        for scene in scenes:
            with context_of(
                chromium, app, address, scene.who, viewport={"width": 1280, "height": 800}
            ) as context:
                page = context.new_page()
                page.goto(f"{address}/{language}{scene.path}")
                if scene.act:
                    scene.act(page)
                look(f"{scene.name}-{language}", page)


def photographing(folder: Path) -> Look:
    """A picture of the whole page at each width."""

    def look(name: str, page: Page) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

    return look
