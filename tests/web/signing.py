"""Signing people in for tests, past the sign-in page, and posting forms as a browser does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from awards import accounts, sessions
from awards.audit import Actor
from awards.models import Account, Edition, Role, SignedInBy
from tests.web.markup import Page


def person(
    email: str, *roles: Role, edition: Edition | None = None, name: str = "", language: str = "en"
) -> Account:
    """An account with roles. Asked for inside an application context; commits."""
    from awards.extensions import db

    now = datetime.now(UTC)
    session = db.session()
    account, _ = accounts.find_or_make(session, email, name=name, now=now, actor=_nobody(session, now))
    account.language = language
    for role in roles:
        place = None if role in accounts.EVERYWHERE else edition
        accounts.grant(session, account, role, edition=place, actor=_as(account), now=now)
    session.commit()
    return account


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A browser in which the person of that address is signed in."""
    from awards.extensions import db

    with app.app_context():
        account = accounts.find(db.session(), email)
        assert account is not None, email
        token = sessions.open_session(db.session(), account, by=SignedInBy.PASSWORD, now=datetime.now(UTC))
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def send(
    client: FlaskClient,
    address: str,
    fields: Mapping[str, Any] | Sequence[tuple[str, Any]] = (),
    *,
    page: str | None = None,
    **options: Any,
) -> TestResponse:
    """Post a form with its token, else that of the page it stands on: its own address unless `page` says so."""
    pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
    has_token = any(name == "csrf_token" for name, _ in pairs)
    data: dict[str, Any] = {} if has_token else {"csrf_token": csrf_of(client, page or address)}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return client.post(address, data=data, **options)


def csrf_of(client: FlaskClient, address: str) -> str:
    """The token of the forms on a page."""
    return csrf_in(client.get(address).text, address)


def csrf_in(page: str, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, f"no form on {address}"
    return found[1]


def faults_of(text: str) -> list[str]:
    """What a strict reader finds wrong with a page."""
    return Page(text).faults


def _as(account: Account) -> Actor:
    return Actor(account=account, real=account)


def _nobody(session: Any, now: datetime) -> Actor:
    account = session.query(Account).filter(Account.operator, Account.name == "Test").first()
    if account is None:
        account = Account(name="Test", operator=True, active=False, created_at=now)
        session.add(account)
        session.flush()
    return _as(account)
