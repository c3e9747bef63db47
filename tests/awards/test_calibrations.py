"""Calibrations: fitted as jobs after every freeze, and where the rules say so, what decides who advances."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from awards import calibrations, fitting, jobs, records, recounts, shortlists, standings
from awards.audit import Actor
from awards.calibrations import FIT, NotFailed, TooManyToFit
from awards.fitting import fit_next
from awards.jobs import Work
from awards.models import (
    Assignment,
    AssignmentRun,
    AssignmentState,
    CalibrationState,
    Job,
    JobState,
    RunState,
    ScoreSheet,
)
from judging import calibration
from judging.calibration import Sheet
from judging.count import standing_of
from judging.fitted import sheets_sha256
from judging.record import CALIBRATION, RUNS, Record, read_bytes
from judging.recount import recount
from judging.values import Deciding, Round, rounded
from tests.awards.play import NOW, Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
JUDGES = ("ada", "ben", "cai", "dee", "eve")
SEVERITY = {"ada": -3, "ben": 3, "cai": -2, "dee": 2, "eve": 0}
ENTRIES = 24


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return marked(session, tmp_path, "mean")


@pytest.fixture
def calibrated(session: scoped_session[Session], tmp_path: Path) -> Play:
    return marked(session, tmp_path, "calibrated")


def marked(session: scoped_session[Session], folder: Path, standing: str) -> Play:
    """Judges of very different strictness, of whom each nomination meets three; not closed yet."""
    rules = {"standing": standing, "everyone_up_to": 0, "per_nomination": 3, "highest": 20, "places": 5}
    made = Play(session(), folder, rules)
    made.nominate(*(entry(f"N{number:02}") for number in range(ENTRIES)))
    made.seat(*map(judge, JUDGES))
    made.assign(seed="even")
    chance = Random(6)
    worth = {f"N{number:02}": chance.gauss(10.5, 2.5) for number in range(ENTRIES)}
    rows = []
    for it in made.session.scalars(select(Assignment).order_by(Assignment.id)):
        name = it.judge.account.email.partition("@")[0]
        value = worth[it.nomination.reference] + SEVERITY[name]
        marks = [str(min(20, max(1, round(value + chance.gauss(0, 0.7))))) for _ in range(2)]
        rows.append((it.judge.account.email, it.nomination.reference, *marks, ""))
    made.mark(*rows)
    return made


def work(play: Play, folder: Path) -> Work:
    return Work(play.session, play.actor, play.now, folder, "http://localhost", "a@b.example")


def fit(play: Play, folder: Path, commit: Callable[[], None] | None = None) -> Job | None:
    return fit_next(
        work(play, folder),
        begin=lambda: None,
        commit=commit or play.session.commit,
        clock=lambda: NOW,
    )


def record_of(play: Play, *, public: bool) -> Record:
    target = BytesIO()
    records.write(play.session, play.edition, target, public=public)
    return read_bytes(target.getvalue())


def leave_out(play: Play, name: str) -> None:
    """A judge's sheets of one nomination leave the standing, as after a recusal."""
    mine = play.session.scalars(
        select(Assignment).join(Assignment.nomination).where(Assignment.nomination.has(reference=name))
    ).first()
    assert mine is not None
    recounts.leave_out(
        play.session,
        play.edition,
        Assignment.id == mine.id,
        AssignmentState.RECUSED,
        "kin",
        signed_as="operator",
        actor=play.actor,
        now=NOW,
    )


def test_the_close_queues_one_fit_of_all_categories_and_a_worker_does_it(play: Play, tmp_path: Path) -> None:
    play.close()
    waiting = calibrations.latest(play.session, play.edition)
    assert waiting is not None
    assert (waiting.number, waiting.state, waiting.document) == (1, CalibrationState.WAITING, {})
    assert jobs.run_next(work(play, tmp_path), play.session.commit) is None, "other jobs leave it alone"

    seen: list[tuple[int, int]] = []
    job = fit(play, tmp_path, lambda: seen.append((waiting.done, waiting.steps)) or play.session.commit())  # type: ignore[func-returns-value]

    assert job is not None
    assert (job.state, job.answer) == (JobState.DONE, f"{ENTRIES} nominations")
    assert waiting.state is CalibrationState.FITTED
    assert any(0 < done < steps for done, steps in seen), "how far it was could be seen meanwhile"
    found = calibrations.category(waiting.document, "services")
    assert found is not None
    assert (found["deciding"], found["why"], len(found["nominations"])) == ("raw", None, ENTRIES)
    assert sum(Fraction(it["p_top"]) for it in found["nominations"]) == pytest.approx(5, abs=0.01)
    strict = {it["judge"]: Fraction(it["severity"]) for it in waiting.document["judges"]}
    by_name = {it.judge.public_id: it.judge.account.name for it in play.session.scalars(select(Assignment))}
    assert by_name[min(strict, key=strict.__getitem__)] == "Ada Fictional"
    assert fit(play, tmp_path) is None
    assert calibrations.start(play.session, play.edition, now=NOW) is waiting, "the same sheets once"


