"""A vote that people close: opened without a date, its last minutes announced, made longer, called off."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import casting, dates, decisions, duties, halls, polls, unsealing
from awards.duties import Duty
from awards.models import AuditEvent, DecisionKind, ElectionState, Grant, RollEntry
from awards.timetable import Moment
from tests.awards.play import NOW
from tests.awards.poll import Poll

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SECRET = "a secret that only the page holds"


class Hall(Poll):
    """A vote for which nobody has stated a close."""

    def closes_at(self, *_args: object, **_more: object) -> None:
        """Nobody states one."""

    def begin(self) -> int:
        return polls.open_vote(
            self.session,
            self.edition,
            seen=polls.stamp(self.session, self.edition),
            by_hand=True,
            key_folder=self.keys,
            actor=self.organiser,
            now=self.now,
        )

    def call(self, minutes: int = 5) -> str:
        until = halls.last_call(self.session, self.edition, minutes, actor=self.teller, now=self.now)
        return f"{until.instant - NOW}"

    def sends(self, elector: str, *, opened_at: timedelta = timedelta()) -> object:
        entry = self.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()
        return casting.cast(
            self.session,
            self.edition,
            entry,
            {"services": ("SV-1",)},
            form=SECRET,
            nonces={"services": SECRET},
            opened=NOW + opened_at,
            now=self.now,
        )


@pytest.fixture
def hall(session: scoped_session[Session], tmp_path: Path) -> Hall:
    return Hall(session, tmp_path).ready()


@SQLITE
def test_without_a_date_the_vote_opens_by_hand_only(hall: Hall) -> None:
    assert hall.lacks() == ["no_close"]
    with pytest.raises(polls.NotReady):
        Poll.begin(hall)
    assert hall.begin() == 4
    poll = polls.look(hall.session, hall.edition)
    assert (poll.is_by_hand, poll.closes, poll.is_last_call) == (True, None, False)
    (opened,) = decisions.of_edition(hall.session, hall.edition, DecisionKind.VOTE_OPENED)
    assert opened.subject["by_hand"] is True


def test_at_the_announced_minute_nothing_is_taken_any_more(hall: Hall) -> None:
    hall.begin()
    hall.now = NOW + timedelta(seconds=20)
    assert hall.call() == "0:06:00", "up to a full minute"
    poll = polls.look(hall.session, hall.edition)
    assert (poll.is_by_hand, poll.is_last_call) == (True, True)
    with pytest.raises(polls.TimeLeft):
        polls.close(hall.session, hall.edition, actor=hall.teller, now=hall.now)

    hall.now = NOW + timedelta(minutes=6)
    hall.sends("one")
    hall.now += timedelta(seconds=1)
    with pytest.raises(casting.VoteOver):
        hall.sends("two", opened_at=timedelta(minutes=1))
    with pytest.raises(halls.CallOver):
        hall.call(30)
    with pytest.raises(halls.CallOver):
        halls.call_off(hall.session, hall.edition, actor=hall.teller, now=hall.now)
    polls.close(hall.session, hall.edition, actor=hall.teller, now=hall.now)
    assert [it.state for it in hall.elections()] == [ElectionState.CLOSED]


@SQLITE
def test_the_last_minutes_become_longer_not_shorter_and_are_called_off_before_they_end(hall: Hall) -> None:
    hall.begin()
    with pytest.raises(halls.NotByHand):
        halls.call_off(hall.session, hall.edition, actor=hall.teller, now=hall.now)
    for minutes in (0, -1, 121):
        with pytest.raises(halls.WrongMinutes):
            hall.call(minutes)
    hall.call(5)
    with pytest.raises(halls.ShorterCall):
        hall.call(4)
    assert hall.call(10) == "0:10:00"
    with pytest.raises(dates.LastCallMade):
        dates.check(
            hall.session, hall.edition, Moment.VOTE_CLOSE, polls.look(hall.session, hall.edition).closes, NOW
        )
    halls.call_off(hall.session, hall.edition, actor=hall.teller, now=hall.now)
    hall.now = NOW + timedelta(minutes=30)
    hall.sends("one")
    said = hall.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("vote.last%")))
    assert [*said] == ["vote.last_call", "vote.last_call", "vote.last_call_off"]


@SQLITE
def test_a_vote_with_a_date_has_no_last_call(session: scoped_session[Session], tmp_path: Path) -> None:
    poll = Poll(session, tmp_path).begun()
    with pytest.raises(halls.NotByHand):
        halls.last_call(poll.session, poll.edition, 5, actor=poll.teller, now=poll.now)


@SQLITE
def test_below_the_quorum_the_vote_goes_on_to_its_new_date(hall: Hall) -> None:
    hall.begin()
    hall.call()
    hall.now = NOW + timedelta(minutes=10)
    polls.close(hall.session, hall.edition, actor=hall.teller, now=hall.now)
    later = (NOW + timedelta(days=2)).replace(tzinfo=None)
    unsealing.extend(
        hall.session, hall.edition, later, zone="UTC", reason="Few", actor=hall.organiser, now=hall.now
    )
    hall.now = NOW + timedelta(days=1)
    hall.sends("one", opened_at=timedelta(days=1))
    assert not polls.look(hall.session, hall.edition).is_by_hand


@SQLITE
def test_today_tells_of_a_vote_that_was_left_open_overnight(hall: Hall) -> None:
    hall.begin()

    def told(after: timedelta) -> bool:
        grants = hall.session.scalars(select(Grant).where(Grant.account_id == hall.teller.account.id)).all()
        posts = duties.of(hall.session, grants, {hall.edition.id: hall.edition}, NOW + after)
        return any(duty is Duty.LEFT_OPEN for post in posts for duty, _ in post.duties)

    assert (told(timedelta(hours=11)), told(timedelta(hours=13))) == (False, True)
    hall.call()
    assert (told(timedelta(minutes=4)), told(timedelta(minutes=6))) == (False, True)
