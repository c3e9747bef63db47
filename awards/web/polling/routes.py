"""What the pages of the vote's running have in common: how they are shown, and what several of them do."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import approvals, envelopes
from awards.extensions import begin_writing, db
from awards.web import door, sessions
from awards.web.access import Audience
from awards.web.language import PREFIX
from awards.web.polling import says
from awards.web.secretariat import frame
from awards.web.secretariat.frame import posted

blueprint = Blueprint("polling", __name__, url_prefix=PREFIX)

Answer = str | Response | tuple[str, int]

VOTE = "/secretariat/<edition>/vote"
"""Where the pages of the vote's running are."""


def key_folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "keys"


def keep_and_destroy_keys() -> None:
    """Commit what was done; and once that is safe on disk, destroy the spent keys in a transaction of its own."""
    session = db.session()
    session.commit()
    begin_writing()
    envelopes.destroy_spent_keys(session, key_folder=key_folder(), actor=sessions.actor(), now=sessions.now())
    session.commit()


def end(act: str) -> str:
    """End the proposal that waits, as who made it or who turns it down; what to say of it."""
    session = db.session()
    proposal = approvals.take(session, door.edition(), act, posted("sha256"))
    approvals.end(session, door.edition(), proposal, actor=sessions.actor(), now=sessions.now())
    session.commit()
    return _("The proposal is ended; nothing was changed.")


def show(template: str, **values: object) -> str:
    """A page of the vote's running. `tending`: whether the reader may do what organisers and tellers do."""
    return frame.show(
        f"polling/{template}",
        "polling.index",
        says=says,
        staff=frame.may(Audience.STAFF, reading=True),
        tending=frame.may(Audience.POLLS, reading=False),
        running=frame.may(Audience.POLLS, reading=True),
        **values,
    )


def lead(endpoint: str, said: str = "", mood: str = "done") -> Response:
    """Lead to a page of the vote's running, with a word on what was done."""
    return frame.back_to(f"polling.{endpoint}", said, mood)
