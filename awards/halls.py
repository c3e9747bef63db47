"""A vote that people close, as in a hall: its last minutes announced, made longer, called off; one left open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from awards import audit, deadlines, editions, elections
from awards.audit import Actor
from awards.models import Edition, Election, ElectionState, TimetableAmendment
from awards.timetable import Deadline, Moment, in_zone

MINUTES, LEAST, MOST = 5, 1, 120
LEFT = timedelta(hours=12)
"""A vote without a date that is open for longer was forgotten, as overnight."""


class NotByHand(Exception):
    """No vote is open that people close: a date does, or nothing is open."""


class ShorterCall(Exception):
    """The last minutes may be made longer, not shorter: people count on them."""

    def __init__(self, until: Deadline) -> None:
        super().__init__(until.instant.isoformat())
        self.until = until


class CallOver(Exception):
    """The announced minute has passed, and nobody can vote any more."""


class WrongMinutes(Exception):
    """So many minutes can't be announced."""


def last_call(session: Session, edition: Edition, minutes: int, *, actor: Actor, now: datetime) -> Deadline:
    """Announce that an open vote without a date takes nothing any more after so many minutes, up to a full one.

    Announced once more it may come later only. Raises NotByHand, WrongMinutes, ShorterCall, CallOver.
    """
    editions.lock(session, edition)
    if not LEAST <= minutes <= MOST:
        raise WrongMinutes(str(minutes))
    found = _by_hand(session, edition)
    until = in_zone(_full_minute(now + timedelta(minutes=minutes)), edition.zone)
    if (before := _called(found, edition)) is not None:
        if before.instant < now:
            raise CallOver(edition.key)
        if until.instant < before.instant:
            raise ShorterCall(before)
    for election in found:
        election.last_call_at = until.instant
    _record(session, edition, "vote.last_call", before, until, actor=actor, now=now)
    return until


def call_off(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Take the announcement back before its minute: the vote goes on until people close it.

    Raises NotByHand where nothing is announced, CallOver.
    """
    editions.lock(session, edition)
    found = _by_hand(session, edition)
    before = _called(found, edition)
    if before is None:
        raise NotByHand(edition.key)
    if before.instant < now:
        raise CallOver(edition.key)
    for election in found:
        election.last_call_at = None
    _record(session, edition, "vote.last_call_off", before, None, actor=actor, now=now)


def _by_hand(session: Session, edition: Edition) -> list[Election]:
    """The open elections that no stated date closes, the public's too. Raises NotByHand."""
    stated = editions.timetable_of(session, edition).get(Moment.VOTE_CLOSE)
    opened = (
        *elections.of_edition(session, edition, ElectionState.OPEN),
        *elections.of_the_public(session, edition, ElectionState.OPEN),
    )
    for election in opened:
        session.refresh(election)
    found = [it for it in opened if it.last_call_at is not None or deadlines.of_vote(it, stated) is None]
    if not found:
        raise NotByHand(edition.key)
    return found


def _called(found: Sequence[Election], edition: Edition) -> Deadline | None:
    moments = [it.last_call_at for it in found if it.last_call_at is not None]
    return in_zone(max(moments), edition.zone) if moments else None


def _full_minute(moment: datetime) -> datetime:
    cut = moment.replace(second=0, microsecond=0)
    return cut if cut == moment else cut + timedelta(minutes=1)


def _record(
    session: Session,
    edition: Edition,
    action: str,
    before: Deadline | None,
    after: Deadline | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=edition.key,
        now=now,
        edition=edition,
        before={"until": before.instant.isoformat() if before else None},
        after={"until": after.instant.isoformat() if after else None},
    )


def left_open(editions: Sequence[int], now: datetime) -> Select[int | None, int]:
    """How many elections of each edition are open past the minute announced, or half a day without any date ahead."""
    ahead = (
        select(TimetableAmendment.id)
        .where(
            TimetableAmendment.edition_id == Election.edition_id,
            TimetableAmendment.moment == Moment.VOTE_CLOSE,
            TimetableAmendment.at_utc > Election.opened_at,
            TimetableAmendment.at_utc > now,
        )
        .exists()
    )
    return (
        select(Election.edition_id, func.count())
        .where(
            Election.edition_id.in_(editions),
            Election.state == ElectionState.OPEN,
            or_(
                Election.last_call_at < now,
                and_(Election.last_call_at.is_(None), Election.opened_at < now - LEFT, ~ahead),
            ),
        )
        .group_by(Election.edition_id)
    )
