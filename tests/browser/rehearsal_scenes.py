"""The page of rehearsals: before the first, while one goes on, with much to mend, with nothing found, too late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from awards import editions, rehearsals
from awards.extensions import begin_writing, db
from awards.models import RehearsalState, Role
from awards.rehearsing.findings import Step
from awards.timetable import Moment
from tests.awards.play import KEY, NOW, Play, entry, judge
from tests.browser.small_sites import do, site_of
from tests.browser.stills import Stills
from tests.web.signing import person, signed_in

PAGE = f"/secretariat/{KEY}/rehearsal"
OLGA = "olga@people.example"
CROSSED = {Moment.NOMINATIONS_CLOSE: 10, Moment.MARKS_CLOSE: 40, Moment.CEREMONY: 30}
LONG = "Municipal office for the coordination of neighbourhood libraries and reading rooms " * 2


def take(stills: Stills, data: Path, _folder: Path) -> None:
    with site_of(data, "rehearsal") as (site, own, _clock):
        with site.app_context():
            begin_writing()
            _prepare(db.session(), own)
            db.session.commit()
        olga = signed_in(site, OLGA)
        stills.look("rehearsal-none", olga, PAGE)
        do(olga, PAGE)
        _change(site, state=RehearsalState.RUNNING, done=4, steps=11)
        stills.look("rehearsal-running", olga, PAGE)
        answer = site.test_cli_runner().invoke(args=["worker", "--once"])
        assert answer.exit_code == 0, answer.output
        stills.look("rehearsal-report", olga, PAGE)
        _change(site, report={"findings": [], "played": [it.value for it in Step], "seed": "calm"})
        stills.look("rehearsal-calm", olga, PAGE)
        with site.app_context():
            begin_writing()
            editions.find(db.session(), KEY).first_closed_at = NOW
            db.session.commit()
        stills.look("rehearsal-too-late", olga, PAGE)


def _change(site: Flask, **values: object) -> None:
    with site.app_context():
        begin_writing()
        row = rehearsals.latest(db.session(), editions.find(db.session(), KEY))
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def _prepare(session: Session, folder: Path) -> None:
    """An edition with most of what can go wrong."""
    play = Play(
        session,
        folder,
        {"same_country": "block", "minimum": 3, "per_nomination": 3, "minimum_nominations": 2},
    )
    for moment, days in CROSSED.items():
        at = (play.now + timedelta(days=days)).replace(tzinfo=None)
        editions.set_moment(
            session, play.edition, moment, at, zone="Asia/Seoul", actor=play.actor, now=play.now
        )
    play.nominate(
        *(entry(f"S{number:02}", country="KR" if number < 9 else "FR") for number in range(12)),
        entry("S12", title=LONG * 2, organisation=LONG[:190]),
        entry("O01", "openness", country="FR"),
    )
    play.seat(
        judge("ada", country="KR"),
        judge("ben"),
        judge("cai"),
        judge("dee", country="FR", categories="openness"),
    )
    person(OLGA, Role.ORGANISER, edition=play.edition, name="Olga Example")
    person("ada@example.org", Role.CHAIR, edition=play.edition, name="Ada Example")
