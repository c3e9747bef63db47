"""An edition whose public votes on a prize of its own, with those who run it in browsers of their own; all made up."""

from __future__ import annotations

from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from awards import accounts, editions, publishing, winners
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account
from tests.awards.play import KEY
from tests.awards.poll import ELECTORS
from tests.awards.public_vote import BESIDE, Square
from tests.web.office import well
from tests.web.signing import send, signed_in

VOTE, TABLE = f"/secretariat/{KEY}/vote", f"/table/{KEY}"


class Fair:
    """The vote is open: three electors want SV-1, the public what is given."""

    def __init__(self, app: Flask, *choices: str, more: str = BESIDE) -> None:
        self.app, self.browsers = app, dict[str, FlaskClient]()
        with app.app_context():
            begin_writing()
            self.square = Square(db.session, Path(app.config["LAURELS_DATA"]), more)
            self.square.begun()
            self.square.cast(*ELECTORS[:3])
            for number, choice in enumerate(choices):
                self.square.citizen(f"citizen{number}", choice)
            db.session.commit()
            self.operator = self.square.actor.account.id

    def again(self) -> Square:
        """The same in this application context."""
        begin_writing()
        square = self.square
        square.edition = editions.find(db.session(), KEY)
        account = db.session.get_one(Account, self.operator)
        square.actor = Actor(account=account, real=account, operator=True)
        for name in ("organiser", "teller", "chair"):
            known = accounts.find(db.session(), f"{name}@desk.example")
            assert known is not None
            setattr(square, name, Actor(account=known, real=known))
        return square

    def counted(self) -> None:
        with self.app.app_context():
            square = self.again()
            square.over()
            square.close()
            db.session.commit()
        self.browsers.clear()

    def released(self) -> None:
        with self.app.app_context():
            square = self.again()
            winners.sign(db.session(), square.edition, actor=square.chair, now=square.now)
            publishing.release(
                db.session(),
                square.edition,
                folder=square.folder / "files",
                actor=square.actor,
                now=square.now,
            )
            db.session.commit()

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            self.browsers[name] = signed_in(self.app, f"{name}@desk.example")
        return self.browsers[name]

    def page(self, name: str, path: str, language: str = "en") -> str:
        answer = self.at(name).get(f"/{language}{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return unescape(well(answer))

    def order(self, *places: str, seen: str = "1") -> int:
        """The chair's order among those level for the public's prize."""
        fields = {f"place-{number}": place for number, place in enumerate(places)}
        path = f"/en{TABLE}/services/public/order"
        posted = send(self.at("chair"), path, fields | {"reason": "More gardens.", "seen": seen})
        return posted.status_code
