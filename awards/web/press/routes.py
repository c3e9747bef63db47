"""What the secretariat's pages on press and ceremony have in common."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from awards.web.language import PREFIX
from awards.web.secretariat import frame

blueprint = Blueprint("press", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/press")

Answer = str | Response | tuple[str, int]
HERE = "release.index"


def show(template: str, **values: object) -> str:
    """A page below the release."""
    return frame.show(f"press/{template}", HERE, **values)
