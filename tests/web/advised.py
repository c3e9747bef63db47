"""A first round that is closed, marked by judges of very different strictness, with its calibration laid beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from awards import accounts, calibrations, editions, nominations, recusals
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Assignment, Calibration, CalibrationState, Judge, Role
from tests.awards.play import NOW, Play, entry, judge
from tests.web.office import well
from tests.web.signing import person, send, signed_in

JUDGES = ("ada", "ben", "cai", "dee", "eve")
SEVERITY = {"ada": -3, "ben": 3, "cai": -2, "dee": 2, "eve": 0}
PEOPLE = {"chair": Role.CHAIR, "deputy": Role.DEPUTY, "olga": Role.ORGANISER, "auditor": Role.AUDITOR}
ENTRIES = 16
TOLD = "1\n[calibration]\nshown_to_judge = true"
"""For `minimum_nominations`: the rules let judges know how strictly they marked."""
Document = dict[str, Any]


class Advised:
    """The edition with its people in browsers. `noise`: how much chance is in each mark, in points.

    Everybody reads everything and marks are the same each time, unless `everyone_up_to` is 0.
    """

    def __init__(
        self, app: Flask, folder: Path, *, close: bool = True, noise: float = 0.7, **rules: object
    ) -> None:
        self.app, self.browsers = app, dict[str, FlaskClient]()
        with app.app_context():
            begin_writing()
            rules = {"per_nomination": 3, "highest": 20, "places": 5} | rules
            play = Play(db.session(), folder, rules)
            self.key = play.edition.key
            play.nominate(*(entry(f"N{number:02}") for number in range(ENTRIES)))
            play.seat(*(judge(it, country="KR" if it == "ada" else "NZ") for it in JUDGES))
            play.assign(seed="even")
            self._mark(play, noise)
            if close:
                play.close()
            for name, role in PEOPLE.items():
                person(f"{name}@people.example", role, edition=play.edition, name=f"{name.title()} Example")
            db.session.commit()

    def _mark(self, play: Play, noise: float) -> None:
        even = Random(6)
        worth = {f"N{number:02}": even.gauss(10.5, 2.5) for number in range(ENTRIES)}
        rows = []
        for it in play.session.scalars(select(Assignment).order_by(Assignment.id)):
            name = it.judge.account.email.partition("@")[0]
            chance = Random(f"{name} {it.nomination.reference}")
            value = worth[it.nomination.reference] + SEVERITY[name]
            marks = [str(min(20, max(1, round(value + chance.gauss(0, noise))))) for _ in range(2)]
            rows.append((it.judge.account.email, it.nomination.reference, *marks, ""))
        play.mark(*rows)

    def calibrate(
        self,
        change: Callable[[Document], None] | None = None,
        state: CalibrationState = CalibrationState.FITTED,
    ) -> None:
        """Fit the sheets, and lay down what was fitted, changed as is wanted, in the state that is wanted."""
        with self.app.app_context():
            begin_writing()
            edition = editions.find(db.session(), self.key)
            actor = self._operator()
            row = calibrations.need(db.session(), edition, actor=actor, now=NOW)
            document = dict(row.document)
            if change is not None:
                change(document)
            last = db.session.scalar(select(func.max(Calibration.number))) or 0
            db.session.add(
                Calibration(
                    edition_id=edition.id, number=last + 1, state=state, sheets_sha256=row.sheets_sha256,
                    document=document if state is CalibrationState.FITTED else {}, done=3, steps=8, at=NOW,
                )
            )  # fmt: skip
            db.session.commit()

    def _operator(self) -> Actor:
        found = db.session.query(Account).filter(Account.name == "tester").one()
        return Actor(found, found, operator=True)

    def judge(self, name: str) -> str:
        with self.app.app_context():
            query = select(Judge.public_id).join(Account).where(Account.name.ilike(f"{name}%"))
            return db.session.scalars(query).one()

    def bind(self, name: str, reference: str) -> None:
        """Somebody at the table declares an interest."""
        with self.app.app_context():
            begin_writing()
            account = accounts.find(db.session(), f"{name}@people.example")
            assert account is not None
            edition = editions.find(db.session(), self.key)
            found = next(
                it for it in nominations.of_edition(db.session(), edition) if it.reference == reference
            )
            recusals.declare(db.session(), found, actor=Actor(account, account), now=NOW)
            db.session.commit()

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            domain = "example.org" if name in JUDGES else "people.example"
            self.browsers[name] = signed_in(self.app, f"{name}@{domain}")
        return self.browsers[name]

    def status(self, name: str, path: str) -> int:
        return self.at(name).get(f"/en/table/{self.key}{path}").status_code

    def page(self, name: str, path: str, language: str = "en") -> str:
        answer = self.at(name).get(f"/{language}/table/{self.key}{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return well(answer)

    def press(self, name: str, path: str, page: str) -> int:
        here = f"/en/table/{self.key}"
        return send(self.at(name), here + path, {}, page=here + page).status_code
