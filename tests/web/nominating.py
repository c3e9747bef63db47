"""Nominations for tests of pages: begun, filled in, submitted by an invented officer of an invented city."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from awards import drafts, submitting
from awards.audit import Actor
from awards.models import Account, Edition, Nomination
from judging.rules import Field
from tests.web import world
from tests.web.signing import person

OFFICER, OTHER = "officer@city.example", "somebody@else.example"
WHOLE: Mapping[str, Any] = {
    "title": "Buses that say when they come",
    "summary": "Every stop shows when the next bus comes.",
    "organisation_name": "City of Quillonia",
    "city": "Quillonia",
    "country": "KR",
}
"""The answers to the questions that every form has."""


def answer_to(field: Field) -> Any:
    """An answer that a field takes."""
    row = {column.key: "12" if column.kind == "number" else "2025-03" for column in field.columns}
    contact = {
        "name": "Kim Example",
        "latin_name": "Kim Example",
        "office": "Head of transport",
        "email": "kim@city.example",
        "phone": "1234",
    }
    return {
        "text": "We asked the people at the stops.",
        "line": "One line",
        "number": "1200",
        "date": "2023-05-01",
        "choice": field.options[0] if field.options else "pilot",
        "choices": list(field.options[:1]) or ["mobility"],
        "rows": [row or {"row": "12 minutes less"}],
        "links": ["https://city.example/buses"],
        "contacts": [contact],
        "consent": True,
    }.get(field.kind, [])


def account_of(email: str) -> Account:
    from awards import accounts
    from awards.extensions import db

    return accounts.find(db.session(), email) or person(email, name="Officer Example")


def begin(
    site: Flask, email: str = OFFICER, *, whole: bool = True, submitted: bool = False, **said: Any
) -> str:
    """A draft in the open edition; the identifier that stands in its address."""
    from awards import editions
    from awards.extensions import begin_writing, db

    with site.app_context():
        account_of(email)
        db.session.rollback()
        begin_writing()
        session, account = db.session(), account_of(email)
        actor, now = Actor(account, account), datetime.now(UTC)
        edition = session.scalars(select(Edition).where(Edition.key == world.OPEN)).one()
        rules = editions.rules_of(session, edition)
        draft = drafts.start(session, edition, category="open-city", language="en", actor=actor, now=now)
        answers = {field.key: answer_to(field) for field in rules.fields} | dict(WHOLE) if whole else {}
        drafts.change(session, draft, answers | said, base=None, actor=actor, now=now)
        if submitted:
            submitting.submit(session, draft, opened=None, actor=actor, now=now)
        db.session.commit()
        return draft.public_id


def nomination_of(identifier: str) -> Nomination:
    """The nomination of an identifier, inside an application context."""
    from awards.extensions import db

    return db.session.scalars(select(Nomination).where(Nomination.public_id == identifier)).one()


def said_by(site: Flask, identifier: str) -> dict[str, Any]:
    """What the newest text of a nomination says."""
    from awards.extensions import db

    with site.app_context():
        return dict(drafts.said_by(drafts.latest(db.session(), nomination_of(identifier))))
