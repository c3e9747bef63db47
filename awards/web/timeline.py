"""The timetable as a line with today on it. Pure: amendments and the present in, stops out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from awards.timetable import ORDER, Deadline, Moment, Phase
from judging.values import SecondRound


class State(StrEnum):
    PAST = "past"
    TODAY = "today"
    AHEAD = "ahead"
    SKIPPED = "skipped"


class Amendment(Protocol):
    """A moment as it was stated at some time."""

    @property
    def moment(self) -> Moment: ...
    @property
    def local(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def at_utc(self) -> datetime: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stop:
    """A moment on the line, or today where `moment` is None; `before` are the dates that no longer hold."""

    state: State
    at: Deadline
    moment: Moment | None = None
    before: tuple[Deadline, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Station:
    """A phase on the line of an edition without dates."""

    phase: Phase
    state: State


SHOWN = (
    Phase.NOMINATIONS,
    Phase.SCREENING,
    Phase.FIRST_ROUND,
    Phase.DELIBERATION,
    Phase.SECOND_ROUND,
    Phase.PUBLISHED,
)


def line(amendments: Iterable[Amendment], *, now: datetime, zone: str) -> tuple[Stop, ...]:
    """The stated moments in the order of time, today among them; empty where none is stated."""
    stated: dict[Moment, list[Amendment]] = {}
    for change in amendments:
        stated.setdefault(change.moment, []).append(change)
    stops = [_stop(moment, changes, now) for moment, changes in stated.items()]
    if not stops:
        return ()
    today = Stop(State.TODAY, Deadline(now.astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone, now))
    return tuple(sorted([*stops, today], key=lambda stop: (stop.at.instant, stop.moment is not None)))


def _stop(moment: Moment, changes: Sequence[Amendment], now: datetime) -> Stop:
    held = [Deadline(datetime.fromisoformat(c.local), c.zone, c.at_utc) for c in changes]
    at = held[-1]
    before = tuple(dict.fromkeys(old for old in held[:-1] if old.instant != at.instant))
    state = State.PAST if at.instant <= now else State.AHEAD
    return Stop(state, at, moment, before, changes[-1].reason if before else "")


def stations(phase: Phase, second_round: SecondRound) -> tuple[Station, ...]:
    """The phases as a line, for an edition that states no dates."""
    return tuple(Station(stop, _state(stop, phase, second_round)) for stop in SHOWN)


def _state(stop: Phase, phase: Phase, second_round: SecondRound) -> State:
    if stop is Phase.SECOND_ROUND and second_round is SecondRound.NONE:
        return State.SKIPPED
    here, there = ORDER.index(phase), ORDER.index(stop)
    if stop is phase:
        return State.TODAY
    return State.PAST if there < here else State.AHEAD
