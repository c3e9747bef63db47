"""The city's side in every state: an officer's nominations, made once, and what to look at in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from awards import (
    accounts,
    appeals,
    drafts,
    editions,
    releasing,
    returning,
    screening,
    sessions,
    submitting,
    withdrawing,
)
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Edition, Nomination, Role, SignedInBy
from awards.timetable import Moment, Phase
from tests.awards.uploads import samples
from tests.web import desk, filing, world
from tests.web.nominating import WHOLE, answer_to, nomination_of
from tests.web.signing import person, signed_in

OFFICER, NEWCOMER, STAFF = "officer@city.example", "newcomer@city.example", "staff@city.example"
TRAVELLER, HOLDER = "traveller@city.example", "holder@city.example"
PASSWORD = "seven quiet herons"
LATE = "wego-awards-late"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
TITLE = "Buses that say when they come: arrival times at all 1,240 stops of the city"
TEXTS: Mapping[str, str] = {
    "summary": "Every stop shows when the next bus comes. People wait 12 minutes less a day, and a stop without "
    "power is read aloud by telephone.",
    "problem": "Nobody knew when a bus would come. Forty per cent of the riders asked in 2021 had missed work or a "
    "visit to a doctor because of it.\n\nMost of them live in the outer districts, where a bus comes twice an hour.",
    "solution": "A small transmitter in each of 610 buses, a display that runs on sunlight at each stop, and one open "
    "list of positions that anybody may use. The software is published under a free licence.",
    "citizens": "212,000 riders a day. Sixty of them tried the first displays for a month and asked for larger figures "
    "and for a button that reads aloud. Riders without a telephone are served at the stop.",
    "budget": "EUR 2.4 million for building, EUR 180,000 a year for running, paid by the city.",
    "implementation": "Two lines in 2022, all lines in 2023. The first batteries failed in winter; the second kind "
    "has held through two.",
    "learning": "Begin with the stops where people wait longest. Another city needs a list of its stops and one "
    "engineer.",
}
RESULTS = [
    {
        "indicator": "Minutes waited a day",
        "baseline": "19",
        "value": "7",
        "date": "2025-11",
        "source": "Survey",
    },
    {
        "indicator": "Riders in the outer districts",
        "baseline": "61,000",
        "value": "74,500",
        "date": "2025-12-31",
        "source": "Ticket machines",
    },
]


class City:
    """The application with an officer's nominations in every state; each is known by a word."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.keys: dict[str, str] = {}
        self._people()
        self._drafts()
        self._late()
        self._screened()
        self._files()

    def home(self, word: str) -> str:
        return f"/nominations/{self.keys[word]}/"

    def said(self, word: str, **changes: Any) -> None:
        """Somebody else saves a text."""
        with self.app.app_context():
            begin_writing()
            found = nomination_of(self.keys[word])
            actor = actor_of(db.session(), OFFICER)
            drafts.change(db.session(), found, changes, base=None, actor=actor, now=datetime.now(UTC))
            db.session.commit()

    def end_sessions(self, email: str) -> None:
        with self.app.app_context():
            begin_writing()
            actor = actor_of(db.session(), email)
            sessions.end_all(db.session(), actor.account, actor=actor, now=datetime.now(UTC))
            db.session.commit()

    def _people(self) -> None:
        with self.app.app_context():
            place = editions.find(db.session(), world.OPEN)
            for email, name in {
                OFFICER: "Officer Example",
                NEWCOMER: "Kim Newcomer",
                TRAVELLER: "João Example",
                HOLDER: "Example Holder",
            }.items():
                person(email, name=name)
            person(STAFF, Role.ORGANISER, Role.SCREENER, edition=place, name="Olga Organiser")
            begin_writing()
            session = db.session()
            traveller = actor_of(session, TRAVELLER).account
            traveller.zone, traveller.office = "Africa/Tunis", "Head of Transport, City of Quillonia"
            accounts.set_password(session, traveller, PASSWORD, but=None, now=world.NOW)
            for hours, agent in enumerate((PHONE, LAPTOP)):
                moment = world.NOW - timedelta(hours=hours * 20 + 3)
                sessions.open_session(session, traveller, by=SignedInBy.CODE, agent=agent, now=moment)
            actor_of(session, OFFICER).account.zone = "Africa/Tunis"
            holder = actor_of(session, HOLDER).account
            accounts.set_password(session, holder, PASSWORD, but=None, now=world.NOW)
            session.commit()

    def _draft(self, word: str, edition: Edition, said: Mapping[str, Any], *, at: datetime) -> Nomination:
        session = db.session()
        actor = actor_of(session, OFFICER)
        found = drafts.start(session, edition, category="open-city", language="en", actor=actor, now=at)
        if said:
            drafts.change(session, found, dict(said), base=None, actor=actor, now=at)
        self.keys[word] = found.public_id
        return found

    def _drafts(self) -> None:
        with self.app.app_context():
            begin_writing()
            session, actor = db.session(), actor_of(db.session(), OFFICER)
            place, now = editions.find(session, world.OPEN), world.NOW
            whole = complete(session, place)
            half = {"title": "Open budget portal", "summary": TEXTS["summary"], "problem": TEXTS["problem"]}
            self._draft("half", place, half, at=now)
            for word, title in {
                "complete": TITLE,
                "submitted": "Permits on the phone",
                "changed": "One card for the library, the bus and the pool",
                "withdrawn": "Street lamps that report themselves",
                "files": "A river that warns before it floods",
            }.items():
                found = self._draft(word, place, whole | {"title": title}, at=now)
                if word in ("submitted", "changed", "withdrawn"):
                    submitting.submit(session, found, opened=None, actor=actor, now=now)
                if word == "changed":
                    newer = {"summary": "A shorter summary, written after the first submission."}
                    drafts.change(session, found, newer, base=None, actor=actor, now=now)
                if word == "withdrawn":
                    withdrawing.withdraw(session, found, reason="Sent twice.", actor=actor, now=now)
            self._draft("empty", place, {}, at=now)
            session.commit()

    def _late(self) -> None:
        """An edition whose deadline has passed, with a whole draft, a half one, and one that was asked for."""
        with self.app.app_context():
            begin_writing()
            session, who = db.session(), world.actor(db.session())
            edition = world.load(session, who, "wego-awards", LATE, Phase.NOMINATIONS)
            editions.set_moment(
                session,
                edition,
                Moment.NOMINATIONS_CLOSE,
                desk.CLOSES,
                zone="Asia/Seoul",
                actor=who,
                now=desk.SENT,
            )
            whole, at = complete(session, edition), desk.SENT
            self._draft("late", edition, whole | {"title": "Bicycles for every school"}, at=at)
            self._draft("late-half", edition, {"title": "A garden on every roof"}, at=at)
            asked = self._draft("late-asked", edition, whole | {"title": "Water meters read by radio"}, at=at)
            submitting.ask_for_late(
                session,
                asked,
                reason="The power failed in the whole district from 22:40 until after midnight.",
                actor=actor_of(session, OFFICER),
                now=world.NOW,
            )
            session.commit()

    def _screened(self) -> None:
        """An edition that is screened: returned, eligible, ineligible, appealed and dismissed."""
        with self.app.app_context():
            begin_writing()
            session = db.session()
            field = desk.open_field(session)
            officer = actor_of(session, OFFICER).account
            for number, (word, title) in enumerate(SCREENED.items(), start=1):
                found = field.nominate(f"OC-{number:02}", title=title, **TEXTS, results=list(RESULTS))
                found.nominator_id = officer.id
                self.keys[word] = found.public_id
            session.flush()
            self._verdicts(session, field)
            session.commit()

    def _verdicts(self, session: Session, field: desk.Field) -> None:
        ada, bo, cy = (field.person(email) for email in (desk.ADA, desk.BO, desk.CY))
        edition, now = field.edition, world.NOW
        returning.send_back(
            session,
            edition,
            nomination_of(self.keys["returned"]),
            named=["results", "city_approval", "documents"],
            note="The letter of the city is missing, and the figures have no date.",
            local=datetime(2026, 5, 10, 23, 59),  # noqa: DTZ001 (local, as stated)
            zone="Asia/Seoul",
            actor=ada,
            now=now,
        )
        for number, word in enumerate(SCREENED, start=1):
            if word in ("eligible", "ineligible", "appealed", "dismissed"):
                screening.decide(
                    session,
                    edition,
                    f"OC-{number:02}",
                    eligible=word == "eligible",
                    reason="" if word == "eligible" else "The figures can't be checked by anybody.",
                    actor=ada,
                    now=now,
                )
        self._release(session, edition, cy)
        for word in ("appealed", "dismissed"):
            nomination = nomination_of(self.keys[word])
            text = "The figures are public since 2024; their address is in the third row."
            made = appeals.lodge(
                session, edition, nomination, text=text, actor=actor_of(session, OFFICER), now=now
            )
            if word == "dismissed":
                reason = "The address leads to no figures."
                appeals.decide(session, edition, made, upheld=False, reason=reason, actor=bo, now=now)
        self._release(session, edition, cy)

    def _release(self, session: Session, edition: Edition, who: Actor) -> None:
        numbers = [it.decision.number for it in releasing.pending(session, edition)]
        releasing.release(session, edition, numbers, actor=who, now=world.NOW)

    def _files(self) -> None:
        browser = signed_in(self.app, OFFICER)
        files = f"/en{self.home('files')}files"
        for name, content in FILES:
            assert filing.upload(browser, f"{files}/documents", name, content).status_code == 303
        for name, colour in (("At the stop.jpg", "#7a9e87"), ("경기장 앞 정류장.jpg", "#b58d6a")):
            filing.upload(browser, f"{files}/pictures", name, photograph(colour))
        key = filing.key_of(self.app, files, "pictures")
        words = {
            "caption": "A display on its first day",
            "alternative": "A woman reads a display at a bus stop",
            "credit": "City of Quillonia",
        }
        filing.send(
            browser,
            f"{files}/pictures",
            {"picture": key, f"permission-{key}": "yes", "base": filing.base_of(browser, f"{files}/pictures")}
            | {f"{name}-{key}": text for name, text in words.items()},
        )
        gone = filing.key_of(self.app, files, "documents", 1)
        filing.send(browser, f"{files}/documents", {"take_out": gone})


