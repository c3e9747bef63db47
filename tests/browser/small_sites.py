"""Sites of their own for pictures of the second round: nothing on them, at the small edition's time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import flask_migrate
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright._impl._api_structures import SetCookieParam

from awards import create_app
from awards.extensions import db
from tests.awards.play import NOW
from tests.browser.stills import LANGUAGES, Fields, Stills
from tests.web.signing import send


@contextmanager
def site_of(
    data: Path, name: str, *, at: datetime = NOW
) -> Iterator[tuple[Flask, Path, time_machine.Traveller]]:
    """The application, its folder, and the clock."""
    folder = data / name
    site = create_app(
        {"LAURELS_DATA": str(folder), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/laurels.sqlite"}
    )
    with time_machine.travel(at) as clock:
        with site.app_context():
            flask_migrate.upgrade()
        yield site, folder, clock
        with site.app_context():
            db.session.rollback()
            db.engine.dispose()


def do(browser: FlaskClient, path: str, fields: Fields = (), *, page: str | None = None) -> None:
    """An act that changes something and leads on. Paths stand without their language."""
    answer = send(browser, f"/en{path}", fields, page=f"/en{page}" if page else None)
    assert answer.status_code == 303, (path, answer.status_code, answer.text[-3000:])


def keep_both(stills: Stills, name: str, browser: FlaskClient, path: str, **options: object) -> None:
    """The page that answers a form with a file, in both languages; `fields` is called for each."""
    fields = options.pop("fields")
    for language in LANGUAGES:
        answer = send(
            browser,
            f"/{language}{path}",
            fields(),  # type: ignore[operator]
            content_type="multipart/form-data",
        )
        stills.keep(name, language, answer)


def found(page: str, pattern: str) -> str:
    """What a page holds at a place of a pattern."""
    match = re.search(pattern, page)
    assert match, pattern
    return match[1]


def cookies_of(browser: FlaskClient, address: str, *names: str) -> list[SetCookieParam]:
    """What lets a real browser load what this one may."""
    kept = (browser.get_cookie(name) for name in names)
    return [{"name": it.key, "value": it.value, "url": address} for it in kept if it is not None]
