"""The first round as a machine: whatever judges, organisers and the chair do in whatever order, its rules hold.

Hypothesis takes the steps; a model in plain dictionaries says what must be true after each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Steps
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from awards import (
    accounts,
    assignments,
    declarations,
    editions,
    judges,
    leaving,
    marked,
    marking,
    panels,
    reopening,
    rounds,
    scoring,
)
from awards.assignments import HandBack, NotIssued, SheetSubmitted
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    Judge,
    Leaving,
    Reopening,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
)
from awards.scoring import Content
from awards.timetable import Moment
from judging.values import Round
from tests.awards.play import CRITERIA, Play, entry

REFUSALS = (
    NotIssued,
    SheetSubmitted,
    editions.DeadlineEarlier,
    marking.NothingToMark,
    scoring.NotAssigned,
    scoring.Incomplete,
    marking.MarksClosed,
    rounds.SheetsMissing,
    panels.RoundClosed,
    panels.RoundNotOpen,
)
JUDGES = ("ana", "ben", "cho", "dee")
NOMINATIONS = ("S-1", "S-2", "S-3", "O-1")
DEADLINE = timedelta(days=5)
WHO, WHAT = st.sampled_from(JUDGES), st.sampled_from(NOMINATIONS)
MARKS = st.dictionaries(st.sampled_from(CRITERIA), st.integers(1, 10), max_size=2)
Pair = tuple[str, str]


@dataclass
class Known:
    """What the model knows of one pair."""

    state: str = "issued"
    versions: list[Content] = field(default_factory=list)
    submitted: bool = False
    counts: bool = True


class FirstRound(RuleBasedStateMachine):
    folder: Path
    reopened: Reopening
    reached: set[str]

    @initialize()
    def begin(self) -> None:
        begin_writing()
        self.play = Play(db.session(), self.folder, {"minimum": 1, "same_country": "off"})
        self.now = self.play.now
        self.play.nominate(
            *(entry(it, "openness" if it.startswith("O") else "services") for it in NOMINATIONS)
        )
        self.play.seat(
            *((it.title(), f"{it}@panel.example", "", f"Home {it}", "FR", "", "") for it in JUDGES)
        )
        self.judges: dict[str, Judge] = {
            it: judges.find(db.session(), self.play.edition, f"{it}@panel.example") for it in JUDGES
        }
        closes = (self.now + DEADLINE).replace(tzinfo=None)
        editions.set_moment(
            db.session(), self.play.edition, Moment.MARKS_CLOSE, closes, zone="UTC",
            actor=self.play.actor, now=self.now,
        )  # fmt: skip
        self.play.assign()
        self.chair, self.organiser = (self._person(role) for role in (Role.CHAIR, Role.ORGANISER))
        self.known: dict[Pair, Known] = {(judge, it): Known() for judge in JUDGES for it in NOMINATIONS}
        self.left: set[str] = set()
        self.deadline = dict.fromkeys(JUDGES, self.now + DEADLINE)
        self.closed = False
        self.open_again: Pair | None = None

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()

    @rule(judge=WHO, reference=WHAT, marks=MARKS, comment=st.sampled_from(["", "Clear.", "Thin."]))
    def save(self, judge: str, reference: str, marks: dict[str, int], comment: str) -> None:
        its = self.known[judge, reference]
        asked = self._asked(reference)
        marks = {key: mark for key, mark in marks.items() if key in asked}
        content = Content(marks, comment)
        allowed = self._may_write(judge, reference)
        complete = set(marks) == set(asked)
        last = its.versions[-1] if its.versions else Content()
        done = self._try(
            lambda: scoring.save(
                db.session(), self.play.edition, self._assignment(judge, reference), content,
                base=len(its.versions), opened=self.now, actor=self._as(judge), now=self.now,
            )
        )  # fmt: skip
        assert done == (allowed and (content == last or not its.submitted or complete))
        if done and content != last:
            its.versions.append(content)
            self.reached.add("mended after the close" if self.closed else "saved")

    @rule(judge=WHO, reference=WHAT)
    def submit(self, judge: str, reference: str) -> None:
        its = self.known[judge, reference]
        complete = bool(its.versions) and set(its.versions[-1].marks) == set(self._asked(reference))
        done = self._try(
            lambda: scoring.submit(
                db.session(), self.play.edition, self._assignment(judge, reference),
                opened=self.now, actor=self._as(judge), now=self.now,
            )
        )  # fmt: skip
        assert done == (self._may_write(judge, reference) and complete)
        its.submitted = its.submitted or done

    @rule(judge=WHO, mark=st.integers(1, 10))
    def finish_every_sheet(self, judge: str, mark: int) -> None:
        for reference in NOMINATIONS:
            self.save(judge, reference, dict.fromkeys(CRITERIA, mark), "")
            self.submit(judge, reference)

    @rule(judge=WHO, reference=WHAT)
    def declare_an_interest(self, judge: str, reference: str) -> None:
        if self.open_again is not None or judge in self.left:
            return
        self._must(
            lambda: declarations.declare_one(
                db.session(), self.play.edition, self.judges[judge], self.play.nomination(reference),
                reason="", actor=self._as(judge), now=self.now,
            )
        )  # fmt: skip
        its = self.known[judge, reference]
        its.counts = False
        if its.state == "issued":
            its.state = "recused"

    @rule(judge=WHO, reference=WHAT)
    def hand_back(self, judge: str, reference: str) -> None:
        its = self.known[judge, reference]
        done = self._try(
            lambda: assignments.hand_back(
                db.session(),
                self.play.edition,
                self._assignment(judge, reference),
                HandBack.TIME,
                actor=self._as(judge),
                now=self.now,
            )
        )  # fmt: skip
        if done:
            assert not self.closed
            assert its.state == "issued"
            assert not its.submitted
            its.state = "handed_back"

    @rule(judge=WHO, reason=st.sampled_from(list(Leaving)))
    def leave(self, judge: str, reason: Leaving) -> None:
        if self.open_again is not None or judge in self.left:
            return
        self._must(
            lambda: leaving.leave(
                db.session(), self.play.edition, self.judges[judge], reason,
                note="Said by telephone.", actor=self.play.actor, now=self.now,
            )
        )  # fmt: skip
        self.left.add(judge)
        for (who, _), its in self.known.items():
            if who == judge:
                nothing = reason in (Leaving.CONFLICT, Leaving.MISCONDUCT)
                if nothing:
                    its.counts = False
                if its.state == "issued" and (nothing if self.closed else not its.submitted):
                    its.state = "left"

    @rule(judge=WHO, days=st.integers(1, 4))
    def grant_time(self, judge: str, days: int) -> None:
        wanted = self.deadline[judge] + timedelta(days=days)
        done = self._try(
            lambda: marking.grant_time(
                db.session(), self.play.edition, self.judges[judge], wanted.replace(tzinfo=None),
                zone="UTC", reason="Ill for a week.", actor=self.play.actor, now=self.now,
            )
        )  # fmt: skip
        if done:
            assert not self.closed
            self.deadline[judge] = wanted

    @rule(hours=st.sampled_from([1, 30, 60]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def assign_again(self) -> None:
        if not self.closed:
            self._must(
                lambda: panels.assign(db.session(), self.play.edition, actor=self.play.actor, now=self.now)
            )

    @rule()
    def close(self) -> None:
        done = self._try(
            lambda: rounds.close_first(db.session(), self.play.edition, actor=self.play.actor, now=self.now)
        )
        counted = {reference for (_, reference), its in self.known.items() if self._counts(its)}
        assert done == (not self.closed and counted == set(NOMINATIONS))
        self.closed = self.closed or done
        self.reached.add("closed" if done else "kept open")

    @rule(judge=WHO, reference=WHAT)
    def reopen_for_one(self, judge: str, reference: str) -> None:
        if not self.closed or self.open_again is not None or judge in self.left:
            return
        its = self.known[judge, reference]
        if its.state != "issued" or not its.counts:
            return
        session, edition = db.session(), self.play.edition
        asked = reopening.ask(
            session,
            edition,
            self.judges[judge],
            self.play.nomination(reference),
            reason="I marked the wrong one.",
            actor=self._as(judge),
            now=self.now,
        )
        proposed = reopening.propose(session, edition, asked, actor=self.chair, now=self.now)
        reopening.approve(
            session, edition, asked, proposed.subject_sha256, actor=self.organiser, now=self.now
        )
        self.reopened = asked
        self.reached.add("reopened")
        self.open_again = (judge, asked.nomination.category)

    @rule()
    def end_the_reopening(self) -> None:
        if self.open_again is not None:
            reopening.finish(db.session(), self.play.edition, self.reopened, actor=self.chair, now=self.now)
            self.open_again = None

    @invariant()
    def what_counts_is_what_the_rules_say(self) -> None:
        found = marked.counted(db.session(), self.play.edition, Round.FIRST)
        expected: dict[str, list[str]] = {}
        for (_, reference), its in self.known.items():
            if self._counts(its):
                expected.setdefault(reference, []).append(str(sorted(its.versions[-1].marks.items())))
        assert {name: sorted(str(sorted(marks.items())) for marks in its) for name, its in found.items()} == {
            name: sorted(its) for name, its in expected.items()
        }

    @invariant()
    def no_version_is_ever_lost(self) -> None:
        rows: dict[tuple[int, int], list[ScoreSheetVersion]] = {}
        for version, judge, nomination in db.session.execute(
            select(ScoreSheetVersion, Assignment.judge_id, Assignment.nomination_id)
            .join(ScoreSheet, ScoreSheet.id == ScoreSheetVersion.sheet_id)
            .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
            .order_by(ScoreSheetVersion.number)
        ):
            rows.setdefault((judge, nomination), []).append(version)
        for (judge, reference), its in self.known.items():
            key = (self.judges[judge].id, self.play.nomination(reference).id)
            there = rows.get(key, [])
            assert [it.number for it in there] == list(range(1, len(its.versions) + 1))
            assert [Content.of(it) for it in there] == its.versions

    @invariant()
    def no_pair_in_conflict_is_issued(self) -> None:
        both = db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(
                Conflict,
                (Conflict.judge_id == Assignment.judge_id)
                & (Conflict.nomination_id == Assignment.nomination_id),
            )
            .where(Assignment.state == AssignmentState.ISSUED, Conflict.waived_by.is_(None))
        )
        assert both == 0

    def _asked(self, reference: str) -> tuple[str, ...]:
        return ("impact",) if reference.startswith("O") else CRITERIA

    def _may_write(self, judge: str, reference: str) -> bool:
        its = self.known[judge, reference]
        if its.state != "issued" or not its.counts or judge in self.left:
            return False
        if self.closed:
            category = "openness" if reference.startswith("O") else "services"
            return self.open_again == (judge, category)
        return self.now <= self.deadline[judge]

    def _counts(self, its: Known) -> bool:
        return its.submitted and its.counts and its.state in ("issued", "left")

    def _assignment(self, judge: str, reference: str) -> Assignment:
        return db.session.scalars(
            select(Assignment).where(
                Assignment.judge_id == self.judges[judge].id,
                Assignment.nomination_id == self.play.nomination(reference).id,
            )
        ).one()

    def _as(self, judge: str) -> Actor:
        account = self.judges[judge].account
        return Actor(account=account, real=account)

    def _person(self, role: Role) -> Actor:
        account, _ = accounts.find_or_make(
            db.session(), f"{role.value}@office.example", name=role.value, actor=self.play.actor, now=self.now
        )
        accounts.grant(
            db.session(), account, role, edition=self.play.edition, actor=self.play.actor, now=self.now
        )
        return Actor(account=account, real=account)

    def _must(self, act: Callable[[], Any]) -> None:
        act()
        db.session.flush()

    def _try(self, act: Callable[[], Any]) -> bool:
        """Whether an act was taken; one that is refused by name changes nothing."""
        with suppress(*REFUSALS):
            with db.session.begin_nested():
                act()
            return True
        return False


def test_the_first_round_keeps_its_rules_whatever_is_done_in_whatever_order(
    app: Flask, tmp_path: Path
) -> None:
    FirstRound.folder, FirstRound.reached = tmp_path, set()
    many = settings.get_profile("audit").max_examples == settings().max_examples
    with app.app_context():
        run_state_machine_as_test(
            FirstRound,
            settings=settings(
                max_examples=200 if many else 8,
                stateful_step_count=50 if many else 30,
                suppress_health_check=list(HealthCheck),
                phases=(Steps.explicit, Steps.generate),
            ),
        )


def test_the_way_through_the_close_and_back_is_among_what_is_played(app: Flask, tmp_path: Path) -> None:
    FirstRound.folder, FirstRound.reached = tmp_path, set()
    with app.app_context():
        machine = FirstRound()
        machine.begin()
        machine.close()
        for judge in JUDGES:
            machine.finish_every_sheet(judge, 7)
        machine.close()
        machine.reopen_for_one("ana", "S-1")
        machine.save("ana", "S-1", {"services": 2, "impact": 3}, "")
        machine.save("ana", "O-1", {"impact": 3}, "")
        machine.save("ben", "S-1", {"services": 2, "impact": 3}, "")
        machine.end_the_reopening()
        machine.save("ana", "S-1", {"services": 4, "impact": 4}, "")
        machine.what_counts_is_what_the_rules_say()
        machine.no_version_is_ever_lost()
        machine.teardown()

    assert FirstRound.reached == {"saved", "kept open", "closed", "reopened", "mended after the close"}
