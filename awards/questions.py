"""What is asked of people about a nomination by invitation, and telling its lead what they answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import accounts, drafts, invitations, notices
from awards.audit import Actor
from awards.models import (
    Account,
    Answer,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    Organisation,
    Outbox,
)
from awards.models.base import Document
from awards.notices import Template
from judging.values import Json

MOST_WAITING = 20
PAUSE = timedelta(minutes=10)
DAY = timedelta(days=1)
MOST_TO_ONE = 20
MOST_FROM_ONE_TO_ONE = 5
MOST_FROM_ONE = 60
"""Messages of invitations that go out in a day, those of withdrawn ones too."""


class InvitedAlready(Exception):
    """This person has been asked the same and hasn't answered yet."""


class SentJustNow(Exception):
    """The message went out a few minutes ago."""


class TooManyMessages(Exception):
    """So many messages went to this address, or from this person, that no more go out today."""


class TooManyInvitations(Exception):
    """As many invitations of one nomination as may be open wait for an answer."""


def waiting(session: Session, nomination: Nomination, *kinds: InvitationKind) -> list[Invitation]:
    """The invitations about a nomination that nobody has answered, oldest first; of the kinds named."""
    query = (
        select(Invitation)
        .where(Invitation.nomination_id == nomination.id, Invitation.answer.is_(None))
        .order_by(Invitation.id)
    )
    return list(session.scalars(query.where(Invitation.kind.in_(kinds)) if kinds else query))


def answered(
    session: Session, nomination: Nomination, kind: InvitationKind, answer: Answer
) -> list[Invitation]:
    """The invitations of a kind that were answered so, oldest first."""
    query = select(Invitation).where(
        Invitation.nomination_id == nomination.id, Invitation.kind == kind, Invitation.answer == answer
    )
    return list(session.scalars(query.order_by(Invitation.id)))


def ask(
    session: Session,
    nomination: Nomination,
    kind: InvitationKind,
    *,
    email: str,
    language: str,
    actor: Actor,
    now: datetime,
    name: str = "",
    organisation: Organisation | None = None,
    arguments: Document | None = None,
) -> Invitation:
    """Send an invitation about a nomination, one of its kind and address at a time.

    Raises NotEditable, NotAnAddress, InvitedAlready, TooManyInvitations, TooManyMessages.
    """
    session.refresh(nomination, with_for_update=True)
    if nomination.state not in drafts.EDITABLE:
        raise drafts.NotEditable(nomination.state.value)
    address = need_address(email)
    there, body = waiting(session, nomination), organisation.id if organisation else None
    if any((it.kind, it.email, it.organisation_id) == (kind, address, body) for it in there):
        raise InvitedAlready(address)
    if len(there) >= MOST_WAITING:
        raise TooManyInvitations
    _need_measure(session, address, actor.account, now)
    known = accounts.find(session, address)
    revision = drafts.latest(session, nomination)
    said: Document = {"title": revision.title, "organisation": revision.organisation_name}
    return invitations.invite(
        session,
        kind,
        email=address,
        edition=session.get_one(Edition, nomination.edition_id),
        nomination=nomination,
        organisation=organisation,
        name=name,
        language=known.language if known else language,
        arguments=said | (arguments or {}),
        actor=actor,
        now=now,
    )


def need_pause(session: Session, invitation: Invitation, now: datetime) -> None:
    """Let no message follow another one within minutes. Raises SentJustNow, TooManyMessages."""
    last = session.scalar(select(func.max(Outbox.id)).where(Outbox.invitation_id == invitation.id))
    sent = session.get(Outbox, last) if last is not None else None
    if sent is not None and (sent.sent_at or sent.due_at) > now - PAUSE:
        raise SentJustNow
    _need_measure(session, invitation.email, invitation.invited_by, now)


def _need_measure(session: Session, address: str, sender: Account, now: datetime) -> None:
    """Let a stranger's mailbox not be filled, however often an invitation is taken back. Raises TooManyMessages."""
    sent = (
        select(func.count(Outbox.id))
        .join(Invitation, Outbox.invitation_id == Invitation.id)
        .where(Invitation.nomination_id.is_not(None), Outbox.due_at > now - DAY)
    )
    theirs, mine = Outbox.recipient == address, Invitation.invited_by_id == sender.id
    for query, most in (
        (sent.where(theirs, mine), MOST_FROM_ONE_TO_ONE),
        (sent.where(theirs), MOST_TO_ONE),
        (sent.where(mine), MOST_FROM_ONE),
    ):
        if (session.scalar(query) or 0) >= most:
            raise TooManyMessages(address)


def need_address(email: str) -> str:
    """An e-mail address as it is kept. Raises NotAnAddress."""
    if not email.strip().isprintable() or not accounts.is_address(email):
        raise accounts.NotAnAddress(email)
    return accounts.fold_address(email)


def tell_lead(
    session: Session,
    nomination: Nomination,
    invitation: Invitation,
    who: Account | Organisation | None,
    *,
    accepted: bool,
    now: datetime,
) -> None:
    """Write to the lead what somebody has answered."""
    lead = lead_of(session, nomination)
    if lead is None or not lead.email:
        return
    said: dict[str, Json] = {
        "kind": invitation.kind.value,
        "accepted": accepted,
        "name": (who.name if who else "") or invitation.name or invitation.email,
        "title": drafts.latest(session, nomination).title,
        "path": f"{path_of(nomination)}people",
    }
    notices.queue(
        session,
        Template.ANSWERED,
        lead.email,
        language=lead.language,
        now=now,
        account=lead,
        edition=session.get_one(Edition, nomination.edition_id),
        arguments=said,
        once=f"answered:{invitation.public_id}",
    )


def nomination_of(session: Session, invitation: Invitation) -> Nomination:
    """The nomination of an invitation, held until the transaction ends."""
    found = session.get_one(Nomination, invitation.nomination_id)
    session.refresh(found, with_for_update=True)
    return found


def lead_of(session: Session, nomination: Nomination) -> Account | None:
    """The person who leads a nomination, None where it was taken in from a file."""
    return session.get(Account, nomination.nominator_id) if nomination.nominator_id else None


def path_of(nomination: Nomination) -> str:
    """The address of a nomination, without language."""
    return f"/nominations/{nomination.public_id}/"
