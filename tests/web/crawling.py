"""Every public address: those that pages link to, and those that the application knows."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards.config import LANGUAGES
from awards.models import Certificate, Edition
from tests.web.markup import Page


def known_addresses(app: Flask) -> list[str]:
    """An address for every rule, language, edition and certificate that there is."""
    from awards.extensions import db

    with app.app_context():
        editions = list(db.session.scalars(select(Edition.key)))
        codes = list(db.session.scalars(select(Certificate.code)))
    values = {
        "language": [*LANGUAGES],
        "edition": [*editions, "no-such-edition"],
        "code": [*codes, "0000000000000000"],
        "token": ["no-such-token"],
        "filename": ["css/laurels.css", "img/laurel.svg"],
    }
    found: set[str] = set()
    for rule in app.url_map.iter_rules():
        filled = [rule.rule]
        for name in rule.arguments:
            converter = "language:" if name == "language" else "path:" if name == "filename" else ""
            filled = [
                text.replace(f"<{converter}{name}>", value) for text in filled for value in values[name]
            ]
        found.update(filled)
    return sorted(found)


def crawl(client: FlaskClient, start: Iterable[str]) -> dict[str, TestResponse]:
    """Everything that can be reached from some addresses by following links and redirects."""
    answers: dict[str, TestResponse] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address in answers:
            continue
        answer = answers[address] = client.get(address, buffered=True)
        if location := answer.headers.get("Location"):
            waiting.append(_path(urljoin(address, location)))
        if answer.mimetype == "text/html":
            links = Page(answer.text).links
            waiting.extend(_path(urljoin(address, link)) for link in links if not link.startswith("#"))
    return answers


def everything(app: Flask) -> dict[str, TestResponse]:
    return crawl(app.test_client(), ["/", *known_addresses(app)])


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
