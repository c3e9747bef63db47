"""A round of marks under way: an organiser, a chair with a deputy, judges with their sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, editions, scoring, screening, submissions
from awards.audit import Actor
from awards.models import Account, Assignment, Edition, Judge, Nomination, Role
from awards.scoring import Content
from awards.timetable import Moment, Phase
from tests.awards.play import KEY, NOMINATION_COLUMNS, Play, entry, judge, table
from tests.web.office import well
from tests.web.signing import person, signed_in

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
CLOSES = datetime(2026, 5, 24, 23, 59)  # noqa: DTZ001 (local, as stated)
DESK, TABLE = f"/en/secretariat/{KEY}", f"/en/table/{KEY}"
CHAIR, DEPUTY, ORGANISER = "chair@city.example", "deputy@city.example", "organiser@city.example"


class Round:
    """An edition whose first round is open; `at` gives the browser of somebody."""

    def __init__(
        self,
        site: Flask,
        *,
        references: Sequence[str] = ("N1", "N2"),
        judges: Sequence[str] = ("ada", "ben"),
        **rules: object,
    ) -> None:
        self.site = site
        self.browsers: dict[str, FlaskClient] = {}
        with site.app_context():
            from awards.extensions import begin_writing, db

            begin_writing()
            self.play = play = Play(
                db.session(), Path(site.config["LAURELS_DATA"]), {"minimum": 2} | rules, now=NOW
            )
            play.nominate(*(entry(it) for it in references))
            play.seat(*(judge(it) for it in judges))
            play.assign()
            editions.set_moment(
                db.session(),
                play.edition,
                Moment.MARKS_CLOSE,
                CLOSES,
                zone="Asia/Seoul",
                actor=play.actor,
                now=NOW,
            )
            db.session.commit()
            edition = self.edition()
            person(ORGANISER, Role.ORGANISER, edition=edition, name="Example Organiser")
            person("second@city.example", Role.ORGANISER, edition=edition, name="Second Organiser")
            person(CHAIR, Role.CHAIR, edition=edition, name="Example Chair")
            person(DEPUTY, Role.DEPUTY, edition=edition, name="Example Deputy")

    @property
    def session(self) -> Session:
        from awards.extensions import db

        return db.session()

    def edition(self) -> Edition:
        return editions.find(self.session, KEY)

    def account(self, email: str) -> Account:
        found = accounts.find(self.session, email)
        assert found is not None, email
        return found

    def judge(self, name: str) -> Judge:
        number = self.account(f"{name}@example.org").id
        return self.session.scalars(select(Judge).where(Judge.account_id == number)).one()

    def give(
        self, name: str, reference: str, marks: Mapping[str, int], *, submit: bool = False, at: datetime = NOW
    ) -> None:
        """What a judge saves of a nomination, and submits."""
        from awards.extensions import begin_writing

        with self.site.app_context():
            begin_writing()
            session, whom = self.session, self.judge(name)
            assignment = session.scalars(
                select(Assignment)
                .join(Nomination)
                .where(Assignment.judge_id == whom.id, Nomination.reference == reference)
                .order_by(Assignment.id.desc())
            ).first()
            assert assignment is not None
            who = Actor(whom.account, whom.account)
            last = scoring.latest(session, assignment)
            scoring.save(
                session,
                self.edition(),
                assignment,
                Content(dict(marks)),
                base=last.number if last else 0,
                opened=at,
                actor=who,
                now=at,
            )
            if submit:
                scoring.submit(session, self.edition(), assignment, opened=at, actor=who, now=at)
            session.commit()

    def again(self) -> Play:
        """The edition and its operator as the database has them now, to go on with."""
        play = self.play
        play.session, play.edition = self.session, self.edition()
        operator = self.session.merge(play.actor.account)
        play.actor = Actor(operator, operator, operator=True)
        return play

    def add(self, *entries: Sequence[str], judges: Sequence[Sequence[str]] = (), assign: bool = True) -> None:
        """More nominations, found eligible, and more judges, everything given out."""
        from awards.extensions import begin_writing

        begin_writing()
        play = self.again()
        play.edition.phase = Phase.NOMINATIONS
        submissions.load(
            play.session, play.edition, table(NOMINATION_COLUMNS, entries), actor=play.actor, now=NOW
        )
        play.edition.phase = Phase.SCREENING
        screening.accept_clean(play.session, play.edition, actor=play.actor, now=NOW)
        play.edition.phase = Phase.FIRST_ROUND
        play.seat(*judges)
        if assign:
            play.assign()
        self.session.commit()

    def nomination(self, reference: str) -> Nomination:
        return self.session.scalars(select(Nomination).where(Nomination.reference == reference)).one()

    def finish(self, *names: str, references: Sequence[str] = ("N1", "N2"), mark: int = 7) -> None:
        for name in names:
            for reference in references:
                self.give(name, reference, {"services": mark, "impact": mark}, submit=True)

    @contextmanager
    def later(self, **after: float) -> Iterator[None]:
        """At a later time everybody signs in again."""
        with time_machine.travel(NOW + timedelta(**after), tick=False):
            self.browsers.clear()
            yield

    def at(self, email: str = ORGANISER) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.site, email)
        return self.browsers[email]

    def open(self, address: str, email: str = ORGANISER) -> str:
        """A page that somebody opens, which a strict reader finds nothing wrong with."""
        answer = self.at(email).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return well(answer)
