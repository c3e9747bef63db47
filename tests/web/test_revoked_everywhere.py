"""A revoked prize leaves every list, kit and picture, and what programs read says so; what was corrected is dated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import feedparser
import pytest
from flask import Flask
from sqlalchemy import select

from awards.disclosures import STOOD
from awards.extensions import db
from awards.models import Edition, Publication, PublicationKind
from tests.web import world
from tests.web.office import well

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HERE = f"/en/{world.RELEASED}"
ONE = f"{HERE}/winners/OC-05"
WHY = "The figures were made up."


def mend(site: Flask, *, revoked: Sequence[str] = (), corrected: Sequence[str] = ()) -> None:
    """As `publishing.show_again` publishes it: whose prizes of the category of OC-05 were revoked, or corrected."""
    said = {"on": world.NOW.date().isoformat(), "because": WHY}
    with site.app_context():
        found = db.session.scalars(
            select(Publication)
            .join(Edition, Edition.id == Publication.edition_id)
            .where(Edition.key == world.RELEASED, Publication.kind == PublicationKind.WINNERS)
        ).all()
        shown = next(it for it in found if any(row["reference"] == "OC-05" for row in it.document["rows"]))
        rows: list[dict[str, Any]] = shown.document["rows"]
        lost = [row for row in rows if row["reference"] in revoked]
        document = {
            **shown.document,
            "rows": [row for row in rows if row not in lost],
            "not_given": [row["prize"] for row in lost],
            "revoked": [
                {key: row[key] for key in ("reference", "prize", *STOOD) if key in row} | said for row in lost
            ],
            "corrected": [{**row, **said} for row in rows if row["reference"] in corrected],
        }
        db.session.add(
            Publication(
                edition_id=shown.edition_id,
                category=shown.category,
                kind=PublicationKind.WINNERS,
                document=document,
                visible_from=world.NOW,
            )
        )
        db.session.commit()


def kit(site: Flask, address: str) -> dict[str, bytes]:
    answer = site.test_client().get(address)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        return {it.filename: file.read(it) for it in file.infolist()}


def row_of(site: Flask, reference: str) -> dict[str, Any]:
    rows = site.test_client().get(f"/{world.RELEASED}/data/winners.json").json["rows"]  # type: ignore[index]
    return next(it for it in rows if it["reference"] == reference)


def test_a_revoked_prize_leaves_every_list_and_file_or_is_marked_there(site: Flask) -> None:
    client = site.test_client()
    page = well(client.get(ONE))
    given = [f"{ONE}/{it}" for it in ("share", "press-kit.zip", "poster.pdf")]
    assert all(f'href="{it}"' in page for it in given)
    shelf = f"/en/library?q=Barcelona&year={world.RELEASED[-4:]}"
    assert ONE in well(client.get(shelf))

    mend(site, revoked=["OC-05"])

    gone = [*given, f"{ONE}/share.png", f"{ONE}/pictures/1"]
    assert {client.get(it).status_code for it in gone} == {410}
    assert WHY in well(client.get(ONE))
    assert "No case" in well(client.get(shelf))
    assert "Revoked after the release." in well(client.get(f"{HERE}/embed"))
    assert "Revoked after the release." in well(client.get("/en/archive"))
    files = kit(site, f"{HERE}/press-kit.zip")
    assert WHY in files["en/winners.txt"].decode()
    assert "en/OC-05.png" not in files
    row = row_of(site, "OC-05")
    assert (row["revoked"], row["revoked_on"]) == (True, world.NOW.date().isoformat())
    feed = feedparser.parse(client.get(f"{HERE}/feed.atom").data)
    (line,) = [it for entry in feed.entries for it in entry.content[0].value.split("<li>") if "OC-05" in it]
    assert "(revoked)" in line


def test_programs_read_when_a_winner_was_corrected(site: Flask) -> None:
    assert row_of(site, "OC-05")["corrected_on"] == ""

    mend(site, corrected=["OC-05"])

    row = row_of(site, "OC-05")
    assert (row["revoked"], row["corrected_on"]) == (False, world.NOW.date().isoformat())
    texts = kit(site, f"{ONE}/press-kit.zip")["en/winners.txt"].decode()
    assert "Corrected on" in texts
    assert WHY in texts
