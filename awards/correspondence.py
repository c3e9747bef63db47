"""Who writes a nomination, and what they are told about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import notices
from awards.models import Account, Decision, Edition, Nomination, NominationEditor, NominationRevision
from awards.notices import Template
from judging.values import Json


def people(session: Session, nomination: Nomination) -> Sequence[Account]:
    """Everybody who writes a nomination: its nominator first, then the others."""
    editors = session.scalars(
        select(Account)
        .join(NominationEditor, NominationEditor.account_id == Account.id)
        .where(NominationEditor.nomination_id == nomination.id, NominationEditor.ended_at.is_(None))
        .order_by(NominationEditor.id)
    ).all()
    nominator = session.get(Account, nomination.nominator_id) if nomination.nominator_id else None
    return ([nominator] if nominator else []) + [it for it in editors if it is not nominator]


def tell(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    template: Template,
    arguments: Mapping[str, Json],
    *,
    revision: NominationRevision,
    now: datetime,
    decision: Decision | None = None,
) -> None:
    """Write to everybody who writes a nomination."""
    about: dict[str, Json] = {
        "title": revision.title,
        "reference": nomination.reference if nomination.submitted_number is not None else "",
        "path": f"/nominations/{nomination.public_id}/",
    }
    notices.tell(
        session,
        template,
        people(session, nomination),
        edition=edition,
        arguments=about | dict(arguments),
        decision=decision,
        now=now,
    )
