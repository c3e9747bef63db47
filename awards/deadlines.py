"""Deadlines as they hold for one nomination: the edition's, or a later one of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from awards import decisions, editions
from awards.audit import Actor
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationRevision,
    NominationSubmission,
    Organisation,
    OwnDeadline,
    Timeliness,
)
from awards.timetable import Deadline, Moment, deadline


class Timing(StrEnum):
    """How a moment stands to a deadline."""

    IN_TIME = "in_time"
    GRACE = "grace"
    LATE = "late"


def closes(session: Session, edition: Edition, nomination: Nomination | None = None) -> Deadline | None:
    """When nominations close: for the edition, or for one nomination with the latest that applies to it.

    None where no date is stated: a date that isn't stated closes nothing.
    """
    stated = editions.timetable_of(session, edition).get(Moment.NOMINATIONS_CLOSE)
    if stated is None or nomination is None:
        return stated
    own = session.scalars(
        select(OwnDeadline)
        .where(
            OwnDeadline.edition_id == edition.id,
            OwnDeadline.moment == Moment.NOMINATIONS_CLOSE,
            or_(
                OwnDeadline.nomination_id == nomination.id,
                OwnDeadline.category == nomination.category,
                OwnDeadline.organisation_id.in_(_organisations(nomination)),
            ),
        )
        .order_by(OwnDeadline.at_utc.desc())
        .limit(1)
    ).first()
    if own is None or own.at_utc <= stated.instant:
        return stated
    return Deadline(datetime.fromisoformat(own.local), own.zone, own.at_utc)


def own(session: Session, edition: Edition) -> dict[str, datetime]:
    """The instants of deadlines that are later than the edition's, by reference, as eligibility takes them.

    For one that was accepted late it is the moment at which it was sent.
    """
    found = _granted(session, edition)
    for reference, at in _accepted_late(session, edition).items():
        found[reference] = max(at, found.get(reference, at))
    return found


def _granted(session: Session, edition: Edition) -> dict[str, datetime]:
    """The own deadlines that are later than the edition's, by reference."""
    stated = closes(session, edition)
    granted = session.scalars(
        select(OwnDeadline).where(
            OwnDeadline.edition_id == edition.id, OwnDeadline.moment == Moment.NOMINATIONS_CLOSE
        )
    ).all()
    found: dict[str, datetime] = {}
    if stated is None or not granted:
        return found
    newest = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("number"))
        .group_by(NominationRevision.nomination_id)
        .subquery()
    )
    rows = session.execute(
        select(Nomination.id, Nomination.reference, Nomination.category, NominationRevision.organisation_id)
        .join(newest, newest.c.nomination_id == Nomination.id)
        .join(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == newest.c.number,
            ),
        )
        .where(Nomination.edition_id == edition.id)
    )
    for nomination, reference, category, organisation in rows:
        its = max(
            (
                it.at_utc
                for it in granted
                if nomination == it.nomination_id
                or (it.category is not None and it.category == category)
                or (it.organisation_id is not None and it.organisation_id == organisation)
            ),
            default=stated.instant,
        )
        if its > stated.instant:
            found[reference] = its
    return found


def _accepted_late(session: Session, edition: Edition) -> dict[str, datetime]:
    rows = session.execute(
        select(Nomination.reference, func.max(NominationSubmission.at).label("at"))
        .join(NominationSubmission, NominationSubmission.nomination_id == Nomination.id)
        .where(
            Nomination.edition_id == edition.id,
            NominationSubmission.timeliness == Timeliness.LATE_ACCEPTED,
        )
        .group_by(Nomination.reference)
    )
    return {row.reference: row.at for row in rows}


def timing(stated: Deadline | None, *, opened: datetime | None, now: datetime, grace_minutes: int) -> Timing:
    """How a form stands that was opened and is sent now: in time, within the grace (opened in time), or late."""
    if stated is None or now <= stated.instant:
        return Timing.IN_TIME
    in_time = opened is not None and opened <= stated.instant
    return (
        Timing.GRACE if in_time and now <= stated.instant + timedelta(minutes=grace_minutes) else Timing.LATE
    )


def grant(
    session: Session,
    edition: Edition,
    local: datetime,
    *,
    zone: str,
    reason: str,
    nomination: Nomination | None = None,
    organisation: Organisation | None = None,
    category: str | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Give one nomination, organisation or category a later close of nominations, by a decision with its reason.

    Raises ReasonMissing, UnknownZone, DeadlineEarlier where it isn't later than what holds.
    """
    editions.lock(session, edition)
    wanted, reason = deadline(local, zone), decisions.need_reason(reason)
    holds = closes(session, edition, nomination)
    if wanted.instant <= now or (holds is not None and wanted.instant <= holds.instant):
        raise editions.DeadlineEarlier(Moment.NOMINATIONS_CLOSE.value)
    session.add(
        OwnDeadline(
            edition_id=edition.id,
            moment=Moment.NOMINATIONS_CLOSE,
            nomination_id=nomination.id if nomination else None,
            organisation_id=organisation.id if organisation else None,
            category=category,
            local=wanted.local.isoformat(),
            zone=zone,
            at_utc=wanted.instant,
            reason=reason,
            by_id=actor.account.id,
            at=now,
        )
    )
    return decisions.decide(
        session,
        edition,
        DecisionKind.DEADLINE,
        actor=actor,
        now=now,
        category=category,
        nomination=nomination,
        subject={
            "moment": Moment.NOMINATIONS_CLOSE.value,
            "at": wanted.instant.isoformat(),
            "nomination": nomination.reference if nomination else None,
            "organisation": organisation.public_id if organisation else None,
        },
        reason=reason,
    )


def _organisations(nomination: Nomination) -> set[int]:
    """The lead organisations of a nomination's newest revision."""
    newest = max(nomination.revisions, key=_number, default=None)
    return {newest.organisation_id} if newest is not None and newest.organisation_id else set()


def _number(revision: NominationRevision) -> int:
    return revision.number
