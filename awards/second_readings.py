"""Second readings: the chair orders further sheets where the rule finds it close, and closes them when they are in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    assignments,
    borderline,
    briefing,
    calibrations,
    chairs,
    conflicts,
    decisions,
    editions,
    further,
    naming,
    nominations,
    readings,
    recounts,
    standings,
)
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    ReadingState,
    SecondReading,
)
from awards.notices import Template
from awards.readings import Progress
from judging.values import Json, canonical

BECAUSE = "second_readings"
LONGEST_REASON = 1000


class AnotherList(Exception):
    """The list or its readers are not those that were shown: something changed meanwhile."""


class TooEarly(Exception):
    """The last day for second readings lies ahead, and an extension later than the day that holds."""


class NotOpen(Exception):
    """No second readings are under way, or not these."""


class SubmittedAlready(Exception):
    """A further sheet is submitted, so second readings are closed, not called off."""


class StillReading(Exception):
    """Sheets are still to come in and there is time."""


class NotConfirmed(Exception):
    """Sheets that are missing are named before second readings are closed; these are others than those confirmed."""


def order(
    session: Session, edition: Edition, *, closes: datetime, shown: str, actor: Actor, now: datetime
) -> SecondReading:
    """Order the second readings that were shown, until a moment: a signed decision; the judges are told by mail.

    Raises what `borderline.plan` raises, NotTheChair, TooEarly, AnotherList.
    """
    editions.lock(session, edition)
    borderline.need_time(session, edition, borderline.budget_left(session, edition))
    conflicts.find(session, edition, actor=actor, now=now)
    found = borderline.plan(session, edition)
    signed_as = need_chair(session, edition, found.extra, actor=actor)
    if closes <= now:
        raise TooEarly(closes.isoformat())
    if found.sha256 != shown:
        raise AnotherList(edition.key)
    names = {
        it.reference: naming.shown(it)
        for it in found.drawn.pairs.nominations.values()
        if it.reference in found.extra
    }
    number = len(readings.of_edition(session, edition)) + 1
    unfilled: list[Json] = [
        {"nomination": it.reference, "wanted": it.wanted, "found": it.found, "cause": it.cause.value}
        for it in found.drawn.lacks
    ]
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.SECOND_READINGS,
        actor=actor,
        now=now,
        subject={
            "readings": number,
            "extra": dict[str, Json](found.extra),
            "calibration": found.calibration.number,
            "sheets_sha256": found.calibration.sheets_sha256,
            "budget": found.rules.budget,
            "most": found.rules.most,
            "closes": closes.isoformat(),
            "unfilled": unfilled,
        },
        names=names,
        signed_as=signed_as,
    )
    reading = SecondReading(
        edition_id=edition.id,
        number=number,
        calibration_id=found.calibration.id,
        decision_id=decision.id,
        extra=dict(found.extra),
        unfilled=unfilled,
        closes_at=closes,
        at=now,
    )
    session.add(reading)
    session.flush()
    further.issue(session, edition, reading, found.drawn, now=now)
    return reading


def call_off(session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime) -> Decision:
    """Take the order back before a further sheet is submitted. Raises NotOpen, NotTheChair, SubmittedAlready,
    ReasonMissing.
    """
    editions.lock(session, edition)
    reading = need_open(session, edition)
    signed_as = need_chair(session, edition, reading.extra, actor=actor)
    why = decisions.need_reason(reason)[:LONGEST_REASON]
    given = readings.sheets(session, [reading])
    if any(it.submitted for it in given):
        raise SubmittedAlready(str(reading.number))
    told: dict[int, list[str]] = {}
    for it in given:
        if it.state is AssignmentState.ISSUED:
            ended = session.get_one(Assignment, it.assignment)
            assignments.end(
                session, edition, ended, AssignmentState.RELEASED, reason=why, actor=actor, now=now
            )
            told.setdefault(it.judge, []).append(it.reference)
    reading.state, reading.closed_at = ReadingState.CALLED_OFF, now
    session.flush()
    for judge in further.readers(session, told):
        references = list[Json](told[judge.id])
        briefing.say(
            session, edition, judge, Template.RELEASED, {"references": references, "reason": why}, now=now
        )
    return _decide_end(
        session, edition, reading, {"called_off": True}, why, signed_as=signed_as, actor=actor, now=now
    )


def close(session: Session, edition: Edition, *, missing: str, actor: Actor, now: datetime) -> Decision:
    """Close second readings: their sheets count with the others, and every category concerned is counted again.

    When all are in, or their time is over and what is missing was read: `missing` is its fingerprint.
    Raises NotOpen, NotTheChair, StillReading, NotConfirmed, TooManyToFit.
    """
    editions.lock(session, edition)
    reading = need_open(session, edition)
    signed_as = need_chair(session, edition, reading.extra, actor=actor)
    found = readings.progress(session, reading)
    if found.out and now < reading.closes_at:
        raise StillReading(str(found.out))
    if found.missing and missing != lacking_sha256(found):
        raise NotConfirmed(str(len(found.missing)))
    came = [it.reference for it in found.lines if it.submitted and it.stands]
    reading.state, reading.closed_at = ReadingState.CLOSED, now
    session.flush()
    subject: dict[str, Json] = {
        "closed": True,
        "sheets": found.submitted,
        "missing": {it.reference: it.out + it.lacking for it in found.missing},
    }
    decision = _decide_end(session, edition, reading, subject, "", signed_as=signed_as, actor=actor, now=now)
    touched: dict[str, list[str]] = {}
    for category, reference in session.execute(
        select(Nomination.category, Nomination.reference).where(
            Nomination.edition_id == edition.id, Nomination.reference.in_(came)
        )
    ):
        touched.setdefault(category, []).append(reference)
    for category in standings.latest(session, edition):
        if category in touched:
            recounts.count_again(
                session,
                edition,
                category,
                touched[category],
                BECAUSE,
                signed_as=signed_as,
                actor=actor,
                now=now,
            )
    calibrations.start(session, edition, now=now)
    return decision


def need_chair(session: Session, edition: Edition, extra: Collection[str], *, actor: Actor) -> str:
    """As what somebody signs about second readings of some nominations. Raises NotTheChair.

    Where chair and deputies are all bound in one of them, whoever comes first acts: the rule alone makes the list.
    """
    about = [it for it in nominations.of_edition(session, edition) if it.reference in extra]
    if chairs.table_of(session, edition).all_bound(about):
        about = []
    return chairs.need(session, edition, about, actor=actor)


def lacking_sha256(found: Progress) -> str:
    """Of what has not come in, so that what was named is what is confirmed."""
    named: list[Json] = [[it.reference, it.out + it.lacking] for it in found.missing]
    return hashlib.sha256(canonical(named)).hexdigest()


def need_open(session: Session, edition: Edition) -> SecondReading:
    """The second readings that are under way, as they stand now. Raises NotOpen."""
    found = readings.current(session, edition)
    if found is None:
        raise NotOpen(edition.key)
    session.refresh(found)
    return found


def _decide_end(
    session: Session,
    edition: Edition,
    reading: SecondReading,
    subject: Mapping[str, Json],
    reason: str,
    *,
    signed_as: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    return decisions.decide(
        session,
        edition,
        DecisionKind.SECOND_READINGS,
        actor=actor,
        now=now,
        subject={"readings": reading.number, **subject},
        reason=reason,
        signed_as=signed_as,
        supersedes=session.get_one(Decision, reading.decision_id),
    )
