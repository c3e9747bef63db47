"""An association with as many members as are wanted, some reached by mail, some by letter, some asked; all made up.

Each hands out papers and has disputes, struck envelopes, citizens and bundles in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import (
    ballot_log,
    bundles,
    citizens,
    codes,
    delegates,
    delegations,
    disputes,
    editions,
    electors,
    paper,
    roll,
    striking,
    tellers,
)
from awards.audit import Actor
from awards.delegates import Named
from awards.extensions import begin_writing, db
from awards.models import Account, Bundle, Edition, Election, RollEntry, StruckBecause
from tests.awards.contest import member
from tests.awards.play import KEY, NOW
from tests.awards.poll import SIGNERS
from tests.awards.public_vote import OWN_PRIZE, Square
from tests.web.signing import signed_in

ORGANISER, CHAIR = "organiser@desk.example", "chair@desk.example"
MEMBERS = SIGNERS + '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = "1/3"\n' + OWN_PRIZE
BY_MAIL, BY_LETTER, SHARING, NOT_YET = range(4)


class Electorate:
    """The vote of its members, run by one organiser. Every fourth is reached in the same way."""

    def __init__(self, app: Flask, members: int) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            self.poll = Square(db.session, Path(app.config["LAURELS_DATA"]), MEMBERS)
            for number in range(members):
                name = f"Imagined City {number:04}"
                member(db.session, name, names={"ko": f"도시 {number}"}, sort_key=name.casefold())
            self.poll.ready()
            self.staff = {it: getattr(self.poll, it).account.id for it in ("organiser", "teller", "chair")}
            act = {"actor": self.poll.actor, "now": NOW}
            edition = self.poll.edition
            electors.build(db.session(), edition, as_of=NOW.date(), **act)
            self._name(edition, roll.on(db.session(), edition), act)
            roll.freeze(db.session(), edition, **act)
            db.session.commit()
            self.operator = self.poll.actor.account.id
        self.browsers: dict[str, FlaskClient] = {}

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
        """The vote is open. Half have cast a ballot, a quarter have a paper; citizens come; the log has a root."""
        with self.app.app_context():
            poll = self._again()
            poll.begin()
            session, edition, entries = db.session(), poll.edition, roll.on(db.session(), poll.edition)
            poll.cast(*(it.elector for it in entries[::2]))
            for number, entry in enumerate(entries[1::4]):
                issued = paper.issue(session, edition, entry, actor=poll.organiser, now=NOW)
                if number % 3:
                    paper.hand_in(session, edition, issued, actor=poll.organiser, now=NOW)
            for number in range(len(entries)):
                self._votes(f"citizen{number}@{('mailinator.com', 'town.example')[number % 2]}")
            self._complain(entries)
            ballot_log.publish(session, edition, actor=poll.actor, now=NOW)
            session.commit()

    def _votes(self, address: str) -> None:
        session, edition, where = db.session(), self.poll.edition, {"key": b"k", "network": address[7:9]}
        citizens.ask(session, edition, address, place=address, language="en", now=NOW, **where)  # type: ignore[arg-type]
        mailbox = citizens.keyed(b"k", edition, address)
        entry = session.scalars(select(RollEntry).where(RollEntry.elector == mailbox)).one()
        citizens.confirm(session, edition, entry, now=NOW, **where)  # type: ignore[arg-type]
        self.poll.casts(entry, "SV-1")

    def _complain(self, entries: Sequence[RollEntry]) -> None:
        """Every fourth ballot is disputed, and of the others one is struck, and the next proposed to be."""
        session, edition, poll = db.session(), self.poll.edition, self.poll
        act = {"actor": poll.organiser, "now": NOW}
        for entry in entries[::8]:
            disputes.put(session, edition, entry, said_by="Somebody", reason="Not their delegate", **act)  # type: ignore[arg-type]
        for number, entry in enumerate(entries[2::4]):
            because, about = StruckBecause.NOT_ENTITLED, f"Members that left, part {number}"
            proposal = striking.propose(session, edition, [entry], because, about=about, reason="Left", **act)  # type: ignore[arg-type]
            if number % 2:
                striking.approve(session, edition, proposal.subject_sha256, actor=poll.teller, now=NOW)

    def over(self) -> None:
        """The vote is closed, its papers are entered in bundles of two, and everybody signs in anew."""
        with self.app.app_context():
            poll = self._again()
            poll.over()
            session, edition, now = db.session(), poll.edition, poll.now
            [election] = bundles.waiting(session, edition)
            for _ in roll.on(session, edition)[::12]:
                bundle = bundles.make(session, edition, election, 2, actor=poll.organiser, now=now)
                for number in (1, 2):
                    for who in (poll.organiser, poll.teller)[: 3 - number]:
                        act = {"counted": 2, "key_folder": poll.keys, "actor": who, "now": now}
                        tellers.enter(session, edition, bundle, number, ("SV-1",), **act)  # type: ignore[arg-type]
            db.session.commit()
        self.browsers.clear()

    def _again(self) -> Square:
        begin_writing()
        account = db.session.get_one(Account, self.operator)
        self.poll.edition = editions.find(db.session(), KEY)
        self.poll.actor = Actor(account=account, real=account, operator=True)
        for name, key in self.staff.items():
            own = db.session.get_one(Account, key)
            setattr(self.poll, name, Actor(account=own, real=own))
        return self.poll

    def at(self, email: str = ORGANISER) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.app, email)
        return self.browsers[email]

    def elector(self) -> str:
        """The identifier of the first one."""
        with self.app.app_context():
            return db.session.scalars(select(RollEntry.public_id).order_by(RollEntry.id)).first() or ""

    def election(self) -> str:
        with self.app.app_context():
            return db.session.scalars(select(Election.public_id).order_by(Election.id)).first() or ""

    def bundle(self) -> str:
        with self.app.app_context():
            return db.session.scalars(select(Bundle.public_id).order_by(Bundle.id)).first() or ""
