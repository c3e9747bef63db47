"""Links and codes sent by mail, which let somebody in once. Only their hashes are kept."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from awards import audit, sessions
from awards.audit import Actor
from awards.models import Account, Invitation, LinkPurpose, OneTimeLink, RollEntry

LINK_LASTS = timedelta(days=7)
SIGN_IN_LASTS = timedelta(minutes=30)
CODE_DIGITS = 8


class LinkUnknown(Exception):
    """This link is not known."""


class LinkUsed(Exception):
    """This link has been used already."""


class LinkExpired(Exception):
    """This link is no longer valid."""


class CodeWrong(Exception):
    """This is not the code of a mail that this device asked for."""


class NotActive(Exception):
    """This account has been closed."""


class SignIn(NamedTuple):
    """What a mail lets somebody in with: the token of the link, and the code to type on the device that asked."""

    token: str
    code: str


def make_link(session: Session, account: Account, *, actor: Actor, now: datetime) -> str:
    """The token of a new link with which the person sets a password, once. Links made for that earlier end."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.account_id == account.id,
            OneTimeLink.purpose == LinkPurpose.SET_PASSWORD,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(expires_at=now)
    )
    token = new_link(session, account, LinkPurpose.SET_PASSWORD, expires_at=now + LINK_LASTS)
    audit.record(session, actor=actor, action="link.made", subject=account.public_id, now=now)
    return token


def make_sign_in(
    session: Session, account: Account, *, request_hash: str, actor: Actor, now: datetime
) -> SignIn:
    """A link and a code that sign the person in once, within half an hour.

    `request_hash` stands for the secret of the device that asked; the code works there only.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    token = new_link(
        session,
        account,
        LinkPurpose.SIGN_IN,
        expires_at=now + SIGN_IN_LASTS,
        code_hash=sessions.digest(f"{request_hash}:{code}"),
        request_hash=request_hash,
    )
    audit.record(session, actor=actor, action="sign_in.sent", subject=account.public_id, now=now)
    return SignIn(token, f"{code[:4]}-{code[4:]}")


def make_address_link(session: Session, account: Account, email: str, *, actor: Actor, now: datetime) -> str:
    """The token of a link by which a person shows that one more address is theirs."""
    expires_at = now + LINK_LASTS
    token = new_link(session, account, LinkPurpose.ADDRESS, expires_at=expires_at, email=email)
    audit.record(session, actor=actor, action="link.made", subject=account.public_id, now=now)
    return token


def owner_of_link(session: Session, token: str, *, now: datetime) -> Account:
    """Whose link it is, without using it. Raises LinkUnknown, LinkUsed, LinkExpired."""
    return session.get_one(Account, find(session, token, now=now).account_id)


def use_sign_in(session: Session, token: str, *, now: datetime) -> Account:
    """Whoever a mail's link signs in; it is used up. Raises LinkUnknown, LinkUsed, LinkExpired, NotActive."""
    return _enter(session, hold(session, token, LinkPurpose.SIGN_IN, now=now), now)


def use_code(session: Session, code: str, request_hashes: Sequence[str], *, now: datetime) -> Account:
    """Whoever a mail's code signs in, on the device that asked for it. Raises CodeWrong, NotActive."""
    digits = "".join(it for it in unicodedata.normalize("NFKC", code) if it.isascii() and it.isdigit())
    found = session.scalars(
        select(OneTimeLink)
        .where(
            OneTimeLink.request_hash.in_(request_hashes),
            OneTimeLink.code_hash.in_([sessions.digest(f"{it}:{digits}") for it in request_hashes]),
            OneTimeLink.purpose == LinkPurpose.SIGN_IN,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .with_for_update()
    ).first()
    if found is None:
        raise CodeWrong
    return _enter(session, found, now)


def _enter(session: Session, link: OneTimeLink, now: datetime) -> Account:
    """Use up a link that signs in, and with it every other one that the person has been sent."""
    account = session.get_one(Account, link.account_id)
    if not account.active:
        raise NotActive(account.public_id)
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.account_id == account.id,
            OneTimeLink.purpose == LinkPurpose.SIGN_IN,
            OneTimeLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return account


def new_link(
    session: Session,
    account: Account | None,
    purpose: LinkPurpose,
    *,
    expires_at: datetime,
    code_hash: str | None = None,
    request_hash: str | None = None,
    email: str = "",
    invitation: Invitation | None = None,
    roll_entry: RollEntry | None = None,
) -> str:
    """The token of a new link. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            account_id=account.id if account else None,
            invitation_id=invitation.id if invitation else None,
            roll_entry_id=roll_entry.id if roll_entry else None,
            purpose=purpose,
            token_hash=sessions.digest(token),
            expires_at=expires_at,
            code_hash=code_hash,
            request_hash=request_hash,
            email=email,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, *, now: datetime) -> OneTimeLink:
    """What a link is for, without using it. Raises LinkUnknown, LinkUsed, LinkExpired."""
    return _checked(session.scalars(_of(token)).first(), now)


def hold(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> OneTimeLink:
    """A link that is to be used, held until the transaction ends, so that it works once.

    Raises LinkUnknown, LinkUsed, LinkExpired.
    """
    link = _checked(session.scalars(_of(token).with_for_update()).first(), now)
    if link.purpose is not purpose:
        raise LinkUnknown
    return link


def _of(token: str) -> Select[OneTimeLink]:
    return select(OneTimeLink).where(
        OneTimeLink.token_hash == sessions.digest(token), OneTimeLink.account_id.is_not(None)
    )


def _checked(link: OneTimeLink | None, now: datetime) -> OneTimeLink:
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= now:
        raise LinkExpired
    return link
