"""Whatever is typed into the pages about people and bodies, no page breaks, on either database."""

import pytest
from flask import Flask

from tests.web.desks import Desk, desk_of
from tests.web.signing import send

ODD = ("\x00", "a\x00b", "\ud800".encode("utf-8", "surrogatepass"), "%", "x" * 10_000, "<b>'\"\u202e")


@pytest.fixture
def desk(site: Flask) -> Desk:
    return desk_of(site)


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_breaks_no_form(desk: Desk, odd: str) -> None:
    browser = desk.browser()
    assert browser.get(f"{desk.home}/organisation", query_string={"q": odd}).status_code == 200
    names = ("name", "english", "kind", "city", "country", "organisation", "base", "email", "message_language",
             "organisation_name", "latin_name")  # fmt: skip
    everything = dict.fromkeys(names, odd)

    for address in (
        "organisation", "organisation/new", "organisation/names", "city", "partners/add", "partners/new",
        "people", "people/hand-over",
    ):  # fmt: skip
        assert send(browser, f"{desk.home}/{address}", everything).status_code in (303, 422), address
