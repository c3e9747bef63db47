"""Accounts: people, their addresses, passwords and the roles given to them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, links, passwords, sessions
from awards.audit import Actor
from awards.folding import fold
from awards.models import Account, AccountAddress, Edition, Grant, LinkPurpose, Role, UserSession

LONGEST_NAME = 200
LONGEST_ADDRESS = 254
EVERYWHERE = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Roles that may be given for the whole site; every other one is for an edition."""

SIGN_IN_LASTS = links.SIGN_IN_LASTS
make_link = links.make_link
make_address_link = links.make_address_link
make_sign_in = links.make_sign_in
owner_of_link = links.owner_of_link

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\".]+(?:\.[^\s@<>()\[\],;:\\\".]+)+\Z")


class NotAnAddress(Exception):
    """This is no e-mail address."""


class NoSuchAccount(Exception):
    """There is no account with that e-mail address."""


class RoleNeedsEdition(Exception):
    """This role is given for an edition; name it."""


def fold_address(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def is_address(email: str) -> bool:
    """Whether a text can be an e-mail address."""
    folded = fold_address(email)
    return len(folded) <= LONGEST_ADDRESS and folded.isprintable() and _ADDRESS.match(folded) is not None


def find(session: Session, email: str) -> Account | None:
    """The account with that address, in whatever case it is written."""
    if not is_address(email):
        return None
    return session.scalars(
        select(Account).join(AccountAddress).where(AccountAddress.email == fold_address(email))
    ).first()


def find_or_make(
    session: Session, email: str, *, name: str = "", now: datetime, actor: Actor | None
) -> tuple[Account, bool]:
    """The account with that address, made where there is none; True where it was made.

    A name is taken where none is known yet; one that is known stays. `actor` None: the person made it.
    Raises NotAnAddress.
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
    actor = actor or Actor(account=account, real=account)
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


def authenticate(session: Session, email: str, password: str) -> Account | None:
    """Whoever signs in with address and password; None for everybody else, after the same work for all of them."""
    account = find(session, email)
    may_enter = account is not None and account.active and not account.operator
    kept = account.password_hash if account is not None and may_enter else None
    return account if passwords.verify(kept, password) else None


def was_used(session: Session, account: Account) -> bool:
    """Whether somebody has a password for an account, or was ever signed in with it."""
    opened = select(UserSession.id).where(UserSession.account_id == account.id).limit(1)
    return account.password_hash is not None or session.scalar(opened) is not None


def is_password(account: Account, password: str) -> bool:
    """Whether this is the person's password; False for everybody who has none."""
    return passwords.verify(account.password_hash, password)


def use_link(session: Session, token: str, password: str, *, now: datetime) -> Account:
    """Set the password of the link's owner, use the link up, and end all sessions of before.

    Raises LinkUnknown, LinkUsed, LinkExpired, PasswordRefused; after the last one the link still works.
    """
    link = links.hold(session, token, LinkPurpose.SET_PASSWORD, now=now)
    account = session.get_one(Account, link.account_id)
    set_password(session, account, password, but=None, now=now)
    link.used_at = now
    session.flush()
    return account


def set_password(
    session: Session, account: Account, password: str, *, but: UserSession | None, now: datetime
) -> None:
    """Give the person a password and end their other sessions. Raises PasswordRefused."""
    passwords.check(password, own_words(account))
    account.password_hash = passwords.hash_password(password)
    session.flush()
    actor = Actor(account=account, real=account)
    audit.record(session, actor=actor, action="account.password_set", subject=account.public_id, now=now)
    sessions.end_all(session, account, but=but, actor=actor, now=now)


def own_words(account: Account) -> tuple[str, ...]:
    """What others know of a person, so that it is no password."""
    return (account.name, account.latin_name, *(it.email.rpartition(".")[0] for it in account.addresses))
