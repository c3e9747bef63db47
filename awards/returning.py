"""Returning: a nomination goes back to its people for the fields that are named, until a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, nominations, notices, recusals, releasing, screening, sections
from awards.audit import Actor
from awards.models import (
    Account,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationReturn,
    NominationRevision,
    NominationState,
)
from awards.notices import Template
from awards.screening import NotDecidable
from awards.timetable import Deadline, deadline
from judging.rules import Rules

USUAL = timedelta(days=7)
COLUMNS = ("title", "summary", "organisation_name", "city", "country", "language", "nominee_kind", "topics")
"""What every form asks, beside the programme's own fields; the category is moved, not returned."""


class NothingNamed(Exception):
    """A return names at least one field or file."""


class NobodyToAsk(Exception):
    """Nobody who could correct this nomination has an account here."""


class ReturnPast(Exception):
    """The date of a return lies in the future, and moves later only."""


class NotReturned(Exception):
    """This nomination isn't with its people now."""


class ReturnNotOver(Exception):
    """The nomination is with its people until the date that they were told."""


def nameable(rules: Rules) -> tuple[str, ...]:
    """The fields and files that a return may name, in the form's order."""
    own = [field.key for field in rules.fields if field.key not in COLUMNS]
    return (*COLUMNS, *own)


def send_back(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    *,
    named: Iterable[str],
    note: str,
    local: datetime,
    zone: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Give a nomination back to its people by a decision, open for the fields named until a date, and tell them.

    Raises ScreeningClosed, InterestBinds, NotDecidable, NothingNamed, NobodyToAsk, ReasonMissing, UnknownZone,
    ReturnPast.
    """
    screening.need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    if nomination.state is not NominationState.SUBMITTED:
        raise NotDecidable(f"{nomination.reference} is {nomination.state.value}")
    wanted = set(named)
    fields = [key for key in nameable(editions.rules_of(session, edition)) if key in wanted]
    if not fields:
        raise NothingNamed(nomination.reference)
    writers = releasing.writers_of(session, [nomination])[nomination.id]
    if not writers:
        raise NobodyToAsk(nomination.reference)
    why, until = decisions.need_reason(note), deadline(local, zone)
    if until.instant <= now:
        raise ReturnPast(nomination.reference)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.RETURNED,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={
            "nomination": nomination.reference,
            "fields": list(fields),
            "until": until.instant.isoformat(),
        },
        names=_names(session, nomination),
        reason=why,
        signed_as="screener",
    )
    returned = NominationReturn(
        nomination_id=nomination.id,
        revision_number=nomination.submitted_number or 0,
        fields=[*fields, *(other for key in fields for other in sections.TOGETHER.get(key, ()))],
        note=why,
        local=until.local.isoformat(),
        zone=until.zone,
        until=until.instant,
        decision_id=decision.id,
        at=now,
    )
    session.add(returned)
    nominations.advance(nomination, NominationState.RETURNED)
    releasing.tell(session, decision, actor=actor, now=now)
    _tell(session, edition, nomination, returned, decision, writers, now=now)
    session.flush()
    return decision


def last(session: Session, nomination: Nomination) -> NominationReturn | None:
    """The last return of a nomination, answered or not."""
    return session.scalars(
        select(NominationReturn)
        .where(NominationReturn.nomination_id == nomination.id)
        .order_by(NominationReturn.id.desc())
        .limit(1)
    ).first()


def current(session: Session, nomination: Nomination) -> NominationReturn | None:
    """The return that waits for its answer: None unless the nomination is with its people now."""
    return last(session, nomination) if nomination.state is NominationState.RETURNED else None


def until(found: NominationReturn) -> Deadline:
    """Until when a return is open, as it was stated."""
    return Deadline(datetime.fromisoformat(found.local), found.zone, found.until)


def is_over(found: NominationReturn, now: datetime, *, grace_minutes: int = 0) -> bool:
    """Whether the date of a return, with the grace where one is given, has passed."""
    return now > found.until + timedelta(minutes=grace_minutes)


def extend(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    *,
    local: datetime,
    zone: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Give the nomination's people more time, also where their date has passed, and tell them.

    Raises ScreeningClosed, InterestBinds, NotReturned, ReasonMissing, UnknownZone, ReturnPast.
    """
    screening.need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    found = _current(session, nomination)
    why, later = decisions.need_reason(reason), deadline(local, zone)
    if later.instant <= max(found.until, now):
        raise ReturnPast(nomination.reference)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.DEADLINE,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={
            "nomination": nomination.reference,
            "moment": "return",
            "before": found.until.isoformat(),
            "at": later.instant.isoformat(),
        },
        names=_names(session, nomination),
        reason=why,
        signed_as="screener",
    )
    found.local, found.zone, found.until = later.local.isoformat(), later.zone, later.instant
    releasing.tell(session, decision, actor=actor, now=now)
    writers = releasing.writers_of(session, [nomination])[nomination.id]
    _tell(session, edition, nomination, found, decision, writers, now=now)
    session.flush()
    return decision


def close(
    session: Session, edition: Edition, nomination: Nomination, *, actor: Actor, now: datetime
) -> NominationReturn:
    """Take back a nomination that wasn't corrected in time: it is decided on the text that stands.

    Raises ScreeningClosed, InterestBinds, NotReturned, ReturnNotOver.
    """
    screening.need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    found = _current(session, nomination)
    if not is_over(found, now, grace_minutes=editions.rules_of(session, edition).eligibility.grace_minutes):
        raise ReturnNotOver(nomination.reference)
    nominations.advance(nomination, NominationState.SUBMITTED)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="return.closed",
        subject=nomination.reference,
        now=now,
        edition=edition,
        after={"until": found.until.isoformat(), "revision": nomination.submitted_number},
    )
    return found


def _current(session: Session, nomination: Nomination) -> NominationReturn:
    found = current(session, nomination)
    if found is None:
        raise NotReturned(nomination.reference)
    return found


def _names(session: Session, nomination: Nomination) -> dict[str, str]:
    revision = session.scalars(
        select(NominationRevision).where(
            NominationRevision.nomination_id == nomination.id,
            NominationRevision.number == nomination.submitted_number,
        )
    ).one()
    return {"title": revision.title, "organisation": revision.organisation_name}


def _tell(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    returned: NominationReturn,
    decision: Decision,
    writers: Iterable[Account],
    *,
    now: datetime,
) -> None:
    notices.tell(
        session,
        Template.RETURNED,
        writers,
        edition=edition,
        arguments={
            "title": decision.names.get("title", ""),
            "reference": nomination.reference,
            "decision": decision.number,
            "fields": list(sections.named(returned.fields)),
            "note": returned.note,
            "until": {"local": returned.local, "zone": returned.zone},
            "path": f"/nominations/{nomination.public_id}/",
        },
        decision=decision,
        now=now,
    )
