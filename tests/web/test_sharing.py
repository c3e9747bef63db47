"""What is passed on of winners: share images, words, posters, the press kit; none of it before the release."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from awards.extensions import db
from awards.models import Publication
from awards.web import headers
from tests.web import world
from tests.web.office import well

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

RELEASE = world.NOW + timedelta(days=1)
ONE = f"/en/{world.EMBARGOED}/winners/EMB-77"
FILES = (
    f"{ONE}/share.png", f"{ONE}/share", f"{ONE}/poster.pdf", f"{ONE}/press-kit.zip",
    f"/en/{world.EMBARGOED}/press", f"/en/{world.EMBARGOED}/press-kit.zip", f"/en/{world.EMBARGOED}/poster.pdf",
)  # fmt: skip


def statuses(site: Flask) -> set[int]:
    return {site.test_client().get(address).status_code for address in FILES}


def unpacked(answer: TestResponse) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return {it.filename: file.read(it) for it in file.infolist()}


def test_the_minute_before_the_release_none_of_it_is_there_and_taken_down_it_is_gone(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(RELEASE - timedelta(minutes=1), tick=False)
    assert statuses(site) == {404}

    at_noon.move_to(RELEASE, tick=False)
    assert statuses(site) == {200}

    with site.app_context():
        db.session.execute(update(Publication).values(taken_down_at=RELEASE))
        db.session.commit()
    assert statuses(site) == {410}


def test_a_share_image_is_a_picture_of_its_size_that_other_sites_may_show(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(RELEASE, tick=False)
    client = site.test_client()

    english, korean = client.get(f"{ONE}/share.png"), client.get(f"/ko{ONE[3:]}/share.png")

    for answer in (english, korean):
        assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Content-Security-Policy"] == headers.LOCKED
        assert answer.headers["Cache-Control"] == "no-cache"
    assert english.data != korean.data
    kept = client.get(f"{ONE}/share.png", headers={"If-None-Match": english.headers["ETag"]})
    assert kept.status_code == 304
    assert "Under the secret title" in well(client.get(f"{ONE}/share"))
    assert well(client.get(f"/en/{world.EMBARGOED}/press"))


def test_the_pages_of_winners_lead_to_what_can_be_passed_on(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(RELEASE, tick=False)
    client = site.test_client()

    one, all_of_them = well(client.get(ONE)), well(client.get(f"/en/{world.EMBARGOED}/winners"))

    assert f'href="{ONE}/share"' in one
    assert f'href="{ONE}/press-kit.zip"' in one
    assert f'href="/en/{world.EMBARGOED}/press"' in all_of_them


def test_the_press_kit_has_texts_in_every_language_pictures_images_and_the_list(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(RELEASE, tick=False)
    client = site.test_client()

    whole = client.get(f"/en/{world.EMBARGOED}/press-kit.zip")
    files, mine = unpacked(whole), unpacked(client.get(f"{ONE}/press-kit.zip"))

    assert {
        "en/read-me.txt", "en/winners.txt", "en/winners.docx", "en/winners.pdf", "en/EMB-77.png",
        "pictures/EMB-77-1.webp", "winners.csv",
    } <= files.keys()  # fmt: skip
    assert files["pictures/EMB-77-1.webp"] == world.SECRET_PICTURE
    assert "ko/winners.pdf" in files
    assert "Under the secret title" in files["en/winners.txt"].decode()
    assert "비밀 사업" in files["ko/winners.txt"].decode()
    assert b"EMB-77" in mine["winners.csv"]
    assert client.get(f"/en/{world.EMBARGOED}/press-kit.zip").data == whole.data
