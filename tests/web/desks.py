"""A nomination with people and bodies around it, for the pages of those who write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import drafts, editions, invitations, members, organisations, partners, spreadsheets, writers
from awards.audit import Actor
from awards.models import Account, Invitation, Nomination, Organisation
from tests.web import world
from tests.web.signing import person, signed_in

LEAD, COLLEAGUE, STRANGER = "lead@seoul.example", "colleague@seoul.example", "officer@other.example"


def now() -> datetime:
    return datetime.now(UTC)


def as_(account: Account) -> Actor:
    return Actor(account=account, real=account)


@dataclass
class Desk:
    """A draft of the lead's in the open edition, with the directory of members behind it."""

    app: Flask
    key: str

    @property
    def home(self) -> str:
        return f"/en/nominations/{self.key}"

    def browser(self, email: str = LEAD) -> FlaskClient:
        return signed_in(self.app, email)

    def ask(self, question: Callable[[Session, Nomination], Any]) -> Any:
        """What a question about the nomination answers."""
        from awards.extensions import db

        with self.app.app_context():
            return question(db.session(), self._nomination(db.session()))

    def act(self, change: Callable[[Session, Nomination, Actor], Any]) -> Any:
        """Change something as the lead."""
        from awards.extensions import begin_writing, db

        with self.app.app_context():
            begin_writing()
            nomination = self._nomination(db.session())
            lead = db.session.get(Account, nomination.nominator_id)
            assert lead is not None
            found = change(db.session(), nomination, as_(lead))
            found = found.public_id if isinstance(found, Invitation | Organisation) else found
            db.session.commit()
            return found

    def say(self, **changes: Any) -> None:
        self.act(lambda s, n, actor: drafts.change(s, n, changes, base=None, actor=actor, now=now()) and None)

    def organisation(self, name: str) -> str:
        """The identifier of an organisation."""
        return str(
            self.ask(
                lambda s, _n: s.scalars(select(Organisation).where(Organisation.name == name)).one().public_id
            )
        )

    def partner(self, name: str, *, email: str = "") -> None:
        def add(s: Session, n: Nomination, actor: Actor) -> None:
            body = s.scalars(select(Organisation).where(Organisation.name == name)).one()
            partners.add(s, n, body, actor=actor, now=now())
            if email:
                partners.ask(s, n, body, email=email, language="en", actor=actor, now=now())

        self.act(add)

    def join(self, email: str = COLLEAGUE, name: str = "Example Colleague") -> str:
        """Somebody writes with the lead; their identifier."""

        def let(s: Session, n: Nomination, actor: Actor) -> str:
            asked = writers.invite(s, n, email=email, language="en", actor=actor, now=now())
            account = person(email, name=name)
            invitations.answer(s, asked, accepted=True, account=account, now=now())
            return account.public_id

        return str(self.act(let))

    def writers(self) -> list[str]:
        return list(self.ask(lambda s, n: [it.name for it in writers.writers(s, n)]))

    def _nomination(self, session: Session) -> Nomination:
        return session.scalars(select(Nomination).where(Nomination.public_id == self.key)).one()


def desk_of(app: Flask, *, edition: str = world.OPEN, kind: str = "project") -> Desk:
    """A draft in an edition that takes nominations, and all members in the directory."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        lead = person(LEAD, name="Example Lead")
        for email in (COLLEAGUE, STRANGER):
            person(email, name="Example Colleague" if email == COLLEAGUE else "Example Stranger")
        begin_writing()
        table = spreadsheets.read(
            world.ROOT / "seed" / "members.csv", required=members.REQUIRED, optional=members.OPTIONAL
        )
        members.load(db.session(), table, actor=as_(lead), now=now())
        found = editions.find(db.session(), edition)
        category = editions.rules_of(db.session(), found).categories[0].key
        nomination = drafts.start(
            db.session(),
            found,
            category=category,
            language="en",
            nominee_kind=kind,
            actor=as_(lead),
            now=now(),
        )
        drafts.change(
            db.session(), nomination, {"title": "Open budget portal"}, base=None, actor=as_(lead), now=now()
        )
        key = nomination.public_id
        db.session.commit()
    return Desk(app, key)


def body(session: Session, name: str, **values: Any) -> Organisation:
    """An organisation more."""
    made = organisations.make(name, country=values.pop("country", "KR"))
    for column, value in values.items():
        setattr(made, column, value)
    session.add(made)
    session.flush()
    return made
