"""The hall: how many have voted, large, for a screen that everybody sees. It asks for the page anew by itself."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from awards import polls
from awards.extensions import db
from awards.polls import Stage
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.polling import index
from awards.web.polling.routes import blueprint
from awards.web.secretariat import frame

SECONDS = 30


@blueprint.get("/hall/<edition>")
@audience(Audience.POLLS)
def hall(edition: str) -> Response:  # noqa: ARG001
    """Turnout and close; nothing of any choice, and nothing of the result either."""
    door.vote()
    found = door.edition()
    poll = polls.look(db.session(), found)
    answer = make_response(
        render_template(
            "polling/hall.html",
            edition=found,
            face=frame.face_of(found),
            poll=poll,
            is_open=poll.stage is Stage.OPEN and not index.is_over(poll),
            is_early=poll.stage in index.NOT_YET,
            words=words,
            specimen=found.specimen,
            at=words.in_zone(sessions.now(), found.zone),
        )
    )
    answer.headers["Refresh"] = str(SECONDS)
    return answer
