"""What the pages of the release have in common: nothing of a result stands on them before it is signed."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards.web.language import PREFIX
from awards.web.secretariat import frame

blueprint = Blueprint("release", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/release")

Answer = str | Response | tuple[str, int]
HERE = "release.index"


def show(template: str, **values: object) -> str:
    """A page of the release."""
    return frame.show(f"release/{template}", HERE, **values)


def folder() -> Path:
    """Where files are kept."""
    return Path(current_app.config["LAURELS_DATA"]) / "files"


def stale() -> str:
    """What whoever acted on a page that is out of date is told."""
    return _("Something has changed meanwhile; nothing was done. This is how it stands now.")


def differs() -> str:
    """What is told where the evidence no longer gives the result that was signed."""
    return _("The count differs from what was signed. Nothing was made public; let the auditor count again.")
