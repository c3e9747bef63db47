"""An association's vote in the browser: a roll of members, an organiser, an auditor; links taken from the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import delegations
from awards.extensions import begin_writing, db
from awards.models import Edition, Membership, Role, RollEntry
from tests.awards.contest import Contest, member
from tests.web.office import well
from tests.web.signing import person, signed_in

KEY = "small-prize"
ROLL = f"/en/secretariat/{KEY}/roll"
ORGANISER, AUDITOR = "organiser@city.example", "auditor@city.example"
MEMBERS = '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = "1/3"\n'
PLACES = (("Porto", "PT", "포르투"), ("Hanoi", "VN", "하노이"), ("Seoul", "KR", "서울"))


class Association:
    """The edition and everybody's browser; its members are three cities, an associate and a company."""

    def __init__(
        self, app: Flask, folder: Path, more: str = MEMBERS, rules: Mapping[str, object] | None = None
    ) -> None:
        self.app = app
        self.browsers: dict[str, FlaskClient] = {}
        with app.app_context():
            begin_writing()
            contest = Contest(db.session(), folder, more=more, rules=rules or {})
            for name, country, korean in PLACES:
                member(db.session(), name, country=country, names={"ko": korean}, sort_key=name.casefold())
            member(db.session(), "Far City").membership = Membership.ASSOCIATE
            member(db.session(), "Good Company", kind="corporation")
            person(ORGANISER, Role.ORGANISER, edition=contest.edition, name="Example Organiser")
            person(AUDITOR, Role.AUDITOR, edition=contest.edition, name="Example Auditor")
            db.session.commit()

    def at(self, email: str = ORGANISER) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.app, email)
        return self.browsers[email]

    def open(self, address: str = ROLL, email: str = ORGANISER) -> str:
        answer = self.at(email).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return well(answer)

    def entry(self, elector: str) -> RollEntry:
        """Asked for inside an application context."""
        return db.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()

    def page(self, elector: str) -> str:
        """The address of an elector's page."""
        with self.app.app_context():
            return f"{ROLL}/{self.entry(elector).public_id}"

    def edition(self) -> Edition:
        return db.session.scalars(select(Edition).where(Edition.key == KEY)).one()

    def link(self, elector: str) -> str:
        """The address of the page on which a delegate is named, as a mail would have it."""
        from awards.web import sessions

        with self.app.app_context():
            begin_writing()
            token = delegations.make_token(db.session(), self.entry(elector).id, now=sessions.now())
            db.session.commit()
        return f"/en/delegation/{token}"
