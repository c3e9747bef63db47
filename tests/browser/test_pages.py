"""The public pages in a real browser: nothing sticks out, nothing is refused, the keyboard finds its way."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.gallery import context_of
from tests.browser.screenshots import PAGES
from tests.browser.site import browser, serving, settled
from tests.web.office import DESK, Office


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with settled(tmp_path_factory.mktemp("site")) as app:
        yield app


@pytest.fixture(scope="module")
def address(site: Flask) -> Iterator[str]:
    with serving(site) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def test_no_page_is_wider_than_a_phone_and_none_breaks_the_policy(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    wide = []

    for language in ("en", "ko"):
        for path in PAGES.values():
            page.goto(f"{address}/{language}{path}")
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wide.append(f"/{language}{path}")

    assert wide == []
    assert [text for text in complaints if "404 (NOT FOUND)" not in text] == []


def test_the_keyboard_reaches_the_content_first_and_its_place_is_seen(page: Page, address: str) -> None:
    page.goto(f"{address}{'/en'}{PAGES['winners']}")

    page.keyboard.press("Tab")
    skip = page.evaluate(
        "[document.activeElement.className, document.activeElement.getBoundingClientRect().top]"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")

    assert skip[0] == "skip"
    assert skip[1] >= 0
    assert page.evaluate("location.hash") == "#main"
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert ring == "3px"


def test_what_can_be_pressed_is_large_enough_for_a_thumb(page: Page, address: str) -> None:
    page.goto(f"{address}/ko{PAGES['verify']}")

    heights = page.eval_on_selector_all(".top a, .act, input", "found => found.map(e => e.offsetHeight)")

    assert min(heights) >= 44


def test_a_code_is_verified_through_the_form(page: Page, address: str) -> None:
    page.goto(f"{address}/en{PAGES['verify']}")

    page.get_by_label("Code of the certificate").fill("7k3m xq9a obcd iefg")
    page.get_by_role("button", name="Verify this code").click()

    assert page.get_by_role("heading", level=1).inner_text() == "This certificate is in force"


def test_the_many_pages_of_the_office_take_one_line_on_a_phone_and_are_all_there_without_scripts(
    chromium: Browser, site: Flask, address: str
) -> None:
    Office(site)
    with context_of(
        chromium, site, address, "organiser@city.example", viewport={"width": 360, "height": 740}
    ) as context:
        page = context.new_page()
        page.goto(f"{address}{DESK}/dates")
        pages = page.get_by_role("navigation", name="Pages of the secretariat")
        folded = pages.bounding_box()
        expect(pages.get_by_role("link")).to_have_count(0)
        pages.get_by_text("Pages: Dates").click()
        expect(pages.get_by_role("link", name="Assignment")).to_be_visible()
        open_width = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1280, "height": 740})
        page.reload()

        assert folded is not None
        assert folded["height"] < 60
        assert open_width == 360
        expect(pages.get_by_text("Pages: Dates")).to_be_hidden()
        expect(pages.get_by_role("link", name="Assignment")).to_be_visible()
        expect(pages.get_by_role("link", name="Dates")).to_have_attribute("aria-current", "page")
