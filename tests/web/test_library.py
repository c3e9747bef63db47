"""The library of cases as a page: search and filters in the address, counts beside them, nothing before its time."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from awards.web.public import library
from tests.web import world
from tests.web.markup import Page
from tests.web.office import well

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def page(site: Flask, query: str = "", language: str = "en") -> str:
    return html.unescape(well(site.test_client().get(f"/{language}/library{query}")))


def test_a_search_in_any_language_finds_a_city_and_links_to_its_page(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    for words in ("ulaanbaatar", "울란바토르", "Улаанбаатар", "mongolia"):
        found = page(site, f"?q={words}")
        assert f'href="/en/{world.RELEASED}/winners/' in found, words
        assert "Улаанбаатар" in found, words


def test_every_filter_says_how_many_it_would_leave_and_leaves_as_many(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    whole, filtered = page(site), page(site, "?prize=best&category=open-city")

    number = re.search(r"Open City \((\d+)\)", whole)
    assert number
    assert f"{number[1]} cases" in page(site, "?category=open-city")
    assert "One case" in filtered
    assert "Barcelona" in filtered
    assert 'href="/en/library?category=open-city"' in filtered


def test_what_fits_nothing_is_said_and_what_was_typed_is_kept(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    found = page(site, "?q=%3Cb%3Enowhere&topic=no-such-topic&page=999999999999")

    assert "Nothing fits all of this" in found
    assert 'value="<b>nowhere"' in found
    assert "<b>nowhere" not in "".join(words for _language, words in Page(page(site, "?q=x")).words)


def test_pages_of_the_list_hold_every_case_once(
    site: Flask, at_noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "PAGE", 7)
    seen: list[str] = []
    number = 1
    while True:
        found = page(site, f"?page={number}")
        seen += [it for it in Page(found).links if "/winners/" in it or "/finalists#" in it]
        if f"page={number + 1}" not in found:
            break
        number += 1

    assert number > 1
    assert len(seen) == len(set(seen))
    assert f"{len(seen)} cases" in page(site)


def test_a_case_enters_the_library_at_its_release_and_no_second_before(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    release = world.NOW + timedelta(days=1)
    at_noon.move_to(release - timedelta(seconds=1), tick=False)
    before = page(site, "?q=zephyrgate")
    at_noon.move_to(release, tick=False)

    assert "No case" in before
    assert "Under the secret title" in page(site, "?q=zephyrgate")
