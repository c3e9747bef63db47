"""Who chose what stands nowhere but in sealed envelopes: not in a cookie, an address, a log line, a table.

Electors vote in the browser, with everything that can go wrong on the way. Then whatever the site has kept or said
beside the answers themselves is searched for choices and for the secrets of forms. The same search finds them at once
where a page puts one into the session, an address, the log or a held form.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pytest
import time_machine
from flask import Flask, current_app, session
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import inspect, select, text
from werkzeug.test import TestResponse

from awards import casting
from awards.extensions import db
from awards.models import Account, Ballot, Envelope
from awards.sessions import hold_form
from awards.web.voting import review, sheet
from tests.awards.play import NOW
from tests.web.signing import signed_in
from tests.web.voters import BOOTH, KEY, ONE_CHOICE, Vote, fill_in, hidden, press

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CHOSEN = "SV-3"
LOOKED_UP = f"/en/{KEY}/ballot-log"


class Leak(StrEnum):
    """Where a page puts what nobody may find."""

    NONE = "nowhere"
    SESSION = "choice in the session"
    NONCE = "nonce in the session"
    ADDRESS = "choice in an address"
    LOG = "choice in the log"
    CODE = "receipt code in the log"
    HELD = "choice in a held form"
    TAG = "tag without the form's secret"


@dataclass
class Kept:
    """What was kept or said: cookies, addresses, log, and tables before and after."""

    cookies: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    log: str = ""
    new: str = ""


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def put(leak: Leak, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the protection out: the page that casts keeps what it reads."""
    right = sheet.read

    def read() -> object:
        here, found = right()
        choice = ",".join(found.choices.get("services", ()))
        if leak is Leak.SESSION:
            session["draft"] = choice
        if leak is Leak.NONCE:
            session["form"] = found.secret
        if leak is Leak.LOG:
            current_app.logger.warning("cast %s", choice)
        if leak is Leak.HELD:
            who = db.session.scalars(select(Account)).first()
            assert who is not None
            hold_form(db.session(), account=who.id, path="/", fields=[["c", choice]], now=NOW)
        return here, found

    monkeypatch.setattr(sheet, "read", read)
    if leak is Leak.CODE:
        right_slip = review.says.in_lines

        def in_lines(code: Sequence[str]) -> list[str]:
            current_app.logger.warning("receipt %s", " ".join(right_slip(code)))
            return right_slip(code)

        monkeypatch.setattr(review.says, "in_lines", in_lines)
    if leak is Leak.ADDRESS:
        right_cast = review.paper.tongues
        monkeypatch.setattr(
            review.paper,
            "tongues",
            lambda endpoint, here, **values: [
                (tag, name, f"{address}?c={CHOSEN}")
                for tag, name, address in right_cast(endpoint, here, **values)
            ],
        )
    if leak is Leak.TAG:
        monkeypatch.setattr(casting, "_hash", lambda kind, form, *rest: hashed(kind, *rest))


def hashed(kind: str, *rest: object) -> str:
    import hashlib

    return hashlib.sha256(json.dumps([kind, *rest]).encode()).hexdigest()


def dump() -> dict[str, set[str]]:
    """Every row of every table, as text."""
    tables = inspect(db.engine).get_table_names()
    return {
        table: {
            " ".join(f"{name}={value!r}" for name, value in row.items())
            for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings()
        }
        for table in tables
    }


def note(kept: Kept, client: FlaskClient, answer: TestResponse) -> TestResponse:
    """What the browser keeps and where it is led."""
    reader = URLSafeSerializer(current_app_key(client), salt="ballot-form")
    kept.addresses += [answer.request.url, answer.location or ""]
    for part in ('href="', 'action="'):
        kept.addresses += [it.split('"')[0] for it in answer.text.split(part)[1:]]
    kept.addresses = [it for it in kept.addresses if "/finalists/" not in it]
    for name in ("session", "ballot"):
        cookie = client.get_cookie(name)
        kept.cookies.append(cookie.value if cookie is not None else "")
    with client.session_transaction() as read:
        kept.cookies.append(repr(dict(read)))
    for name, value in hidden(answer.text) if "<main" in answer.text else ():
        if name == "form":
            kept.secrets |= {value, reader.loads(value)[0]}
    return answer


