"""Saving and submitting sheets: who may, until when, what is kept; many judges at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from awards import audit, editions, marking, panels, queues, scoring, seats, turns
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.marking import MarksClosed
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    AssignmentState,
    AuditPayload,
    Edition,
    Judge,
    Nomination,
    NominationRevision,
    NominationState,
    Origin,
    OwnDeadline,
    Reopening,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.queues import Progress
from awards.scoring import Content
from awards.timetable import Moment, Phase, deadline
from judging.values import Round
from tests.awards.play import NOW, Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
CLOSES = deadline(datetime(2014, 9, 20, 23, 59), "Asia/Seoul")  # noqa: DTZ001 (local, as stated)
WHOLE = Content({"services": 7, "impact": 8})


class Round1:
    """A small round that is open, with two judges."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session = session
        self.play = Play(session, folder)
        self.play.nominate(entry("A"), entry("B"), entry("C", "openness"))
        self.play.seat(judge("ann"), judge("ben"))
        self.play.assign()
        self.edition = self.play.edition

    def judge(self, name: str = "ann") -> Judge:
        return self.session.scalars(
            select(Judge)
            .join(Account, Account.id == Judge.account_id)
            .where(Account.name.startswith(name.title()))
        ).one()

    def actor(self, name: str = "ann") -> Actor:
        account = self.judge(name).account
        return Actor(account=account, real=account)

    def assignment(self, reference: str = "A", name: str = "ann") -> Assignment:
        return self.session.scalars(
            select(Assignment)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(Assignment.judge_id == self.judge(name).id, Nomination.reference == reference)
        ).one()

    def save(
        self,
        content: Content = WHOLE,
        *,
        reference: str = "A",
        base: int = 0,
        actor: Actor | None = None,
        now: datetime = NOW,
        opened: datetime | None = None,
    ) -> ScoreSheetVersion | None:
        return scoring.save(
            self.session,
            self.edition,
            self.assignment(reference),
            content,
            base=base,
            opened=opened,
            actor=actor or self.actor(),
            now=now,
        )

    def submit(self, *, reference: str = "A", now: datetime = NOW) -> ScoreSheet:
        return scoring.submit(
            self.session,
            self.edition,
            self.assignment(reference),
            opened=None,
            actor=self.actor(),
            now=now,
        )

    def queue(self, name: str = "ann") -> queues.Queue:
        rules = editions.rules_of(self.session, self.edition)
        return queues.of_judge(self.session, self.edition, self.judge(name), rules, Round.FIRST)

    def state_date(self, moment: Moment = Moment.MARKS_CLOSE) -> None:
        editions.set_moment(
            self.session, self.edition, moment, CLOSES.local, zone=CLOSES.zone, actor=self.play.actor, now=NOW
        )


@pytest.fixture
def first(session: Any, tmp_path: Path) -> Round1:
    return Round1(session, tmp_path)


# ── One sheet ───────────────────────────────────────────────────────────────────


@ON_SQLITE
def test_every_save_that_changes_anything_is_a_version(first: Round1) -> None:
    half = Content({"services": 7}, comment="Half.")
    saved = [first.save(half), first.save(half), first.save(WHOLE, base=1)]

    assert [it.number for it in saved if it] == [1, 1, 2]
    assert first.queue().find("A").progress is Progress.COMPLETE  # type: ignore[union-attr]


@ON_SQLITE
def test_nothing_given_is_nothing_saved(first: Round1) -> None:
    assert first.save(Content()) is None
    assert scoring.sheet_of(first.session, first.assignment()) is None


@ON_SQLITE
def test_only_marks_of_the_scale_on_criteria_of_the_category_are_saved(first: Round1) -> None:
    for marks in ({"services": 0}, {"services": 11}, {"beauty": 5}):
        with pytest.raises(scoring.NotAMark):
            first.save(Content(marks))


@ON_SQLITE
def test_a_submitted_sheet_changes_and_stays_complete(first: Round1) -> None:
    first.save()
    first.submit()

    first.save(Content({"services": 9, "impact": 8}), base=1)
    with pytest.raises(scoring.Incomplete):
        first.save(Content({"services": 9}), base=2)
    with pytest.raises(scoring.Incomplete):
        first.submit(reference="B")

    assert first.submit().state is SheetState.SUBMITTED


@ON_SQLITE
def test_a_save_over_what_was_saved_elsewhere_is_stale(first: Round1) -> None:
    first.save()

    with pytest.raises(scoring.StaleSheet) as found:
        first.save(Content({"services": 1}), base=0)

    assert found.value.latest.number == 1


@ON_SQLITE
def test_what_is_not_issued_any_more_takes_no_marks(first: Round1) -> None:
    for state in AssignmentState:
        first.assignment().state = state
        first.session.flush()
        if state is not AssignmentState.ISSUED:
            with pytest.raises(scoring.NotAssigned):
                first.save()


