"""The public comes to an open vote: addresses typed, mails, links, ballots; all made up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, casting, citizens, editions, passes
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Edition, Outbox, OutboxState, Role, RollEntry
from awards.notices import Template
from tests.awards.contest import Contest
from tests.awards.play import KEY, NOW
from tests.awards.poll import Poll
from tests.awards.public_vote import BESIDE
from tests.web.laid import laid
from tests.web.signing import send
from tests.web.voters import BOOTH, cast, press

ASK = f"/en/{KEY}/public-vote"
REPORT = f"/en/secretariat/{KEY}/vote/anomalies"
ORGANISER, TELLER, AUDITOR = "organiser@desk.example", "teller@desk.example", "auditor@desk.example"
CHOICE = ("c-services", "SV-2")


class Public:
    """The open vote, and whoever comes to it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        folder = Path(app.config["LAURELS_DATA"])
        with app.app_context():
            self.poll = laid("public vote", folder, lambda: self._begin(folder))

    def _begin(self, folder: Path) -> Contest:
        begin_writing()
        poll = Poll(db.session, folder, BESIDE).begun()
        poll.person(AUDITOR, Role.AUDITOR)
        db.session.commit()
        return poll

    def edition(self) -> Edition:
        return editions.find(db.session(), KEY)

    def actor(self, email: str) -> Actor:
        account = accounts.find(db.session(), email)
        assert account is not None, email
        return Actor(account=account, real=account)

    def ask(self, address: str, place: str = "192.0.2.1", client: FlaskClient | None = None) -> TestResponse:
        client = client or self.app.test_client()
        return send(client, ASK, {"email": address}, environ_overrides={"REMOTE_ADDR": place})

    def mails(self) -> list[Outbox]:
        """Asked for inside an application context."""
        found = select(Outbox).where(Outbox.template == Template.CITIZEN.value).order_by(Outbox.id)
        return list(db.session.scalars(found))

    def link(self, address: str) -> str:
        """The address that the mail to somebody holds; the mail has gone out."""
        with self.app.app_context():
            begin_writing()
            mail = next(it for it in self.mails() if it.recipient == address)
            mail.state = OutboxState.SENT
            entry = db.session.get_one(RollEntry, mail.roll_entry_id)
            token = passes.make_link(db.session(), entry, now=NOW)
            db.session.commit()
        return f"/en/vote/link/{token}"

    def come_in(self, address: str, place: str = "192.0.2.1") -> FlaskClient:
        """A device on which somebody has asked, and pressed the button of the mail's link."""
        client = self.app.test_client()
        assert self.ask(address, place).status_code == 303
        link = self.link(address)
        client.environ_base["REMOTE_ADDR"] = place
        answer = press(client, client.get(link))
        assert (answer.status_code, answer.location) == (303, f"{BOOTH}/")
        return client

    def votes(self, address: str, place: str = "192.0.2.1") -> None:
        assert cast(self.come_in(address, place), "services", CHOICE).status_code == 200

    def count(self, table: type) -> int:
        with self.app.app_context():
            return len(db.session.scalars(select(table)).all())


def burst(public: Public, number: int = 22) -> None:
    """So many of one domain and network vote within an hour, and an honest person beside them."""
    with public.app.app_context():
        begin_writing()
        session, edition, now = db.session(), public.edition(), NOW + timedelta(minutes=7)
        people = [(f"{chr(97 + n)}{number}x@mailinator.com", "203.0.113.0") for n in range(number)]
        for address, network in [*people, (f"honest{number}@city.example", "192.0.2.0")]:
            where = {"key": b"k", "network": network, "now": now}
            citizens.ask(session, edition, address, place=network, language="en", **where)
            entry = session.scalars(select(RollEntry).where(RollEntry.email == address)).one()
            citizens.confirm(session, edition, entry, **where)
            choice, secret = {"services": ("SV-2",)}, address.ljust(20, "x")
            casting.cast(session, edition, entry, choice, form=secret, nonces={"services": secret}, now=now)
        session.commit()
