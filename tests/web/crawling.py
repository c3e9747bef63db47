"""Every public address: those that pages link to, and those that the application knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from awards.config import LANGUAGES
from awards.models import Badge, Certificate, Edition, Election, Publication
from awards.web import access
from awards.web.access import Audience
from awards.web.public import open_data
from tests.web import world
from tests.web.markup import Page

PUBLIC = (Audience.ANYONE, Audience.LINK_HOLDER)
LANGUAGE_ONLY = "choose_language"
"""What answers an address without its language, by a way to the same one with it, whatever there is."""
CONVERTERS = {"language": "language:", "filename": "path:", "number": "int:"}


def known_addresses(app: Flask) -> list[str]:
    """An address for every rule, language, edition and certificate that there is."""
    from awards.extensions import db

    with app.app_context():
        editions = list(db.session.scalars(select(Edition.key)))
        codes = list(db.session.scalars(select(Certificate.code)))
        badges = list(db.session.scalars(select(Badge.public_id)))
        elections = list(db.session.scalars(select(Election.public_id)))
        published = db.session.execute(
            select(Edition.key, Publication.document).join(Publication, Publication.edition_id == Edition.id)
        )
        pairs = {(key, row["reference"]) for key, document in published for row in document["rows"]}
    values = {
        "language": [*LANGUAGES],
        "edition": [*editions, "no-such-edition"],
        "code": [*codes, "0000000000000000"],
        "reference": ["no-such-reference"],
        "number": ["1"],
        "token": ["no-such-token"],
        "key": [*badges, "no-such-badge"],
        "name": ["no-such-key"],
        "public_id": [*elections, "no-such-vote"],
        "table": [*open_data.TABLES, "no-such-table"],
        "extension": ["json", "csv"],
        "filename": ["css/laurels.css", "img/laurel.svg"],
    }
    found: set[str] = set()
    for rule in app.url_map.iter_rules():
        if access.audience_of(app, rule.endpoint) not in PUBLIC:
            continue
        if unknown := set(rule.arguments) - set(values):
            assert rule.endpoint == LANGUAGE_ONLY, f"what stands for {unknown} in {rule.rule}?"
            continue
        filled = [rule.rule]
        for name in rule.arguments:
            converter = CONVERTERS.get(name, "")
            filled = [
                text.replace(f"<{converter}{name}>", value) for text in filled for value in values[name]
            ]
        found.update(filled)
        if {"edition", "reference"} <= rule.arguments:
            found.update(
                _filled(
                    rule.rule, {"language": tag, "edition": edition, "reference": reference, "number": "1"}
                )
                for tag in LANGUAGES
                for edition, reference in pairs
            )
    return sorted(found)


def _filled(rule: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        rule = rule.replace(f"<{CONVERTERS.get(name, '')}{name}>", value)
    return rule


def is_public(app: Flask, address: str) -> bool:
    """Whether an address is no page of one person's; one that is no page at all is everybody's."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path)
    except HTTPException:
        return True
    return access.audience_of(app, endpoint) in PUBLIC


DRAWN = re.compile(r"/(share\.png|poster\.pdf|press-kit\.zip)(\?|$)")
"""Files that are drawn when they are asked for, a second of work each: those of one edition stand for all."""


def is_needless(address: str) -> bool:
    return bool(DRAWN.search(address)) and f"/{world.EMBARGOED}/" not in address


def crawl(client: FlaskClient, start: Iterable[str]) -> dict[str, TestResponse]:
    """Everything public that can be reached from some addresses by following links and redirects."""
    answers: dict[str, TestResponse] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address in answers or is_needless(address) or not is_public(client.application, address):
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
