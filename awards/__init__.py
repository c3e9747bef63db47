"""Laurels: awards from the call for nominations to the signed certificate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import ArgumentError

from awards import cli, extensions, web
from awards.config import ROOT, SettingWrong, private_folder, settings

__version__ = "0.1.0"


def create_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """The application, set up from the environment and `overrides`. Raises SettingWrong."""
    app = Flask(
        "awards",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=None,
    )
    app.config.from_mapping(settings(os.environ, overrides or {}))
    with suppress(OSError):  # `flask check` and the database say so in words
        private_folder(Path(app.config["LAURELS_DATA"]))
    try:
        extensions.db.init_app(app)
    except (ArgumentError, ImportError) as error:
        raise SettingWrong(f"LAURELS_DATABASE_URL names no database that can be used: {error}") from error
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "awards" / "migrations"))
    extensions.csrf.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    return app
