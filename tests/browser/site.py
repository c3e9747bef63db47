"""A real server over the world's editions, and a real browser to look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import flask_migrate
import time_machine
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from awards import create_app
from awards.extensions import begin_writing, db
from tests.web import world

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address under which the application answers."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The whole answer, its file closed: Werkzeug leaves it open where the browser goes away meanwhile."""
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def settled(data: Path) -> Iterator[Flask]:
    """An application over a database of its own that holds the world's editions, at the world's time."""
    app = create_app(
        {"LAURELS_DATA": str(data), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{data}/laurels.sqlite"}
    )
    with time_machine.travel(world.NOW):
        with app.app_context():
            flask_migrate.upgrade()
            begin_writing()
            world.settle(db.session(), data)
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield found
        finally:
            found.close()
