"""Where the fair score decides, its table shows the plain mean beside it; where it doesn't, nobody outside sees it."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from awards import calibrations, editions, records, standings
from awards.extensions import begin_writing, db
from awards.models import Calibration, CalibrationState, Edition, Role
from judging.count import standing_of
from judging.record import CALIBRATION, read_bytes
from judging.values import rounded
from tests.awards.test_calibrations import marked
from tests.web.markup import Page
from tests.web.office import well
from tests.web.signing import person, send, signed_in
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LOOKS = ("3.217654", "3.22", "1.234567", "1.23", "0.613579", "61.4 %", "61 %", "abcdef12" * 8)
"""How an unmistakable fair score, severity, chance and hash would stand on a page."""


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_chair_reads_fair_scores_with_the_plain_means_beside_them(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        begin_writing()
        play = marked(db.session, tmp_path, "calibrated")
        play.close()
        edition = play.edition
        best = standing_of(standings.latest(db.session(), edition)["services"].document).rows[0]
        person("chair@people.example", Role.CHAIR, edition=edition)
        assert best.raw is not None
        shown = (best.nomination, rounded(best.total), rounded(best.raw))
    chair = signed_in(app, "chair@people.example")

    page = well(chair.get("/en/table/small-prize/services"))
    korean = well(chair.get("/ko/table/small-prize/services"))
    minutes = PdfReader(BytesIO(chair.get("/en/table/small-prize/minutes.pdf").data))
    printed = " ".join(" ".join(it.extract_text() for it in minutes.pages).split())
    rules = text_of(chair.get("/en/small-prize/rules").text)

    assert "The fair score decides" in text_of(page)
    assert "보정 점수" in korean
    assert "단순 평균" in korean
    for text in (text_of(page), printed):
        row = text[text.index(f"{shown[0]} Project") :]
        assert "Plain mean" in text
        assert row.index(shown[1]) < row.index(shown[2])
    assert rules == "" or "Some judges mark more strictly than others" in rules


def fitted(edition: Edition) -> None:
    """A calibration whose numbers stand nowhere else."""
    document = {
        "categories": [
            {
                "category": "services",
                "places": 2,
                "linked": True,
                "parts": [],
                "deciding": "raw",
                "why": None,
                "expected_wrong": LOOKS[4],
                "margin": None,
                "method_dependent": False,
                "nominations": [
                    {"nomination": it, "sheets": 2, "raw": "7.000000", "fair": LOOKS[0], "error": "0.100000",
                     "p_top": LOOKS[4], "band": "in_play", "rank": "2.000000", "rank_low": 1, "rank_high": 3}
                    for it in ("N1", "N2", "N3", "N4")
                ],
                "without": [],
                "adjusted": [],
                "enters": [],
                "leaves": [],
                "missing": [],
            }
        ],
        "judges": [{"judge": "ada", "sheets": 6, "severity": f"-{LOOKS[2]}", "error": "0.1", "spread": "1.0"}],
        "sheets": 12,
        "sheets_sha256": LOOKS[-1],
        "prediction": {"folds": 10, "raw": "1.000000", "fair": "0.900000", "better": True},
    }  # fmt: skip
    last = calibrations.latest(db.session(), edition)
    assert last is not None
    last.state, last.document, last.sheets_sha256 = CalibrationState.FITTED, document, LOOKS[-1]


def test_where_the_plain_mean_decides_only_those_who_advise_find_anything_of_the_calibration(
    app: Flask, tmp_path: Path
) -> None:
    table = Round(app, tmp_path)
    table.mark_and_close()
    with app.app_context():
        begin_writing()
        edition = editions.find(db.session(), table.key)
        fitted(edition)
        db.session.commit()
        assert db.session.scalars(select(Calibration.state)).all() == [CalibrationState.FITTED]
    visitor = app.test_client()
    tabs = ("/", "/services", "/minutes.pdf", "/services/cut-line", "/reliability", "/judges", "/readings")

    for name, browser in (("visitor", visitor), ("ada", table.at("ada")), ("olga", table.at("olga"))):
        waiting = [f"/en/table/{table.key}{tab}" for tab in tabs]
        waiting += [
            "/en/today",
            f"/en/{table.key}/",
            f"/en/{table.key}/rules",
            f"/en/judging/{table.key}/marks",
        ]
        waiting += [f"/en/secretariat/{table.key}/progress", f"/en/{table.key}/record.zip"]
        seen = set()
        while waiting:
            at = waiting.pop(0).partition("#")[0]
            if at in seen or len(seen) > 40 or not at.startswith("/en/"):
                continue
            seen.add(at)
            answer = browser.get(at)
            text = text_of(answer.text) if answer.mimetype == "text/html" else answer.data.decode("latin-1")
            assert [look for look in LOOKS if look in text] == [], (name, at)
            if answer.status_code == 200 and answer.mimetype == "text/html" and table.key in at:
                waiting += [it for it in Page(answer.text).links if table.key in it]
        assert len(seen) > 10

    with app.app_context():
        edition = editions.find(db.session(), table.key)
        kinds = {}
        for public in (True, False):
            target = BytesIO()
            records.write(db.session(), edition, target, public=public)
            kinds[public] = read_bytes(target.getvalue())
    full = kinds[False].archive.read(CALIBRATION).decode()
    there = "".join(kinds[True].archive.read(it).decode("latin-1") for it in kinds[True].archive.namelist())
    assert [look for look in (LOOKS[0], LOOKS[2], LOOKS[4], LOOKS[-1]) if look not in full] == []
    assert [look for look in LOOKS if look in there] == []


def test_a_round_too_large_to_be_fitted_on_a_page_stays_open_and_says_how_it_is_closed(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        begin_writing()
        edition = marked(db.session, tmp_path, "calibrated").edition
        person("olga@people.example", Role.ORGANISER, edition=edition)
        db.session.commit()
    monkeypatch.setattr(calibrations, "INLINE_MOST", 1)
    olga, at = signed_in(app, "olga@people.example"), "/en/secretariat/small-prize/closing"
    seen = re.search(r'name="seen" value="([^"]+)"', olga.get(at).text)
    assert seen is not None

    answer = send(olga, at, {"seen": seen[1], "reason": "All marks are here."})

    assert answer.status_code == 422
    assert "flask round close small-prize first" in answer.text
    with app.app_context():
        assert editions.find(db.session(), "small-prize").first_closed_at is None
