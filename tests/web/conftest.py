"""Pages of a site that holds editions in every state, asked at a fixed time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.web import world
from tests.web.office import Office


@pytest.fixture(scope="session", autouse=True)
def speaks(compiled: None) -> None:
    """Pages are asked for in Korean too."""


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
def office(site: Flask) -> Office:
    """The site with people who run its open edition."""
    return Office(site)
