"""Large proposals: drawn behind the page, again where the panel has changed meanwhile, and given up in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import assignments, draws
from awards.draws import PROPOSE
from awards.jobs import Work
from awards.jobs.proposing import propose_next
from awards.models import AssignmentRun, Job, JobState
from awards.problems import Wanted
from awards.timetable import Phase
from tests.awards.play import Play, entry, judge
from tests.awards.test_proposals import person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    monkeypatch.setattr(draws, "LARGE", 1)
    play = Play(session(), tmp_path)
    play.nominate(*(entry(f"N{number}") for number in range(1, 4)))
    play.seat(*(judge(name) for name in ("ada", "ben", "cy")))
    play.reach(Phase.FIRST_ROUND)
    return play


def ask(play: Play) -> None:
    assert draws.draw(play.session, play.edition, Wanted(1), seed="7", actor=play.actor, now=play.now) is None


def work(play: Play, commit: Callable[[], None]) -> Job | None:
    desk = Work(play.session, play.actor, play.now, play.folder, "http://localhost", "a@b.example")
    return propose_next(desk, begin=lambda: None, commit=commit, clock=lambda: play.now)


def proposed(play: Play) -> list[list[str]]:
    return [it.pairs for it in play.session.scalars(select(AssignmentRun))]


def test_what_is_given_out_meanwhile_is_not_proposed_once_more(play: Play) -> None:
    ask(play)
    commits = 0

    def commit() -> None:
        nonlocal commits
        play.session.commit()
        commits += 1
        if commits == 2:  # what was asked is read, and the match is being found
            assignments.issue(
                play.session,
                play.edition,
                person(play, "ada"),
                play.nomination("N1"),
                actor=play.actor,
                now=play.now,
            )

    first = work(play, commit)

    assert first is not None
    assert first.state is JobState.WAITING
    assert proposed(play) == []
    again = work(play, commit)
    assert again is not None
    assert again.state is JobState.DONE
    (pairs,) = proposed(play)
    assert [reference for _, reference in pairs if reference == "N1"] == []
    assert len(pairs) == 2
    assert work(play, commit) is None


def test_a_round_that_is_closed_meanwhile_ends_the_draw(play: Play) -> None:
    ask(play)
    play.edition.phase = Phase.DELIBERATION
    play.edition.first_closed_at = play.now

    job = work(play, play.session.commit)

    assert job is not None
    assert (job.state, job.answer) == (JobState.DONE, "RoundClosed")
    assert proposed(play) == []
    assert draws.under_way(play.session, play.edition) is None


def test_a_draw_that_breaks_is_tried_again_and_then_given_up(play: Play) -> None:
    ask(play)
    job = play.session.scalars(select(Job).where(Job.kind == PROPOSE)).one()
    job.arguments = job.arguments | {"wanted": {"nothing": 1}}

    states = []
    for _ in range(5):
        work(play, play.session.commit)
        states.append(job.state)
        job.due_at = play.now

    assert states == [JobState.WAITING] * 4 + [JobState.FAILED]
    assert job.answer == "TypeError"
