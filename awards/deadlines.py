"""Deadlines as they hold for one nomination: the edition's, or a later one of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from awards import announcements, decisions, editions, notices, organisations
from awards.audit import Actor
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    Nomination,
    NominationRevision,
    NominationState,
    NominationSubmission,
    Organisation,
    OwnDeadline,
    Timeliness,
    TimetableAmendment,
)
from awards.notices import Template
from awards.timetable import Deadline, Moment, deadline, in_zone

WRITTEN = (NominationState.DRAFT, NominationState.SUBMITTED, NominationState.RETURNED)


class Timing(StrEnum):
    """How a moment stands to a deadline."""

    IN_TIME = "in_time"
    GRACE = "grace"
    LATE = "late"


def closes(session: Session, edition: Edition, nomination: Nomination | None = None) -> Deadline | None:
    """When nominations close: for the edition, or for one nomination with the latest that applies to it.

    None where no date is stated: a date that isn't stated closes nothing.
    """
    if nomination is None:
        return stated_of(session, [edition.id]).get(edition.id)
    newest = max(nomination.revisions, key=_number, default=None)
    return of_all(session, [(nomination, newest)])[nomination.id]


def of_vote(election: Election, stated: Deadline | None) -> Deadline | None:
    """When an election closes; None for a run-off, and one opened after the stated close: people close them, and may
    announce the minute.
    """
    if election.last_call_at is not None:
        return in_zone(election.last_call_at, election.edition.zone)
    opened_later = (
        stated is not None and election.opened_at is not None and election.opened_at >= stated.instant
    )
    return None if election.kind is ElectionKind.RUNOFF or opened_later else stated


def of_all(
    session: Session, wanted: Iterable[tuple[Nomination, NominationRevision | None]]
) -> dict[int, Deadline | None]:
    """The same for several, each given with its newest text, by row, after three queries at most.

    Where that text is moved to another category, a later close of either doesn't count unless the other has it too.
    """
    pairs = list(wanted)
    stated = stated_of(session, {it.edition_id for it, _ in pairs})
    granted = session.scalars(
        select(OwnDeadline)
        .where(OwnDeadline.edition_id.in_(stated.keys()), OwnDeadline.moment == Moment.NOMINATIONS_CLOSE)
        .order_by(OwnDeadline.at_utc)
    ).all()
    stands = organisations.standing(session) if granted else {}
    found = {}
    for it, newest in pairs:
        lead = newest.organisation_id if newest is not None else None
        of_either = []
        for category in {it.category, newest.category if newest is not None else it.category}:
            held = stated.get(it.edition_id)
            for later in granted:
                is_later = held is not None and later.at_utc > held.instant
                if (
                    is_later
                    and later.edition_id == it.edition_id
                    and _applies(later, it.id, category, lead, stands)
                ):
                    held = _deadline_of(later)
            of_either.append(held)
        found[it.id] = min(
            of_either, key=lambda held: held.instant if held else datetime.max.replace(tzinfo=UTC)
        )
    return found


def later_categories(session: Session, edition: Edition, now: datetime) -> dict[str, Deadline]:
    """The categories that were granted a later close of nominations which isn't over yet, each with the latest."""
    granted = session.scalars(
        select(OwnDeadline)
        .where(
            OwnDeadline.edition_id == edition.id,
            OwnDeadline.moment == Moment.NOMINATIONS_CLOSE,
            OwnDeadline.category.is_not(None),
            OwnDeadline.at_utc >= now,
        )
        .order_by(OwnDeadline.at_utc)
    )
    return {str(it.category): _deadline_of(it) for it in granted}


def _deadline_of(granted: OwnDeadline) -> Deadline:
    return Deadline(datetime.fromisoformat(granted.local), granted.zone, granted.at_utc)


def stated_of(session: Session, editions: Collection[int]) -> dict[int, Deadline]:
    """When nominations close in each edition, as last stated."""
    changes = session.scalars(
        select(TimetableAmendment)
        .where(
            TimetableAmendment.edition_id.in_(editions),
            TimetableAmendment.moment == Moment.NOMINATIONS_CLOSE,
        )
        .order_by(TimetableAmendment.number)
    )
    return {it.edition_id: Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc) for it in changes}


def _applies(
    granted: OwnDeadline, nomination: int, category: str, lead: int | None, stands: Mapping[int, int]
) -> bool:
    """Whether a later deadline was granted to a nomination, its category, or the organisation that leads it."""
    if granted.nomination_id == nomination or (granted.category is not None and granted.category == category):
        return True
    body = granted.organisation_id
    return body is not None and lead is not None and stands.get(body, body) == stands.get(lead, lead)


def own(session: Session, edition: Edition) -> dict[str, datetime]:
    """The instants of deadlines that are later than the edition's, by reference, as eligibility takes them.

    For one that was accepted late it is the moment at which it was sent.
    """
    stated = closes(session, edition)
    granted = session.scalars(
        select(OwnDeadline).where(
            OwnDeadline.edition_id == edition.id, OwnDeadline.moment == Moment.NOMINATIONS_CLOSE
        )
    ).all()
    found = _accepted_late(session, edition)
    stands = organisations.standing(session)
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
            (it.at_utc for it in granted if _applies(it, nomination, category, organisation, stands)),
            default=stated.instant,
        )
        if its > stated.instant:
            found[reference] = max(its, found.get(reference, its))
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

    Everyone who writes a nomination that it concerns is told. Raises ReasonMissing, UnknownZone, DeadlineEarlier
    where it isn't later than what holds.
    """
    editions.lock(session, edition)
    wanted, reason = deadline(local, zone), decisions.need_reason(reason)
    holds = closes(session, edition, nomination)
    if wanted.instant <= now or (holds is not None and wanted.instant <= holds.instant):
        raise editions.DeadlineEarlier(Moment.NOMINATIONS_CLOSE.value)
    concerned = written(session, edition)
    before = of_all(session, concerned)
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
    session.flush()
    after = of_all(session, concerned)
    for it, _ in concerned:
        later = after[it.id]
        if later is not None and later != before[it.id]:
            _tell(session, edition, it, before[it.id], later, reason=reason, actor=actor, now=now)
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


def _number(revision: NominationRevision) -> int:
    return revision.number


def written(session: Session, edition: Edition) -> list[tuple[Nomination, NominationRevision]]:
    """The nominations that are still written, each with its newest revision."""
    found = session.scalars(
        select(Nomination)
        .where(Nomination.edition_id == edition.id, Nomination.state.in_(WRITTEN))
        .options(selectinload(Nomination.revisions))
    )
    return [(it, max(it.revisions, key=_number)) for it in found if it.revisions]


def _tell(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    before: Deadline | None,
    after: Deadline,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    announcements.tell(
        session,
        edition,
        Template.DATE_MOVED,
        {
            "edition": edition.key,
            "moment": Moment.NOMINATIONS_CLOSE.value,
            "old": notices.moment(before) if before is not None else None,
            "new": notices.moment(after),
            "reason": reason,
            "path": f"/nominations/{nomination.public_id}/",
        },
        of=nomination,
        actor=actor,
        now=now,
    )
