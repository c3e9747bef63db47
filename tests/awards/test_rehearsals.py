"""Rehearsals: an edition played by simulated people somewhere else, what is found, and that nothing stays behind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, editions, jobs, rehearsals
from awards.jobs import STALE, Work
from awards.models import Base, Job, JobState, RehearsalState, Role
from awards.rehearsals import TooLateToRehearse
from awards.rehearsing import working
from awards.rehearsing.brief import Brief, read
from awards.rehearsing.cast import cast
from awards.rehearsing.findings import Kind, Severity, Step
from awards.rehearsing.report import rehearse
from awards.rehearsing.ties import Contest, Ladder, lots
from awards.timetable import Moment
from tests.awards.play import NOW, Play, entry, judge

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SIGNATORY = {"name": {"en": "Ann Imagined"}, "office": {"en": "President"}}
IN_ORDER = {
    Moment.NOMINATIONS_CLOSE: 10,
    Moment.MARKS_CLOSE: 20,
    Moment.VOTE_CLOSE: 30,
    Moment.CEREMONY: 40,
}
RULES = {"per_nomination": 3, "minimum": 2, "everyone_up_to": 100, "same_country": "block"}
FIELD = [entry(f"S{number}", country="KR") for number in range(4)] + [
    entry(f"O{number}", "openness", country="KR") for number in range(4)
]


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """An edition that is ready: everything is stated, and three judges read everything."""
    made = Play(session(), tmp_path, RULES)
    texts = editions.texts_of(made.session, made.edition) | {"signatories": [SIGNATORY]}
    editions.save_texts(made.session, made.edition, texts, reason="", actor=made.actor, now=made.now)
    state(made, IN_ORDER)
    made.nominate(*FIELD)
    made.seat(judge("ada"), judge("ben"), judge("cai"))
    appoint(made, "chair@example.org", Role.CHAIR)
    return made


def state(play: Play, days: Mapping[Moment, int]) -> None:
    for moment, after in days.items():
        local = (NOW + timedelta(days=after)).replace(tzinfo=None)
        editions.set_moment(
            play.session, play.edition, moment, local, zone="UTC", actor=play.actor, now=play.now
        )


def appoint(play: Play, email: str, role: Role, *, category: str | None = None) -> None:
    account, _ = accounts.find_or_make(play.session, email, name="Chair", actor=play.actor, now=play.now)
    accounts.grant(
        play.session,
        account,
        role,
        edition=play.edition,
        category=category,
        actor=play.actor,
        now=play.now,
    )


def brief_of(play: Play) -> Brief:
    return read(play.session, play.edition, now=play.now)


def found(report: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for it in report["findings"]:
        by_kind.setdefault(it["kind"], []).append(it)
    return by_kind


def test_nothing_is_found_in_an_edition_that_is_ready_and_every_step_is_played(
    app: Flask, play: Play
) -> None:
    report = rehearse(brief_of(play), seed="calm")

    assert report["findings"] == []
    assert report["stopped"] is None
    assert report["played"] == [it.value for it in Step]


def test_a_broken_edition_says_where_it_breaks(app: Flask, play: Play) -> None:
    """Two judges share a country with half the field, the chair with all of a category; dates cross; names are long."""
    play.seat(
        judge("ada", country="KR"),
        judge("ben", country="KR", categories="openness"),
        judge("cai", categories="services"),
    )
    appoint(play, "ada@example.org", Role.DEPUTY, category="services")
    brief = brief_of(play)
    long = replace(brief.entered[0], title="Unbrokenword" * 33, organisation="Municipality" * 16)
    signs = replace(brief.entered[1], title="Project \U00013000")
    crossed = {
        **brief.timetable,
        Moment.MARKS_CLOSE: brief.timetable[Moment.CEREMONY],
    }
    brief = replace(
        brief,
        entered=(long, signs, *brief.entered[2:]),
        timetable=crossed,
        texts={**brief.texts, "signatories": []},
        own_deadlines=((Moment.NOMINATIONS_CLOSE, brief.timetable[Moment.CEREMONY].instant),),
    )

    report = rehearse(brief, seed="broken")
    kinds = found(report)

    short = {
        name: number for it in kinds[Kind.TOO_FEW_JUDGES] for name, number, *_ in it["values"]["nominations"]
    }
    assert short == {f"S{n}": 1 for n in range(4)} | {f"O{n}": 0 for n in range(4)}
    assert {it["severity"] for it in kinds[Kind.TOO_FEW_JUDGES]} == {Severity.STOPS}
    assert {it["values"]["cause"] for it in kinds[Kind.TOO_FEW_JUDGES]} == {"conflicts"}
    assert [it["values"] for it in kinds[Kind.DATES_CROSSED]] == [
        {"first": "marks_close", "second": "vote_close"}
    ]
    assert [it["values"]["nominations"] for it in kinds[Kind.UNPRINTABLE]] == [[signs.reference]]
    assert {it["values"]["part"] for it in kinds[Kind.TIGHT]} >= {"project"}
    assert kinds[Kind.OWN_DEADLINE_LATE][0]["values"]["count"] == 1
    assert kinds.keys() >= {Kind.NO_SIGNATORY}
    assert report["findings"][0]["severity"] == Severity.STOPS


def test_judges_who_share_no_nomination_are_told_apart_and_so_are_bound_chairs(
    app: Flask, play: Play
) -> None:
    """One judge is in conflict with two of a category, the other with the other two; the chair with one of each."""
    brief = brief_of(play)
    one, other, third = (it.key for it in brief.judges)
    bound = {(one, "S0"), (one, "S1"), (other, "S2"), (other, "S3"), *((third, f"S{n}") for n in range(4))}
    chair = replace(brief.chairs[0], bound=frozenset({"S0"}))
    brief = replace(brief, conflicts=frozenset(bound), chairs=(chair,))

    kinds = found(rehearse(brief, seed="apart"))

    assert [(it["values"]["category"], it["values"]["parts"]) for it in kinds[Kind.NOT_LINKED]] == [
        ("services", 2)
    ]
    assert [it["values"]["category"] for it in kinds[Kind.CHAIRS_BOUND]] == ["services"]


def test_a_lot_is_drawn_where_everybody_who_could_decide_is_bound(app: Flask, play: Play) -> None:
    rules = brief_of(play).rules
    names = [f"S{number}" for number in range(6)]
    pairs = tuple((who, name) for who in ("one", "two") for name in names)

    def drawn(*chairs: frozenset[str]) -> int:
        contest = Contest("services", pairs, (), chairs)
        return lots(rules, [contest], seed="ties", runs=60)["services", Ladder.SHORTLIST]

    assert drawn(frozenset(), frozenset(names)) == 0
    assert 0 < drawn(frozenset(names)) < 60
    assert drawn(frozenset(names)) == drawn(frozenset(names)) == drawn()


def test_what_isnt_there_yet_is_simulated_and_said_to_be(app: Flask, play: Play) -> None:
    brief = replace(brief_of(play), entered=(), judges=(), conflicts=frozenset())

    report = rehearse(brief, seed="early")

    kinds = found(report)
    assert report["stopped"] is None
    assert kinds.keys() == {
        Kind.NO_JUDGES,
        Kind.NO_NOMINATIONS,
        Kind.SIMULATED_JUDGES,
        Kind.SIMULATED_NOMINATIONS,
    }
    assert kinds[Kind.SIMULATED_NOMINATIONS][0]["values"]["categories"] == ["services", "openness"]
    assert len(cast(brief, 12).seats) == 12


@pytest.mark.parametrize("second_round", ["vote", "panel"])
def test_a_second_round_is_played_too(
    app: Flask, session: scoped_session[Session], tmp_path: Path, second_round: str
) -> None:
    made = Play(session(), tmp_path, RULES | {"second_round": second_round})
    made.nominate(*FIELD)
    made.seat(judge("ada"), judge("ben"), judge("cai"))

    if second_round == "vote":
        appoint(made, "hana@keys.example", Role.HOLDER)

    report = rehearse(brief_of(made), seed="second")

    assert report["stopped"] is None, report
    assert report["figures"]["prizes"] == 2
    assert report["figures"].get("shares") == (2 if second_round == "vote" else None), (
        "opened by two of three"
    )


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        it.name: [tuple(row) for row in session.execute(select(it).order_by(*it.primary_key.columns))]
        for it in Base.metadata.sorted_tables
    }


def files(folder: Path) -> dict[str, str]:
    return {
        str(it): hashlib.sha256(it.read_bytes()).hexdigest()
        for it in sorted(folder.rglob("*"))
        if it.is_file()
    }


def work(play: Play, folder: Path, now: datetime = NOW) -> Work:
    return Work(play.session, play.actor, now, folder / "keys", "http://localhost", "a@b.example", folder)


def next_of(play: Play, folder: Path, now: datetime = NOW) -> Job | None:
    return working.play_next(
        work(play, folder), begin=lambda: None, commit=play.session.commit, clock=lambda: now
    )


def test_the_command_leaves_every_row_and_every_file_as_it_was(
    app: Flask, play: Play, cli: FlaskCliRunner
) -> None:
    play.session.commit()
    data = Path(app.config["LAURELS_DATA"])
    before = everything(play.session), files(data)
    play.session.rollback()

    answer = cli.invoke(args=["rehearse", play.edition.key, "--judges", "4"])

    assert answer.exit_code == 0, answer.output
    assert "simulated: 4 judges" in answer.output
    play.session.expire_all()
    assert (everything(play.session), files(data)) == before


def test_the_job_leaves_everything_but_itself_as_it_was(app: Flask, play: Play, tmp_path: Path) -> None:
    row, is_new = rehearsals.ask(play.session, play.edition, actor=play.actor, now=NOW)
    again, is_another = rehearsals.ask(play.session, play.edition, actor=play.actor, now=NOW)
    play.session.commit()
    before = everything(play.session)

    job = next_of(play, tmp_path)

    after = everything(play.session)
    assert (is_new, is_another) == (True, False)
    assert again.id == row.id
    assert job is not None
    assert job.state is JobState.DONE
    assert row.state is RehearsalState.DONE
    assert row.report["findings"] == []
    assert row.done == row.steps
    assert {name for name in before if before[name] != after[name]} == {"job", "rehearsal"}
    assert next_of(play, tmp_path) is None
    assert jobs.run_next(work(play, tmp_path), play.session.commit) is None


def test_a_worker_that_dies_is_followed_by_another(
    app: Flask, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = rehearsals.ask(play.session, play.edition, actor=play.actor, now=NOW)
    job = jobs.take(play.session, Job.kind == rehearsals.PLAY, NOW)
    assert job is not None
    assert rehearsals.claim(row)
    play.session.commit()
    later = NOW + STALE + timedelta(minutes=1)

    jobs.tick(work(play, tmp_path, later))
    taken = next_of(play, tmp_path, later)

    assert taken is not None
    assert taken.state is JobState.DONE
    assert row.state is RehearsalState.DONE


def test_after_the_close_nobody_rehearses(
    app: Flask, play: Play, tmp_path: Path, cli: FlaskCliRunner
) -> None:
    waiting, _ = rehearsals.ask(play.session, play.edition, actor=play.actor, now=NOW)
    play.edition.first_closed_at = NOW
    play.session.commit()

    with pytest.raises(TooLateToRehearse):
        rehearsals.ask(play.session, play.edition, actor=play.actor, now=NOW)
    answer = cli.invoke(args=["rehearse", play.edition.key])
    job = next_of(play, tmp_path)

    assert answer.exit_code == 1
    assert "The first round is closed" in answer.output
    assert job is not None
    assert job.state is not JobState.WAITING
    assert waiting.state is RehearsalState.FAILED
