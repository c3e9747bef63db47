"""Standings from the database: ten times the nominations take at most eleven times as long."""

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, scoped_session

from awards import calibrations, programmes, standings
from awards.audit import Actor
from awards.models import (
    Account,
    Assignment,
    Calibration,
    CalibrationState,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationState,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from judging.values import Round
from tests.awards.play import operator

NOW = datetime(2014, 9, 1, tzinfo=UTC)
CRITERIA = ("a", "b", "c", "d", "e")
CATEGORIES = tuple(f"category-{number}" for number in range(5))
READ, JUDGES = 5, 200
AT_ONCE = 20_000


def programme() -> str:
    lines = ['key = "large"', 'languages = ["en"]']
    lines += [f'{name}.en = "Large"' for name in ("name", "honours", "association")]
    for key in CRITERIA:
        lines += ["[[criteria]]", f'key = "{key}"', 'name.en = "x"', 'text.en = "x"']
    for key in CATEGORIES:
        lines += ["[[categories]]", f'key = "{key}"', 'name.en = "x"']
    return "\n".join([*lines, "[[prizes]]", 'key = "best"', 'name.en = "Best"'])


def fill(session: Session, actor: Actor, many: int) -> Edition:
    """An edition with so many nominations, five sheets of five marks each, past its close."""
    edition = programmes.load(session, programme(), edition_key=f"large-{many}", actor=actor, now=NOW).edition
    edition.first_closed_at = NOW
    session.flush()
    chance = Random(many)
    accounts = many_of(session, Account, ({"name": f"J{n}", "created_at": NOW} for n in range(JUDGES)))
    judges = many_of(
        session,
        Judge,
        (
            {"edition_id": edition.id, "account_id": it, "state": JudgeState.ACCEPTED, "at": NOW}
            for it in accounts
        ),
    )
    names = many_of(
        session,
        Nomination,
        (
            {
                "edition_id": edition.id,
                "reference": f"N{number:06}",
                "state": NominationState.ELIGIBLE,
                "category": CATEGORIES[number % len(CATEGORIES)],
                "created_at": NOW,
            }
            for number in range(many)
        ),
    )
    pairs = (
        {
            "judge_id": judges[(number * 7 + place) % JUDGES],
            "nomination_id": name,
            "round": Round.FIRST,
            "at": NOW,
        }
        for number, name in enumerate(names)
        for place in range(READ)
    )
    given = many_of(session, Assignment, pairs)
    sheets = many_of(
        session,
        ScoreSheet,
        ({"assignment_id": it, "state": SheetState.SUBMITTED, "submitted_at": NOW} for it in given),
    )
    for start in range(0, len(sheets), AT_ONCE):
        session.execute(
            insert(ScoreSheetVersion),
            [
                {
                    "sheet_id": it,
                    "number": 1,
                    "marks": {key: chance.randint(1, 10) for key in CRITERIA},
                    "origin": "portal",
                    "at": NOW,
                }
                for it in sheets[start : start + AT_ONCE]
            ],
        )
    session.commit()
    return edition


def many_of(session: Session, model: type, rows: Iterator[dict[str, object]]) -> list[int]:
    """Rows of a table, without objects; their numbers."""
    last = max([0, *session.scalars(select(model.id).order_by(model.id.desc()).limit(1))])  # type: ignore[attr-defined]
    kept = list(rows)
    for start in range(0, len(kept), AT_ONCE):
        session.execute(insert(model), kept[start : start + AT_ONCE])
    return list(session.scalars(select(model.id).where(model.id > last).order_by(model.id)))  # type: ignore[attr-defined]


def seconds(session: Session, edition: Edition, actor: Actor) -> float:
    """The processor time of counting and freezing every category, from the database and back."""
    session.expire_all()
    begun, clock = time.process_time(), time.monotonic()
    for key in CATEGORIES:
        standings.freeze(session, edition, key, actor=actor, now=NOW)
    session.commit()
    found = time.process_time() - begun
    rows = sum(len(it.rows) for it in standings.of_edition(session, edition))
    print(
        f"\nstandings of {rows:,} nominations: {found:.2f} s of the processor, "
        f"{time.monotonic() - clock:.2f} s by the clock with reading them back, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:,.0f} MiB at most"
    )
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("many", [300, pytest.param(10_000, marks=pytest.mark.bench)])
def test_ten_times_the_nominations_take_at_most_eleven_times_as_long(
    session: scoped_session[Session], many: int
) -> None:
    actor = operator(session())
    few, ten_times = (fill(session(), actor, number) for number in (many, many * 10))
    seconds(session(), few, actor)

    ratios = [seconds(session(), ten_times, actor) / seconds(session(), few, actor) for _ in range(2)]

    assert min(ratios) <= 11


@pytest.mark.bench
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_thousand_nominations_are_calibrated_while_the_page_tells_how_far_it_is(
    session: scoped_session[Session],
) -> None:
    from awards.fitting import fit_next
    from awards.jobs import Work

    actor = operator(session())
    edition = fill(session(), actor, 1000)
    calibrations.start(session(), edition, now=NOW)
    session.commit()
    seen = []

    def commit() -> None:
        row = session().get(Calibration, 1)
        assert row is not None
        seen.append((row.state, row.done, row.steps))
        session.commit()

    begun = time.process_time()
    fit_next(Work(session(), actor, NOW, None, "", ""), begin=lambda: None, commit=commit, clock=lambda: NOW)  # type: ignore[arg-type]
    print(
        f"\ncalibration of 1,000 nominations as a job: {time.process_time() - begun:.2f} s of the processor"
    )
    print(
        [
            f"{100 * done // steps} %"
            for state, done, steps in seen
            if state is CalibrationState.RUNNING and steps
        ]
    )

    assert seen[-1][0] is CalibrationState.FITTED
