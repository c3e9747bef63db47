"""Profiles: what people say of themselves: how they sign up, their name as to be printed, language, zone, addresses,
and where they work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import accounts, audit, directory, links, organisations
from awards.accounts import LONGEST_NAME, NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.folding import fold
from awards.models import Account, AccountAddress, Affiliation, LinkPurpose, Organisation
from awards.timetable import UnknownZone


class AddressTaken(Exception):
    """This address belongs to another account."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's names as to be printed, and how dates and pages are shown to them."""

    name: str
    latin_name: str
    form_of_address: str
    office: str
    language: str
    zone: str


def sign_up(
    session: Session, email: str, *, name: str, language: str, zone: str, now: datetime
) -> tuple[Account, bool]:
    """The account of an address, made where there is none; True where it was made.

    One that is there stays as it is: nobody has shown yet that the address is theirs. Raises NotAnAddress, UnknownZone.
    """
    account = accounts.find(session, email)
    if account is not None:
        return account, False
    account, made = accounts.find_or_make(session, email, name=name, now=now, actor=None)
    account.language, account.zone = language, _zone(zone)
    session.flush()
    return account, made


def of(account: Account) -> Profile:
    return Profile(
        account.name,
        account.latin_name,
        account.form_of_address,
        account.office,
        account.language,
        account.zone,
    )


def change(session: Session, account: Account, profile: Profile, *, actor: Actor, now: datetime) -> bool:
    """Take over what a person says of themselves; False where nothing changed. Raises UnknownZone."""
    before = of(account)
    if profile == before:
        return False
    _zone(profile.zone)
    for key, value in asdict(profile).items():
        setattr(account, key, value)
    account.sort_key = fold(profile.name)[:LONGEST_NAME]
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="account.changed",
        subject=account.public_id,
        now=now,
        before=asdict(before),
        after=asdict(profile),
    )
    return True


def works_at(session: Session, account: Account) -> Sequence[Affiliation]:
    """Where a person belongs now, as they or a list of judges stated it; the newest first."""
    return session.scalars(
        select(Affiliation)
        .where(Affiliation.account_id == account.id, Affiliation.ended_on.is_(None))
        .options(selectinload(Affiliation.organisation))
        .order_by(Affiliation.id.desc())
    ).all()


def work_at(
    session: Session,
    account: Account,
    *,
    organisation: Organisation | str,
    city: str,
    country: str,
    actor: Actor,
    now: datetime,
) -> Affiliation:
    """Say where a person works, so that conflicts are found. It takes the place of what was stated last.

    An organisation given by its name is matched, and listed to be confirmed where it is unknown. Raises
    OrganisationAmbiguous, TooManySuggested.
    """
    if isinstance(organisation, str) and organisation:
        organisation = organisation_named(session, organisation, city, country, actor=actor, now=now)
    body = organisation if isinstance(organisation, Organisation) else None
    last = next(iter(works_at(session, account)), None)
    before = _tie(last) if last is not None else None
    after = {"organisation": body.public_id if body else "", "city": city, "country": country}
    if last is not None and before == after:
        return last
    if last is not None:
        last.ended_on = now.date()
    found = Affiliation(
        account_id=account.id, organisation=body, city=city, country=country, started_on=now.date()
    )
    session.add(found)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="account.work_stated",
        subject=account.public_id,
        now=now,
        before=before,
        after=after,
    )
    return found


def organisation_named(
    session: Session, name: str, city: str, country: str, *, actor: Actor, now: datetime
) -> Organisation:
    """The organisation that a person means by its name, listed to be confirmed where it is unknown.

    Raises OrganisationAmbiguous, TooManySuggested.
    """
    found = organisations.match(session, name, country)
    if found is not None:
        return found
    try:
        return directory.suggest(
            session,
            name=name,
            english="",
            kind=organisations.OTHER,
            city=city,
            country=country,
            actor=actor,
            now=now,
        )
    except directory.AlreadyListed as error:
        return error.organisation


def _tie(it: Affiliation) -> dict[str, str]:
    body = it.organisation.public_id if it.organisation is not None else ""
    return {"organisation": body, "city": it.city, "country": it.country}


def confirm_address(session: Session, token: str, *, now: datetime) -> tuple[Account, str]:
    """Add the address of a link to the account that asked for it, and use the link up.

    Raises LinkUnknown, LinkUsed, LinkExpired, AddressTaken, NotActive.
    """
    link = links.hold(session, token, LinkPurpose.ADDRESS, now=now)
    account = session.get_one(Account, link.account_id)
    if not account.active:
        raise links.NotActive(account.public_id)
    owner = accounts.find(session, link.email)
    if owner is not None and owner.id != account.id:
        raise AddressTaken(link.email)
    link.used_at = now
    if owner is None:
        if not is_address(link.email):
            raise NotAnAddress(link.email)
        session.add(AccountAddress(account_id=account.id, email=fold_address(link.email)))
        session.flush()
        session.expire(account, ["addresses"])
        actor = Actor(account=account, real=account)
        audit.record(session, actor=actor, action="account.address_added", subject=account.public_id, now=now)
    return account, link.email


def is_own(session: Session, account: Account, email: str) -> bool:
    """Whether an address is one of the person's already."""
    query = select(AccountAddress.id).where(
        AccountAddress.account_id == account.id, AccountAddress.email == fold_address(email)
    )
    return session.scalars(query).first() is not None


def _zone(name: str) -> str:
    """A zone that there is. Raises UnknownZone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error
    return name
