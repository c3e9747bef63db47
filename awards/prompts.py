"""Prompts: judges are reminded of the sheets they have left, by whom the organiser chooses, and before the deadline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from awards import audit, editions, marking, notices, panels, progress, stages
from awards.audit import Actor
from awards.models import Edition, JudgeState, Outbox, OutboxState
from awards.notices import Template
from awards.progress import OfJudge, Show
from awards.timetable import Deadline, Phase
from judging.values import Json, Round

FIRST, LAST = timedelta(days=7), timedelta(days=2)
"""How long before their deadline judges are reminded without anybody's doing."""

RESTED = timedelta(hours=1)
"""Whoever saved something less than this ago is still at it and is left in peace."""

DAY = timedelta(days=1)
REMINDED = frozenset({Show.LEFT, Show.BEHIND, Show.UNBEGUN, Show.UNDONE, Show.UNSUBMITTED})
"""The choices by which judges can be reminded: those with something left."""


class NotAChoice(Exception):
    """Judges who have nothing left are not reminded."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Who would be reminded by a choice; who was within a day already; who can't be reached by mail."""

    round: Round
    go: tuple[OfJudge, ...]
    reminded: tuple[OfJudge, ...]
    unreachable: tuple[OfJudge, ...]


def look(session: Session, edition: Edition, show: Show, now: datetime) -> Prompts:
    """Who would get a reminder now. Raises RoundNotOpen, RoundClosed, NotAChoice."""
    if show not in REMINDED:
        raise NotAChoice(show.value)
    of_round = panels.open_round(session, edition)
    found = [
        it
        for it in progress.of_round(session, edition, of_round, now).judges
        if it.tally.left and it.fits(show) and it.judge.state is JudgeState.ACCEPTED
    ]
    return _parted(of_round, found, _of_today(session, edition, now))


def send(
    session: Session, edition: Edition, show: Show, *, whom: Collection[str], actor: Actor, now: datetime
) -> int:
    """Remind those of a choice who were seen and ticked, as `whom` names them; nobody twice within a day. How many.

    Raises RoundNotOpen, RoundClosed, NotAChoice.
    """
    editions.lock(session, edition)
    found = look(session, edition, show, now)
    told = sum(
        _tell(session, edition, found.round, it, now, f"{now:%Y-%m-%d}")
        for it in found.go
        if it.judge.public_id in whom
    )
    if told:
        audit.record(
            session,
            actor=actor,
            action="judges.reminded",
            subject=found.round.value,
            now=now,
            edition=edition,
            after={"choice": show.value, "judges": told},
        )
    return told


def remind(session: Session, *, now: datetime) -> int:
    """Queue the reminders that are due before marks close, in every edition; a second call finds nothing to do."""
    open_ones = session.scalars(
        select(Edition).where(or_(Edition.phase == Phase.FIRST_ROUND, Edition.phase == Phase.SECOND_ROUND))
    ).all()
    return sum(_before_the_deadline(session, edition, now) for edition in open_ones)


def _before_the_deadline(session: Session, edition: Edition, now: datetime) -> int:
    of_round = stages.current_round(session, edition)
    if of_round is None:
        return 0
    if not _anything_near(session, edition, of_round, now):
        return 0
    found = [
        it
        for it in progress.of_round(session, edition, of_round, now).judges
        if it.tally.left and it.judge.state is JudgeState.ACCEPTED and _is_due(it, now)
    ]
    go = _parted(of_round, found, _of_today(session, edition, now)).go
    return sum(_tell(session, edition, of_round, it, now, *_which(it.closes, now)) for it in go)


def _anything_near(session: Session, edition: Edition, of_round: Round, now: datetime) -> bool:
    """Whether any deadline of the round comes near, so that the round needn't be read every minute."""
    stated = marking.stated(session, edition, of_round)
    if stated is None:
        return False
    instants = [stated.instant, *(it.at_utc for it in marking.granted(session, edition, of_round))]
    return any(instant - FIRST <= now < instant for instant in instants)


def _is_due(it: OfJudge, now: datetime) -> bool:
    if it.closes is None or not it.closes.instant - FIRST <= now < it.closes.instant:
        return False
    before = LAST if it.closes.instant - LAST <= now else FIRST
    is_new = it.since is not None and it.since > it.closes.instant - before
    return not is_new and (it.saved is None or it.saved <= now - RESTED)


def _which(closes: Deadline | None, now: datetime) -> tuple[str, str]:
    """The name of the reminder that is due: how many days before which deadline."""
    assert closes is not None
    before = LAST if closes.instant - LAST <= now else FIRST
    return str(before.days), closes.instant.isoformat()


def _parted(of_round: Round, found: Collection[OfJudge], today: Collection[int]) -> Prompts:
    reached = [it for it in found if it.judge.account.active and it.judge.account.email]
    return Prompts(
        of_round,
        go=tuple(it for it in reached if it.judge.account_id not in today),
        reminded=tuple(it for it in reached if it.judge.account_id in today),
        unreachable=tuple(it for it in found if it not in reached),
    )


def _of_today(session: Session, edition: Edition, now: datetime) -> frozenset[int]:
    """The accounts that were reminded within a day."""
    found = session.scalars(
        select(Outbox.account_id).where(
            Outbox.edition_id == edition.id,
            Outbox.template == Template.JUDGE_REMINDER.value,
            Outbox.state.not_in((OutboxState.CANCELLED, OutboxState.FAILED)),
            Outbox.due_at > now - DAY,
        )
    )
    return frozenset(number for number in found if number is not None)


def arguments(edition: Edition, it: OfJudge, now: datetime) -> dict[str, Json]:
    """What a reminder says: numbers of sheets and the date."""
    said: dict[str, Json] = {
        "issued": it.tally.issued,
        "submitted": it.tally.submitted,
        "complete": it.tally.complete,
        "typed": it.tally.typed,
        "half": it.tally.half,
        "none": it.tally.none,
        "path": f"/judging/{edition.key}/",
    }
    if it.closes is not None:
        said["until"] = notices.moment(it.closes)
        said["over"] = it.closes.instant < now
    return said


def _tell(session: Session, edition: Edition, of_round: Round, it: OfJudge, now: datetime, *name: str) -> int:
    account = it.judge.account
    queued = notices.queue(
        session,
        Template.JUDGE_REMINDER,
        account.email,
        language=account.language,
        now=now,
        account=account,
        edition=edition,
        arguments=arguments(edition, it, now),
        once=":".join((Template.JUDGE_REMINDER.value, it.judge.public_id, of_round.value, *name)),
    )
    return int(queued is not None)
