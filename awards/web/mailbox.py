"""The demo's mailbox: mails that went nowhere, to be read by whoever tries things out. No page anywhere else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, render_template
from werkzeug.wrappers import Response

from awards import mailbox
from awards.mailbox import Kept
from awards.web.access import Audience, audience
from awards.web.language import PREFIX

blueprint = Blueprint("mailbox", __name__, url_prefix=f"{PREFIX}/mailbox")


def is_open() -> bool:
    """Whether this is a demo, whose mails anybody may read."""
    return bool(current_app.config["LAURELS_DEMO"])


@blueprint.before_request
def _only_in_a_demo() -> Response | None:
    return None if is_open() else abort(404)


@blueprint.get("/")
@audience(Audience.VISITOR)
def index() -> str:
    return render_template("mailbox/index.html", mails=mailbox.newest(_folder()), specimen=True)


@blueprint.get("/<key>")
@audience(Audience.VISITOR)
def show(key: str) -> str:
    mail = mailbox.find(_folder(), key)
    return render_template("mailbox/show.html", mail=mail, lines=_lines(mail), specimen=True)


def _folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "mails"


def _lines(kept: Kept) -> list[tuple[str, str]]:
    """The lines of the text, each with where it leads: a line that is an address of this site is a link."""
    own = f"{current_app.config['LAURELS_URL']}/"
    return [(line, urlsplit(line).path if line.startswith(own) else "") for line in kept.text.splitlines()]
