"""Second readers while they read: others where some are lost, more time for all, a reminder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from awards import audit, briefing, conflicts, decisions, editions, further, notices, readings
from awards.audit import Actor
from awards.further import Drawn
from awards.models import Decision, DecisionKind, Edition, SecondReading
from awards.notices import Template
from awards.second_readings import BECAUSE, LONGEST_REASON, TooEarly, need_chair, need_open
from awards.timetable import in_zone
from judging.values import Json


def fill(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Drawn:
    """Find other judges for sheets whose reader left, handed back or is in conflict; what stays short is said.

    Raises NotOpen.
    """
    editions.lock(session, edition)
    reading = need_open(session, edition)
    conflicts.find(session, edition, actor=actor, now=now)
    lacking = {it.reference: it.lacking for it in readings.progress(session, reading).lines if it.lacking}
    drawn = further.draw(session, edition, lacking, f"{edition.seed or edition.public_id} {reading.number}")
    short = {it.reference: it for it in drawn.lacks}
    reading.unfilled = [
        {"nomination": it.reference, "wanted": it.wanted, "found": it.found, "cause": it.cause.value}
        for it in short.values()
    ]
    further.issue(session, edition, reading, drawn, now=now)
    _record(session, edition, reading, "readings.filled", {"sheets": len(drawn.new)}, actor=actor, now=now)
    return drawn


def extend(
    session: Session, edition: Edition, *, closes: datetime, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Give all second readers more time, by a decision; they are told. Raises NotOpen, NotTheChair, TooEarly,
    ReasonMissing.
    """
    editions.lock(session, edition)
    reading = need_open(session, edition)
    signed_as = need_chair(session, edition, reading.extra, actor=actor)
    why = decisions.need_reason(reason)[:LONGEST_REASON]
    before = in_zone(reading.closes_at, edition.zone)
    if closes <= now or closes <= reading.closes_at:
        raise TooEarly(closes.isoformat())
    reading.closes_at = closes
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.DEADLINE,
        actor=actor,
        now=now,
        subject={"moment": BECAUSE, "readings": reading.number, "at": closes.isoformat()},
        reason=why,
        signed_as=signed_as,
    )
    arguments: dict[str, Json] = {
        "edition": edition.key,
        "moment": "marks_close",
        "reader": "judge",
        "own": True,
        "old": notices.moment(before),
        "new": notices.moment(in_zone(closes, edition.zone)),
        "reason": why,
    }
    for judge in further.readers(session, readings.progress(session, reading).left):
        if judge.account.active and judge.account.email:
            briefing.say(session, edition, judge, Template.DATE_MOVED, arguments, now=now)
    return decision


def remind(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> int:
    """Write again to those who have further sheets left, nobody twice within a day; how many. Raises NotOpen."""
    editions.lock(session, edition)
    reading = need_open(session, edition)
    left = readings.progress(session, reading).left
    told = 0
    for judge in further.readers(session, left):
        told += further.tell(
            session, edition, reading, judge, left[judge.id], f"{reading.number} {now:%Y-%m-%d}", now=now
        )
    if told:
        _record(session, edition, reading, "readings.reminded", {"judges": told}, actor=actor, now=now)
    return told


def _record(
    session: Session,
    edition: Edition,
    reading: SecondReading,
    action: str,
    after: Mapping[str, Json],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"second readings {reading.number}",
        now=now,
        edition=edition,
        after=after,
    )
