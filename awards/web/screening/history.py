"""What has happened to one nomination: its decisions, the questions asked about its category, its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import moving
from awards.models import (
    Account,
    Answer,
    Decision,
    DecisionKind,
    Invitation,
    Nomination,
    NominationRevision,
    NominationSubmission,
    Told,
)
from awards.releasing import VERDICTS
from awards.web.screening.routes import Desk
from awards.web.screening.sayings import DECISIONS


@dataclass(frozen=True)
class Entry:
    """One thing that happened: what in words, who, the reason, the decision's number, whether it was told."""

    at: datetime
    what: str
    who: str
    reason: str
    number: int | None = None
    told: str = ""


@dataclass(frozen=True)
class Version:
    """One submitted text, the number of the one before it, and whether it stands."""

    revision: NominationRevision
    before: int | None
    stands: bool


def entries(session: Session, at: Desk, nomination: Nomination) -> list[Entry]:
    """What happened, the latest first."""
    found = [
        _decided(decision, told, at)
        for decision, told in session.execute(
            select(Decision, Told)
            .outerjoin(Told, Told.decision_id == Decision.id)
            .where(Decision.nomination_id == nomination.id)
        )
    ]
    found += [
        entry for invitation in moving.asked(session, nomination) for entry in _asked(session, at, invitation)
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.number or 0), reverse=True)


def versions(session: Session, nomination: Nomination) -> list[Version]:
    """The texts that were submitted, the latest first; drafts are their writers' own."""
    sent = set(
        session.scalars(
            select(NominationSubmission.revision_number).where(
                NominationSubmission.nomination_id == nomination.id
            )
        )
    )
    imported = nomination.imported_columns is not None
    revisions = [
        it
        for it in session.scalars(
            select(NominationRevision)
            .where(NominationRevision.nomination_id == nomination.id)
            .order_by(NominationRevision.number)
        )
        if it.number in sent
        or it.number == nomination.submitted_number
        or (imported and it.author_id is None and it.number < (nomination.submitted_number or 0))
    ]
    found = [
        Version(it, before.number if before else None, it.number == nomination.submitted_number)
        for before, it in zip([None, *revisions], revisions, strict=False)
    ]
    return found[::-1]


def _decided(decision: Decision, told: Told | None, at: Desk) -> Entry:
    waits = decision.kind in VERDICTS and told is None
    return Entry(
        decision.at,
        _what(decision, at),
        ", ".join(str(signer["name"]) for signer in decision.signers),
        decision.reason,
        decision.number,
        _("not told yet") if waits else "",
    )


def _what(decision: Decision, at: Desk) -> str:
    good = bool(decision.subject.get("eligible"))
    match decision.kind:
        case DecisionKind.ELIGIBILITY:
            return _("Found eligible") if good else _("Found not eligible")
        case DecisionKind.APPEAL:
            return _("Appeal upheld: eligible") if good else _("Appeal dismissed: not eligible")
        case DecisionKind.CATEGORY_MOVED:
            before, after = (
                at.names.name("categories", decision.subject.get(key)) for key in ("before", "after")
            )
            return _("Moved from %(before)s to %(after)s", before=before, after=after)
    return str(DECISIONS.get(decision.kind, decision.kind.value))


def _asked(session: Session, at: Desk, invitation: Invitation) -> list[Entry]:
    category = at.names.name("categories", invitation.arguments.get("category"))
    asked = Entry(
        invitation.at,
        _("Asked whether it may move to %(category)s", category=category),
        invitation.invited_by.name or invitation.invited_by.email,
        invitation.note,
    )
    if invitation.answer in (None, Answer.ACCEPTED) or invitation.answered_at is None:
        return [asked]
    person = session.get(Account, invitation.answered_by_id) if invitation.answered_by_id else None
    what = (
        _("The question about its category was taken back")
        if invitation.answer is Answer.WITHDRAWN
        else _("The nominator did not agree to the move")
    )
    return [asked, Entry(invitation.answered_at, what, person.name if person else "", "")]
