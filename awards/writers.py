"""Who writes a nomination: its lead, co-editors by invitation, and the lead handed over to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, audit, decisions, invitations, questions
from awards.audit import Actor
from awards.models import (
    Account,
    Answer,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    NominationEditor,
)
from awards.models.base import Document
from awards.questions import lead_of

WRITING = (InvitationKind.EDITOR, InvitationKind.HANDOVER)


class LeadOnly(Exception):
    """Only the person who leads the nomination can do this."""


class WritesAlready(Exception):
    """This person writes the nomination already."""


class NotAWriter(Exception):
    """This person is no co-editor of the nomination."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A person who writes a nomination, by the name that the others may see."""

    account: Account
    name: str
    since: datetime | None
    lead: bool


def writers(session: Session, nomination: Nomination) -> list[Writer]:
    """Who writes a nomination now: its lead, then its co-editors by name.

    Whoever has given no name is known by the address under which the others invited them, never by another one.
    """
    lead = lead_of(session, nomination)
    rows = session.execute(
        select(Account, NominationEditor.at)
        .join(NominationEditor, NominationEditor.account_id == Account.id)
        .where(NominationEditor.nomination_id == nomination.id, NominationEditor.ended_at.is_(None))
        .order_by(Account.sort_key, Account.id)
    ).all()
    invited = {
        it.answered_by_id: it.email
        for kind in WRITING
        for it in questions.answered(session, nomination, kind, Answer.ACCEPTED)
    }
    found = [Writer(lead, lead.name or invited.get(lead.id, ""), None, True)] if lead else []
    return found + [Writer(it, it.name or invited.get(it.id, ""), at, False) for it, at in rows]


def invite(
    session: Session, nomination: Nomination, *, email: str, language: str, actor: Actor, now: datetime
) -> Invitation:
    """Ask somebody to write the nomination too. Raises LeadOnly, WritesAlready and what `questions.ask` raises."""
    _need_lead(nomination, actor)
    if _writes(session, nomination, questions.need_address(email)):
        raise WritesAlready(email)
    return questions.ask(
        session, nomination, InvitationKind.EDITOR, email=email, language=language, actor=actor, now=now
    )


def offer_lead(
    session: Session, nomination: Nomination, *, email: str, language: str, actor: Actor, now: datetime
) -> Invitation:
    """Ask somebody of the organisation to lead the nomination; an offer to another person is withdrawn by it.

    Raises LeadOnly, WritesAlready where it is the lead, and what `questions.ask` raises.
    """
    _need_lead(nomination, actor)
    if accounts.find(session, questions.need_address(email)) is actor.account:
        raise WritesAlready(email)
    made = questions.ask(
        session, nomination, InvitationKind.HANDOVER, email=email, language=language, actor=actor, now=now
    )
    _withdraw_offers(session, nomination, actor=actor, now=now, but=made)
    return made


def withdraw(
    session: Session, nomination: Nomination, invitation: Invitation, *, actor: Actor, now: datetime
) -> None:
    """Take an invitation about a nomination back. Raises LeadOnly for those that only the lead sends."""
    _need_right(nomination, invitation, actor)
    if invitation.answer is None:
        invitations.withdraw(session, invitation, actor=actor, now=now)


def send_again(
    session: Session, nomination: Nomination, invitation: Invitation, *, actor: Actor, now: datetime
) -> None:
    """Send the message of an invitation once more, not twice in a few minutes. Raises LeadOnly, SentJustNow."""
    _need_right(nomination, invitation, actor)
    questions.need_pause(session, invitation, now)
    invitations.resend(session, invitation, actor=actor, now=now)


def remove(
    session: Session, nomination: Nomination, account: Account, *, actor: Actor, now: datetime
) -> None:
    """End somebody's writing: the lead anybody's, everybody their own. Raises LeadOnly, NotAWriter."""
    session.refresh(nomination, with_for_update=True)
    if account.id != actor.account.id:
        _need_lead(nomination, actor)
    row = _editor(session, nomination, account)
    if row is None or row.ended_at is not None:
        raise NotAWriter(account.name)
    row.ended_at = now
    left = account.id == actor.account.id
    _record(session, nomination, "left" if left else "removed", {"person": account.public_id}, actor, now)


