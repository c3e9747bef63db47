"""Dates: a deadline moves later only, with a reason, before it has passed, and those concerned are told."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import dates, deadlines, decisions, editions
from awards.audit import Actor
from awards.dates import Doubt, Doubted
from awards.editions import DeadlineEarlier, DeadlinePassed
from awards.models import Edition, Outbox, TimetableAmendment
from awards.timetable import Moment, deadline
from tests.awards.builders import NOW, edition_of, operator
from tests.awards.desks import draft_of, organiser

Work = scoped_session[Session]

CLOSE, MARKS = Moment.NOMINATIONS_CLOSE, Moment.MARKS_CLOSE
MAY = datetime(2026, 5, 10, 23, 59)  # noqa: DTZ001 (local, as stated)
LATER = datetime(2026, 5, 17, 23, 59)  # noqa: DTZ001
SEOUL = "Asia/Seoul"


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session))


@pytest.fixture
def actor(session: Work, edition: Edition) -> Actor:
    return organiser(session, edition)


def state(
    session: Work,
    edition: Edition,
    actor: Actor,
    local: datetime,
    *,
    moment: Moment = CLOSE,
    reason: str = "Holidays",
    zone: str = SEOUL,
    now: datetime = NOW,
) -> int:
    return dates.state(session(), edition, moment, local, zone=zone, reason=reason, actor=actor, now=now)


def test_a_deadline_moves_later_with_a_reason_and_the_old_one_is_kept(
    session: Work, edition: Edition, actor: Actor
) -> None:
    state(session, edition, actor, MAY, reason="")
    state(session, edition, actor, LATER)

    held = {it.moment: it for it in dates.held(session(), edition, NOW)}[CLOSE]
    assert held.at == deadline(LATER, SEOUL)
    assert held.before == (deadline(MAY, SEOUL),)
    assert [change.by_id for change in held.changes] == [actor.account.id] * 2


def test_a_deadline_never_moves_earlier(session: Work, edition: Edition, actor: Actor) -> None:
    state(session, edition, actor, LATER)

    with pytest.raises(DeadlineEarlier):
        state(session, edition, actor, MAY)


def test_the_same_hour_of_a_zone_further_east_is_earlier(
    session: Work, edition: Edition, actor: Actor
) -> None:
    state(session, edition, actor, MAY, zone="Africa/Tunis")

    with pytest.raises(DeadlineEarlier):
        state(session, edition, actor, MAY, zone=SEOUL)


def test_a_deadline_that_has_passed_stays(session: Work, edition: Edition, actor: Actor) -> None:
    state(session, edition, actor, MAY)

    with pytest.raises(DeadlinePassed):
        state(session, edition, actor, LATER, now=NOW + timedelta(days=60))


def test_a_deadline_is_not_stated_for_the_past(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(dates.ClosesInThePast):
        state(session, edition, actor, datetime(2026, 3, 1, 23, 59))  # noqa: DTZ001


def test_a_move_needs_a_reason(session: Work, edition: Edition, actor: Actor) -> None:
    state(session, edition, actor, MAY)

    with pytest.raises(decisions.ReasonMissing):
        state(session, edition, actor, LATER, reason=" ")


def test_the_same_date_again_changes_nothing(session: Work, edition: Edition, actor: Actor) -> None:
    state(session, edition, actor, MAY)
    state(session, edition, actor, MAY)

    assert len(session.scalars(select(TimetableAmendment)).all()) == 1


def test_everyone_with_a_draft_and_the_organisers_are_told_of_a_new_close(
    session: Work, edition: Edition, actor: Actor
) -> None:
    organiser(session, edition, "second")
    draft_of(session, edition, "writer@city.example")
    state(session, edition, actor, MAY)
    state(session, edition, actor, LATER)

    told = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert [message.recipient for message in told] == ["writer@city.example", "second@city.example"] * 2
    assert told[-1].arguments["old"] == {"local": "2026-05-10T23:59:00", "zone": SEOUL}
    assert told[-1].arguments["new"] == {"local": "2026-05-17T23:59:00", "zone": SEOUL}


def test_other_dates_are_told_to_nobody(session: Work, edition: Edition, actor: Actor) -> None:
    draft_of(session, edition, "writer@city.example")

    assert state(session, edition, actor, LATER, moment=MARKS) == 0


def test_what_looks_mistyped_is_said() -> None:
    timetable = {CLOSE: deadline(LATER, SEOUL)}

    early = dates.doubts(timetable, MARKS, deadline(MAY, SEOUL), NOW)
    far = dates.doubts({}, MARKS, deadline(datetime(2036, 5, 10, 23, 59), SEOUL), NOW)  # noqa: DTZ001
    skipped = dates.doubts({}, MARKS, deadline(datetime(2027, 3, 28, 2, 30), "Europe/Paris"), NOW)  # noqa: DTZ001

    assert early == (Doubted(Doubt.BEFORE_EARLIER, CLOSE),)
    assert far == (Doubted(Doubt.FAR),)
    assert skipped == (Doubted(Doubt.CLOCK_SKIPS),)


def test_dates_that_stand_the_wrong_way_round_are_found(
    session: Work, edition: Edition, actor: Actor
) -> None:
    state(session, edition, actor, LATER)
    state(session, edition, actor, MAY, moment=MARKS)

    assert dates.disorder(editions.timetable_of(session(), edition)) == ((CLOSE, MARKS),)


def test_what_was_granted_is_listed_with_whose_it_is(session: Work, edition: Edition, actor: Actor) -> None:
    state(session, edition, actor, MAY)
    nomination = draft_of(session, edition, "writer@city.example")

    deadlines.grant(
        session(), edition, LATER, zone=SEOUL, reason="Ill.", nomination=nomination, actor=actor, now=NOW
    )

    [granted] = dates.granted(session(), edition)
    assert (granted.nomination, granted.organisation) == (nomination, None)
    assert granted.deadline.reason == "Ill."


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_date_stated_by_command_is_told_too(app: Flask, cli: FlaskCliRunner) -> None:
    from awards.extensions import db

    with app.app_context():
        draft_of(db.session, edition_of(db.session, operator(db.session)), "writer@city.example")
        db.session.commit()

    said = cli.invoke(args=["edition", "date", "2026", CLOSE.value, "2035-05-10"])

    assert "Told to those who write a nomination and to the organisers: 1." in said.output
    with app.app_context():
        assert db.session.scalars(select(Outbox.recipient)).all() == ["writer@city.example"]
