"""Invitations: somebody is asked by mail to take a role, or to agree to something about a nomination."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, audit, editions, exclusions, holders, links, notices, openings
from awards.accounts import NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.models import (
    Account,
    AccountAddress,
    Answer,
    Edition,
    Invitation,
    InvitationKind,
    LinkPurpose,
    Nomination,
    OneTimeLink,
    Organisation,
    Role,
)
from awards.models.base import Document
from awards.notices import Template
from awards.sessions import digest

TOKEN_LASTS = timedelta(days=3 * 366)
LONGEST_NOTE = 2000

OnAnswer = Callable[[Session, Invitation, Account | None, bool, datetime], str | None]
on_answer: dict[InvitationKind, OnAnswer] = {}
"""What follows from an answer, by kind: called with (session, invitation, account, accepted, now) in the transaction of
the answer; gives the address, without language, where whoever accepted goes on. The account is None where somebody
without one declines. Set at import by the module that owns the kind."""


class InvitationAnswered(Exception):
    """This invitation has been answered."""


class InvitationWithdrawn(Exception):
    """This invitation was withdrawn by whoever sent it."""


class NotInvited(Exception):
    """A role is accepted by the account that has the invited address, and by no other."""


class InvitationClosed(Exception):
    """What this invitation asks for is closed."""


def invite(
    session: Session,
    kind: InvitationKind,
    *,
    email: str,
    edition: Edition | None = None,
    nomination: Nomination | None = None,
    organisation: Organisation | None = None,
    role: Role | None = None,
    rank: int = 0,
    name: str = "",
    language: str,
    arguments: Document | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask somebody by mail. Raises NotAnAddress."""
    if not is_address(email):
        raise NotAnAddress(email)
    invitation = Invitation(
        kind=kind,
        edition_id=edition.id if edition else nomination.edition_id if nomination else None,
        nomination_id=nomination.id if nomination else None,
        organisation_id=organisation.id if organisation else None,
        email=fold_address(email),
        name=name,
        language=language,
        role=role,
        rank=rank,
        arguments=dict(arguments or {}),
        note=note[:LONGEST_NOTE],
        invited_by_id=actor.account.id,
        at=now,
    )
    session.add(invitation)
    session.flush()
    _queue(session, invitation, now)
    _record(session, invitation, "sent", actor, now)
    return invitation