@ON_SQLITE
def test_a_fit_that_was_overtaken_is_superseded_and_the_next_one_is_fitted(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.close()
    first = calibrations.latest(play.session, play.edition)
    assert first is not None
    slow = calibrations.fit

    def overtaken(asked: calibrations.Asked, progress: object) -> dict[str, object]:
        if first.state is CalibrationState.RUNNING:
            leave_out(play, "N03")
        return slow(asked, None)  # type: ignore[return-value]

    monkeypatch.setattr(fitting.calibrations, "fit", overtaken)

    answers = [job.answer for job in iter(lambda: fit(play, tmp_path), None)]

    assert answers == ["superseded", f"{ENTRIES} nominations"]
    there = calibrations.latest(play.session, play.edition)
    assert there is not None
    assert (there.number, there.state) == (2, CalibrationState.FITTED)
    assert (first.state, first.document) == (CalibrationState.SUPERSEDED, {})


@ON_SQLITE
def test_a_fit_whose_worker_died_is_tried_again_and_one_that_breaks_says_so(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.close()
    row = calibrations.latest(play.session, play.edition)
    job = play.session.scalars(select(Job).where(Job.kind == FIT)).one()
    assert row is not None
    row.state, job.state, job.attempts, job.due_at = CalibrationState.RUNNING, JobState.RUNNING, 1, NOW
    later = work(play, tmp_path)

    assert jobs.tick(Work(later.session, later.actor, NOW + jobs.STALE, later.key_folder, "", "")).jobs == 1
    with pytest.raises(NotFailed):
        calibrations.again(play.session, play.edition, actor=play.actor, now=NOW)

    def broken(*_: object) -> dict[str, object]:
        raise MemoryError

    monkeypatch.setattr(calibrations, "fit", broken)
    for _ in range(jobs.MOST_ATTEMPTS):
        job.due_at = NOW
        fit(play, tmp_path)
    assert (row.state, row.answer) == (CalibrationState.FAILED, "MemoryError")
    monkeypatch.undo()
    calibrations.again(play.session, play.edition, actor=play.actor, now=NOW)
    fit(play, tmp_path)
    there = calibrations.latest(play.session, play.edition)
    assert there is not None
    assert (there.number, there.state) == (2, CalibrationState.FITTED)


@ON_SQLITE
def test_the_public_record_says_nothing_of_a_calibration_that_does_not_decide(
    play: Play, tmp_path: Path
) -> None:
    """As long as the plain mean decides, how strict a judge is and how sure a place is stay inside."""
    play.close()
    fit(play, tmp_path)
    row = calibrations.latest(play.session, play.edition)
    assert row is not None
    secrets = {it["fair"] for it in row.document["categories"][0]["nominations"]}
    secrets |= {it["severity"] for it in row.document["judges"]} | {row.sheets_sha256}

    public, full = record_of(play, public=True), record_of(play, public=False)

    there = b"\n".join(public.archive.read(name) for name in public.archive.namelist()).decode()
    assert not public.has(CALIBRATION)
    assert [it for it in secrets if it in there] == []
    assert "fitted" not in there
    assert full.document(CALIBRATION)["document"] == row.document  # type: ignore[index, call-overload]
    assert [recount(it).differences for it in (public, full)] == [(), ()]


@ON_SQLITE
def test_assignment_runs_stand_in_the_full_record_only(play: Play) -> None:
    run = play.session.scalars(select(AssignmentRun).where(AssignmentRun.state == RunState.CONFIRMED)).one()
    run.document = run.document | {"certificate": {"inputs_sha256": "a1" * 32, "solver": "ortools"}}
    play.close()

    public, full = record_of(play, public=True), record_of(play, public=False)

    assert "a1" * 32 in full.archive.read(RUNS).decode()
    assert not public.has(RUNS)
    assert recount(full).differences == ()


@ON_SQLITE
def test_the_fair_score_decides_where_the_rules_say_so(calibrated: Play) -> None:
    frozen = {it.category: it for it in calibrated.close()}["services"]
    standing = standing_of(frozen.document)
    row = calibrations.latest(calibrated.session, calibrated.edition)

    assert row is not None
    assert row.state is CalibrationState.FITTED
    fair = {it["nomination"]: Fraction(it["fair"]) for it in row.document["categories"][0]["nominations"]}
    assert standing.deciding is Deciding.FAIR
    assert standing.totals == fair
    assert [row.nomination for row in standing.rows] == sorted(fair, key=lambda name: (-fair[name], name))
    scores = standings.scores_of(calibrated.session, calibrated.edition, "services", Round.FIRST)
    assert {row.nomination: row.raw for row in standing.rows} == {k: it.total for k, it in scores.items()}
    assert [row.nomination for row in standing.rows] != sorted(
        scores, key=lambda name: (-scores[name].total, name)
    )
    assert not calibrated.session.scalars(select(Job).where(Job.kind == FIT)).all()


@ON_SQLITE
def test_every_recount_of_the_sheets_fits_again_and_an_order_of_the_chair_does_not(calibrated: Play) -> None:
    before = {it.category: it for it in calibrated.close()}["services"]
    again = standings.freeze(
        calibrated.session, calibrated.edition, "services", actor=calibrated.actor, now=NOW
    )
    assert (again.number, again.document) == (2, before.document)

    leave_out(calibrated, "N03")

    after = standings.latest(calibrated.session, calibrated.edition)["services"]
    assert after.number == 3
    assert (before.document["fitted"]["number"], after.document["fitted"]["number"]) == (1, 2)
    assert standing_of(after.document).totals.keys() == standing_of(before.document).totals.keys()


@ON_SQLITE
def test_too_many_nominations_for_a_page_are_fitted_at_the_shell(
    calibrated: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrations, "INLINE_MOST", ENTRIES - 1)
    calibrated.session.commit()
    shell, calibrated.actor = calibrated.actor, Actor(calibrated.actor.account, calibrated.actor.real)

    with pytest.raises(TooManyToFit):
        calibrated.close()

    calibrated.session.rollback()
    assert calibrated.again().first_closed_at is None
    calibrated.actor = shell
    assert standing_of(calibrated.close()[0].document).deciding is Deciding.FAIR


@ON_SQLITE
def test_a_calibrated_result_recounts_from_either_record_and_the_full_one_is_fitted_again(
    calibrated: Play, tmp_path: Path
) -> None:
    calibrated.close()
    shortlists.sign(calibrated.session, calibrated.edition, actor=calibrated.actor, now=NOW)

    public, full = record_of(calibrated, public=True), record_of(calibrated, public=False)

    for it in (public, full):
        found = recount(it)
        assert found.differences == ()
        standing = next(count.standing for count in found.categories if count.category == "services")
        assert standing is not None
        assert standing.deciding is Deciding.FAIR
    stated = public.document(CALIBRATION)
    assert isinstance(stated, dict)
    assert stated.keys() == {"categories"}
    assert not {it.judge.public_id for it in calibrated.session.scalars(select(Assignment))} & {
        *str(stated).split("'")
    }
    named = set(
        standing_of(standings.latest(calibrated.session, calibrated.edition)["services"].document).finalists
    )
    totals = stated["categories"]["services"]["totals"]  # type: ignore[index, call-overload]
    assert {name for name in totals if name.startswith("N")} == named
    target = tmp_path / "full.zip"
    with target.open("wb") as file:
        records.write(calibrated.session, calibrated.edition, file, public=False)
    said = subprocess.run(
        [sys.executable, "-m", "judging.calibration", "refit", str(target)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert "No place would change" in said.stdout
    alone = subprocess.run(
        [sys.executable, "-m", "judging", "recount", str(target)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert alone.returncode == 0
    assert "The fair score decides" in alone.stdout


@ON_SQLITE
def test_the_hash_of_the_sheets_is_the_one_that_the_core_states(play: Play) -> None:
    play.close()
    rows = calibrations.sheets_of(play.session, play.edition)
    found = calibration.calibrate([Sheet(*row) for row in rows], places={"services": 5}, seed="s", draws=1)

    assert found.sheets_sha256 == sheets_sha256(rows)
    assert rounded(Fraction(-1, 3)) == "-0.33"


@ON_SQLITE
def test_the_command_fits_what_waits(play: Play, cli: FlaskCliRunner) -> None:
    play.session.commit()
    assert "nothing to fit" in cli.invoke(args=["calibration", "fit", "small-prize"]).output
    play.close()
    play.session.commit()

    said = cli.invoke(args=["calibration", "fit", "small-prize"]).output

    assert "Job calibration.fit: done" in said
    assert f"Calibration 1: {3 * ENTRIES} sheets; its fair scores predict" in said


@ON_SQLITE
def test_a_fit_without_a_sheet_left_is_given_up_at_once(play: Play, tmp_path: Path) -> None:
    play.close()
    play.session.execute(update(ScoreSheet).values(counted=False))
    play.session.commit()

    fit(play, tmp_path)

    row = calibrations.latest(play.session, play.edition)
    assert row is not None
    assert (row.state, row.answer) == (CalibrationState.FAILED, "NothingToFit")
    assert fit(play, tmp_path) is None