@ON_SQLITE
def test_nobody_saves_for_another_judge_nor_on_practice_nor_on_what_was_withdrawn(first: Round1) -> None:
    with pytest.raises(scoring.NotAssigned):
        first.save(actor=first.actor("ben"))
    first.assignment("B").kind = AssignmentKind.PRACTICE
    with pytest.raises(scoring.NotAssigned):
        first.save(reference="B")
    first.assignment("A").nomination.state = NominationState.WITHDRAWN
    with pytest.raises(scoring.NotAssigned):
        first.save()


@ON_SQLITE
def test_a_sheet_of_another_round_than_the_open_one_takes_no_marks(first: Round1) -> None:
    mine = first.assignment()
    other = Assignment(judge_id=mine.judge_id, nomination_id=mine.nomination_id, round=Round.SECOND, at=NOW)
    first.session.add(other)
    first.session.flush()

    with pytest.raises(scoring.NotAssigned):
        scoring.save(
            first.session, first.edition, other, WHOLE, base=0, opened=None, actor=first.actor(), now=NOW
        )


@ON_SQLITE
def test_the_audit_trail_holds_no_mark(first: Round1) -> None:
    first.save(Content({"services": 3, "impact": 9}, comment="Secret."))
    first.submit()

    payloads = [it.before + it.after for it in first.session.scalars(select(AuditPayload))]

    assert [it for it in payloads if "Secret" in it or "impact" in it or '"marks"' in it] == []
    assert list(audit.verify(first.session)) == []


# ── Times ───────────────────────────────────────────────────────────────────────


@ON_SQLITE
def test_a_sheet_counts_until_the_deadline_and_within_the_grace(first: Round1) -> None:
    """`opened` and `sent`: minutes after the deadline at which the form was opened and came back."""
    first.state_date()
    cases = ((None, 0, True), (None, 1, False), (-1, 14, True), (0, 15, True), (-1, 16, False), (1, 2, False))

    for opened, sent, saved in cases:
        at = None if opened is None else CLOSES.instant + timedelta(minutes=opened)
        last = scoring.latest(first.session, first.assignment())
        base = last.number if last else 0
        content = Content({"services": base + 1})
        try:
            found = first.save(content, base=base, opened=at, now=CLOSES.instant + timedelta(minutes=sent))
        except MarksClosed:
            found = None
        assert (found is not None) is saved, (opened, sent)


@ON_SQLITE
def test_marks_are_closed_once_the_round_is(first: Round1) -> None:
    first.edition.phase = Phase.DELIBERATION

    with pytest.raises(MarksClosed):
        first.save()


def _own(first: Round1, days: int) -> None:
    at = CLOSES.local + timedelta(days=days)
    later = deadline(at, "UTC")
    first.session.add(
        OwnDeadline(
            edition_id=first.edition.id,
            moment=Moment.MARKS_CLOSE,
            judge_id=first.judge().id,
            local=at.isoformat(),
            zone="UTC",
            at_utc=later.instant,
            reason="Ill",
            by_id=first.play.actor.account.id,
            at=NOW,
        )
    )


def _reopen(first: Round1, phase: Phase = Phase.DELIBERATION) -> None:
    first.edition.phase = phase
    first.session.add(
        Reopening(
            judge_id=first.judge().id,
            nomination_id=first.assignment().nomination_id,
            reason="Wrong one",
            asked_at=NOW,
            approved_at=NOW,
        )
    )


WAYS: dict[str, Callable[[Round1], None]] = {
    "no date": lambda first: None,
    "a date": lambda first: first.state_date(),
    "the date moved": lambda first: (first.state_date(Moment.VOTE_CLOSE), first.state_date())[0],
    "a later one of their own": lambda first: (first.state_date(), _own(first, 1), _own(first, 3))[0],
    "an earlier one of their own": lambda first: (first.state_date(), _own(first, -3))[0],
    "their own and no date": lambda first: _own(first, 3),
    "closed": lambda first: setattr(first.edition, "phase", Phase.DELIBERATION),
    "reopened": _reopen,
    "reopened and announced": lambda first: _reopen(first, Phase.SECOND_ROUND),
}


def test_the_pages_one_statement_says_what_the_use_case_says(first: Round1) -> None:
    for way, prepare in WAYS.items():
        for days in (0, 22):
            first.edition, me = first.play.again(), first.judge()
            now, nested = NOW + timedelta(days=days), first.session.begin_nested()
            prepare(first)
            first.session.flush()

            seat = seats.find(first.session, first.edition, me.account, opened=now, now=now)

            assert seat is not None, way
            said = marking.of_judge(first.session, first.edition, me, opened=now, now=now)
            assert seat.marking == said, (way, days)
            mine = [first.assignment(it) for it in ("A", "B", "C")]
            assert {it.nomination.category for it in mine} == {"services", "openness"}
            for it in mine:
                its = marking.of_judge(first.session, first.edition, me, assignment=it, opened=now, now=now)
                takes = seat.takes(it.nomination.category, it.id)
                assert takes == (its is not None and its.is_open), (way, days, it.nomination.reference)
            with suppress(panels.RoundClosed, panels.RoundNotOpen):
                assert seat.of_round is panels.open_round(first.session, first.edition), way
            nested.rollback()
            first.session.expunge_all()


