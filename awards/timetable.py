"""Phases of an edition, the legal moves between them, and the moments of its timetable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from judging.values import SecondRound


class Phase(StrEnum):
    DRAFT = "draft"
    NOMINATIONS = "nominations"
    SCREENING = "screening"
    FIRST_ROUND = "first_round"
    DELIBERATION = "deliberation"
    SECOND_ROUND = "second_round"
    DECIDED = "decided"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Moment(StrEnum):
    """What a timetable may state. None has to be stated; one that is not closes nothing."""

    NOMINATIONS_OPEN = "nominations_open"
    NOMINATIONS_CLOSE = "nominations_close"
    FINALISTS_ANNOUNCED = "finalists_announced"
    MARKS_CLOSE = "marks_close"
    VOTE_OPEN = "vote_open"
    VOTE_CLOSE = "vote_close"
    CEREMONY = "ceremony"


ORDER = tuple(Phase)

BACK: Mapping[Phase, Phase] = {
    Phase.SCREENING: Phase.NOMINATIONS,
    Phase.DELIBERATION: Phase.FIRST_ROUND,
    Phase.DECIDED: Phase.SECOND_ROUND,
}
"""Steps back, each by a signed decision of two, before publication."""


class IllegalTransition(Exception):
    """A move that the table of moves does not have."""

    def __init__(self, thing: str, here: StrEnum, there: StrEnum) -> None:
        super().__init__(f"{thing}: {here.value} -> {there.value}")
        self.thing, self.here, self.there = thing, here, there


class UnknownZone(Exception):
    """A time zone that the IANA database does not have."""


def next_phase(here: Phase, second_round: SecondRound) -> Phase | None:
    """The phase after this one; without a second round deliberation leads to the decision."""
    if here is Phase.ARCHIVED:
        return None
    if here is Phase.DELIBERATION and second_round is SecondRound.NONE:
        return Phase.DECIDED
    return ORDER[ORDER.index(here) + 1]


def way(here: Phase, there: Phase, second_round: SecondRound) -> tuple[Phase, ...]:
    """The phases to pass from one to a later one, in order, the last included. Raises IllegalTransition."""
    passed: list[Phase] = []
    step: Phase | None = here
    while step is not None and step is not there:
        step = next_phase(step, second_round)
        if step is not None:
            passed.append(step)
    if step is None:
        raise IllegalTransition("edition", here, there)
    return tuple(passed)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment as it was stated: local time, IANA zone, and the instant that they name."""

    local: datetime
    zone: str
    instant: datetime


def deadline(local: datetime, zone: str) -> Deadline:
    """The instant of a local time in a zone. Raises UnknownZone."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone) from error
    bare = local.replace(tzinfo=None)
    return Deadline(bare, zone, bare.replace(tzinfo=place).astimezone(UTC))


def in_zone(instant: datetime, zone: str) -> Deadline:
    """An instant as the clocks of a zone show it, to the minute. Raises UnknownZone."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone) from error
    return Deadline(instant.astimezone(place).replace(tzinfo=None, second=0, microsecond=0), zone, instant)
