"""The hall: how many have voted, large, for a screen that everybody sees. It asks for the page anew by itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from flask import current_app, make_response, render_template, url_for
from werkzeug.wrappers import Response

from awards import polls
from awards.extensions import db
from awards.polls import Poll, Stage
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.polling import index
from awards.web.polling.routes import blueprint
from awards.web.secretariat import frame

SECONDS, SECONDS_AT_LAST = 30, 10
MINUTE = timedelta(minutes=1)


@blueprint.get("/hall/<edition>")
@audience(Audience.POLLS)
def hall(edition: str) -> Response:  # noqa: ARG001
    """Turnout and close; nothing of any choice, and nothing of the result either."""
    door.vote()
    found = door.edition()
    poll = polls.look(db.session(), found)
    is_open = poll.stage is Stage.OPEN and not index.is_over(poll)
    left = _minutes_left(poll) if is_open and poll.is_last_call else None
    address = str(current_app.config["LAURELS_URL"]).rstrip("/") + url_for("voting.enter")
    side, square = _square(address)
    seconds = SECONDS if left is None else SECONDS_AT_LAST
    answer = make_response(
        render_template(
            "polling/hall.html",
            edition=found,
            face=frame.face_of(found),
            poll=poll,
            is_open=is_open,
            is_early=poll.stage in index.NOT_YET,
            left=left,
            address=address,
            side=side,
            square=square,
            seconds=seconds,
            words=words,
            specimen=found.specimen,
            at=words.in_zone(sessions.now(), found.zone),
        )
    )
    answer.headers["Refresh"] = str(seconds)
    return answer


def _minutes_left(poll: Poll) -> int:
    """How many whole minutes are left, one at least."""
    assert poll.closes is not None
    return max(1, (poll.closes.instant - sessions.now()) // MINUTE)


def _square(text: str) -> tuple[int, str]:
    """A text as a QR code: how many modules wide with the quiet zone around it, and the path that draws it."""
    import segno  # noqa: PLC0415 (only this page draws one)

    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        for dark, cells in groupby(row):
            length = len(list(cells))
            parts += [f"M{x} {y}h{length}v1h-{length}z"] if dark else []
            x += length
    return len(rows), "".join(parts)
