"""An edition of small rules on its way past the close of its first round, with its people in browsers."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from awards import accounts
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Role
from tests.awards.play import NOW, Play, entry, judge
from tests.web.office import well
from tests.web.signing import person, send, signed_in

MARKS = {"N1": 9, "N2": 7, "N3": 7, "N4": 5, "M1": 8, "M2": 6}
PEOPLE = {
    "chair": Role.CHAIR,
    "deputy": Role.DEPUTY,
    "olga": Role.ORGANISER,
    "omar": Role.ORGANISER,
    "otto": Role.ORGANISER,
    "auditor": Role.AUDITOR,
}


class Round:
    """A round of two categories: in services N2 and N3 are level across the cut of two places."""

    def __init__(self, app: Flask, folder: Path, **rules: object) -> None:
        self.app, self.browsers = app, dict[str, FlaskClient]()
        with app.app_context():
            begin_writing()
            self.play = Play(db.session(), folder, {"ladder": '"own_criterion", "chair", "lot"', **rules})
            self.key = self.play.edition.key
            self.play.nominate(*(entry(name, "openness" if name[0] == "M" else "services") for name in MARKS))
            self.play.seat(judge("ada"), judge("ben"))
            self.play.assign()
            db.session.commit()
            for name, role in PEOPLE.items():
                person(
                    f"{name}@people.example", role, edition=self.play.edition, name=f"{name.title()} Example"
                )

    def mark_and_close(self, *, close: bool = True) -> None:
        with self.app.app_context():
            begin_writing()
            play = self._play()
            rows = [
                (
                    f"{who}@example.org",
                    name,
                    "" if name[0] == "M" else str(mark),
                    str(mark),
                    f"Thought of {name}",
                )
                for who in ("ada", "ben")
                for name, mark in MARKS.items()
            ]
            play.mark(*rows)
            if close:
                play.close()
            db.session.commit()

    def _play(self) -> Play:
        """The same edition in the session of now."""
        from awards import editions

        self.play.session = db.session()
        self.play.edition = editions.find(db.session(), self.key)
        operator = db.session.query(Account).filter(Account.name == "tester").one()
        self.play.actor = Actor(operator, operator, operator=True)
        return self.play

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            domain = "example.org" if name in ("ada", "ben") else "people.example"
            self.browsers[name] = signed_in(self.app, f"{name}@{domain}")
        return self.browsers[name]

    def get(self, name: str, path: str = "/", language: str = "en") -> TestResponse:
        return self.at(name).get(f"/{language}/table/{self.key}{path}")

    def page(self, name: str, path: str = "/", language: str = "en") -> str:
        answer = self.get(name, path, language)
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return well(answer)

    def post(self, name: str, path: str, fields: dict[str, str], *, page: str | None = None) -> TestResponse:
        here = f"/en/table/{self.key}"
        return send(self.at(name), here + path, fields, page=here + (page or path))

    def bind(self, name: str, *references: str) -> None:
        """Somebody at the table declares an interest."""
        from awards import recusals

        with self.app.app_context():
            begin_writing()
            account = accounts.find(db.session(), f"{name}@people.example")
            assert account is not None
            for reference in references:
                recusals.declare(
                    db.session(), self._play().nomination(reference), actor=Actor(account, account), now=NOW
                )
            db.session.commit()

    def order(
        self, name: str = "chair", reason: str = "N3 reaches more people.", seen: str = "1"
    ) -> TestResponse:
        """N3 before N2."""
        fields = {"place-0": "2", "place-1": "1", "reason": reason, "seen": seen}
        return self.post(name, "/services/order", fields, page="/" if name == "none" else "/services/order")

    def sign(self, name: str = "chair", **seen: str) -> TestResponse:
        fields = {f"seen-{key}": number for key, number in seen.items()}
        return self.post(name, "/acts/sign", fields, page="/")
