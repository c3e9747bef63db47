"""The timetable as a line with today on it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from awards.timetable import Moment, Phase
from awards.web.timeline import State, line, stations
from judging.values import SecondRound

NOW = datetime(2026, 5, 4, 16, 30, tzinfo=UTC)


@dataclass
class Change:
    moment: Moment
    local: str
    at_utc: datetime
    zone: str = "Asia/Seoul"
    reason: str = ""


def change(moment: Moment, month: int, day: int, reason: str = "") -> Change:
    at = datetime(2026, month, day, 1, tzinfo=UTC)
    return Change(moment, f"2026-{month:02}-{day:02}T10:00:00", at, reason=reason)


def test_today_stands_between_what_has_passed_and_what_lies_ahead() -> None:
    stops = line(
        [change(Moment.CEREMONY, 9, 18), change(Moment.NOMINATIONS_OPEN, 3, 1)], now=NOW, zone="Asia/Seoul"
    )

    assert [(stop.moment, stop.state) for stop in stops] == [
        (Moment.NOMINATIONS_OPEN, State.PAST),
        (None, State.TODAY),
        (Moment.CEREMONY, State.AHEAD),
    ]


def test_today_is_the_day_where_the_edition_is_held() -> None:
    today = line([change(Moment.CEREMONY, 9, 18)], now=NOW, zone="Asia/Seoul")[0]

    assert today.at.local == datetime(2026, 5, 5, 1, 30)  # noqa: DTZ001 (local, as stated)


def test_a_moved_date_keeps_the_ones_before_it_and_the_reason() -> None:
    moved = line(
        [
            change(Moment.NOMINATIONS_CLOSE, 5, 10),
            change(Moment.NOMINATIONS_CLOSE, 5, 17, "holidays"),
            change(Moment.NOMINATIONS_CLOSE, 5, 24, "flood"),
        ],
        now=NOW,
        zone="Asia/Seoul",
    )[1]

    assert moved.at.local.day == 24
    assert [old.local.day for old in moved.before] == [10, 17]
    assert moved.reason == "flood"


def test_a_date_stated_twice_was_not_moved() -> None:
    stop = line([change(Moment.CEREMONY, 9, 18)] * 2, now=NOW, zone="UTC")[1]

    assert stop.before == ()


def test_without_dates_there_is_no_line() -> None:
    assert line([], now=NOW, zone="UTC") == ()


def test_the_phases_take_the_place_of_dates() -> None:
    found = {stop.phase: stop.state for stop in stations(Phase.DELIBERATION, SecondRound.VOTE)}

    assert found == {
        Phase.NOMINATIONS: State.PAST,
        Phase.SCREENING: State.PAST,
        Phase.FIRST_ROUND: State.PAST,
        Phase.DELIBERATION: State.TODAY,
        Phase.SECOND_ROUND: State.AHEAD,
        Phase.PUBLISHED: State.AHEAD,
    }


def test_a_second_round_that_the_programme_lacks_is_shown_as_skipped() -> None:
    found = {stop.phase: stop.state for stop in stations(Phase.DECIDED, SecondRound.NONE)}

    assert found[Phase.SECOND_ROUND] is State.SKIPPED
    assert found[Phase.PUBLISHED] is State.AHEAD
