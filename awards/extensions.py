"""The extensions, created unbound, and how a database connection behaves."""

from __future__ import annotations

from typing import Any

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from awards.models import Base

db = SQLAlchemy(metadata=Base.metadata, engine_options={"pool_pre_ping": True, "hide_parameters": True})
migrate = Migrate(render_as_batch=True, compare_type=True)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()


def begin_writing() -> None:
    """Make the session's transaction a writing one: SQLite takes its lock now, so that nobody writes between."""
    db.session.connection(execution_options={"writes": True})


def commit_and_show() -> None:
    """Commit, and leave what was read as it was read, for a page that says what has been done: it asks nothing anew."""
    session = db.session()
    session.expire_on_commit = False
    try:
        session.commit()
    finally:
        session.expire_on_commit = True


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: object) -> None:
    if not _is_sqlite(connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_sqlite(connection: object) -> bool:
    return type(connection).__module__.startswith("sqlite3")
