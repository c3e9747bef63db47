"""The desk: papers of one elector are issued, taken in, given back, spoilt for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import own_ballots, paper, roll
from awards.extensions import db
from awards.models import PaperBallot, RollEntry
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.roll.routes import elector as elector_of
from awards.web.secretariat.frame import posted, posted_number
from awards.web.tellers.printing import named
from awards.web.tellers.routes import Answer, blueprint, carry_out, lead, show


@blueprint.route("/electors/<elector>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def elector(elector: str, **_edition: str) -> Answer:
    found = elector_of(elector)
    if found.is_public:
        abort(404)
    act = ACTS.get(posted("act"))
    if request.method == "GET" or act is None:
        return _page(found), 200 if request.method == "GET" else 422
    return carry_out(partial(act, found), partial(_page, found))


def _page(it: RollEntry, wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    mine = own_ballots.papers(session, edition, it, now=sessions.now())
    free = paper.open_to(mine.values())
    return show(
        "elector.html",
        it=it,
        mine=mine,
        free=[one for one in free if not one.is_over],
        on=it.id in {one.id for one in roll.on(session, edition)},
        papers=paper.of_entry(session, it),
        closes=paper.closes(mine.values()),
        named=named({one for each in mine.values() for one in each.barred}),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


def _paper(it: RollEntry) -> PaperBallot:
    """The paper that the page was about. Raises PaperMoved where the elector has none of this number."""
    number = posted_number("paper")
    for one in paper.of_entry(db.session(), it):
        if one.number == number:
            return one
    raise paper.PaperMoved(number)


def _back(it: RollEntry, said: str) -> Response:
    return lead("elector", said, elector=it.public_id)


def _issue(it: RollEntry) -> Response:
    paper.issue(db.session(), door.edition(), it, actor=sessions.actor(), now=sessions.now())
    return _back(it, _("Recorded. Hand out the papers now: this elector can't vote on the site any more."))


def _hand_in(it: RollEntry) -> Response:
    paper.hand_in(db.session(), door.edition(), _paper(it), actor=sessions.actor(), now=sessions.now())
    return lead("index", _("Recorded as handed in. The next elector, please."))


def _give_back(it: RollEntry) -> Response:
    paper.give_back(db.session(), door.edition(), _paper(it), actor=sessions.actor(), now=sessions.now())
    return _back(it, _("Recorded as unused. While the vote is open this elector can vote on the site."))


def _spoil(it: RollEntry) -> Response:
    paper.spoil(db.session(), door.edition(), _paper(it), actor=sessions.actor(), now=sessions.now())
    return _back(it, _("Recorded as spoilt. Tear it up unread, and hand out another one."))


def _take_back(it: RollEntry) -> Response:
    paper.take_back(
        db.session(),
        door.edition(),
        _paper(it),
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _back(it, _("Taken back: the paper is with the elector again."))


ACTS: Mapping[str, Callable[[RollEntry], Response]] = {
    "issue": _issue,
    "hand-in": _hand_in,
    "give-back": _give_back,
    "spoil": _spoil,
    "take-back": _take_back,
}
