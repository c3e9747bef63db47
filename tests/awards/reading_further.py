"""A first round that is closed and calibrated, with a budget for second readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, borderline, calibrations, judges, scoring, second_readings
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentKind,
    Calibration,
    CalibrationState,
    Judge,
    Role,
    SecondReading,
)
from awards.scoring import Content
from judging.fitted import sheets_sha256
from tests.awards.play import CRITERIA, Play, entry, judge

PANEL = ("ada", "ben", "cai", "dee", "eve")
MARKS = {"N1": 9, "N2": 7, "N3": 6, "N4": 2}
P_TOP = {"N1": "0.980000", "N2": "0.600000", "N3": "0.400000", "N4": "0.000000"}
"""N2 and N3 are close to the cut; N1 is nearly safe and N4 out."""


def closed(session: Session, folder: Path, **rules: object) -> Play:
    """Two judges read each of four nominations, of which two advance; the budget is four sheets, two for one."""
    wanted = {"everyone_up_to": 0, "per_nomination": 2, "budget": 4, "most": 2}
    made = Play(session, folder, wanted | rules)
    made.nominate(*(entry(name) for name in MARKS))
    made.seat(*map(judge, PANEL))
    made.assign(seed="further")
    rows = []
    for it in made.session.scalars(select(Assignment).order_by(Assignment.id)):
        mark = str(MARKS[it.nomination.reference])
        rows.append((it.judge.account.email, it.nomination.reference, mark, mark, ""))
    made.mark(*rows)
    made.close()
    for name, role in (("chair", Role.CHAIR), ("deputy", Role.DEPUTY), ("olga", Role.ORGANISER)):
        account, _ = accounts.find_or_make(
            made.session, f"{name}@people.example", name=name.title(), now=made.now, actor=made.actor
        )
        accounts.grant(made.session, account, role, edition=made.edition, actor=made.actor, now=made.now)
    calibrate(made)
    return made


def calibrate(play: Play, p_top: Mapping[str, str] = P_TOP) -> Calibration:
    """The calibration of the sheets as they count now, made by hand."""
    row = calibrations.start(play.session, play.edition, now=play.now)
    assert row is not None
    sheets = calibrations.sheets_of(play.session, play.edition)
    row.state, row.sheets_sha256 = CalibrationState.FITTED, sheets_sha256(sheets)
    lines = [{"nomination": name, "p_top": p, "band": "in_play"} for name, p in p_top.items()]
    row.document = {"categories": [{"category": "services", "nominations": lines}]}
    play.session.flush()
    return row


def who(play: Play, name: str) -> Actor:
    domain = "example.org" if name in PANEL else "people.example"
    account = accounts.find(play.session, f"{name}@{domain}")
    assert account is not None
    return Actor(account, account)


def seat(play: Play, name: str) -> Judge:
    return judges.find(play.session, play.edition, f"{name}@example.org")


def order(play: Play, name: str = "chair", days: int = 7) -> SecondReading:
    return second_readings.order(
        play.session,
        play.edition,
        closes=play.now + timedelta(days=days),
        shown=borderline.plan(play.session, play.edition).sha256,
        actor=who(play, name),
        now=play.now,
    )


def given(play: Play) -> list[Assignment]:
    """The further readings, by nomination."""
    found = play.session.scalars(select(Assignment).where(Assignment.kind == AssignmentKind.SECOND))
    return sorted(found, key=lambda it: (it.nomination.reference, it.id))


def name_of(it: Assignment) -> str:
    return it.judge.account.email.partition("@")[0]


def save(play: Play, it: Assignment, mark: int, *, by: str = "") -> None:
    last = scoring.latest(play.session, it)
    scoring.save(
        play.session,
        play.edition,
        it,
        Content(dict.fromkeys(CRITERIA, mark)),
        base=last.number if last else 0,
        opened=None,
        actor=who(play, by or name_of(it)),
        now=play.now,
    )


def submit(play: Play, it: Assignment, mark: int) -> None:
    save(play, it, mark)
    scoring.submit(play.session, play.edition, it, opened=None, actor=who(play, name_of(it)), now=play.now)
