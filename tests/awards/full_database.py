"""A database whose every table holds two rows that hang together."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Engine, Integer, LargeBinary, Table, text
from sqlalchemy.types import JSON

from awards.models import Base
from awards.models.base import UtcDateTime, Word

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
ALONE = {("approval", "approver_id"), ("decision", "supersedes_id"), ("typing", "confirmed_by_id")}


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for number in (1, 2):
                connection.execute(table.insert().values(**row(table, number)))
        if connection.dialect.name == "postgresql":
            for table in Base.metadata.sorted_tables:
                if "id" in table.c and isinstance(table.c.id.type, Integer):
                    connection.execute(
                        text(f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), 2)")
                    )


def row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: value(table, column, number) for column in table.columns}


def value(table: Table, column: Any, number: int) -> Any:
    kind = column.type
    if (table.name, column.name) in ALONE:
        return None
    if column.foreign_keys or (column.primary_key and isinstance(kind, Integer)):
        return number
    if isinstance(kind, Word):
        return next(iter(kind.kind))
    plain = {UtcDateTime: NOON, Date: date(2026, 5, 10), Boolean: False, LargeBinary: b"sealed"}
    for each, found in plain.items():
        if isinstance(kind, each):
            return found
    if isinstance(kind, JSON):
        return {"row": number}
    if isinstance(kind, Integer):
        return number
    return f"{column.name} {number}"[: getattr(kind, "length", None) or 40]
