"""Stills: pages kept as the site answered them, acts that were refused among them, to be looked at in a browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flask.testing import FlaskClient
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Route
from werkzeug.test import TestResponse

from tests.web.signing import send

LANGUAGES = ("en", "ko")
WIDTHS = (360, 1280)
OF_MAIL = 400
Fields = Mapping[str, Any] | Sequence[tuple[str, Any]]


@dataclass
class Stills:
    """The HTML of pages by name and language. Paths stand without their language."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    mails: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self, name: str, browser: FlaskClient, path: str) -> None:
        """A page that is opened."""
        for language in LANGUAGES:
            self.keep(name, language, browser.get(f"/{language}{path}"))

    def refuse(
        self, name: str, browser: FlaskClient, path: str, fields: Fields, *, page: str | None = None
    ) -> None:
        """The page that answers a form which changes nothing: mistakes, a preview, a question."""
        for language in LANGUAGES:
            asked = f"/{language}{page}" if page else None
            answer = send(browser, f"/{language}{path}", fields, page=asked)
            self.keep(name, language, answer)

    def keep(self, name: str, language: str, answer: TestResponse) -> None:
        if answer.status_code in (301, 302, 303, 500):
            raise AssertionError(f"{name} ({language}) answers {answer.status_code} {answer.location}")
        self.kept[name, language] = answer.text


def show(context: BrowserContext, address: str, stills: Mapping[tuple[str, str], str]) -> None:
    """Let the browser find every still at an address of its own, with the site's style sheet."""

    def answer(route: Route) -> None:
        language, name = route.request.url.rpartition("/still/")[2].split("/")
        route.fulfill(body=stills[name, language], content_type="text/html; charset=utf-8")

    context.route(f"{address}/still/**", answer)


def walk(
    chromium: Browser,
    address: str,
    stills: Mapping[tuple[str, str], str],
    *,
    width: int,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = False,
    cookies: Sequence[SetCookieParam] = (),
) -> Iterator[tuple[str, str, Any]]:
    """Each still in turn: its name, its language and the page that shows it. `cookies`: for what pages load."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
    )
    context.add_cookies(cookies)
    show(context, address, stills)
    page = context.new_page()
    for name, language in stills:
        page.goto(f"{address}/still/{language}/{name}")
        yield name, language, page
    context.close()


def picture(
    chromium: Browser,
    address: str,
    folder: Path,
    stills: Mapping[tuple[str, str], str],
    *,
    widths: Sequence[int] = WIDTHS,
    dark: Sequence[str] = (),
    cookies: Sequence[SetCookieParam] = (),
) -> None:
    """A picture of every still at every width; of those named, a dark one too."""
    for width in widths:
        for name, language, page in walk(chromium, address, stills, width=width, cookies=cookies):
            page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)
    some = {key: text for key, text in stills.items() if key[0] in dark and key[1] == "en"}
    for name, language, page in walk(chromium, address, some, width=1280, scheme="dark", cookies=cookies):
        page.screenshot(path=folder / f"{name}-{language}-1280-dark.png", full_page=True)
