"""A small edition whose panel is at work in the browser: an organiser, an auditor, judges who read and mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards.extensions import begin_writing, db
from awards.models import Assignment, Judge, Role
from awards.timetable import Phase
from tests.awards.play import Play, judge
from tests.web.office import well
from tests.web.signing import person, signed_in

KEY = "small-prize"
DESK = f"/en/secretariat/{KEY}/assignment"
ORGANISER, AUDITOR = "organiser@city.example", "auditor@city.example"


class Panel:
    """The edition, and everybody's browser."""

    def __init__(
        self,
        app: Flask,
        folder: Path,
        entries: Sequence[Sequence[str]],
        panel: Sequence[Sequence[str]],
        rules: Mapping[str, object] | None = None,
        *,
        opened: bool = True,
    ) -> None:
        self.app = app
        self.browsers: dict[str, FlaskClient] = {}
        with app.app_context():
            begin_writing()
            play = Play(db.session(), folder, rules or {})
            play.nominate(*entries)
            if panel:
                play.seat(*panel)
            if opened:
                play.reach(Phase.FIRST_ROUND)
            person(ORGANISER, Role.ORGANISER, edition=play.edition, name="Example Organiser")
            person(AUDITOR, Role.AUDITOR, edition=play.edition, name="Example Auditor")
            db.session.commit()

    def at(self, email: str = ORGANISER) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.app, email)
        return self.browsers[email]

    def open(self, address: str = DESK, email: str = ORGANISER) -> str:
        answer = self.at(email).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return well(answer)

    def judge(self, name: str) -> str:
        """The public identifier of a judge."""
        with self.app.app_context():
            found = next(
                it for it in db.session.scalars(select(Judge)) if it.account.email == f"{name}@example.org"
            )
            return found.public_id

    def pairs(self) -> set[tuple[str, str, str]]:
        """Judge, nomination and state of every assignment."""
        with self.app.app_context():
            return {
                (it.judge.account.email.partition("@")[0], it.nomination.reference, it.state.value)
                for it in db.session.scalars(select(Assignment))
            }


def people(*names: str) -> list[tuple[str, ...]]:
    return [judge(name) for name in names]
