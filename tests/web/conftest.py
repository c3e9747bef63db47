"""Pages of a site that holds editions in every state, asked at a fixed time.

The site is settled once; a test's database is a copy of it.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from tests.conftest import application
from tests.servers import database_on
from tests.web import crawling, world
from tests.web.office import Office


@pytest.fixture(scope="session", autouse=True)
def speaks(compiled: None) -> None:
    """Pages are asked for in Korean too."""


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.NOW, tick=False) as traveller:
        yield traveller


def settle(url: str, data: Path) -> None:
    from awards.extensions import begin_writing, db

    with time_machine.travel(world.NOW, tick=False), application(url, data) as app, app.app_context():
        begin_writing()
        world.settle(db.session(), data)


@pytest.fixture(scope="session")
def settled_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settled")


@pytest.fixture(scope="session")
def settled_sqlite(migrated_sqlite: Path, settled_data: Path) -> Path:
    file = settled_data / "laurels.sqlite"
    shutil.copyfile(migrated_sqlite, file)
    settle(f"sqlite:///{file}", settled_data / "sqlite")
    return file


@pytest.fixture(scope="session")
def settled_postgresql(postgres_url: str, migrated_postgresql: str, settled_data: Path) -> Iterator[str]:
    with database_on(postgres_url, template=migrated_postgresql) as url:
        settle(url, settled_data / "postgresql")
        yield url


@pytest.fixture
def site(app: Flask, at_noon: time_machine.Traveller, settled_data: Path) -> Flask:
    """The application over the world's editions."""
    kind = "sqlite" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "postgresql"
    for folder in ("keys", "files"):
        shutil.copytree(settled_data / kind / folder, Path(app.config["LAURELS_DATA"]) / folder)
    return app


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()


@dataclass(frozen=True, slots=True)
class Walk:
    """What every public address of the site answers, and the statements that wrote something meanwhile."""

    answers: Mapping[str, TestResponse]
    written: Sequence[str]


_walked: list[Walk] = []


@pytest.fixture
def walk(site: Flask) -> Walk:
    """The walk over the site as it was settled, for tests that read its answers: once a worker, on SQLite."""
    assert site.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    if not _walked:
        written: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            first = statement.split(maxsplit=1)[0].upper()
            if first in ("INSERT", "UPDATE", "DELETE") or "IMMEDIATE" in statement:
                written.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            _walked.append(Walk(crawling.everything(site), written))
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    return _walked[0]


@pytest.fixture
def office(site: Flask) -> Office:
    """The site with people who run its open edition."""
    return Office(site)
