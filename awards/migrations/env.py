"""Alembic's environment: one transaction an upgrade, foreign keys off where SQLite needs it, guards made anew."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from awards.models.base import UtcDateTime, Word
from awards.models.guards import recreate

config = context.config


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our own column types as the plain ones they are stored in, so that a migration needs no code of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=32)"
    return False


def run() -> None:
    migrate = current_app.extensions["migrate"]
    options = {key: value for key, value in migrate.configure_args.items() if value is not None}
    try:
        opened = migrate.db.engine.connect()
    except DBAPIError as error:
        raise CommandError(f"The database can't be reached: {error.orig}") from error
    with opened as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(writes=True)  # noqa: PLW2901 (the same connection, told more)
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_item=render_item,
            **(options | {"transactional_ddl": True}),
        )
        with context.begin_transaction():
            context.run_migrations()
            finish(connection, sqlite=sqlite)
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


def finish(connection: Connection, *, sqlite: bool) -> None:
    if sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"foreign keys broken by the upgrade: {broken}")
    recreate(connection)


run()
