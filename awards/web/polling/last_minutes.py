"""The last minutes of a vote that people close: announced, made longer, called off before they are over."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from awards import halls, polls
from awards.extensions import db
from awards.polls import Stage
from awards.timetable import Deadline
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.polling import index, routes
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat.frame import posted

CALL_OFF = "off"


@blueprint.route(f"{VOTE}/last-minutes", methods=["GET", "POST"])
@audience(Audience.POLLS)
def last_minutes(edition: str) -> Answer:  # noqa: ARG001
    """How many minutes are left: said on the electors' pages and in the hall."""
    door.vote()
    poll = polls.look(db.session(), door.edition())
    if poll.stage is not Stage.OPEN or not poll.is_by_hand:
        return lead("index", _("There is no open vote that people close."), "caution")
    if index.is_over(poll):
        return lead("close", _("The announced minute has passed. Close the vote."), "caution")
    if request.method == "GET":
        return _page()
    try:
        said = _called_off() if posted("act") == CALL_OFF else _called()
    except halls.WrongMinutes:
        db.session.rollback()
        return _page(
            _("Write a number of minutes from %(least)d to %(most)d.", least=halls.LEAST, most=halls.MOST)
        ), 422
    except halls.ShorterCall as error:
        db.session.rollback()
        return _page(
            _("It is announced until %(time)s. It can be made longer, not shorter.", time=_clock(error.until))
        ), 422
    except (halls.CallOver, halls.NotByHand):
        db.session.rollback()
        return lead("index", _("The announced minute has passed, or was called off meanwhile."), "caution")
    db.session.commit()
    return lead("index", said)


def _called() -> str:
    text = posted("minutes")
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(halls.MOST)) else 0
    until = halls.last_call(db.session(), door.edition(), minutes, actor=sessions.actor(), now=sessions.now())
    return _("The vote takes ballots until %(time)s. Say it in the hall.", time=_clock(until))


def _called_off() -> str:
    halls.call_off(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    return _("The last minutes are called off: the vote goes on. Say it in the hall.")


def _clock(until: Deadline) -> str:
    return f"{until.local:%H:%M}"


def _page(wrong: str = "") -> str:
    return routes.show(
        "last_minutes.html",
        poll=polls.look(db.session(), door.edition()),
        wrong={"minutes": wrong} if wrong else {},
        minutes=posted("minutes") or str(halls.MINUTES),
        least=halls.LEAST,
        most=halls.MOST,
    )
