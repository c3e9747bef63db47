"""Receipts: what was submitted when, under which reference, with which hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, correspondence, drafts, nominations, references
from awards.audit import Actor
from awards.models import (
    Edition,
    Nomination,
    NominationRevision,
    NominationState,
    NominationSubmission,
    Timeliness,
)
from awards.notices import Template
from judging.values import Json


def of_nomination(session: Session, nomination: Nomination) -> Sequence[NominationSubmission]:
    """Everything that was submitted, the last one first."""
    return session.scalars(
        select(NominationSubmission)
        .where(NominationSubmission.nomination_id == nomination.id)
        .order_by(NominationSubmission.number.desc())
    ).all()


def find(session: Session, nomination: Nomination, identifier: str) -> NominationSubmission | None:
    """One of a nomination's submissions by its identifier."""
    return session.scalars(
        select(NominationSubmission).where(
            NominationSubmission.nomination_id == nomination.id,
            NominationSubmission.public_id == identifier,
        )
    ).first()


def category_of(session: Session, nomination: Nomination, revision: NominationRevision) -> str:
    """The category in which a revision would stand: its own, but where the nomination was moved or given back."""
    if nomination.submitted_number is None:
        return revision.category
    standing = drafts.revision(session, nomination, nomination.submitted_number)
    moved = standing is not None and standing.category != nomination.category
    return nomination.category if moved or nomination.state is NominationState.RETURNED else revision.category


def issue(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    revision: NominationRevision,
    timeliness: Timeliness,
    *,
    by: int,
    at: datetime,
    actor: Actor,
    now: datetime,
) -> NominationSubmission:
    """Let a revision stand, give it a reference and a receipt, and tell those who write it."""
    category = category_of(session, nomination, revision)
    if nomination.submitted_number is None:
        nomination.reference = references.following(session, edition, revision.category)
    nominations.advance(nomination, NominationState.SUBMITTED)
    nomination.submitted_number, nomination.category = revision.number, category
    if timeliness is not Timeliness.RETURNED or nomination.submitted_at is None:
        nomination.submitted_at = at
    last = session.scalar(
        select(func.max(NominationSubmission.number)).where(
            NominationSubmission.nomination_id == nomination.id
        )
    )
    submission = NominationSubmission(
        nomination_id=nomination.id,
        number=(last or 0) + 1,
        revision_number=revision.number,
        timeliness=timeliness,
        sha256=drafts.digest(revision),
        by_id=by,
        at=at,
    )
    session.add(submission)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="nomination.submitted",
        subject=nomination.public_id,
        now=now,
        edition=edition,
        after={
            "reference": nomination.reference,
            "revision": revision.number,
            "sha256": submission.sha256,
            "timeliness": timeliness.value,
        },
    )
    receipt: dict[str, Json] = {
        "sha256": submission.sha256,
        "number": submission.number,
        "at": at.isoformat(),
        "path": f"/nominations/{nomination.public_id}/receipt/{submission.public_id}",
    }
    correspondence.tell(session, edition, nomination, Template.RECEIPT, receipt, revision=revision, now=now)
    return submission
