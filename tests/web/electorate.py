"""An association with as many members as are wanted, some reached by mail, some by letter, some asked; all made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import codes, delegates, delegations, editions, electors, roll
from awards.audit import Actor
from awards.delegates import Named
from awards.extensions import begin_writing, db
from awards.models import Account, Edition, RollEntry
from tests.awards.contest import member
from tests.awards.play import KEY, NOW
from tests.awards.poll import SIGNERS, Poll
from tests.web.signing import signed_in

ORGANISER = "organiser@desk.example"
MEMBERS = SIGNERS + '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = "1/3"\n'
BY_MAIL, BY_LETTER, SHARING, NOT_YET = range(4)


class Electorate:
    """The vote of its members, run by one organiser. Every fourth is reached in the same way."""

    def __init__(self, app: Flask, members: int) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            self.poll = Poll(db.session, Path(app.config["LAURELS_DATA"]), MEMBERS)
            for number in range(members):
                name = f"Imagined City {number:04}"
                member(db.session, name, names={"ko": f"도시 {number}"}, sort_key=name.casefold())
            self.poll.ready()
            act = {"actor": self.poll.actor, "now": NOW}
            edition = self.poll.edition
            electors.build(db.session(), edition, as_of=NOW.date(), **act)
            self._name(edition, roll.on(db.session(), edition), act)
            roll.freeze(db.session(), edition, **act)
            db.session.commit()
            self.operator = self.poll.actor.account.id
        self.organiser: FlaskClient | None = None

    def _name(self, edition: Edition, entries: Sequence[RollEntry], act: dict[str, object]) -> None:
        session = db.session()
        for number, entry in enumerate(entries):
            entry.contact, way = f"mayor{number}@city.example", number % 4
            if way != NOT_YET:
                address = {BY_MAIL: f"{number}@city.example", SHARING: "office@city.example"}.get(way, "")
                delegates.put(session, entry, Named(f"Delegate {number}", address), **act)  # type: ignore[arg-type]
        session.flush()
        codes.make(session, edition, entries[BY_LETTER::4], **act)  # type: ignore[arg-type]
        delegations.ask(session, edition, entries[NOT_YET::4], **act)  # type: ignore[arg-type]

    def begin(self) -> None:
        """The vote is open, and every fourth has cast a ballot."""
        with self.app.app_context():
            poll = self._again()
            poll.begin()
            poll.cast(*(it.elector for it in roll.on(db.session(), poll.edition)[::2]))
            db.session.commit()

    def over(self) -> None:
        """The vote is closed, and everybody signs in anew."""
        with self.app.app_context():
            self._again().over()
            db.session.commit()
        self.organiser = None

    def _again(self) -> Poll:
        begin_writing()
        account = db.session.get_one(Account, self.operator)
        self.poll.edition = editions.find(db.session(), KEY)
        self.poll.actor = self.poll.organiser = Actor(account=account, real=account, operator=True)
        return self.poll

    def at(self) -> FlaskClient:
        self.organiser = self.organiser or signed_in(self.app, ORGANISER)
        return self.organiser

    def elector(self) -> str:
        """The identifier of the first one."""
        with self.app.app_context():
            return db.session.scalars(select(RollEntry.public_id).order_by(RollEntry.id)).first() or ""
