"""Progress: numbers of sheets, what counts towards the minimum, reminders before the deadline, what waits on Today."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import agenda, closing, editions, progress, queues, reminders, rounds, scoring
from awards.agenda import Need
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Judge,
    Nomination,
    Origin,
    Outbox,
    ScoreSheet,
)
from awards.panels import RoundClosed
from awards.queues import Progress as Own
from awards.scoring import Content
from awards.tallies import Tally
from awards.timetable import Moment, Phase
from awards.watches import Call
from judging.values import Round
from tests.awards.play import KEY, NOW, Play, entry, judge

CLOSES = datetime(2014, 9, 30, 23, 59)  # noqa: DTZ001 (local, as stated)
INSTANT = CLOSES.replace(tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    made = Play(session(), tmp_path, {"minimum": 2})
    made.nominate(entry("N1"), entry("M1", "openness"))
    made.seat(judge("ada"), judge("ben"))
    made.assign()
    editions.set_moment(
        made.session, made.edition, Moment.MARKS_CLOSE, CLOSES, zone="UTC", actor=made.actor, now=NOW
    )
    return made


def assignment(play: Play, name: str, reference: str) -> Assignment:
    return play.session.scalars(
        select(Assignment)
        .join(Judge)
        .join(Nomination)
        .where(Judge.id == whom(play, name).id, Nomination.reference == reference)
    ).one()


def whom(play: Play, name: str) -> Judge:
    return next(it for it in play.session.scalars(select(Judge)) if it.account.email == f"{name}@example.org")


def give(play: Play, name: str, reference: str, *, submit: bool = False, **marks: int) -> None:
    it, account = assignment(play, name, reference), whom(play, name).account
    who = Actor(account, account)
    scoring.write(play.session, it, Content(marks), origin=Origin.PORTAL, actor=who, now=NOW)
    if submit:
        scoring.submit(play.session, play.edition, it, opened=NOW, actor=who, now=NOW)


def found(play: Play, now: datetime = NOW) -> progress.Progress:
    return progress.of_round(play.session, play.edition, Round.FIRST, now)


def test_a_sheet_is_complete_when_every_criterion_of_its_category_has_a_mark(play: Play) -> None:
    give(play, "ada", "N1", services=1)
    give(play, "ada", "M1", impact=1)
    give(play, "ben", "N1", services=1)

    tallies = {it.name.split()[0]: it.tally for it in found(play).judges}

    assert tallies == {"Ada": Tally(half=1, complete=1), "Ben": Tally(none=1, half=1)}
    assert {it.key: it.tally for it in found(play).categories} == {
        "services": Tally(half=2),
        "openness": Tally(none=1, complete=1),
    }


def test_a_sheet_is_begun_by_words_too_and_not_any_more_once_emptied_as_its_judge_reads(play: Play) -> None:
    sheet, ben = assignment(play, "ben", "N1"), whom(play, "ben")
    rules = editions.rules_of(play.session, play.edition)

    def said(content: Content) -> tuple[Tally, list[Own]]:
        who = Actor(ben.account, ben.account)
        scoring.write(play.session, sheet, content, origin=Origin.PORTAL, actor=who, now=NOW)
        queue = queues.of_judge(play.session, play.edition, ben, rules, Round.FIRST)
        tally = next(it.tally for it in found(play).judges if it.judge is ben)
        return tally, [it.progress for it in queue.items if it.reference == "N1"]

    assert said(Content({}, comment="Strong.")) == (Tally(none=1, half=1), [Own.HALF_DONE])
    assert said(Content({}, feedback="Thank you.")) == (Tally(none=1, half=1), [Own.HALF_DONE])
    assert said(Content({})) == (Tally(none=2), [Own.NOT_BEGUN])


def test_only_sheets_that_count_bring_a_nomination_to_its_minimum(play: Play) -> None:
    for name in ("ada", "ben"):
        give(play, name, "N1", submit=True, services=9, impact=9)
        give(play, name, "M1", submit=True, impact=9)
    assert rounds.short_of_sheets(play.session, play.edition, Round.FIRST) == []

    kept, thrown, practice = (
        assignment(play, "ada", "N1"),
        assignment(play, "ben", "N1"),
        assignment(play, "ben", "M1"),
    )
    kept.state, thrown.state = AssignmentState.LEFT, AssignmentState.RECUSED
    play.session.scalars(
        select(ScoreSheet).where(ScoreSheet.assignment_id == thrown.id)
    ).one().counted = False
    practice.kind = AssignmentKind.PRACTICE
    play.session.flush()

    short = rounds.short_of_sheets(play.session, play.edition, Round.FIRST)
    assert [(it.reference, it.found, it.needed) for it in short] == [("N1", 1, 2), ("M1", 1, 2)]
    assert [it.tally for it in found(play).nominations] == [Tally(), Tally(submitted=1)]


def test_judges_with_something_left_are_reminded_seven_and_two_days_before_their_own_deadline(
    play: Play,
) -> None:
    from awards import marking

    for reference in ("N1", "M1"):
        give(
            play,
            "ada",
            reference,
            submit=True,
            **({"impact": 5} | ({"services": 5} if reference == "N1" else {})),
        )
    counts = [
        reminders.remind(play.session, now=at)
        for at in (
            INSTANT - 8 * DAY,
            INSTANT - 7 * DAY,
            INSTANT - 7 * DAY,
            INSTANT - 2 * DAY,
            INSTANT - DAY,
            INSTANT,
        )
    ]
    later = datetime(2014, 10, 20, 23, 59)  # noqa: DTZ001
    marking.grant_time(
        play.session,
        play.edition,
        whom(play, "ben"),
        later,
        zone="UTC",
        reason="Ill.",
        actor=play.actor,
        now=INSTANT,
    )
    again = reminders.remind(play.session, now=later.replace(tzinfo=UTC) - 2 * DAY)

    assert (counts, again) == ([0, 1, 0, 1, 0, 0], 1)
    mails = play.session.scalars(select(Outbox).where(Outbox.template == "judge_reminder")).all()
    assert {it.recipient for it in mails} == {"ben@example.org"}
    assert [it.arguments["none"] for it in mails] == [2, 2, 2]


def test_today_says_to_a_judge_what_is_left_until_when(play: Play) -> None:
    give(play, "ada", "N1", services=1, impact=2)
    ada = whom(play, "ada")
    ada.conduct_at = NOW
    play.session.flush()

    tasks = agenda.of(play.session, ada.account, NOW).tasks
    after = agenda.of(play.session, ada.account, INSTANT + DAY).tasks

    assert [
        (it.summons.call, it.summons.number) for it in tasks if it.summons and it.need is Need.JUDGING
    ] == [
        (Call.DECLARE, 2),
        (Call.SUBMIT, 1),
        (Call.MARK, 1),
    ]
    assert {it.due.instant for it in tasks if it.due} == {INSTANT}
    assert [it.summons.call for it in after if it.summons] == [Call.DECLARE]


def test_of_two_who_close_at_once_one_closes(app: Flask, tmp_path: Path) -> None:
    """The edition's lock lets one go first; the other reads that it is closed."""
    with app.app_context():
        begin_writing()
        play = Play(db.session(), tmp_path)
        play.nominate(entry("N1"))
        play.seat(judge("ada"))
        play.assign()
        give(play, "ada", "N1", submit=True, services=7, impact=7)
        db.session.commit()
        seen, account = closing.look(play.session, play.edition, NOW).digest, play.actor.account.id

    def close(_number: int) -> str:
        with app.app_context():
            begin_writing()
            from awards.models import Account

            who = db.session.get_one(Account, account)
            try:
                closing.close(
                    db.session(),
                    editions.find(db.session(), KEY),
                    seen=seen,
                    reason="",
                    key_folder=tmp_path,
                    actor=Actor(who, who, operator=True),
                    now=NOW,
                )
                db.session.commit()
            except RoundClosed:
                db.session.rollback()
                return "closed already"
            return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, range(2))) == ["closed", "closed already"]
    with app.app_context():
        assert editions.find(db.session(), KEY).phase is Phase.DELIBERATION