def resend(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Send the mail once more; links sent earlier go on working.

    Raises InvitationAnswered, InvitationWithdrawn, InvitationClosed.
    """
    need_open(session, invitation, now)
    _queue(session, invitation, now)
    _record(session, invitation, "sent_again", actor, now)


def withdraw(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back; its links lead to a page that says so. Raises InvitationAnswered."""
    session.refresh(invitation, with_for_update=True)
    if invitation.answer is Answer.WITHDRAWN:
        return
    if invitation.answer is not None:
        raise InvitationAnswered
    invitation.answer, invitation.answered_at, invitation.answered_by_id = (
        Answer.WITHDRAWN,
        now,
        actor.account.id,
    )
    _record(session, invitation, "withdrawn", actor, now)


def make_invitation_token(session: Session, invitation: Invitation, now: datetime) -> str:
    """The token of a new link to an invitation, for the mail; those made earlier go on working."""
    return links.new_link(
        session, None, LinkPurpose.INVITATION, expires_at=now + TOKEN_LASTS, invitation=invitation
    )


def of_token(session: Session, token: str) -> Invitation | None:
    """The invitation that a link leads to, answered or not; None for a link that nobody made."""
    return session.scalars(
        select(Invitation)
        .join(OneTimeLink, OneTimeLink.invitation_id == Invitation.id)
        .where(OneTimeLink.token_hash == digest(token), OneTimeLink.purpose == LinkPurpose.INVITATION)
    ).first()


def of_address(session: Session, account: Account, public_id: str) -> Invitation | None:
    """The invitation of that identifier, where it was sent to one of the person's addresses."""
    own = select(AccountAddress.email).where(AccountAddress.account_id == account.id)
    return session.scalars(
        select(Invitation).where(Invitation.public_id == public_id, Invitation.email.in_(own))
    ).first()


def is_open(session: Session, invitation: Invitation, now: datetime) -> bool:
    """Whether an invitation can still be answered."""
    return invitation.answer is None and not openings.is_closed(session, invitation, now)


def need_open(session: Session, invitation: Invitation, now: datetime) -> None:
    """Raise InvitationAnswered, InvitationWithdrawn or InvitationClosed where nobody can answer it any more."""
    if invitation.answer is Answer.WITHDRAWN:
        raise InvitationWithdrawn
    if invitation.answer is not None:
        raise InvitationAnswered
    if openings.is_closed(session, invitation, now):
        raise InvitationClosed


def answer(
    session: Session, invitation: Invitation, *, accepted: bool, account: Account | None, now: datetime
) -> str | None:
    """Accept or decline; the address where whoever accepted goes on, None for the page *Today*.

    The link has shown whose the address is. Declining needs no account. Raises InvitationAnswered,
    InvitationWithdrawn, InvitationClosed; for a role NotInvited, YourOwnRole, ChairThere, NeverBoth where the person
    has one that excludes it.
    """
    session.refresh(invitation, with_for_update=True)
    need_open(session, invitation, now)
    invitation.answer = Answer.ACCEPTED if accepted else Answer.DECLINED
    invitation.answered_at = now
    invitation.answered_by_id = account.id if account else None
    session.flush()
    actor = Actor(account=account, real=account) if account else _by_link(invitation)
    _record(session, invitation, invitation.answer.value, actor, now, by_link=account is None)
    if invitation.kind is InvitationKind.ROLE and accepted and account is not None:
        _give_role(session, invitation, account, now)
    hook = on_answer.get(invitation.kind)
    return hook(session, invitation, account, accepted, now) if hook is not None else None


def _give_role(session: Session, invitation: Invitation, account: Account, now: datetime) -> None:
    """The role was given by whoever invited; the person has only agreed to it.

    Raises NotInvited, YourOwnRole, ChairThere, NeverBoth.
    """
    assert invitation.role is not None
    edition = openings.edition_of(session, invitation)
    if edition is not None:
        editions.lock(session, edition)
    if all(it.email != invitation.email for it in account.addresses):
        raise NotInvited
    if account.id == invitation.invited_by_id:
        raise exclusions.YourOwnRole(invitation.role.value)
    exclusions.check_together(session, edition, account, invitation.role)
    if edition is not None:
        exclusions.check_chair(session, edition, invitation.role, but=account)
        if invitation.role is Role.HOLDER:
            _need_place(session, edition)
    accounts.grant(
        session,
        account,
        invitation.role,
        edition=edition,
        category=invitation.arguments.get("category"),
        rank=invitation.rank,
        actor=Actor(account=invitation.invited_by, real=account),
        now=now,
    )


def _need_place(session: Session, edition: Edition) -> None:
    """Raise InvitationClosed where no key holder is wanted any more."""
    try:
        holders.check_place(session, edition)
    except (holders.NoVote, holders.HoldersFull, holders.HoldersTooLate) as error:
        raise InvitationClosed from error


def _queue(session: Session, invitation: Invitation, now: datetime) -> None:
    notices.queue(
        session,
        Template.INVITATION,
        invitation.email,
        language=invitation.language,
        now=now,
        account=accounts.find(session, invitation.email),
        edition=openings.edition_of(session, invitation),
        invitation=invitation,
    )


def _by_link(invitation: Invitation) -> Actor:
    """Whoever holds the link and has no account: recorded under the account that sent it, and marked so."""
    return Actor(account=invitation.invited_by, real=invitation.invited_by)


def _record(
    session: Session,
    invitation: Invitation,
    what: str,
    actor: Actor,
    now: datetime,
    *,
    by_link: bool = False,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"invitation.{what}",
        subject=invitation.public_id,
        now=now,
        edition=openings.edition_of(session, invitation),
        after={
            "kind": invitation.kind.value,
            "role": invitation.role.value if invitation.role else None,
            "by_link": by_link,
        },
    )
