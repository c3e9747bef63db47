"""Nothing of a result stands on any public address before it is released; afterwards it does."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from awards.models import Badge, Edition, Publication
from tests.web import crawling, world

RELEASE = world.NOW + timedelta(days=1)


def leaks(site: Flask) -> dict[str, list[str]]:
    """The addresses that give away something of the embargoed category, and what."""
    found = {
        address: [it for it in world.SECRETS if it not in address and it.encode() in answer.data]
        for address, answer in crawling.everything(site).items()
    }
    return {address: secrets for address, secrets in found.items() if secrets}


def pages(language: str) -> set[str]:
    edition = f"/{language}/{world.EMBARGOED}"
    winner = f"{edition}/winners/EMB-77"
    names = ("", "finalists", "winners", "method", "panel", "record.zip", "embed", "embedding", "feed.atom")
    shown = {f"{edition}/{page}" for page in names}
    site = {f"/{language}/{page}" for page in ("archive", "feed.atom", "library")}
    posters = (
        ("poster.pdf", "poster.pdf?size=a3") if language == "en" else ()
    )  # else in no letters of one byte
    passed_on = {f"{winner}/{it}" for it in ("share", "press-kit.zip", *posters)}
    kits = {f"{edition}/press", f"{edition}/press-kit.zip"}
    return shown | site | passed_on | kits | {winner, f"{winner}/pictures/1"}


def tables() -> set[str]:
    """The tables that hold a result, of the edition and of all, and the map of the site."""
    files = [f"{table}.{kind}" for table in ("finalists", "winners") for kind in ("json", "csv")]
    return {"/sitemap.xml"} | {
        f"{place}/data/{file}" for place in ("", f"/{world.EMBARGOED}") for file in files
    }


def badges(site: Flask) -> set[str]:
    """Every address of the embargoed badge that says whose it is in letters: not the token, nor the picture of it."""
    from awards.extensions import db

    with site.app_context():
        query = select(Badge.public_id).join(Edition, Edition.id == Badge.edition_id)
        (key,) = db.session.scalars(query.where(Edition.key == world.EMBARGOED))
    return {f"/en/badges/{key}", f"/ko/badges/{key}", f"/badges/{key}.svg", f"/badges/{key}.png"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_minute_before_the_release_no_address_gives_anything_away(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(RELEASE - timedelta(minutes=1), tick=False)

    assert leaks(site) == {}


def test_before_the_release_pages_that_would_show_results_are_like_pages_that_do_not_exist(
    site: Flask,
) -> None:
    client = site.test_client()

    for page in (
        "finalists",
        "winners",
        "winners/EMB-77",
        "winners/EMB-77/pictures/1",
        "method",
        "panel",
        "record",
        "record.zip",
    ):
        real = client.get(f"/en/{world.EMBARGOED}/{page}")
        none = client.get(f"/en/no-such-edition/{page}")
        assert real.status_code == none.status_code == 404
        assert real.text.replace(world.EMBARGOED, "") == none.text.replace("no-such-edition", "")


def test_from_the_release_on_pages_and_certificate_show_everything(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    """What the other tests look for can be found: were the protection missing, they would fail."""
    at_noon.move_to(RELEASE, tick=False)

    found = leaks(site)

    certificates = {f"/{language}/verify/{world.EMBARGOED_CODE}" for language in ("en", "ko")}
    assert found.keys() == pages("en") | pages("ko") | certificates | tables() | badges(site)
    assert {secret for secrets in found.values() for secret in secrets} == set(world.SECRETS)


def test_an_odd_address_is_no_page(site: Flask) -> None:
    client = site.test_client()

    for edition in ("%00", "%0d%0a", "%F0%9F%8F%86", "'--", "x" * 3_000):
        assert client.get(f"/en/{edition}/").status_code == 404, edition


def test_the_record_is_held_back_until_every_category_that_it_names_is_out(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    client = site.test_client()
    before = client.get(f"/en/{world.EMBARGOED}/record").status_code
    at_noon.move_to(RELEASE, tick=False)

    assert (before, client.get(f"/en/{world.EMBARGOED}/record").status_code) == (404, 200)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_taken_down_is_gone_from_every_address(site: Flask, at_noon: time_machine.Traveller) -> None:
    from awards.extensions import db

    at_noon.move_to(RELEASE + timedelta(days=2), tick=False)
    with site.app_context():
        hours_ago = RELEASE + timedelta(days=1)
        db.session.execute(
            update(Publication).where(Publication.visible_from == RELEASE).values(taken_down_at=hours_ago)
        )
        db.session.commit()

    assert leaks(site) == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_embargo_test_fails_where_publications_are_shown_regardless_of_their_time(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The protection taken out: every publication is asked for as if its time had come."""
    from awards import publication

    visible, visible_of, released = publication.visible_kinds, publication.visible_of, publication.released
    sightings = publication.sightings
    monkeypatch.setattr(publication, "sightings", lambda s, now: sightings(s, RELEASE))
    monkeypatch.setattr(publication, "visible_kinds", lambda s, e, k, now: visible(s, e, k, RELEASE))
    monkeypatch.setattr(publication, "visible_of", lambda s, e, k, now: visible_of(s, e, k, RELEASE))
    monkeypatch.setattr(publication, "released", lambda s, e, now: released(s, e, RELEASE))

    shown = pages("en") | pages("ko") | tables()
    assert leaks(site).keys() == {it for it in shown if not it.endswith(".atom")}  # they ask for moments too


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lost_file_is_no_page(site: Flask, at_noon: time_machine.Traveller) -> None:
    at_noon.move_to(RELEASE, tick=False)
    for file in (Path(site.config["LAURELS_DATA"]) / "files").iterdir():
        file.unlink()

    assert site.test_client().get(f"/en/{world.EMBARGOED}/record.zip").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_certificate_before_the_release_answers_like_a_code_that_nobody_has(site: Flask) -> None:
    client = site.test_client()
    unreleased, unknown = (
        client.get(f"/en/verify/{code}") for code in (world.EMBARGOED_CODE, "1111222233334444")
    )

    assert unreleased.status_code == unknown.status_code == 404
    assert unreleased.text.replace(world.EMBARGOED_CODE, "") == unknown.text.replace("1111222233334444", "")
    assert list(unreleased.headers.keys()) == list(unknown.headers.keys())
