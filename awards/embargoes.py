"""Embargoes: press contacts by name, the secret of their link, and how what they were shown is taken back."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from awards import audit, notices
from awards.audit import Actor
from awards.models import Decision, Edition, Outbox, OutboxState, PressAccess, PressContact
from awards.notices import Template
from awards.sessions import digest
from judging.values import Json

WAITING = (OutboxState.HELD, OutboxState.QUEUED)


def of_edition(session: Session, edition: Edition) -> Sequence[PressContact]:
    """Everybody of the press who was ever asked, in that order."""
    return session.scalars(
        select(PressContact).where(PressContact.edition_id == edition.id).order_by(PressContact.id)
    ).all()


def find(session: Session, edition: Edition, identifier: str) -> PressContact | None:
    """A press contact by its public identifier."""
    return session.scalars(
        select(PressContact).where(
            PressContact.edition_id == edition.id, PressContact.public_id == identifier
        )
    ).first()


def of_token(session: Session, token: str) -> PressContact | None:
    """Whose link it is, ended or not; None for a link that nobody made, or that a later one replaced."""
    return session.scalars(select(PressContact).where(PressContact.token_sha256 == digest(token))).first()


def make_token(session: Session, identifier: str) -> str:
    """The token of a new link for the mail to a press contact; the one sent before opens nothing any more.

    Empty where there is no such contact, or their access was ended.
    """
    contact = session.scalars(select(PressContact).where(PressContact.public_id == identifier)).first()
    if contact is None or contact.ended_at is not None:
        return ""
    token = secrets.token_urlsafe(32)
    contact.token_sha256 = digest(token)
    session.flush()
    return token


def write(
    session: Session,
    edition: Edition,
    contact: PressContact,
    template: Template,
    *,
    categories: Collection[str] = (),
    until: datetime | None = None,
    decision: Decision | None = None,
    now: datetime,
) -> None:
    """A letter to a press contact: it names categories, and nobody who won."""
    about: dict[str, Json] = {
        "contact": contact.public_id,
        "name": contact.name,
        "categories": [*categories],
        "until": until.isoformat() if until else "",
        "path": f"/{edition.key}/",
    }
    notices.queue(
        session,
        template,
        contact.email,
        language=contact.language,
        now=now,
        edition=edition,
        arguments=about,
        decision=decision,
    )


def cancel(session: Session, edition: Edition, contact: PressContact) -> int:
    """Take back the letters with a link to a press contact that have not gone out; how many."""
    found = session.scalars(
        select(Outbox).where(
            Outbox.edition_id == edition.id,
            Outbox.template == Template.PRESS_INVITED.value,
            Outbox.state.in_(WAITING),
        )
    )
    return notices.cancel(session, [it for it in found if it.arguments.get("contact") == contact.public_id])


def readers(session: Session, edition: Edition) -> list[PressContact]:
    """Those who agreed once, and may have read winners: also who was asked anew since, or whose access was ended."""
    agreed = PressContact.agreed_at.is_not(None)
    noted = exists().where(PressAccess.contact_id == PressContact.id)
    return [
        *session.scalars(
            select(PressContact)
            .where(PressContact.edition_id == edition.id, agreed | noted)
            .order_by(PressContact.id)
        )
    ]


def take_back(
    session: Session,
    edition: Edition,
    categories: Collection[str],
    *,
    decision: Decision | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Close some categories to the press, whose results don't stand as they were shown; how many contacts lost one.

    Whoever had agreed may have read it, and is told. An organiser may ask them anew once the result stands.
    """
    closed, told = 0, {it.id for it in readers(session, edition)}
    for contact in of_edition(session, edition):
        lost = [key for key in contact.categories if key in categories]
        if contact.ended_at is not None or not lost:
            continue
        closed += 1
        contact.categories = [key for key in contact.categories if key not in categories]
        if not contact.categories:
            cancel(session, edition, contact)
        if contact.id in told:
            write(
                session,
                edition,
                contact,
                Template.PRESS_TAKEN_BACK,
                categories=lost,
                decision=decision,
                now=now,
            )
        audit.record(
            session,
            actor=actor,
            action="press.taken_back",
            subject=contact.public_id,
            now=now,
            edition=edition,
            after={"categories": [*lost]},
        )
    session.flush()
    return closed
