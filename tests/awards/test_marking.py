"""Until when a judge may write marks: more time for one, later only, never by themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import decisions, editions, marking, scoring
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.editions import DeadlineEarlier
from awards.marking import MarksClosed, NothingCloses, NothingToMark, OwnTime
from awards.models import Assignment, AssignmentState, Decision, DecisionKind, Judge, Outbox
from awards.panels import RoundClosed
from awards.scoring import Content
from awards.timetable import Moment, UnknownZone
from tests.awards.play import NOW, Play, entry, judge

CLOSES = datetime(2014, 9, 30, 23, 59)  # noqa: DTZ001 (local, as stated)
LATER = datetime(2014, 10, 3, 23, 59)  # noqa: DTZ001
AFTER = datetime(2014, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    made = Play(session(), tmp_path)
    made.nominate(entry("N1"))
    made.seat(judge("ada"), judge("ben"))
    made.assign()
    return made


def state(play: Play) -> None:
    editions.set_moment(
        play.session, play.edition, Moment.MARKS_CLOSE, CLOSES, zone="UTC", actor=play.actor, now=NOW
    )


def whom(play: Play, name: str = "ben") -> Judge:
    return next(it for it in play.session.scalars(select(Judge)) if it.account.email == f"{name}@example.org")


def grant(
    play: Play,
    local: datetime = LATER,
    *,
    zone: str = "UTC",
    reason: str = "Ill.",
    now: datetime = NOW,
    actor: Actor | None = None,
) -> Decision:
    return marking.grant_time(
        play.session,
        play.edition,
        whom(play),
        local,
        zone=zone,
        reason=reason,
        actor=actor or play.actor,
        now=now,
    )


def save(play: Play, name: str, now: datetime) -> None:
    account = whom(play, name).account
    it = play.session.scalars(select(Assignment).where(Assignment.judge_id == whom(play, name).id)).one()
    scoring.save(
        play.session,
        play.edition,
        it,
        Content({"impact": 5}),
        base=0,
        opened=None,
        actor=Actor(account, account),
        now=now,
    )


def test_one_judge_writes_longer_than_the_others_and_is_told(play: Play) -> None:
    state(play)

    decision = grant(play, now=AFTER)

    save(play, "ben", AFTER)
    with pytest.raises(MarksClosed):
        save(play, "ada", AFTER)
    with pytest.raises(MarksClosed):
        save(play, "ben", LATER.replace(tzinfo=UTC) + timedelta(minutes=1))
    (mail,) = play.session.scalars(select(Outbox))
    assert (mail.recipient, mail.arguments["reader"]) == ("ben@example.org", "judge")
    assert decision.kind is DecisionKind.DEADLINE
    assert decision.subject["judge"] == whom(play).public_id


def test_more_time_is_later_has_a_reason_and_is_given_by_somebody_else(play: Play) -> None:
    with pytest.raises(NothingCloses):
        grant(play)
    state(play)
    for error, given in (
        (DeadlineEarlier, {"local": CLOSES}),
        (DeadlineEarlier, {"local": CLOSES - timedelta(days=1)}),
        (DeadlineEarlier, {"now": LATER.replace(tzinfo=UTC)}),
        (ReasonMissing, {"reason": "  "}),
        (UnknownZone, {"zone": "Nowhere/Here"}),
        (OwnTime, {"actor": Actor(whom(play).account, whom(play).account)}),
    ):
        with pytest.raises(error):
            grant(play, **given)  # type: ignore[arg-type]
    grant(play)
    with pytest.raises(DeadlineEarlier):
        grant(play)
    assert len(decisions.of_edition(play.session, play.edition, DecisionKind.DEADLINE)) == 1


def test_whoever_has_no_sheet_needs_no_time_and_after_the_close_nobody_gets_any(play: Play) -> None:
    state(play)
    its = play.session.scalars(select(Assignment).where(Assignment.judge_id == whom(play).id)).one()
    its.state = AssignmentState.HANDED_BACK
    with pytest.raises(NothingToMark):
        grant(play)
    its.state = AssignmentState.ISSUED
    play.mark(("ada@example.org", "N1", "8", "8"))
    play.close()
    with pytest.raises(RoundClosed):
        grant(play)
