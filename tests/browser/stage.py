"""A site with an open call, its people, its mail server and a clock; each person has a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.request import urlopen

import flask_migrate
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from playwright.sync_api import Browser, Page

from awards import accounts, create_app, editions, organisations, sessions
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Edition, OrganisationAlias, Role
from awards.timetable import Moment, Phase
from tests.browser.site import browser, serving
from tests.servers import find_free_port
from tests.web import world

KEY = world.OPEN
PASSWORD = "seven quiet herons"
ORGANISER, FIRST, SECOND = "hana@office.example", "ada@office.example", "bo@office.example"
STAFF = {
    ORGANISER: ("Hana Example", Role.ORGANISER),
    FIRST: ("Ada Example", Role.SCREENER),
    SECOND: ("Bo Example", Role.SCREENER),
}
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LINK = re.compile(r"http://\S+")
CODE = re.compile(r"\b\d{4}-\d{4}\b")
WEEK = timedelta(days=7)


class PostOffice:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


class Stage:
    """The site as people find it."""

    def __init__(
        self, app: Flask, address: str, office: PostOffice, chromium: Browser, clock: time_machine.Traveller
    ) -> None:
        self.app, self.address, self.office, self.chromium, self.clock = app, address, office, chromium, clock
        self.broken: list[str] = []

    def window(self, *, phone: bool = False) -> Page:
        """A browser of somebody's own, in which no script runs."""
        context = self.chromium.new_context(
            viewport=PHONE if phone else DESK,
            java_script_enabled=False,
            locale="en-GB",  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("response", lambda it: self.broken.append(it.url) if it.status >= 500 else None)
        return page

    def pass_time(self, span: timedelta) -> None:
        self.clock.shift(span)

    def letter(self, to: str) -> str:
        """What the last mail to somebody says, once the worker has sent what waits."""
        self.send_mails()
        return self.last_letter(to)

    def send_mails(self) -> None:
        runner = self.app.test_cli_runner()
        with ThreadPoolExecutor(1) as worker:  # signing begins a loop, and the browser's runs in this thread
            answer = worker.submit(runner.invoke, args=["worker", "--once"]).result()
        assert answer.exit_code == 0, answer.output

    def last_letter(self, to: str) -> str:
        mail = [it for it in self.office.mails if it["To"] == to][-1]
        part = mail.get_body(("plain",))
        assert part is not None
        return f"{mail['Subject']}\n\n{part.get_content()}"

    def link(self, to: str) -> str:
        found = LINK.search(self.letter(to))
        assert found
        return found[0]

    def code(self, to: str) -> str:
        found = CODE.search(self.letter(to))
        assert found
        return found[0]

    def open_as_gateways_do(self, link: str, times: int) -> None:
        """Fetch a link over and over, as programs do that look through mails."""
        for _ in range(times):
            with urlopen(link) as answer:  # noqa: S310 (our own server)
                assert answer.status == 200

    def end_sessions_of(self, email: str) -> None:
        """As the person does from another device."""
        with self.app.app_context():
            begin_writing()
            account = accounts.find(db.session(), email)
            assert account is not None
            who = Actor(account=account, real=account)
            sessions.end_all(db.session(), account, actor=who, now=datetime.now(UTC))
            db.session.commit()


@contextmanager
def stage(data: Path, settle: Callable[[], None] | None = None) -> Iterator[Stage]:
    """What `settle` makes; else an open call that closes in a week, an office of three and cities in the directory."""
    office, port = PostOffice(), find_free_port()
    mails = Controller(office, hostname="127.0.0.1", port=port)
    app = create_app(
        {
            "LAURELS_DATA": str(data),
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{data}/laurels.sqlite",
            "LAURELS_SMTP": f"smtp://127.0.0.1:{port}",
            "LAURELS_SENDER": "awards@office.example",
        }
    )
    mails.start()
    try:
        with time_machine.travel(datetime.now(UTC)) as clock, browser() as chromium:
            with app.app_context():
                flask_migrate.upgrade()
                begin_writing()
                (settle or _open_the_call)()
            with serving(app) as address:
                app.config["LAURELS_URL"] = address
                yield Stage(app, address, office, chromium, clock)
            with app.app_context():
                db.engine.dispose()
    finally:
        mails.stop()


def _open_the_call() -> None:
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = world.load(session, who, "wego-awards", KEY, Phase.NOMINATIONS)
    closes = (now + WEEK).replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=None)
    editions.set_moment(
        session, edition, Moment.NOMINATIONS_CLOSE, closes, zone="Asia/Seoul", actor=who, now=now
    )
    employ(edition, STAFF, who, now)
    for name, own in (("Quillonia", "퀼로니아시"), ("Zephyrgate", "제퍼게이트시")):
        city = organisations.make(name, country="KR", city=name, kind="city")
        city.names = {"ko": own}
        city.aliases = [OrganisationAlias(name=own, folded=organisations.key_of(own))]
        session.add(city)
    session.commit()


def employ(edition: Edition, staff: Mapping[str, tuple[str, Role]], who: Actor, now: datetime) -> None:
    """Give people of an office their names, roles and the password of all stories."""
    session = db.session()
    for email, (name, role) in staff.items():
        account, _ = accounts.find_or_make(session, email, name=name, now=now, actor=who)
        accounts.grant(session, account, role, edition=edition, actor=who, now=now)
        accounts.set_password(session, account, PASSWORD, but=None, now=now)
