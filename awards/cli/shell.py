"""How a command acts: as a named operator, in one writing transaction, with plain words when it can't."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from awards.audit import Actor
from awards.cli.words import say
from awards.extensions import begin_writing, db
from awards.models import Account

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Shell:
    """What a command works with. `strict` refuses where the edition would have to be moved first."""

    session: Session
    actor: Actor
    now: datetime
    strict: bool
    data: Path

    @property
    def key_folder(self) -> Path:
        return self.data / "keys"

    @property
    def files(self) -> Path:
        return self.data / "files"

    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Say something of what was done, once it is kept: a reader who hangs up must not undo it."""
        self.said.append(text)

    def commit(self) -> None:
        """End the transaction and begin the next one, still writing."""
        self.pause()
        begin_writing()

    def pause(self) -> None:
        """End the transaction, and let others write."""
        self.session.commit()
        self.tell()

    def tell(self) -> None:
        """Print what was said."""
        if self.said:
            click.echo("\n".join(self.said))
            self.said.clear()


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command act: it gets a `Shell` first; its changes are committed, or none is, with exit status 1."""

    @click.option(
        "--as", "operator", metavar="NAME", callback=_name, help="Name of the operator; yours on this system."
    )
    @click.option("--strict", is_flag=True, help="Refuse where the edition would have to be moved first.")
    @with_appcontext
    @wraps(function)
    def command(*args: Any, operator: str | None, strict: bool, **kwargs: Any) -> None:
        need_migrated_database()
        try:
            begin_writing()
            now = datetime.now(UTC)
            actor = _operator(db.session(), operator or system_user(), now)
            shell = Shell(db.session(), actor, now, strict, Path(current_app.config["LAURELS_DATA"]))
            function(shell, *args, **kwargs)
            db.session.commit()
            shell.tell()
        except DBAPIError as error:
            db.session.rollback()
            raise click.ClickException(f"The database refused: {error.orig}") from error
        except OSError as error:
            db.session.rollback()
            raise click.ClickException(f"{error.filename}: {error.strerror}. Nothing was changed.") from error
        except click.ClickException:
            db.session.rollback()
            raise
        except Exception as error:
            db.session.rollback()
            if not is_fact(error):
                raise
            raise click.ClickException(say(error)) from error

    return command


def _name(_context: click.Context, _option: click.Parameter, given: str | None) -> str:
    """The operator's name: as given, or that of the system user."""
    name = system_user() if given is None else given.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.BadParameter(f"a name is wanted, of at most {LONGEST_NAME} printable characters")
    return name


def system_user() -> str:
    """The name of whoever runs the command, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "system"


def is_fact(error: Exception) -> bool:
    """Whether an error is one of ours, to be told in words, rather than a defect."""
    return type(error).__module__.split(".")[0] in ("awards", "judging")


def need_migrated_database() -> None:
    """Say so where the database was not set up, or is of another version."""
    folder = Path(current_app.extensions["migrate"].directory)
    wanted = _newest(folder, tuple(sorted(it.name for it in (folder / "versions").glob("*.py"))))
    try:
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    except DBAPIError as error:
        raise click.ClickException(f"The database can't be reached: {error.orig}") from error
    if set(found) != wanted:
        state = "is not set up" if not found else "is of another version"
        raise click.ClickException(f"The database {state}. Run: flask db upgrade")


@lru_cache
def _newest(folder: Path, _files: tuple[str, ...]) -> frozenset[str]:
    """The version that the migrations of a folder lead to; reading them takes as long as many a command."""
    return frozenset(ScriptDirectory(str(folder)).get_heads())


def _operator(session: Session, name: str, now: datetime) -> Actor:
    """The operator's own account, made when it first acts."""
    account = session.scalars(select(Account).where(Account.operator, Account.name == name)).first()
    if account is None:
        account = Account(name=name, sort_key=name.casefold(), operator=True, active=False, created_at=now)
        session.add(account)
        session.flush()
    return Actor(account=account, real=account, operator=True)
