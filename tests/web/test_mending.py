"""The pages on which a public prize is revoked or corrected, and what the public reads of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.web.office import well
from tests.web.signing import signed_in
from tests.web.test_release import Release, ids, signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = "/N1/best"


@pytest.fixture
def release(app: Flask, tmp_path: Path) -> Release:
    made = signed(app, tmp_path)
    armed = made.arm("services")
    made.post("omar", f"/armed/{armed}/press", {})
    made.desk = f"/en/secretariat/{made.key}/public-prizes"
    return made


def seen(release: Release) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', release.page("olga", PAGE))
    assert found
    return found[1]


def public(release: Release, path: str) -> str:
    answer = release.app.test_client().get(f"/en/{release.key}{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def test_a_prize_is_revoked_by_two_and_its_page_stays_marked(release: Release) -> None:
    assert "best" not in (seen(release) or "best").split("-")[0]
    refused = release.post("olga", PAGE, {"act": "revoke", "seen": seen(release), "reason": " "})
    assert refused.status_code == 422
    assert "everybody can read it" in refused.text
    assert release.post("olga", PAGE, {"act": "revoke", "seen": "stale", "reason": "A."}).status_code == 303
    done = release.post("olga", PAGE, {"act": "revoke", "seen": seen(release), "reason": "Made up."})
    assert done.status_code == 303
    assert "Revoke or correct a public prize: proposed by Olga" in release.overview("omar")
    approve = {"act": "revoke", "sha256": release.sha256("")}
    assert release.post("olga", "", approve).status_code == 409
    assert "Prize revoked" not in public(release, "/winners/N1")

    assert release.post("omar", "", approve).status_code == 303

    page = public(release, "/winners/N1")
    assert "Prize revoked" in page
    assert "Made up." in page
    assert "Made up." in public(release, "/winners")
    assert "revoked; the rules say" in public(release, "/method")
    assert release.made.at("olga").get(f"{release.desk}{PAGE}").status_code == 404
    assert "Made up." in release.page("auditor", "")
    nora = signed_in(release.app, "nora@city.example")
    fared = well(nora.get(f"/en/nominations/{ids(release.app)['N1']}/result"))
    assert "Made up." in fared
    assert "a prize went to others" not in fared


def test_names_are_corrected_by_two_and_what_was_typed_is_kept(release: Release) -> None:
    long = {"act": "correct", "title": "x" * 301, "organisation": "New name", "reason": "Its own spelling."}
    refused = release.post("olga", PAGE, long)
    assert refused.status_code == 422
    assert 'value="New name"' in refused.text
    assert 'id="title-wrong"' in refused.text
    assert release.post("olga", PAGE, {"act": "correct", "reason": "x"}).status_code == 422

    assert release.post("olga", PAGE, long | {"title": "Buses on time"}).status_code == 303
    assert "<ins" in release.page("omar", "")
    assert release.post("omar", "", {"act": "correct", "sha256": release.sha256("")}).status_code == 303

    page = public(release, "/winners/N1")
    assert "Buses on time" in page
    assert "Its own spelling." in page
    assert release.made.at("olga").get(f"{release.desk}/M1/best").status_code == 404
