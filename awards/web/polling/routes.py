"""What the pages of the vote's running have in common: who may use them, and that the rules have a vote at all."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from awards import editions, roll
from awards.extensions import db
from awards.roll import NoVote
from awards.web import door
from awards.web.access import Audience
from awards.web.language import PREFIX
from awards.web.polling import says
from awards.web.secretariat import frame
from judging.rules import Vote

blueprint = Blueprint("polling", __name__, url_prefix=PREFIX)

Answer = str | Response | tuple[str, int]

VOTE = "/secretariat/<edition>/vote"
"""Where the pages of the vote's running are."""


def vote() -> Vote:
    """The vote that the edition's rules have; 404 where they have none."""
    try:
        return roll.vote_of(editions.rules_of(db.session(), door.edition()))
    except NoVote:
        abort(404)


def key_folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "keys"


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
