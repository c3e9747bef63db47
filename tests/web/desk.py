"""A field of nominations to be screened, with the people who screen it and those who wrote it; all made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from awards import accounts, drafts, editions, organisations
from awards.audit import Actor
from awards.models import (
    Account,
    Affiliation,
    Edition,
    Nomination,
    NominationState,
    NominationSubmission,
    Role,
    Timeliness,
)
from awards.timetable import Moment, Phase
from tests.web import world

KEY = "screening-2026"
ADA, BO, CY = "ada@screening.example", "bo@screening.example", "cy@screening.example"
NAMES = {ADA: "Ada Screener", BO: "Bo Screener", CY: "Cy Organiser"}
WRITER = "writer-{}@city.example"
CLOSES = datetime(2026, 5, 3, 23, 59)  # noqa: DTZ001 (local, as stated)
SENT = world.NOW - timedelta(days=3)

TEXTS: Mapping[str, str] = {
    "problem": "Residents had to come to the town hall for every permit, and waited for hours.",
    "solution": "Permits are asked for on the phone and are signed within a day.",
    "citizens": "Forty residents tried it out before it was opened to everybody.",
    "budget": "120,000 a year, paid by the city.",
    "implementation": "One year, with three people of the city's own.",
    "learning": "Begin with the permit that is asked for most.",
}


@dataclass(frozen=True)
class Field:
    """An edition in screening and its people."""

    session: Session
    edition: Edition
    who: Actor

    def writer(self, reference: str) -> Account:
        found = accounts.find(self.session, WRITER.format(reference.lower()))
        assert found is not None, reference
        return found

    def nominate(self, reference: str, **said: Any) -> Nomination:
        """A nomination that was sent through the form by a person of its own."""
        language = said.pop("reader", "en")
        sent = said.pop("at", SENT)
        timeliness = said.pop("timeliness", Timeliness.IN_TIME)
        email = WRITER.format(reference.lower())
        account, _ = accounts.find_or_make(
            self.session, email, name=f"Writer {reference}", now=sent, actor=self.who
        )
        account.language = language
        actor = Actor(account=account, real=account)
        nomination = Nomination(
            edition_id=self.edition.id,
            reference=reference,
            category=said.get("category", "open-city"),
            nominator_id=account.id,
            created_at=sent,
        )
        self.session.add(nomination)
        self.session.flush()
        text = {
            "category": nomination.category,
            "nominee_kind": "project",
            "title": f"Project {reference}",
            "organisation_name": f"City of {reference}",
            "city": f"Town {reference}",
            "country": "KR",
            "language": "en",
            "summary": "What it is, in two sentences. Everybody can use it.",
            **answers(self.session, self.edition),
            **said,
        }
        revision = drafts._save(self.session, nomination, text, number=1, actor=actor, now=sent)
        submit(self.session, nomination, revision.number, account, sent, timeliness=timeliness)
        return nomination

    def person(self, email: str) -> Actor:
        account = accounts.find(self.session, email)
        assert account is not None, email
        return Actor(account=account, real=account)


def submit(
    session: Session,
    nomination: Nomination,
    number: int,
    by: Account,
    at: datetime,
    *,
    timeliness: Timeliness = Timeliness.IN_TIME,
) -> None:
    """Let a revision stand, as the form does."""
    nomination.state = NominationState.SUBMITTED
    nomination.submitted_number, nomination.submitted_at = number, at
    revision = drafts.revision(session, nomination, number)
    assert revision is not None
    session.add(
        NominationSubmission(
            nomination_id=nomination.id,
            number=number,
            revision_number=number,
            timeliness=timeliness,
            sha256=revision.sha256,
            by_id=by.id,
            at=at,
        )
    )
    session.flush()


def answers(session: Session, edition: Edition) -> dict[str, Any]:
    """An answer to every field of the form that must be answered."""
    found: dict[str, Any] = {}
    for field in editions.rules_of(session, edition).fields:
        if not field.required:
            continue
        found[field.key] = {
            "number": "120000",
            "date": "2020-03-01",
            "choice": field.options[0] if field.options else "running",
            "choices": list(field.options[:2]) or ["data"],
            "rows": [
                {column.key: "12" for column in field.columns}
                or {"indicator": "Permits a day", "value": "12"}
            ],
            "links": ["https://city.example/project"],
            "contacts": [{"name": "Invented Person", "office": "Mayor"}],
            "files": ["no-such-file"],
            "pictures": [{"file": "no-such-file"}],
            "consent": True,
        }.get(field.kind, TEXTS.get(field.key, "As it was invented for this test."))
    return found


def open_field(session: Session, *, phase: Phase = Phase.SCREENING) -> Field:
    """An edition without nominations, its close behind it; Ada and Bo screen it, Cy organises."""
    who = world.actor(session)
    edition = world.load(session, who, "wego-awards", KEY, Phase.NOMINATIONS)
    editions.set_moment(
        session, edition, Moment.NOMINATIONS_CLOSE, CLOSES, zone="Asia/Seoul", actor=who, now=SENT
    )
    edition.phase = phase
    for email, name in NAMES.items():
        account, _ = accounts.find_or_make(session, email, name=name, now=SENT, actor=who)
        role = Role.ORGANISER if email == CY else Role.SCREENER
        accounts.grant(session, account, role, edition=edition, actor=who, now=SENT)
    return Field(session, edition, who)


def live_in(field: Field, email: str, city: str, country: str = "KR") -> None:
    """Make somebody a person of a city."""
    body, _ = organisations.find_or_make(
        field.session, city, country=country, city=city, kind="city", actor=field.who, now=SENT
    )
    field.session.add(
        Affiliation(
            account_id=field.person(email).account.id, organisation_id=body.id, city=city, country=country
        )
    )
    field.session.flush()