# ── The queue ───────────────────────────────────────────────────────────────────


def test_the_queue_knows_how_far_every_sheet_is(first: Round1) -> None:
    first.save(Content(comment="Read; marks follow."))
    first.save(Content({"impact": 4}), reference="C")

    found = first.queue()

    assert {it.reference: it.progress for it in found.items} == {
        "A": Progress.HALF_DONE,
        "B": Progress.NOT_BEGUN,
        "C": Progress.COMPLETE,
    }
    assert (found.next.reference, [it.reference for it in found.complete]) == ("A", ["C"])  # type: ignore[union-attr]
    assert {it.reference: it.progress for it in first.queue("ben").items} == dict.fromkeys(
        "ABC", Progress.NOT_BEGUN
    )


@ON_SQLITE
def test_a_second_round_begins_without_the_marks_of_the_first(first: Round1) -> None:
    first.save()
    old, rules = first.assignment(), editions.rules_of(first.session, first.edition)
    first.session.add(
        Assignment(judge_id=old.judge_id, nomination_id=old.nomination_id, round=Round.SECOND, at=NOW)
    )
    first.session.flush()

    found = queues.of_judge(first.session, first.edition, first.judge(), rules, Round.SECOND)

    assert [(it.reference, it.progress, it.marks) for it in found.items] == [("A", Progress.NOT_BEGUN, {})]


def test_the_order_is_drawn_for_each_judge_and_a_nomination_that_goes_moves_no_other() -> None:
    references = [f"OC-{it}" for it in range(20)]

    one, two, other = (
        turns.order(seed, who, {"open-city": references})["open-city"]
        for seed, who in (("s", "ann"), ("s", "ben"), ("t", "ann"))
    )
    without = turns.order("s", "ann", {"open-city": references[1:]})["open-city"]

    assert sorted(one) == sorted(references)
    assert len({tuple(one), tuple(two), tuple(other), tuple(references)}) == 4
    assert without == [it for it in one if it != "OC-0"]


@pytest.mark.parametrize(
    ("letters", "language", "expected"),
    [(0, "en", 5), (1400, "en", 5), (14_000, "en", 14), (5_000, "ko", 14)],
)
def test_the_time_is_reckoned_from_the_length_and_the_script(
    letters: int, language: str, expected: int
) -> None:
    assert queues.minutes(letters, language) == expected


def test_letters_beyond_ascii_count_once(first: Round1) -> None:
    nomination, plain = first.play.nomination("A"), first.queue().find("A")
    old = nomination.revisions[-1]
    said = {it.key: getattr(old, it.key) for it in inspect(NominationRevision).column_attrs if it.key != "id"}
    said |= {"number": 2, "language": "ko", "content": {"problem": "가" * 5_000}}
    first.session.add(NominationRevision(**said))
    nomination.submitted_number = 2
    first.session.flush()

    found = first.queue().find("A")

    assert plain is not None
    assert found is not None
    assert (plain.minutes, found.minutes) == (5, 15)


# ── Many at once ────────────────────────────────────────────────────────────────


def _act(app: Flask, does: Callable[[Session], Any]) -> Any:
    with app.app_context():
        begin_writing()
        said = does(db.session())
        db.session.commit()
        return said


def _stage(app: Flask, folder: Path, judges: int) -> list[tuple[int, int]]:
    """An open round of one nomination; each judge's account and assignment."""
    with app.app_context():
        begin_writing()
        play = Play(db.session, folder)  # type: ignore[arg-type]
        play.nominate(entry("A"))
        play.seat(*(judge(f"j{it:02d}") for it in range(judges)))
        play.assign()
        rows = db.session.execute(select(Judge.account_id, Assignment.id).join(Assignment)).all()
        db.session.commit()
        return [(row[0], row[1]) for row in rows]


def _save(account: int, assignment: int, number: int) -> Callable[[Session], int]:
    def save(session: Session) -> int:
        who = session.get_one(Account, account)
        version = scoring.save(
            session,
            session.scalars(select(Edition)).one(),
            session.get_one(Assignment, assignment),
            Content({"services": number + 1}, comment=f"{account} {number}"),
            base=number,
            opened=None,
            actor=Actor(account=who, real=who),
            now=NOW,
        )
        assert version is not None
        return version.number

    return save


