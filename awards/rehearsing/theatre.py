"""A database, folders and an operator of the rehearsal's own, which are gone with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from awards.audit import Actor
from awards.models import Account, Base, guards

OPERATOR = "Rehearsal"


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where a rehearsal plays: nothing of it is anybody else's."""

    session: Session
    actor: Actor
    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def mails(self) -> Path:
        return self.folder / "mails"


@contextmanager
def opened(now: datetime) -> Iterator[Theatre]:
    """A theatre in a temporary folder, with the tables and guards of the real site."""
    with tempfile.TemporaryDirectory(prefix="laurels-rehearsal-") as name:
        folder = Path(name)
        engine = create_engine(f"sqlite:///{folder / 'rehearsal.sqlite3'}", hide_parameters=True)
        event.listen(engine, "connect", _hasten)
        try:
            with engine.begin() as connection:
                Base.metadata.create_all(connection)
                guards.recreate(connection)
            with Session(engine) as session:
                yield Theatre(session, _operator(session, now), folder)
                session.rollback()
        finally:
            engine.dispose()


def _hasten(connection: object, _record: object) -> None:
    """What is thrown away afterwards needs to survive nothing."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "secure_delete=OFF", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _operator(session: Session, now: datetime) -> Actor:
    account = Account(name=OPERATOR, sort_key=OPERATOR, operator=True, active=False, created_at=now)
    session.add(account)
    session.flush()
    return Actor(account=account, real=account, operator=True)
