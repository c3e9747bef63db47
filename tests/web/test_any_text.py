"""Whatever somebody types into a section: never an error of ours, and never lost."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awards.writing import tidy, unreadable
from tests.web.nominating import OFFICER, begin, said_by
from tests.web.signing import csrf_in, signed_in
from tests.web.test_nominations import hidden_in, home, opened

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

AWKWARD = [
    "مرحبا\u202eabc",
    "e\u0301\u0323" * 5,
    "\0",
    "a\0b",
    "\ud7ff\ue000",
    "</textarea><script>",
    "\r\n\r\n",
    "🇰🇷👩‍👩‍👧",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(AWKWARD),
    st.integers(99_990, 100_010).map("x".__mul__),
)


PAGES = settings(
    max_examples=max(10, settings().max_examples // 10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Fewer examples than elsewhere: each of them sends whole pages."""
CELLS = {
    "results": ("results-0-indicator", "results-0-source"),
    "files-more": ("links-0",),
    "people-more": ("contacts-0-name", "contacts-0-email"),
}


@given(title=TEXTS, summary=TEXTS, problem=TEXTS, number=TEXTS)
@PAGES
def test_any_text_is_saved_or_stands_in_the_form_again(
    site: Flask, title: str, summary: str, problem: str, number: str
) -> None:
    identifier = begin(site, whole=False)
    client = signed_in(site, OFFICER)
    sections = re.findall(rf'href="{home(identifier)}([a-z_-]+)"', client.get(home(identifier)).text)
    given_texts = {"title": title, "summary": summary, "problem": problem, "population": number}

    for section in dict.fromkeys(sections):
        address = f"{home(identifier)}{section}"
        if section in ("preview", "submit", "withdraw"):
            continue
        page = client.get(address).text
        asked = [key for key in given_texts if f'name="asked" value="{key}"' in page]
        form = hidden_in(page) | {"csrf_token": csrf_in(page, address), "asked": asked}
        answer = client.post(address, data=form | {key: given_texts[key] for key in asked})

        assert answer.status_code in (303, 422), section
        again = answer.text
        for key in asked:
            saved = said_by(site, identifier).get(key) or ""
            assert saved == tidy(given_texts[key]) or _stands_in(again, given_texts[key]), key
    assert client.get(f"{home(identifier)}preview").status_code == 200


@given(text=TEXTS)
@PAGES
def test_any_text_in_a_cell_is_saved_or_stands_in_the_form_again(site: Flask, text: str) -> None:
    identifier = begin(site, whole=False)
    client = signed_in(site, OFFICER)

    for section, cells in CELLS.items():
        address, key = f"{home(identifier)}{section}", cells[0].partition("-")[0]
        form = opened(client, address) | {"asked": key}
        answer = client.post(address, data=form | dict.fromkeys(cells, text))

        assert answer.status_code in (303, 422), section
        stored = said_by(site, identifier).get(key) or []
        kept = [cell for row in stored for cell in (row.values() if isinstance(row, dict) else [row])]
        for cell in cells:
            assert not tidy(text) or tidy(text) in kept or _stands_in(answer.text, text), cell


def _stands_in(page: str, text: str) -> bool:
    """Whether a text stands in an input or a textarea of a page, but for what no page can show."""
    typed = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    typed += re.findall(r'<input type="text"[^>]* value="([^"]*)"', page)
    wanted = _shown(text)
    return any(_shown(html.unescape(it)) == wanted for it in typed)


def _shown(text: str) -> str:
    kept = "".join(it for it in tidy(text) if not unreadable(it))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def test_ten_megabytes_are_refused_in_words_and_come_back(site: Flask) -> None:
    identifier = begin(site, whole=False)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    form = opened(client, address) | {"asked": "summary"}
    text = "word " * 2_000_000

    answer = client.post(address, data=form | {"summary": text})

    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert "no more than 100,000 can be saved" in answer.text
