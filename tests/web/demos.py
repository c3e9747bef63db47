"""The demo as a phase leaves it: played once a run and laid down again as files. On SQLite."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import uuid4
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskCliRunner
from werkzeug.test import TestResponse

from awards.extensions import db
from tests.conftest import RUN
from tests.web import crawling

Answers = dict[str, TestResponse]

_phases: WeakKeyDictionary[Flask, str] = WeakKeyDictionary()
_answers: dict[str, Answers] = {}


def play(cli: FlaskCliRunner, phase: str) -> None:
    """Bring an application's empty database to the end of a phase of the demo."""
    app, kept = cli.app, Path(os.environ[RUN]) / f"demo-{phase}"
    with app.app_context():
        file = Path(str(db.engine.url.database))
        data = Path(app.config["LAURELS_DATA"])
        if not kept.exists():
            done = cli.invoke(args=["demo", "--phase", phase, "--no-serve", "--json"])
            assert done.exit_code == 0, done.output
            _keep(file, data, kept)
        else:
            db.session.remove()
            db.engine.dispose()
            shutil.copyfile(kept / "database", file)
            shutil.copytree(kept / "data", data, dirs_exist_ok=True)
    _phases[app] = phase


def everything(app: Flask) -> Answers:
    """What every public address of the demo answers to somebody who has just played it; asked once a worker."""
    phase = _phases[app]
    if phase not in _answers:
        _answers[phase] = crawling.everything(app)
    return _answers[phase]


def _keep(file: Path, data: Path, kept: Path) -> None:
    """Whole, or not at all: the other worker may play the same phase."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    waiting = kept.with_name(f"{kept.name}-{uuid4().hex}")
    shutil.copytree(data, waiting / "data")
    shutil.copyfile(file, waiting / "database")
    if not kept.exists():
        waiting.rename(kept)
