"""Accounts: people, the roles given to them, one-time links and passwords."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import audit
from awards.audit import Actor
from awards.folding import fold
from awards.models import Account, AccountAddress, Edition, Grant, LinkPurpose, OneTimeLink, Role

LINK_LASTS = timedelta(days=7)
SHORTEST_PASSWORD = 12
LONGEST_NAME = 200
LONGEST_ADDRESS = 254
EVERYWHERE = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Roles that may be given for the whole site; every other one is for an edition."""

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]+\Z")


class NotAnAddress(Exception):
    """This is no e-mail address."""


class NoSuchAccount(Exception):
    """There is no account with that e-mail address."""


class RoleNeedsEdition(Exception):
    """This role is given for an edition; name it."""


class LinkUnknown(Exception):
    """This link is not known."""


class LinkUsed(Exception):
    """This link has been used already."""


class LinkExpired(Exception):
    """This link is no longer valid."""


class PasswordTooShort(Exception):
    """The password is too short."""


def fold_address(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def is_address(email: str) -> bool:
    """Whether a text can be an e-mail address."""
    return len(fold_address(email)) <= LONGEST_ADDRESS and _ADDRESS.match(fold_address(email)) is not None


def find(session: Session, email: str) -> Account | None:
    """The account with that address, in whatever case it is written."""
    return session.scalars(
        select(Account).join(AccountAddress).where(AccountAddress.email == fold_address(email))
    ).first()


def find_or_make(
    session: Session, email: str, *, name: str = "", now: datetime, actor: Actor
) -> tuple[Account, bool]:
    """The account with that address, made where there is none; True where it was made.

    A name is taken where none is known yet; one that is known stays. Raises NotAnAddress.
    """
    account = find(session, email)
    if account is not None:
        if name and not account.name:
            account.name, account.sort_key = name, fold(name)[:LONGEST_NAME]
        return account, False
    if not is_address(email):
        raise NotAnAddress(email)
    account = Account(name=name, sort_key=fold(name)[:LONGEST_NAME], created_at=now)
    account.addresses.append(AccountAddress(email=fold_address(email)))
    session.add(account)
    session.flush()
    audit.record(session, actor=actor, action="account.made", subject=account.public_id, now=now)
    return account, True


def grant(
    session: Session,
    account: Account,
    role: Role,
    *,
    edition: Edition | None = None,
    category: str | None = None,
    rank: int = 0,
    actor: Actor,
    now: datetime,
) -> Grant:
    """Give a role; one that the person has already is left as it is. Raises RoleNeedsEdition."""
    if edition is None and role not in EVERYWHERE:
        raise RoleNeedsEdition(role.value)
    place = Grant.edition_id.is_(None) if edition is None else Grant.edition_id == edition.id
    part = Grant.category.is_(None) if category is None else Grant.category == category
    given = session.scalars(
        select(Grant).where(
            Grant.account_id == account.id, Grant.role == role, place, part, Grant.programme_id.is_(None)
        )
    ).first()
    if given is not None and given.ended_at is None:
        return given
    if given is None:
        given = Grant(
            account_id=account.id, role=role, edition_id=edition.id if edition else None, category=category
        )
        session.add(given)
    given.rank, given.granted_at, given.ended_at = rank, now, None
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="grant.given",
        subject=account.public_id,
        now=now,
        edition=edition,
        after={"role": role.value, "category": category},
    )
    return given


def has_grant(session: Session, account: Account, role: Role, *, edition: Edition | None = None) -> bool:
    """Whether the person has the role there, now."""
    place = Grant.edition_id.is_(None) if edition is None else Grant.edition_id == edition.id
    query = select(Grant.id).where(
        Grant.account_id == account.id, Grant.role == role, place, Grant.ended_at.is_(None)
    )
    return session.scalars(query).first() is not None


def next_rank(session: Session, edition: Edition, role: Role) -> int:
    """The rank after the last one of that role in an edition: deputies act in the order of their grants."""
    query = select(func.max(Grant.rank)).where(Grant.edition_id == edition.id, Grant.role == role)
    return (session.scalar(query) or 0) + 1


def make_link(session: Session, account: Account, *, actor: Actor, now: datetime) -> str:
    """The token of a new link with which the person sets a password, once. Links made earlier end."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
        )
        .values(expires_at=now)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            account_id=account.id,
            purpose=LinkPurpose.SET_PASSWORD,
            token_hash=_hash(token),
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    audit.record(session, actor=actor, action="link.made", subject=account.public_id, now=now)
    return token


def owner_of_link(session: Session, token: str, *, now: datetime) -> Account:
    """Whose link it is, without using it. Raises LinkUnknown, LinkUsed, LinkExpired."""
    return session.get_one(Account, _link(session, token, now=now).account_id)


def use_link(session: Session, token: str, password: str, *, now: datetime) -> Account:
    """Set the password of the link's owner and use the link up.

    Raises LinkUnknown, LinkUsed, LinkExpired, PasswordTooShort; after the last one the link still works.
    """
    link = _link(session, token, now=now)
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(SHORTEST_PASSWORD)
    account = session.get_one(Account, link.account_id)
    account.password_hash = hash_password(password)
    link.used_at = now
    session.flush()
    actor = Actor(account=account, real=account)
    audit.record(session, actor=actor, action="account.password_set", subject=account.public_id, now=now)
    return account


def hash_password(password: str) -> str:
    return _hasher().hash(unicodedata.normalize("NFC", password))


def is_password(account: Account, password: str) -> bool:
    """Whether this is the person's password; False for everybody who has none."""
    try:
        return _hasher().verify(account.password_hash or "", unicodedata.normalize("NFC", password))
    except (InvalidHashError, VerificationError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _link(session: Session, token: str, *, now: datetime) -> OneTimeLink:
    """The link of a token, held until the transaction ends, so that it works once."""
    link = session.scalars(
        select(OneTimeLink).where(OneTimeLink.token_hash == _hash(token)).with_for_update()
    ).first()
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= now:
        raise LinkExpired
    return link
