"""An upgrade of a full database keeps every row and every guard, also one that was stopped half-way."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from awards import envelopes
from awards.config import ROOT
from awards.extensions import db
from awards.models import Base, Election
from awards.models.guards import APPEND_ONLY
from tests.awards.full_database import fill

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)

NEXT = '''"""A next schema, as a release might bring it: tables with children are altered."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("account", "edition", "nomination", "score_sheet", "roll_entry", "audit_event", "decision"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("added", sa.String(20), server_default="new", nullable=False))
    {stop}
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("notes", type_=sa.String(2000))
'''


@pytest.fixture
def full(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        fill(db.engine)
        yield app


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without the column that the next schema adds."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1, 2')).mappings()
        found[table.name] = [
            {key: json.dumps(item, default=str) for key, item in it.items() if key != "added"} for it in rows
        ]
    return found


def triggers(connection: Connection) -> set[str]:
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return set(connection.execute(text(names)).scalars())


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def migrations(tmp_path: Path, *, stop: str = "pass") -> str:
    """A copy of the migrations with one more after the last."""
    folder = tmp_path / "migrations"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "awards" / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(path.name.split("_")[0] for path in (folder / "versions").glob("*.py"))
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(head=head, stop=stop))
    return str(folder)


def test_an_upgrade_keeps_every_row_and_every_guard(full: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        before, guards = contents(connection), triggers(connection)

    flask_migrate.upgrade(directory=migrations(tmp_path))

    with db.engine.connect() as connection:
        assert contents(connection) == before
        assert triggers(connection) == guards
        assert connection.execute(text("SELECT DISTINCT added FROM account")).scalars().all() == ["new"]


def test_an_upgrade_stopped_half_way_leaves_the_old_schema_and_can_be_repeated(
    full: Flask, tmp_path: Path
) -> None:
    with db.engine.connect() as connection:
        before, guards = contents(connection), triggers(connection)

    folder = migrations(tmp_path, stop="import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    killed = subprocess.run(
        [sys.executable, "-m", "flask", "db", "upgrade", "--directory", folder],
        cwd=ROOT,
        env=os.environ | {"LAURELS_DATABASE_URL": url_of(full), "LAURELS_DATA": full.config["LAURELS_DATA"]},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL

    with db.engine.connect() as connection:
        assert "added" not in {column["name"] for column in inspect(connection).get_columns("account")}
        assert contents(connection) == before
        assert triggers(connection) == guards
    flask_migrate.upgrade(directory=migrations(tmp_path))
    with db.engine.connect() as connection:
        assert contents(connection) == before
        assert triggers(connection) == guards


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("upgraded", [False, True], ids=["as made", "after an upgrade"])
def test_what_is_append_only_is_neither_changed_nor_deleted(
    full: Flask, tmp_path: Path, table: str, upgraded: bool
) -> None:
    if upgraded:
        flask_migrate.upgrade(directory=migrations(tmp_path))
    column = {"ballot": "nonce", "score_sheet_version": "comment", "log_leaf": "fingerprint"}.get(table, "id")
    changed = "'tampered'" if column != "id" else "99"

    for statement in (f"UPDATE {table} SET {column} = {changed}", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match=r"never changes|keeps every row"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_envelopes_that_lie_in_a_box_get_their_fingerprints_by_the_upgrade(full: Flask) -> None:
    for move in (partial(flask_migrate.downgrade, revision="0005"), flask_migrate.upgrade):
        if db.engine.dialect.name == "sqlite":  # these guards name columns that the schema of before hasn't
            with db.engine.begin() as connection:
                for guard in ("guard_envelope_update", "guard_envelope_struck", "guard_certificate_update"):
                    connection.execute(text(f"DROP TRIGGER {guard}"))
        move()

    with db.engine.connect() as connection:
        given = (
            connection.execute(text("SELECT fingerprint FROM envelope ORDER BY election_id")).scalars().all()
        )
    assert given == [
        envelopes.fingerprint(Election(public_id=f"public_id {it}"), f"public_id {it}", b"sealed")
        for it in (1, 2)
    ]


def test_the_models_and_the_migrations_tell_of_the_same_schema(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()
