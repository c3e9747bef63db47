"""The throttle: counted by key within a sliding window, forgotten once somebody succeeds."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import throttle
from awards.models import Attempt
from awards.throttle import LIMITS, Kind

Work = scoped_session[Session]
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
ADA = (Kind.SIGN_IN_EMAIL, "ada@example.org")
HERE = (Kind.SIGN_IN_PLACE, "192.0.2.1")


def counted(session: Work, times: int, *keys: throttle.Counted, at: datetime = NOW) -> list[bool]:
    return [throttle.count(session(), keys, at) for _ in range(times)]


@pytest.mark.parametrize("kind", Kind)
def test_as_many_as_the_limit_are_counted_and_none_beyond(session: Work, kind: Kind) -> None:
    most = LIMITS[kind].most

    assert counted(session, most + 2, (kind, "x")) == [True] * most + [False] * 2


def test_the_window_slides(session: Work) -> None:
    limit = LIMITS[ADA[0]]
    counted(session, limit.most - 1, ADA)
    counted(session, 1, ADA, at=NOW + timedelta(minutes=5))

    just_before = counted(session, 1, ADA, at=NOW + limit.within - timedelta(seconds=1))
    just_after = counted(session, limit.most, ADA, at=NOW + limit.within)

    assert just_before == [False]
    assert just_after == [True] * (limit.most - 1) + [False]


def test_one_full_key_counts_nothing_under_the_others(session: Work) -> None:
    counted(session, LIMITS[ADA[0]].most, ADA)

    assert counted(session, LIMITS[HERE[0]].most, ADA, HERE) == [False] * LIMITS[HERE[0]].most
    assert counted(session, 1, HERE) == [True]


def test_success_clears_the_address_and_takes_one_attempt_off_the_place(session: Work) -> None:
    counted(session, LIMITS[ADA[0]].most, ADA, HERE)

    throttle.clear(session(), *ADA)
    throttle.forgive(session(), *HERE)

    assert session.scalar(select(func.count()).select_from(Attempt)) == LIMITS[ADA[0]].most - 1
    assert counted(session, 1, ADA) == [True]


def test_what_no_window_reaches_is_forgotten(session: Work) -> None:
    counted(session, 3, ADA, HERE)

    counted(session, 1, ADA, at=NOW + throttle.LONGEST_WINDOW + timedelta(seconds=1))

    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_kinds_are_counted_apart_and_kept_as_hashes(session: Work) -> None:
    counted(session, 5, (Kind.MAIL_EMAIL, "ada@example.org"))
    counted(session, 1, ADA, (Kind.CODE, "\0\ud800"))

    keys = set(session.scalars(select(Attempt.key)))
    assert len(keys) == 3
    assert not any("ada" in key for key in keys)
