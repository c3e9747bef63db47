"""What the pages for what follows a release have in common."""

from __future__ import annotations

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from awards.mending import Hand
from awards.web import sessions
from awards.web.language import PREFIX
from awards.web.release.routes import folder
from awards.web.secretariat import frame

blueprint = Blueprint("after", __name__, url_prefix=PREFIX)

Answer = str | Response | tuple[str, int]
OFFICE = "/secretariat/<edition>"
HERE = "release.index"


def show(template: str, **values: object) -> str:
    """A page of the office."""
    return frame.show(f"after/{template}", HERE, **values)


def hand() -> Hand:
    """Whoever acts now."""
    return Hand(folder(), current_app.config["LAURELS_URL"], sessions.actor(), sessions.now())
