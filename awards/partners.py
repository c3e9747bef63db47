"""Partners of a joint nomination: added by the lead, and each agrees by itself or by a signed letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import audit, deadlines, drafts, editions, invitations, organisations, questions, windows
from awards.audit import Actor
from awards.enclosures import FilesClosed, Why
from awards.models import (
    Account,
    Attachment,
    AttachmentState,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    NominationPartner,
    NominationState,
    Organisation,
)

FIELD = "partners"
LETTER = "partner-"
"""The field of a partner's letter is this and the organisation's identifier."""


class IsLead(Exception):
    """The organisation leads the nomination, so it can't be its partner too."""


class IsPartner(Exception):
    """The organisation is a partner of the nomination already."""


class NotAPartner(Exception):
    """The organisation is no partner of the nomination."""


class LetterUnknown(Exception):
    """There is no such file of this nomination, or it isn't checked yet."""


class Standing(StrEnum):
    """Whether a partner has agreed."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    BY_LETTER = "by_letter"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as the people of the nomination see it. `kin`: it contains the lead, or lies inside it."""

    row: NominationPartner
    organisation: Organisation
    standing: Standing
    invitation: Invitation | None
    kin: bool


def of(session: Session, nomination: Nomination) -> list[Partner]:
    """The partners of a nomination that were not taken off again, those that declined among them."""
    rows = session.scalars(
        select(NominationPartner)
        .where(NominationPartner.nomination_id == nomination.id, NominationPartner.ended_at.is_(None))
        .options(joinedload(NominationPartner.organisation).selectinload(Organisation.aliases))
        .order_by(NominationPartner.id)
    ).all()
    asked = {it.organisation_id: it for it in questions.waiting(session, nomination, InvitationKind.PARTNER)}
    lead = drafts.latest(session, nomination).organisation_id
    parents = organisations.parents(session) if rows and lead else {}
    return [
        Partner(
            row,
            row.organisation,
            _standing(row, asked.get(row.organisation_id)),
            asked.get(row.organisation_id),
            bool(lead) and organisations.are_kin(parents, lead or 0, row.organisation_id),
        )
        for row in rows
    ]


def may_change(session: Session, nomination: Nomination, now: datetime) -> bool:
    """Whether partners may be added and taken off now."""
    try:
        _check_open(session, nomination, now)
    except (drafts.NotEditable, drafts.FieldClosed, drafts.NominationsNotOpen):
        return False
    return True


def need_open(session: Session, nomination: Nomination, *, now: datetime) -> None:
    """Whether a partner's letter may be attached or taken off now, as partners may. Raises FilesClosed."""
    try:
        _check_open(session, nomination, now)
    except drafts.NotEditable as error:
        raise FilesClosed(Why.STATE) from error
    except drafts.FieldClosed as error:
        raise FilesClosed(Why.FIELD) from error
    except drafts.NominationsNotOpen as error:
        edition = session.get_one(Edition, nomination.edition_id)
        raise FilesClosed(Why.DEADLINE, deadlines.closes(session, edition, nomination)) from error


def hold_open(session: Session, nomination: Nomination, *, now: datetime) -> None:
    """The same, with edition and nomination held, so that it stays true until the letter is saved."""
    editions.lock(session, session.get_one(Edition, nomination.edition_id))
    session.refresh(nomination, with_for_update=True)
    need_open(session, nomination, now=now)


def find(session: Session, nomination: Nomination, organisation: Organisation) -> NominationPartner:
    """The row of a partner that was not taken off again. Raises NotAPartner."""
    row = _row(session, nomination, organisation)
    if row is None or row.ended_at is not None:
        raise NotAPartner(organisation.name)
    return row


def of_field(session: Session, nomination: Nomination, field: str) -> NominationPartner:
    """The partner whose letter goes into a field of files, `partner-` and its identifier. Raises NotAPartner."""
    for partner in of(session, nomination):
        if field == letter_field(partner.organisation):
            return partner.row
    raise NotAPartner(field)


def letter_field(organisation: Organisation) -> str:
    """The field of files into which a partner's letter goes."""
    return f"{LETTER}{organisation.public_id}"


def add(
    session: Session, nomination: Nomination, organisation: Organisation, *, actor: Actor, now: datetime
) -> NominationPartner:
    """Put an organisation beside the lead. One that was taken off, or that declined, is a partner anew.

    Raises IsLead, IsPartner, NotEditable, FieldClosed, NominationsNotOpen.
    """
    _need_open(session, nomination, now)
    if drafts.latest(session, nomination).organisation_id == organisation.id:
        raise IsLead(organisation.name)
    row = _row(session, nomination, organisation)
    if row is None:
        row = NominationPartner(nomination_id=nomination.id, organisation_id=organisation.id)
        session.add(row)
    elif row.ended_at is None and row.declined_at is None:
        raise IsPartner(organisation.name)
    row.ended_at = row.declined_at = row.approved_at = row.approved_by_id = row.approval_key = None
    _save(session, row, "added", actor, now)
    return row


