"""The demo's timetable: what is past stands on its day, what is to come is counted from today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from awards.timetable import Moment, Phase

ZONE = "Asia/Seoul"
SEOUL = ZoneInfo(ZONE)

PAST = {
    Moment.NOMINATIONS_OPEN: datetime(2026, 3, 2, 9, tzinfo=SEOUL),
    Moment.NOMINATIONS_CLOSE: datetime(2026, 5, 10, 23, 59, tzinfo=SEOUL),
    Moment.MARKS_CLOSE: datetime(2026, 7, 12, 23, 59, tzinfo=SEOUL),
    Moment.FINALISTS_ANNOUNCED: datetime(2026, 8, 3, 18, tzinfo=SEOUL),
    Moment.VOTE_OPEN: datetime(2026, 8, 10, 9, tzinfo=SEOUL),
    Moment.VOTE_CLOSE: datetime(2026, 9, 13, 23, 59, tzinfo=SEOUL),
    Moment.CEREMONY: datetime(2026, 10, 15, 18, tzinfo=SEOUL),
}
FIRST_TO_COME = {
    Phase.NOMINATIONS: Moment.NOMINATIONS_CLOSE,
    Phase.SCREENING: Moment.MARKS_CLOSE,
    Phase.FIRST_ROUND: Moment.MARKS_CLOSE,
    Phase.DELIBERATION: Moment.FINALISTS_ANNOUNCED,
    Phase.SECOND_ROUND: Moment.VOTE_CLOSE,
    Phase.DECIDED: Moment.CEREMONY,
}


def timetable(phase: Phase, now: datetime) -> Iterator[tuple[Moment, datetime]]:
    """Every moment with its local time, so that today lies in the phase."""
    first = FIRST_TO_COME.get(phase)
    coming = now.astimezone(SEOUL).replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(days=14)
    reached = False
    for moment, past in PAST.items():
        reached = reached or moment is first
        yield moment, coming if reached else past
        if reached:
            coming += timedelta(days=28)