@POSTGRES
def test_twenty_judges_who_save_at_once_lose_nothing(app: Flask, tmp_path: Path) -> None:
    pairs = _stage(app, tmp_path, 20)
    gate = Barrier(len(pairs))

    def judge_at_work(account: int, assignment: int) -> list[int]:
        gate.wait(30)
        return [_act(app, _save(account, assignment, number)) for number in range(5)]

    with ThreadPoolExecutor(len(pairs)) as pool:
        done = [it.result(60) for it in [pool.submit(judge_at_work, *pair) for pair in pairs]]

    assert done == [[1, 2, 3, 4, 5]] * len(pairs)
    with app.app_context():
        found = db.session.execute(
            select(ScoreSheet.assignment_id, func.count(), func.max(ScoreSheetVersion.number))
            .join(ScoreSheetVersion)
            .group_by(ScoreSheet.assignment_id)
        ).all()
        assert sorted(tuple(row) for row in found) == sorted((it, 5, 5) for _, it in pairs)
        assert list(audit.verify(db.session())) == []


@POSTGRES
def test_two_tabs_that_save_at_once_keep_one_and_tell_the_other(app: Flask, tmp_path: Path) -> None:
    account, assignment = _stage(app, tmp_path, 1)[0]
    gate = Barrier(2)

    def tab(mark: int) -> str:
        with app.app_context():
            begin_writing()
            who = db.session.get_one(Account, account)
            edition = db.session.scalars(select(Edition)).one()
            mine = db.session.get_one(Assignment, assignment)
            gate.wait(30)
            try:
                scoring.save(
                    db.session(), edition, mine, Content({"services": mark}), base=0, opened=None,
                    actor=Actor(account=who, real=who), now=NOW,
                )  # fmt: skip
            except scoring.StaleSheet:
                return "stale"
            db.session.commit()
            return "saved"

    with ThreadPoolExecutor(2) as pool:
        said = [it.result(60) for it in [pool.submit(tab, mark) for mark in (3, 4)]]

    assert sorted(said) == ["saved", "stale"]


@POSTGRES
def test_a_close_waits_for_a_save_and_keeps_the_next_one_out(app: Flask, tmp_path: Path) -> None:
    (account, assignment), (other, theirs) = _stage(app, tmp_path, 2)
    saving, closing = Event(), Event()

    def save_slowly() -> str:
        def slowly(session: Session) -> str:
            _save(account, assignment, 0)(session)
            saving.set()
            assert not closing.wait(0.5), "the close did not wait"
            return "saved"

        return str(_act(app, slowly))

    def close() -> str:
        def shut(session: Session) -> str:
            saving.wait(30)
            edition = editions.lock(session, session.scalars(select(Edition)).one())
            closing.set()
            edition.phase = Phase.DELIBERATION
            return "closed"

        return str(_act(app, shut))

    def save_late() -> str:
        closing.wait(30)
        try:
            _act(app, _save(other, theirs, 0))
        except MarksClosed:
            return "refused"
        return "saved"

    with ThreadPoolExecutor(3) as pool:
        said = [it.result(60) for it in [pool.submit(does) for does in (save_slowly, close, save_late)]]

    assert said == ["saved", "closed", "refused"]


@POSTGRES
def test_all_submitted_at_once_and_one_saved_meanwhile_do_not_wait_for_each_other(
    app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        begin_writing()
        play = Play(db.session, tmp_path)  # type: ignore[arg-type]
        play.nominate(entry("A"), entry("B"))
        play.seat(judge("ann"))
        play.assign()
        rows = db.session.execute(select(Judge.account_id, Assignment.id).join(Assignment)).all()
        account, sheets = rows[0][0], [row[1] for row in rows]
        for it in sheets:
            scoring.write(
                db.session(),
                db.session.get_one(Assignment, it),
                WHOLE,
                origin=Origin.PORTAL,
                actor=play.actor,
                now=NOW,
            )
        db.session.commit()
    held, asked = Event(), Event()

    def save_the_second(session: Session) -> None:
        assignment = session.get_one(Assignment, sheets[1])
        editions.hold(session, session.scalars(select(Edition)).one())
        session.refresh(assignment, with_for_update=True)
        held.set()
        asked.wait(30)
        sleep(0.5)
        _save(account, sheets[1], 1)(session)

    def submit_both(session: Session) -> int:
        held.wait(30)
        asked.set()
        who = session.get_one(Account, account)
        left = scoring.submit_all(
            session,
            session.scalars(select(Edition)).one(),
            [session.get_one(Assignment, it) for it in sheets],
            opened=None,
            actor=Actor(account=who, real=who),
            now=NOW,
        )
        return len(left)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(_act, app, save_the_second), pool.submit(_act, app, submit_both)
        one.result(60)

    assert other.result(60) == 1
