"""Throttle: how often something may be tried, counted in the database, so that it holds for every worker.

What is limited is kept as a hash. Whoever calls this commits at once, in a transaction of its own, so that a count
also stands where the request then fails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from awards.models import Attempt


class Kind(StrEnum):
    """What is counted."""

    SIGN_IN_EMAIL = "sign_in_email"
    SIGN_IN_PLACE = "sign_in_place"
    MAIL_EMAIL = "mail_email"
    MAIL_PLACE = "mail_place"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 (what is counted, no password)
    VOTING_CODE = "voting_code"
    NAMING = "naming"
    CITIZEN_PLACE = "citizen_place"
    CITIZEN_MAIL = "citizen_mail"
    KEY_HOLDER = "key_holder"
    PRESS = "press"


class Limit(NamedTuple):
    """At most so many within a sliding window."""

    most: int
    within: timedelta


LIMITS = {
    Kind.SIGN_IN_EMAIL: Limit(10, timedelta(minutes=15)),
    Kind.SIGN_IN_PLACE: Limit(50, timedelta(minutes=15)),
    Kind.MAIL_EMAIL: Limit(5, timedelta(hours=1)),
    Kind.MAIL_PLACE: Limit(30, timedelta(hours=1)),
    Kind.CODE: Limit(5, timedelta(minutes=30)),
    Kind.PASSWORD: Limit(10, timedelta(minutes=15)),
    Kind.VOTING_CODE: Limit(20, timedelta(minutes=15)),
    Kind.NAMING: Limit(10, timedelta(days=1)),
    Kind.CITIZEN_PLACE: Limit(400, timedelta(hours=1)),
    Kind.CITIZEN_MAIL: Limit(4, timedelta(hours=1)),
    Kind.KEY_HOLDER: Limit(10, timedelta(minutes=15)),
    Kind.PRESS: Limit(30, timedelta(hours=1)),
}
"""Failed sign-ins by e-mail address and by place on the network; mails asked for likewise; codes tried for one mail;
passwords tried by whoever is signed in and would change it; codes of voting letters by place on the network; delegates
named for one elector by its link; passphrases and words tried by a key holder; what a press contact opens; mails
asked for by the public by place and by mailbox, which are only ever slowed (`note`): here the number says up
to how many it counts."""

LONGEST_WINDOW = max(limit.within for limit in LIMITS.values())

Counted = tuple[Kind, str]


def count(session: Session, keys: Sequence[Counted], now: datetime) -> bool:
    """Count an attempt under every key; False, and nothing counted, where one of them has had its share."""
    session.execute(delete(Attempt).where(Attempt.at < now - LONGEST_WINDOW))
    hashes = {_key(kind, what): LIMITS[kind] for kind, what in keys}
    for key in sorted(hashes):
        _lock(session, key)
    for key, limit in hashes.items():
        found = session.scalar(
            select(func.count()).where(Attempt.key == key, Attempt.at > now - limit.within)
        )
        if (found or 0) >= limit.most:
            return False
    session.add_all(Attempt(key=key, at=now) for key in hashes)
    session.flush()
    return True


def note(session: Session, kind: Kind, what: str, now: datetime) -> int:
    """Count an attempt that is let through whatever the number: how many of its window were before it.

    As many are kept as the limit says, so that a flood fills no table.
    """
    session.execute(delete(Attempt).where(Attempt.at < now - LONGEST_WINDOW))
    key, limit = _key(kind, what), LIMITS[kind]
    _lock(session, key)
    found = session.scalar(select(func.count()).where(Attempt.key == key, Attempt.at > now - limit.within))
    if (found or 0) < limit.most:
        session.add(Attempt(key=key, at=now))
        session.flush()
    return found or 0


def clear(session: Session, kind: Kind, what: str) -> None:
    """Forget every attempt under a key, because one has succeeded."""
    session.execute(delete(Attempt).where(Attempt.key == _key(kind, what)))


def forgive(session: Session, kind: Kind, what: str) -> None:
    """Forget the last attempt under a key, because it has succeeded."""
    last = select(Attempt.id).where(Attempt.key == _key(kind, what)).order_by(Attempt.id.desc()).limit(1)
    session.execute(delete(Attempt).where(Attempt.id.in_(session.scalars(last).all())))


def _key(kind: Kind, what: str) -> str:
    return hashlib.sha256(f"{kind.value}:{what}".encode("utf-8", "replace")).hexdigest()


def _lock(session: Session, key: str) -> None:
    """One that counts at a time: SQLite has its write lock already, PostgreSQL takes an advisory one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
