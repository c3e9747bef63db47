"""A secretariat at work: the people of an edition, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards.models import Edition, Role
from awards.timetable import Phase
from tests.web import world
from tests.web.signing import faults_of, person, signed_in

KEY = world.OPEN
DESK = f"/en/secretariat/{KEY}"
ROLES: Mapping[str, Role] = {
    "organiser": Role.ORGANISER,
    "second": Role.ORGANISER,
    "screener": Role.SCREENER,
    "clerk": Role.CLERK,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMINISTRATOR,
}


class Office:
    """The site with a staffed edition; `at` gives the browser of somebody."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        self.browsers: dict[str, FlaskClient] = {}
        with site.app_context():
            for name, role in ROLES.items():
                person(f"{name}@city.example", role, edition=self.edition(), name=f"Example {name.title()}")
            person("stranger@city.example", name="Example Stranger")
            person("other@city.example", Role.ORGANISER, edition=self.edition(world.RUNNING))

    def edition(self, key: str = KEY) -> Edition:
        from awards.extensions import db

        return db.session.scalars(select(Edition).where(Edition.key == key)).one()

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            self.browsers[name] = signed_in(self.site, f"{name}@city.example")
        return self.browsers[name]

    def move(self, phase: Phase) -> None:
        from awards.extensions import db

        with self.site.app_context():
            self.edition().phase = phase
            db.session.commit()

    def open(self, address: str, name: str = "organiser") -> str:
        """A page that somebody opens, which a strict reader finds nothing wrong with."""
        answer = self.at(name).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return well(answer)


def well(answer: TestResponse) -> str:
    assert faults_of(answer.text) == []
    return answer.text


def sign_in_again(site: Flask, browser: FlaskClient, email: str) -> None:
    """In the same browser, past the sign-in page."""
    other = signed_in(site, email)
    with other.session_transaction() as fresh, browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = fresh["_user_id"], True
