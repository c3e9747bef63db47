"""A city officer's draft in the open edition, its file fields, and forms sent to them."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import drafts
from awards.audit import Actor
from awards.models import (
    Attachment,
    DecisionKind,
    Edition,
    Nomination,
    NominationReturn,
    NominationState,
    NominationSubmission,
    Timeliness,
)
from tests.web import world
from tests.web.signing import person, send, signed_in

OFFICER = "officer@city.example"


def draft(app: Flask, email: str = OFFICER) -> str:
    """The public identifier of a new draft of that person's."""
    from awards.extensions import db

    with app.app_context():
        account = person(email, name="Example Officer")
        edition = db.session.scalars(select(Edition).where(Edition.key == world.OPEN)).one()
        who = Actor(account=account, real=account)
        found = drafts.start(
            db.session(), edition, category="open-city", language="en", actor=who, now=world.NOW
        )
        drafts.change(
            db.session(), found, {"title": "Open budget portal"}, base=None, actor=who, now=world.NOW
        )
        db.session.commit()
        return found.public_id


def start(app: Flask, email: str = OFFICER) -> tuple[FlaskClient, str]:
    """A signed-in browser and the address under which the files of its draft are."""
    found = draft(app, email)
    return signed_in(app, email), f"/en/nominations/{found}/files"


def upload(
    browser: FlaskClient, address: str, name: str, content: bytes, more: dict[str, Any] | None = None
) -> TestResponse:
    fields = dict(more or {}) | {"act": "upload", "upload": (BytesIO(content), name)}
    answer = send(browser, address, fields, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client's own copy of a large form
    return answer


def base_of(browser: FlaskClient, address: str) -> str:
    found = re.search(r'name="base" value="(\d+)"', browser.get(address).text)
    assert found
    return found[1]


def nomination_of(address: str) -> Nomination:
    """The nomination of an address; inside an application context."""
    from awards.extensions import db

    key = address.split("/")[3]
    return db.session.scalars(select(Nomination).where(Nomination.public_id == key)).one()


def said(app: Flask, address: str, field: str) -> Any:
    """What the newest revision says in a field."""
    from awards.extensions import db

    with app.app_context():
        return drafts.latest(db.session(), nomination_of(address)).content.get(field)


def key_of(app: Flask, address: str, field: str, place: int = 0) -> str:
    """The key of an uploaded file, in the order of uploading."""
    from awards.extensions import db

    with app.app_context():
        found = nomination_of(address)
        rows = db.session.scalars(
            select(Attachment)
            .where(Attachment.nomination_id == found.id, Attachment.field == field)
            .order_by(Attachment.id)
        ).all()
        return rows[place].key


def stored(app: Flask) -> list[Path]:
    """Every file that is kept."""
    folder = Path(app.config["LAURELS_DATA"]) / "files"
    return sorted(folder.iterdir()) if folder.exists() else []


def submit(app: Flask, address: str) -> None:
    """The newest revision is submitted, as the rows say it."""
    from awards.extensions import db

    with app.app_context():
        found = nomination_of(address)
        newest = drafts.latest(db.session(), found)
        found.state, found.submitted_number, found.submitted_at = (
            NominationState.SUBMITTED,
            newest.number,
            world.NOW,
        )
        found.reference = "OC-07"
        assert found.nominator_id
        db.session.add(
            NominationSubmission(
                nomination_id=found.id,
                number=1,
                revision_number=newest.number,
                timeliness=Timeliness.IN_TIME,
                sha256=newest.sha256,
                by_id=found.nominator_id,
                at=world.NOW,
            )
        )
        db.session.commit()


def give_back(app: Flask, address: str, *fields: str, until: datetime) -> None:
    """The nomination is returned for some fields."""
    from awards import decisions
    from awards.extensions import db

    with app.app_context():
        found = nomination_of(address)
        edition = db.session.get_one(Edition, found.edition_id)
        decision = decisions.decide(
            db.session(),
            edition,
            DecisionKind.RETURNED,
            actor=world.actor(db.session()),
            now=world.NOW,
            nomination=found,
            subject={"fields": list(fields)},
            reason="The letter is missing.",
        )
        found.state = NominationState.RETURNED
        db.session.add(
            NominationReturn(
                nomination_id=found.id,
                revision_number=found.submitted_number,
                fields=list(fields),
                note="",
                local=until.replace(tzinfo=None).isoformat(),
                zone="UTC",
                until=until,
                decision_id=decision.id,
                at=world.NOW,
            )
        )
        db.session.commit()
