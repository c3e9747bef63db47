"""Worlds that many tests begin with: made once a run, then laid down again as files. On SQLite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from awards.extensions import db
from tests.awards.contest import Contest

KEYS = "keys"
_LAID: dict[str, World] = {}


@dataclass(frozen=True, slots=True)
class World:
    """A contest with its database and the keys of its vote."""

    database: bytes
    keys: dict[str, bytes]
    contest: dict[str, object]


def laid(name: str, folder: Path, begin: Callable[[], Contest]) -> Contest:
    """The contest as `begin` leaves it, committed; who asks finds its edition and operator anew."""
    if db.engine.dialect.name != "sqlite":
        return begin()
    if name not in _LAID:
        contest = begin()
        _LAID[name] = _keep(folder, contest)
        return contest
    world = _LAID[name]
    db.session.remove()
    db.engine.dispose()
    Path(str(db.engine.url.database)).write_bytes(world.database)
    (folder / KEYS).mkdir(parents=True, exist_ok=True)
    for key, content in world.keys.items():
        (folder / KEYS / key).write_bytes(content)
    contest = object.__new__(Contest)
    vars(contest).update(world.contest, session=db.session, folder=folder, keys=folder / KEYS)
    return contest


def _keep(folder: Path, contest: Contest) -> World:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    keys = {it.name: it.read_bytes() for it in (folder / KEYS).iterdir()} if (folder / KEYS).exists() else {}
    known = {
        it: value
        for it, value in vars(contest).items()
        if it not in ("session", "folder", "keys", "edition", "actor")
    }
    return World(Path(str(db.engine.url.database)).read_bytes(), keys, known)
