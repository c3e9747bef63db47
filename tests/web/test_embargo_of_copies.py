"""What was public and is taken down leaves every cache: no tag of a copy is confirmed."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from awards.extensions import begin_writing, db
from awards.models import Badge, Certificate, Edition, Publication
from tests import authority
from tests.web import world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

RELEASE = world.NOW + timedelta(days=1)
BEFORE = RELEASE - timedelta(minutes=1)
FILE = f"%PDF-1.4 /Keywords ({world.EMBARGOED_CODE})".encode()
HASH = hashlib.sha256(FILE).hexdigest()


def keys(site: Flask) -> Path:
    return Path(site.config["LAURELS_DATA"]) / "keys"


@pytest.fixture
def waiting(site: Flask, at_noon: time_machine.Traveller) -> Flask:
    """A minute before the release: the certificate is issued and signed, the badge too, and one was revoked again."""
    with site.app_context():
        begin_writing()
        session = db.session()
        authority.appoint(session, keys(site))
        session.execute(
            update(Certificate)
            .where(Certificate.code == world.EMBARGOED_CODE)
            .values(file="waits.pdf", sha256=HASH, page_sha256="0" * 64, serial="1", signed_at=world.NOW)
        )
        session.commit()
    at_noon.move_to(BEFORE, tick=False)
    return site


def embargoed_badge() -> Badge:
    query = select(Badge).join(Edition, Edition.id == Badge.edition_id)
    return db.session.scalars(query.where(Edition.key == world.EMBARGOED)).one()


EDITION = f"/en/{world.EMBARGOED}"


def test_what_was_kept_while_it_was_public_is_not_confirmed_once_it_is_taken_down(
    waiting: Flask, at_noon: time_machine.Traveller
) -> None:
    """A browser or cache that asks by the tag of its copy gets no 304, and nobody was let keep one without asking."""
    at_noon.move_to(RELEASE, tick=False)
    with waiting.app_context():
        badge = embargoed_badge().public_id
    places = [
        *(f"{EDITION}/{it}" for it in ("", "winners", "finalists", "method", "embed", "feed.atom")),
        *(f"{EDITION}/winners/EMB-77{it}" for it in ("", "/pictures/1", "/share", "/share.png")),
        *(f"/{world.EMBARGOED}/data/winners.{it}" for it in ("json", "csv")),
        *(f"/data/winners.{it}" for it in ("json", "csv")),
        *(f"/badges/{badge}.{it}" for it in ("svg", "jwt")),
        f"/en/badges/{badge}",
        f"/en/verify/{world.EMBARGOED_CODE}",
        "/en/library",
        "/en/archive",
        "/en/feed.atom",
        "/sitemap.xml",
        "/en/signing/issued.txt",
    ]
    client = waiting.test_client()
    kept = {at: client.get(at, buffered=True) for at in places}
    with waiting.app_context():
        begin_writing()
        db.session.execute(
            update(Publication).where(Publication.visible_from == RELEASE).values(taken_down_at=RELEASE)
        )
        db.session.commit()

    again = {
        at: client.get(at, headers={"If-None-Match": it.headers.get("ETag", "*")}, buffered=True)
        for at, it in kept.items()
    }

    assert {it.status_code for it in kept.values()} == {200}
    assert {it.headers["Cache-Control"] for it in kept.values()} == {"no-cache"}
    assert [at for at, it in again.items() if it.status_code not in (200, 404, 410)] == []
    assert [
        (at, word)
        for at, it in again.items()
        for word in (*world.SECRETS, HASH)
        if word in it.get_data(as_text=True) and word not in at
    ] == []
    assert HASH in kept["/en/signing/issued.txt"].text
