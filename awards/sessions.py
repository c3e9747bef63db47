"""Sessions: who is signed in, on which device, for how long; and forms kept for people whose session ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import Session, joinedload

from awards import audit
from awards.audit import Actor
from awards.models import Account, HeldForm, SignedInBy, UserSession

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
HELD = timedelta(days=2)
LONGEST_AGENT = 200
LONGEST_PATH = 500

Pairs = list[list[str]]
"""A posted form as [name, value] pairs in order."""


def open_session(
    session: Session, account: Account, *, by: SignedInBy, agent: str = "", now: datetime
) -> str:
    """Sign a person in: the token for the cookie of this device. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            account_id=account.id,
            token_hash=digest(token),
            by=by,
            agent=agent[:LONGEST_AGENT],
            made_at=now,
            seen_at=now,
        )
    )
    session.flush()
    actor = Actor(account=account, real=account)
    audit.record(
        session,
        actor=actor,
        action="session.opened",
        subject=account.public_id,
        now=now,
        after={"by": by.value},
    )
    return token


def find(session: Session, token: str, now: datetime) -> UserSession | None:
    """The session of a token, None where it was ended, is too old, or its person may not sign in any more."""
    found = _row(session, token)
    return found if found is not None and is_valid(found, now) else None


def whose(session: Session, token: str) -> int | None:
    """The account of a session that may have ended, None where there never was one."""
    found = _row(session, token)
    return None if found is None else found.account_id


def is_valid(found: UserSession, now: datetime) -> bool:
    """Whether somebody is still signed in by this session."""
    lasts = now < found.made_at + ABSOLUTE and now < found.seen_at + IDLE
    return found.ended_at is None and lasts and found.account.active


def touch(found: UserSession, now: datetime) -> bool:
    """Note that a session is in use, at most every few minutes. True where there is something to commit."""
    if now < found.seen_at + SEEN_EVERY:
        return False
    found.seen_at = now
    return True


def open_sessions(session: Session, account: Account, now: datetime) -> Sequence[UserSession]:
    """Where a person is signed in, the device used last first."""
    query = (
        select(UserSession)
        .where(UserSession.account_id == account.id, UserSession.ended_at.is_(None))
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return [it for it in session.scalars(query) if is_valid(it, now)]


def end(session: Session, found: UserSession, *, actor: Actor, now: datetime) -> None:
    """End a session; one that has ended stays as it is."""
    if found.ended_at is None:
        found.ended_at = now
        audit.record(session, actor=actor, action="session.ended", subject=found.account.public_id, now=now)


def end_all(
    session: Session, account: Account, *, but: UserSession | None = None, actor: Actor, now: datetime
) -> int:
    """End every session of a person, but for one that may be named. How many were ended."""
    query = update(UserSession).where(UserSession.account_id == account.id, UserSession.ended_at.is_(None))
    if but is not None:
        query = query.where(UserSession.id != but.id)
    ended = len(session.execute(query.values(ended_at=now).returning(UserSession.id)).all())
    if ended:
        audit.record(
            session,
            actor=actor,
            action="session.all_ended",
            subject=account.public_id,
            now=now,
            after={"sessions": ended},
        )
    return ended


def hold_form(session: Session, *, account: int, path: str, fields: Pairs, now: datetime) -> str:
    """Keep a form that can't be taken now; the token with which its sender gets it back, once signed in."""
    session.execute(delete(HeldForm).where(HeldForm.at < now - HELD))
    token = secrets.token_urlsafe(24)
    session.add(
        HeldForm(
            token_hash=digest(token),
            account_id=account,
            path=path[:LONGEST_PATH],
            fields=list(fields),
            at=now,
        )
    )
    session.flush()
    return token


def held_form(session: Session, token: str, account: Account, now: datetime) -> HeldForm | None:
    """The form kept under a token, for its own sender only; None for everybody else and after two days."""
    found = session.scalars(select(HeldForm).where(HeldForm.token_hash == digest(token))).first()
    if found is None or found.at < now - HELD or found.account_id != account.id:
        return None
    return found


def drop_held(session: Session, token: str) -> None:
    """Forget a form that was kept."""
    session.execute(delete(HeldForm).where(HeldForm.token_hash == digest(token)))


def digest(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _row(session: Session, token: str) -> UserSession | None:
    return session.scalars(_of_token(), {"token_hash": digest(token)}).first()


@cache
def _of_token() -> Select[UserSession]:
    """What every page asks first, put together once."""
    return (
        select(UserSession)
        .where(UserSession.token_hash == bindparam("token_hash"))
        .options(joinedload(UserSession.account))
    )
