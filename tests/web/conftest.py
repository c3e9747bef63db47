"""Pages of a site that holds editions in every state, asked at a fixed time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from tests.web import desk, world

TRANSLATIONS = Path(__file__).resolve().parents[2] / "awards" / "translations"


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Tests speak Korean also where nobody ran `make setup` since a catalogue changed."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        waiting = target.with_suffix(f".{os.getpid()}")
        with source.open("rb") as text, waiting.open("wb") as compiled:
            write_mo(compiled, read_po(text))
        waiting.replace(target)


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(app: Flask, at_noon: time_machine.Traveller) -> Flask:
    """The application over the world's editions."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        world.settle(db.session(), Path(app.config["LAURELS_DATA"]))
    return app


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def office(site: Flask) -> desk.Office:
    """The site with people who run its open edition."""
    return desk.Office(site)
