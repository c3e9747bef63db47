"""Files of the key folder that go with the transaction that made them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from awards import keys

NEW_KEYS = "new_keys"


@event.listens_for(Session, "after_commit")
def _keep_new_keys(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop(NEW_KEYS, None)


@event.listens_for(Session, "after_transaction_end")
def _drop_new_keys(session: Session, ended: SessionTransaction) -> None:
    """A key whose row is gone with its transaction seals nothing: its file goes too. A savepoint decides nothing.

    So it is also where nobody rolls back, and the session is closed, as after a refusal that an error page answers.
    """
    if ended.parent is not None:
        return
    for folder, name in session.info.pop(NEW_KEYS, []):
        keys.destroy(folder, name)


def coming(session: Session, folder: Path, name: str) -> None:
    """Note a file that is about to be made: where the transaction is undone it goes too."""
    session.info.setdefault(NEW_KEYS, []).append((folder, name))


def keep(session: Session, folder: Path, name: str, content: bytes) -> None:
    """Write a file that goes again where the transaction is undone."""
    coming(session, folder, name)
    keys.keep(folder, name, content)
