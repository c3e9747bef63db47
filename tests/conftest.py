"""Every test that asks for a database, or for what rests on one, runs on SQLite and on PostgreSQL.

A test that needs only one says `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session, scoped_session

from tests import probes
from tests.haste import (
    build_addresses_once,
    collect_seldom,
    compile_statements_once,
    parse_addresses_once,
    wait_for_no_disk,
)
from tests.servers import database_on, end_run, ensure_postgres, in_memory

RUN = "TEST_RUN"
TRANSLATIONS = Path(__file__).resolve().parents[1] / "awards" / "translations"

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the workers share the cores already

if probes.WANTED:
    probes.start()  # before anything of the application is imported

ON_BOTH_IN_AUDIT = frozenset(
    f"test_{it}"
    for it in (
        "agenda amendments appeals appointments authority certificates collaboration corrections dates"
        " first_round_commands invitations joining lateness moving nominations organisations panels progress"
        " publication recounts recusals register releasing results returning reviews screening signing_commands"
        " templates ten_years_on texts typings writers"
    ).split()
)
"""Modules of tests/awards that are about rules, words and files more than about SQL and locks: `make test` runs them on
SQLite, `make audit` on PostgreSQL too.
"""

settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("ci", settings.get_profile("default"), max_examples=100, print_blob=True)
settings.register_profile("audit", max_examples=3_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@contextmanager
def application(url: str, data: Path) -> Iterator[Flask]:
    """An application on a database of its own, whose connections are gone afterwards."""
    from awards import create_app  # tests of judging/ do without the application
    from awards.extensions import db

    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "LAURELS_DATA": str(data), "TESTING": True})
    wait_for_no_disk()
    with app.app_context():
        compile_statements_once(db.engine)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[RUN])
    yield app
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def migrate(url: str, data: Path) -> None:
    with application(url, data) as app, app.app_context():
        flask_migrate.upgrade()


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the workers names the folder they share; they inherit it.

    Settings of the person who tests are none of the tests' affair.
    """
    for name in [name for name in os.environ if name.startswith("LAURELS_")]:
        del os.environ[name]
    build_addresses_once()
    parse_addresses_once()
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = tempfile.mkdtemp(prefix="laurels-tests-", dir=in_memory())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "not audit" not in config.option.markexpr:
        return
    left = [it for it in items if it.path.stem in ON_BOTH_IN_AUDIT and "postgresql" in it.name]
    config.hook.pytest_deselected(items=left)
    gone = set(left)
    items[:] = [it for it in items if it not in gone]


def pytest_collection_finish() -> None:
    collect_seldom()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if probes.WANTED:
        probes.keep(Path(os.environ[RUN]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        if probes.WANTED:
            probes.report(Path(os.environ[RUN]))
        end_run(Path(os.environ.pop(RUN)))


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


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A server on which databases may be made: TEST_DATABASE_URL, or one of our own."""
    return os.environ.get("TEST_DATABASE_URL") or ensure_postgres(Path(os.environ[RUN]))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    file = folder / "laurels.sqlite"
    migrate(f"sqlite:///{file}", folder)
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with database_on(postgres_url) as url:
        migrate(url, tmp_path_factory.mktemp("migrated"))
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own: migrated, guarded, empty; settled where the test asks for a site."""
    state = "settled" if "site" in request.fixturenames else "migrated"
    like = request.getfixturevalue(f"{state}_{request.param}")
    if request.param == "sqlite":
        file = tmp_path / "laurels.sqlite"
        shutil.copyfile(like, file)
        yield f"sqlite:///{file}"
    else:
        with database_on(request.getfixturevalue("postgres_url"), template=like) as url:
            yield url


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with application(database, tmp_path / "data") as app:
        yield app


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    from awards.extensions import db

    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()
