"""Appointments: who runs an edition as what, in which order deputies act, and roles that come to an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from awards import accounts, audit, editions, exclusions, holders, invitations
from awards.audit import Actor
from awards.models import Account, Edition, Grant, Invitation, InvitationKind, Role

BY_ORGANISERS = (
    Role.ORGANISER,
    Role.SCREENER,
    Role.CLERK,
    Role.TELLER,
    Role.HOLDER,
    Role.AUDITOR,
    Role.CHAIR,
    Role.DEPUTY,
)
"""Roles that organisers give in their edition."""
BY_ADMINISTRATORS = (Role.ORGANISER,)
"""Roles that administrators give in any edition."""


YourOwnRole = exclusions.YourOwnRole
ChairThere = exclusions.ChairThere


class NotYours(Exception):
    """A role is given by those whose part it is."""


class HasRole(Exception):
    """The person has this role already."""


class InvitedAlready(Exception):
    """The person has been asked already and has not answered yet."""


class NoSuchInvitation(Exception):
    """There is no such invitation."""


class LastOrganiser(Exception):
    """An edition keeps one organiser at least."""


class NoSuchRole(Exception):
    """The person has no such role any more."""


def appoint(
    session: Session,
    edition: Edition,
    role: Role,
    *,
    email: str,
    name: str,
    language: str,
    note: str = "",
    as_administrator: bool,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask somebody by mail to take a role; they have it once they accept.

    Raises NotAnAddress, NotYours, YourOwnRole, HasRole, NeverBoth, ChairThere, InvitedAlready, and for a key holder
    what `holders.check_place` raises.
    """
    editions.lock(session, edition)
    check(session, edition, email, role, as_administrator=as_administrator, actor=actor)
    waiting = [it for it in invited(session, edition) if invitations.is_open(session, it, now)]
    if any(it.email == accounts.fold_address(email) and it.role is role for it in waiting):
        raise InvitedAlready(email)
    if role is Role.CHAIR and (asked := [it for it in waiting if it.role is role]):
        raise ChairThere(asked[0].name or asked[0].email)
    if role is Role.HOLDER:
        holders.check_place(session, edition, taken=sum(it.role is role for it in waiting))
    rank = 0
    if role is Role.DEPUTY:
        ranks = [it.rank for it in waiting if it.role is role]
        rank = max(accounts.next_rank(session, edition, role), *(it + 1 for it in ranks), 0)
    return invitations.invite(
        session,
        InvitationKind.ROLE,
        email=email,
        edition=edition,
        role=role,
        rank=rank,
        name=name,
        language=language,
        note=note,
        actor=actor,
        now=now,
    )


def invited(session: Session, edition: Edition) -> Sequence[Invitation]:
    """Everybody who was asked to take a role, the last one first."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.edition_id == edition.id,
            Invitation.kind == InvitationKind.ROLE,
            Invitation.role.in_(BY_ORGANISERS),
        )
        .options(selectinload(Invitation.invited_by).selectinload(Account.addresses))
        .order_by(Invitation.id.desc())
    ).all()


def invitation(session: Session, edition: Edition, identifier: str, *, as_administrator: bool) -> Invitation:
    """One of them. Raises NoSuchInvitation, NotYours."""
    found = next((it for it in invited(session, edition) if it.public_id == identifier), None)
    if found is None or found.role is None:
        raise NoSuchInvitation(identifier)
    if found.role not in (BY_ADMINISTRATORS if as_administrator else BY_ORGANISERS):
        raise NotYours(found.role.value)
    return found


def check(
    session: Session, edition: Edition, email: str, role: Role, *, as_administrator: bool, actor: Actor
) -> None:
    """Whether somebody may be asked to take a role. The caller holds the edition's lock.

    Raises NotAnAddress, NotYours, YourOwnRole, HasRole, NeverBoth, ChairThere.
    """
    if role not in (BY_ADMINISTRATORS if as_administrator else BY_ORGANISERS):
        raise NotYours(role.value)
    if not accounts.is_address(email):
        raise accounts.NotAnAddress(email)
    account = accounts.find(session, email)
    if account is not None:
        if account.id in (actor.account.id, actor.real.id):
            raise YourOwnRole(role.value)
        if accounts.has_grant(session, account, role, edition=edition):
            raise HasRole(role.value)
        exclusions.check_together(session, edition, account, role)
    exclusions.check_chair(session, edition, role)


def of_edition(session: Session, edition: Edition) -> Sequence[Grant]:
    """Every role that was ever given in an edition, those that last first, deputies in their order."""
    return session.scalars(
        select(Grant)
        .where(Grant.edition_id == edition.id, Grant.role.in_(BY_ORGANISERS))
        .options(joinedload(Grant.account).selectinload(Account.addresses))
        .order_by(Grant.ended_at.is_not(None), Grant.rank, Grant.granted_at, Grant.id)
    ).all()


def of_role(session: Session, edition: Edition, role: Role) -> Sequence[Grant]:
    """Those who have a role in an edition now, in their order."""
    return session.scalars(
        select(Grant)
        .where(Grant.edition_id == edition.id, Grant.role == role, Grant.ended_at.is_(None))
        .options(joinedload(Grant.account).selectinload(Account.addresses))
        .order_by(Grant.rank, Grant.id)
    ).all()


def find(session: Session, edition: Edition, role: Role, person: str) -> Grant:
    """The role that the person of that identifier has in an edition. Raises NoSuchRole."""
    if not person.isprintable():
        raise NoSuchRole(role.value)
    found = session.scalars(
        select(Grant)
        .join(Account)
        .where(
            Grant.edition_id == edition.id,
            Grant.role == role,
            Grant.ended_at.is_(None),
            Account.public_id == person,
        )
    ).first()
    if found is None:
        raise NoSuchRole(role.value)
    return found


def end(
    session: Session, edition: Edition, grant: Grant, *, as_administrator: bool, actor: Actor, now: datetime
) -> None:
    """End a role; what was done in it stays. The caller holds the edition's lock.

    Raises NotYours, LastOrganiser, HolderNeeded.
    """
    if grant.role not in (BY_ADMINISTRATORS if as_administrator else BY_ORGANISERS):
        raise NotYours(grant.role.value)
    if grant.role is Role.ORGANISER and len(of_role(session, edition, Role.ORGANISER)) == 1:
        raise LastOrganiser(edition.key)
    if grant.role is Role.HOLDER:
        holders.end(session, edition, grant.account, now=now)
    grant.ended_at = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="grant.ended",
        subject=grant.account.public_id,
        now=now,
        edition=edition,
        before={"role": grant.role.value},
    )


def move(session: Session, edition: Edition, grant: Grant, *, up: bool, actor: Actor, now: datetime) -> None:
    """Let a deputy act before the one above, or after the one below. The caller holds the edition's lock."""
    order = list(of_role(session, edition, grant.role))
    here = next(place for place, it in enumerate(order) if it.id == grant.id)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for rank, it in enumerate(order, start=1):
        it.rank = rank
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="grant.ordered",
        subject=grant.role.value,
        now=now,
        edition=edition,
        after={"order": [it.account.public_id for it in order]},
    )
