"""What the pages of the paperwork have in common."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from awards import editions, templates
from awards.extensions import db
from awards.web import door
from awards.web.language import PREFIX, current
from awards.web.secretariat import frame

blueprint = Blueprint(
    "paperwork", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/certificate-template"
)

Answer = str | Response | tuple[str, int]
HERE = "paperwork.index"


def show(page: str, **values: object) -> str:
    """A page of the paperwork."""
    return frame.show(f"paperwork/{page}", HERE, **values)


def folder() -> Path:
    """Where files are kept."""
    return Path(current_app.config["LAURELS_DATA"]) / templates.FILES


def languages() -> list[str]:
    """The languages of the edition's certificates."""
    return templates.languages(db.session(), door.edition())


def chosen() -> str:
    """The language that the address asks for, else the reader's, else the first of the certificates."""
    known = languages()
    for wanted in (request.args.get("language", ""), current()):
        if wanted in known:
            return wanted
    return known[0] if known else editions.rules_of(db.session(), door.edition()).working_language