def current_app_key(client: FlaskClient) -> str:
    return str(client.application.config["SECRET_KEY"])


def vote_with_mishaps(vote: Vote, caplog: pytest.LogCaptureFixture) -> Kept:
    """Electors vote: from two tabs, twice, too late, with a stale form; one of them has an account."""
    kept, account = Kept(), signed_in(vote.app, "ann@example.org")
    with vote.app.app_context():
        before = dump()
    with caplog.at_level(logging.DEBUG):
        client = vote.browser("one")
        page = note(kept, client, client.get(f"{BOOTH}/services"))
        choice = ("c-services", CHOSEN)
        again = note(kept, client, press(client, page, [choice, ("c-services", "")], to=f"{BOOTH}/review"))
        page = note(kept, client, client.get(f"{BOOTH}/services"))
        looked = note(kept, client, press(client, page, [choice], to=f"{BOOTH}/review"))
        for answer in (looked, looked, again):
            receipt = note(kept, client, press(client, answer, to=f"{BOOTH}/cast"))
            if code := codes_in(receipt):
                kept.secrets |= set(code)
                for browser in (client, account):
                    asked = {"receipt": " ".join(code), "csrf_token": "old"}
                    assert note(kept, browser, browser.post(LOOKED_UP, data=asked)).status_code == 200
        old = [(name, value) for name, value in hidden(looked.text) if name != "csrf_token"]
        for browser in (client, account, vote.app.test_client()):
            note(kept, browser, browser.post(f"{BOOTH}/cast", data=dict([*old, ("csrf_token", "old")])))
        other = vote.browser("two")
        note(kept, other, press(other, fill_in(other, "services", choice), to=f"{BOOTH}/cast"))
    kept.log = caplog.text
    with vote.app.app_context():
        after = dump()
    kept.new = "\n".join(
        f"{table}: {row}" for table in after for row in sorted(after[table] - before.get(table, set()))
    )
    return kept


def codes_in(answer: TestResponse) -> list[str]:
    """The words of a receipt, as its page shows them, line by line."""
    found = re.findall(r'class="receipt words"[^>]*>(.*?)</p>', answer.text)
    return [line for it in found for line in it.split("<br>")]


def found_in(kept: Kept) -> list[str]:
    """Where a choice or a secret of a form stands."""
    places = {
        "cookie": "\n".join(kept.cookies),
        "address": "\n".join(kept.addresses),
        "log": kept.log,
        "tables": kept.new,
    }
    return [name for name, said in places.items() if any(it in said for it in (CHOSEN, *kept.secrets))]


def joined(vote: Vote) -> int:
    """How many envelopes can be told to hold which opened ballot, by whoever has all tables."""
    vote.count()
    with vote.app.app_context():
        tags = set(db.session.scalars(select(Envelope.tag)))
        election = vote.again().election().public_id
        return sum(
            hashed("tag", election, list(it.choice), it.nonce) in tags
            for it in db.session.scalars(select(Ballot))
        )


@pytest.fixture
def vote(app: Flask) -> Vote:
    found = Vote(app, ONE_CHOICE)
    with app.app_context():
        assert db.session.scalars(select(Envelope)).all() == []
    return found


def test_nothing_that_is_kept_tells_who_chose_what(vote: Vote, caplog: pytest.LogCaptureFixture) -> None:
    kept = vote_with_mishaps(vote, caplog)

    assert found_in(kept) == []
    assert len(kept.secrets) >= 6
    assert "envelope: " in kept.new
    assert [it for it in kept.new.splitlines() if it.startswith(("held_form", "audit", "outbox"))] == []
    assert joined(vote) == 0


@pytest.mark.parametrize("leak", [it for it in Leak if it is not Leak.NONE], ids=lambda it: it.name.lower())
def test_the_same_search_finds_what_a_page_lets_slip(
    vote: Vote, leak: Leak, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(leak, monkeypatch)

    kept = vote_with_mishaps(vote, caplog)

    if leak is Leak.TAG:
        assert joined(vote) > 0
    else:
        assert found_in(kept) != []