def ask(
    session: Session,
    nomination: Nomination,
    organisation: Organisation,
    *,
    email: str,
    language: str,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask a partner's contact to confirm; whoever was asked before for it is asked no more.

    Raises NotAPartner and what `questions.ask` raises.
    """
    row = find(session, nomination, organisation)
    if row.declined_at is not None:
        _need_open(session, nomination, now)
        row.declined_at = None
    made = questions.ask(
        session,
        nomination,
        InvitationKind.PARTNER,
        email=email,
        language=language,
        organisation=organisation,
        arguments={"partner": organisation.name},
        actor=actor,
        now=now,
    )
    row.email = made.email
    _withdraw_questions(session, row, actor, now, made)
    return made


def remove(
    session: Session, nomination: Nomination, organisation: Organisation, *, actor: Actor, now: datetime
) -> None:
    """Take a partner off the nomination. Raises NotAPartner, NotEditable, FieldClosed, NominationsNotOpen."""
    _need_open(session, nomination, now)
    row = find(session, nomination, organisation)
    row.ended_at = now
    _withdraw_questions(session, row, actor, now)
    _save(session, row, "removed", actor, now)


def approve_by_letter(
    session: Session, partner: NominationPartner, *, attachment_key: str, actor: Actor, now: datetime
) -> None:
    """A partner agrees by its signed letter, a checked file of the nomination. Raises LetterUnknown, NotAPartner."""
    letter = session.scalars(
        select(Attachment).where(
            Attachment.key == attachment_key,
            Attachment.nomination_id == partner.nomination_id,
            Attachment.state == AttachmentState.CLEAN,
        )
    ).first()
    if letter is None:
        raise LetterUnknown(attachment_key)
    if partner.ended_at is not None:
        raise NotAPartner(partner.organisation.name)
    partner.approved_at, partner.approval_key, partner.declined_at = now, attachment_key, None
    _withdraw_questions(session, partner, actor, now)
    _save(session, partner, "approved_by_letter", actor, now, key=attachment_key)


def take_letter_back(session: Session, partner: NominationPartner, *, actor: Actor, now: datetime) -> None:
    """The letter was taken off again: what rested on it doesn't hold any more."""
    if partner.approval_key is None:
        return
    before, partner.approval_key = partner.approval_key, None
    partner.approved_at = partner.approved_at if partner.approved_by_id is not None else None
    _save(session, partner, "letter_taken_back", actor, now, key=before)


def _answer(
    session: Session, invitation: Invitation, account: Account | None, accepted: bool, now: datetime
) -> None:
    nomination = questions.nomination_of(session, invitation)
    organisation = session.get_one(Organisation, invitation.organisation_id)
    row = _row(session, nomination, organisation)
    if row is None or row.ended_at is not None:
        return
    if accepted:
        row.approved_at, row.approved_by_id, row.declined_at = now, account.id if account else None, None
    else:
        row.declined_at, row.approved_at, row.approved_by_id = now, None, None
    who = account or invitation.invited_by
    actor = Actor(account=who, real=who)
    _save(session, row, "confirmed" if accepted else "declined", actor, now)
    questions.tell_lead(session, nomination, invitation, organisation, accepted=accepted, now=now)


def _standing(row: NominationPartner, invitation: Invitation | None) -> Standing:
    if row.declined_at is not None:
        return Standing.DECLINED
    if row.approved_at is not None:
        return Standing.BY_LETTER if row.approval_key else Standing.CONFIRMED
    return Standing.WAITING if invitation is not None else Standing.NOT_ASKED


def _row(session: Session, nomination: Nomination, organisation: Organisation) -> NominationPartner | None:
    return session.scalars(
        select(NominationPartner).where(
            NominationPartner.nomination_id == nomination.id,
            NominationPartner.organisation_id == organisation.id,
        )
    ).first()


def _need_open(session: Session, nomination: Nomination, now: datetime) -> None:
    """A draft's partners are free; those of a submitted one change at once, so only while nominations are taken."""
    session.refresh(nomination, with_for_update=True)
    _check_open(session, nomination, now)


def _check_open(session: Session, nomination: Nomination, now: datetime) -> None:
    if nomination.state not in drafts.EDITABLE:
        raise drafts.NotEditable(nomination.state.value)
    if nomination.state is NominationState.RETURNED:
        if FIELD not in (drafts.open_fields(session, nomination) or ()):
            raise drafts.FieldClosed(FIELD)
    elif nomination.state is NominationState.SUBMITTED:
        edition = session.get_one(Edition, nomination.edition_id)
        found = windows.window(session, edition, nomination, opened=None, now=now)
        if found is None or not found.is_open:
            raise drafts.NominationsNotOpen(edition.phase.value)


def _withdraw_questions(
    session: Session, row: NominationPartner, actor: Actor, now: datetime, but: Invitation | None = None
) -> None:
    nomination = session.get_one(Nomination, row.nomination_id)
    for asked in questions.waiting(session, nomination, InvitationKind.PARTNER):
        if asked.organisation_id == row.organisation_id and asked is not but:
            invitations.withdraw(session, asked, actor=actor, now=now)


def _save(
    session: Session, row: NominationPartner, what: str, actor: Actor, now: datetime, **more: str
) -> None:
    session.flush()
    nomination = session.get_one(Nomination, row.nomination_id)
    organisation = session.get_one(Organisation, row.organisation_id)
    session.expire(nomination, ["partners"])
    audit.record(
        session,
        actor=actor,
        action=f"partner.{what}",
        subject=nomination.public_id,
        now=now,
        edition=session.get_one(Edition, nomination.edition_id),
        after={"organisation": organisation.public_id, "name": organisation.name, **more},
    )


invitations.on_answer[InvitationKind.PARTNER] = _answer
