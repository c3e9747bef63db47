"""The booklet of finalists: public from their announcement on, in each language, with pictures that may be shown."""

import subprocess
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from PIL import Image

from awards import finalists, portraits
from awards.documents.paper import Finalist, Paper
from awards.documents.printing import print_paper
from awards.extensions import begin_writing, db
from tests.awards.contest import FINALISTS, Contest
from tests.awards.play import NOW
from tests.awards.test_portraits import FIELDS, picture, says
from tests.web.voters import BOOTH, KEY, RANKING, Vote

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def words_of(pdf: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


@SQLITE
def test_whoever_stands_is_in_the_booklet_once_it_is_announced_and_not_before(app: Flask) -> None:
    vote = Vote(app, RANKING)
    visitor, elector = app.test_client(), vote.browser("one")
    assert visitor.get(f"/en/{KEY}/finalists.pdf").status_code == 404
    assert "finalists.pdf" not in elector.get(f"{BOOTH}/").text
    with app.app_context():
        begin_writing()
        contest = vote.again()
        finalists.announce(db.session(), contest.edition, actor=contest.actor, now=NOW)
        db.session.commit()

    answer = visitor.get(f"/en/{KEY}/finalists.pdf")
    said = words_of(answer.data)
    assert (answer.mimetype, len(answer.data) < 200_000) == ("application/pdf", True)
    for name in FINALISTS:
        assert f"Town of {name}" in said
    assert [said.index(f"Project {it}") for it in FINALISTS] == sorted(
        said.index(f"Project {it}") for it in FINALISTS
    )
    assert "in the order of their titles" in said
    assert "How ballots are counted" in said
    assert "finalists.pdf" in elector.get(f"{BOOTH}/").text
    assert "finalists.pdf" in visitor.get(f"/en/{KEY}/finalists").text
    assert "투표 방법" in words_of(visitor.get(f"/ko/{KEY}/finalists.pdf").data)


@SQLITE
def test_only_a_picture_that_may_be_published_is_in_it(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        begin_writing()
        contest = Contest(db.session, tmp_path, more=FIELDS).shortlisted()

        def shown() -> list[object]:
            found = portraits.first_pictures(db.session(), contest.edition, FINALISTS)
            return [(key, it["file"]) for key, it in found.items()]

        face, hall = picture(contest, "face"), picture(contest, "hall")
        entries = [
            {"file": face, "permission": False},
            {"file": hall, "permission": True, "credit": "A. Example"},
        ]
        says(contest, pictures=entries)
        assert shown() == [("SV-1", "hall.webp")]
        says(contest, ["pictures"], pictures=entries)
        assert shown() == [], "kept back"
        says(contest, consent=False, pictures=entries)
        assert shown() == [], "no consent"


def test_a_picture_is_printed_light_beside_names_in_their_own_script(tmp_path: Path) -> None:
    file = tmp_path / "wide.webp"
    Image.effect_noise((1400, 900), 90).convert("RGB").save(file, "WEBP")
    one = Finalist(
        "한빛시 Hanbit",
        "Hanbit · 대한민국",
        "열린 데이터",
        "A summary. " * 400,
        (str(file), 1400, 900),
        "A. Example",
    )
    pdf = print_paper(
        Paper("ko", "Small Prize", "1차 평가 통과작", (one, one), "Small Prize", "{number}/{count}", "□")
    )
    assert (len(pdf) < 300_000, "한빛시 Hanbit" in words_of(pdf)) == (True, True)