def hand_over_by_staff(
    session: Session, nomination: Nomination, account: Account, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Let somebody lead whose predecessor is gone; that one doesn't write it any more. Raises ReasonMissing."""
    reason = decisions.need_reason(reason)
    session.refresh(nomination, with_for_update=True)
    if nomination.nominator_id == account.id:
        raise WritesAlready(account.name)
    before = lead_of(session, nomination)
    _lead(session, nomination, account, now=now)
    _withdraw_offers(session, nomination, actor=actor, now=now)
    after: Document = {"lead": account.public_id, "reason": reason}
    before_it: Document = {"lead": before.public_id if before else None}
    _record(session, nomination, "handed_over_by_staff", after, actor, now, before=before_it)


def _answer_editor(
    session: Session, invitation: Invitation, account: Account | None, accepted: bool, now: datetime
) -> str | None:
    nomination = questions.nomination_of(session, invitation)
    if accepted and account is not None and nomination.nominator_id != account.id:
        _let_write(session, nomination, account, now=now)
        said: Document = {"person": account.public_id}
        _record(session, nomination, "joined", said, Actor(account=account, real=account), now)
    questions.tell_lead(session, nomination, invitation, account, accepted=accepted, now=now)
    return questions.path_of(nomination) if accepted else None


def _answer_offer(
    session: Session, invitation: Invitation, account: Account | None, accepted: bool, now: datetime
) -> str | None:
    """The lead changes hands; who led goes on as co-editor. An offer of somebody who leads no more is nobody's."""
    nomination = questions.nomination_of(session, invitation)
    before = lead_of(session, nomination)
    questions.tell_lead(session, nomination, invitation, account, accepted=accepted, now=now)
    if not accepted or account is None or before is None or before.id != invitation.invited_by_id:
        return None
    if before.id == account.id:
        return questions.path_of(nomination)
    _lead(session, nomination, account, now=now)
    _let_write(session, nomination, before, now=now)
    actor = Actor(account=account, real=account)
    _withdraw_offers(session, nomination, actor=actor, now=now)
    after: Document = {"lead": account.public_id}
    _record(session, nomination, "handed_over", after, actor, now, before={"lead": before.public_id})
    return questions.path_of(nomination)


def _need_lead(nomination: Nomination, actor: Actor) -> None:
    if nomination.nominator_id != actor.account.id:
        raise LeadOnly


def _need_right(nomination: Nomination, invitation: Invitation, actor: Actor) -> None:
    """Partners and nominees are everybody's affair, who writes is the lead's."""
    if invitation.kind in WRITING:
        _need_lead(nomination, actor)


def _writes(session: Session, nomination: Nomination, email: str) -> bool:
    account = accounts.find(session, email)
    if account is None:
        return False
    row = _editor(session, nomination, account)
    return account.id == nomination.nominator_id or (row is not None and row.ended_at is None)


def _editor(session: Session, nomination: Nomination, account: Account) -> NominationEditor | None:
    return session.scalars(
        select(NominationEditor).where(
            NominationEditor.nomination_id == nomination.id, NominationEditor.account_id == account.id
        )
    ).first()


def _let_write(session: Session, nomination: Nomination, account: Account, *, now: datetime) -> None:
    row = _editor(session, nomination, account)
    if row is None:
        session.add(NominationEditor(nomination_id=nomination.id, account_id=account.id, at=now))
    elif row.ended_at is not None:
        row.at, row.ended_at = now, None
    session.flush()


def _lead(session: Session, nomination: Nomination, account: Account, *, now: datetime) -> None:
    """Make somebody the lead, who is no co-editor any more."""
    nomination.nominator_id = account.id
    row = _editor(session, nomination, account)
    if row is not None and row.ended_at is None:
        row.ended_at = now
    session.flush()


def _withdraw_offers(
    session: Session, nomination: Nomination, *, actor: Actor, now: datetime, but: Invitation | None = None
) -> None:
    for offer in questions.waiting(session, nomination, InvitationKind.HANDOVER):
        if offer is not but:
            invitations.withdraw(session, offer, actor=actor, now=now)


def _record(
    session: Session,
    nomination: Nomination,
    what: str,
    after: Document,
    actor: Actor,
    now: datetime,
    *,
    before: Document | None = None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"nomination.writer_{what}" if "person" in after else f"nomination.{what}",
        subject=nomination.public_id,
        now=now,
        edition=session.get_one(Edition, nomination.edition_id),
        before=before,
        after=after,
    )


invitations.on_answer[InvitationKind.EDITOR] = _answer_editor
invitations.on_answer[InvitationKind.HANDOVER] = _answer_offer