SCREENED = {
    "returned": "Open data in every district",
    "eligible": "A digital town hall",
    "ineligible": "Cameras that count pedestrians",
    "appealed": "A map of quiet streets",
    "dismissed": "Traffic lights for bicycles",
    "screened": "A library that comes by bus",
}
FILES: Sequence[tuple[str, bytes]] = (
    ("Report of the year 2025 with tables and a long name that says what is in it.pdf", samples.pdf()),
    ("성과 보고서.docx", samples.word()),
    ("Figures.xlsx", samples.excel()),
)


def photograph(colour: str) -> bytes:
    kept = BytesIO()
    Image.linear_gradient("L").resize((1200, 800)).convert("RGB").save(kept, "JPEG")
    picture = Image.blend(Image.open(kept), Image.new("RGB", (1200, 800), colour), 0.6)
    made = BytesIO()
    picture.save(made, "JPEG")
    return made.getvalue()


def complete(session: Session, edition: Edition) -> dict[str, Any]:
    """An answer to every question but those for files."""
    rules = editions.rules_of(session, edition)
    answers = {field.key: answer_to(field) for field in rules.fields} | dict(WHOLE) | dict(TEXTS)
    return answers | {
        "results": list(RESULTS),
        "organisation_name": "City of Quillonia",
        "links": [
            "https://city.example/buses",
            "https://data.city.example/positions?format=gtfs&since=2023-01-01",
        ],
    }


def actor_of(session: Session, email: str) -> Actor:
    account = accounts.find(session, email)
    assert account is not None, email
    return Actor(account=account, real=account)
