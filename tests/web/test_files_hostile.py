"""Forms that no page sends, on both databases: each is answered, and nothing changes."""

from typing import Any

import pytest
from flask import Flask

from tests.awards.uploads import samples
from tests.web import drafting
from tests.web.signing import send


@pytest.mark.parametrize(
    "sent",
    [
        {"take_out": "no\0key"},
        {"put_back": "no\0key"},
        {"put_back": "x" * 500},
        {"picture": "no\0key", "caption-no\0key": "a" * 500},
        {"base": "99999999"},
        {"base": "٣"},
        {"picture": ["a", "a"], "caption-a": "b"},
        {"upload": "no file but text"},
    ],
)
def test_a_form_that_no_page_sends_is_answered(site: Flask, sent: dict[str, Any]) -> None:
    browser, files = drafting.start(site)
    page = f"{files}/pictures"
    drafting.upload(browser, page, "square.jpg", samples.picture("JPEG"))
    before = drafting.said(site, page, "pictures")

    answer = send(browser, page, sent)

    assert answer.status_code in (303, 422)
    assert drafting.said(site, page, "pictures") == before
    assert browser.get(answer.location or page).status_code == 200
