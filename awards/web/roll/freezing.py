"""The freezing of the roll, and taking it back until the vote opens."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _

from awards import decisions, electors, roll
from awards.extensions import db
from awards.models import DecisionKind
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.roll import says
from awards.web.roll.routes import blueprint
from awards.web.roll.sight import Sight, Way
from awards.web.secretariat.frame import Answer, back_to, long_reason, posted, show
from judging.values import Electorate

REFUSED = (
    roll.RollFrozen,
    roll.VoteClosed,
    roll.RollEmpty,
    roll.RollNotFrozen,
    roll.VoteOpened,
    decisions.ReasonMissing,
)


@blueprint.route("/freeze", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def freeze(**_edition: str) -> Answer:
    """What freezing means, and what is still missing; once frozen, the hash and how to take it back."""
    door.vote()
    if request.method == "GET":
        return _page()
    session, edition = db.session(), door.edition()
    actor, now = sessions.actor(), sessions.now()
    is_back = posted("act") == "thaw"
    if is_back and (wrong := long_reason()):
        return _page(wrong), 422
    try:
        if is_back:
            roll.thaw(session, edition, reason=posted("reason"), actor=actor, now=now)
        else:
            roll.freeze(session, edition, actor=actor, now=now)
    except REFUSED as error:
        session.rollback()
        return _page(says.wrong(error)), 422
    session.commit()
    said = (
        _("The roll can be changed again. Freeze it before the vote opens.")
        if is_back
        else _("The roll is frozen.")
    )
    return back_to("roll.index", said)


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, edition, seen = db.session(), door.edition(), Sight()
    frozen = decisions.of_edition(session, edition, DecisionKind.ROLL_FROZEN)
    members = door.vote().electorate is Electorate.MEMBERS
    return show(
        "roll/freeze.html",
        "roll.index",
        seen=seen,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        frozen=frozen[-1] if frozen and edition.roll_frozen_at else None,
        opened=roll.is_opened(session, edition) or edition.second_closed_at is not None,
        members=members,
        built=electors.built(session, edition) if members else None,
        changed=members and edition.roll_frozen_at is None and electors.plan(session, edition).is_new,
        judges=door.vote().electorate is Electorate.JUDGES,
        left=seen.count(Way.NEEDS_LETTER, Way.ASKED, Way.NOBODY),
    )
