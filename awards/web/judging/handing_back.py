"""A judge hands one nomination back, with a reason, before its sheet is submitted."""

from __future__ import annotations

from flask import abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import assignments, decisions, nominations, scoring, stages
from awards.assignments import HandBack, SheetSubmitted
from awards.extensions import db
from awards.models import Assignment, SheetState
from awards.web import door, errors, sessions
from awards.web.access import Audience, audience
from awards.web.judging.routes import Reader, blueprint, reader
from awards.web.judging.sheets import gone
from awards.web.panel.pairs import REASONS
from awards.web.secretariat.frame import face_of, posted

LONGEST = 900
"""Of the words that go with a reason."""


@blueprint.route("/n/<path:reference>/hand-back", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def hand_back(edition: str, reference: str) -> Response:
    """What handing back means, and why it is done; posted, the nomination is gone from the queue."""
    here = reader(reference)
    found = _mine(here, reference)
    if found is None:
        return make_response(gone(here, reference))
    if request.method == "GET":
        return _page(found)
    why = posted("why")
    wrong: dict[str, str] = {}
    if why not in [it.value for it in HandBack]:
        wrong["why"] = _("Choose a reason.")
    if len(posted("note")) > LONGEST:
        wrong["note"] = _("Write at most 900 characters.")
    if wrong:
        return _page(found, wrong, 422)
    try:
        assignments.hand_back(
            db.session(),
            door.edition(),
            found,
            HandBack(why),
            note=posted("note"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _page(found, {"note": _("Write why: the secretariat reads it.")}, 422)
    except SheetSubmitted:
        db.session.rollback()
        return _page(found, status=409)
    except (scoring.NotAssigned, stages.RoundClosed, stages.RoundNotOpen):
        db.session.rollback()
        return errors.page(409, 409, back=url_for("judging.queue", edition=edition))
    db.session.commit()
    flash(
        _("You handed %(reference)s back. The secretariat gives it to another judge.", reference=reference),
        "done",
    )
    return redirect(url_for("judging.queue", edition=edition), 303)


def _mine(here: Reader, reference: str) -> Assignment | None:
    """The judge's own assignment of a nomination in the open round, or to be read after the close; 404 for others."""
    session, edition = db.session(), door.edition()
    of_round = stages.current_round(session, edition)
    if here.is_further and here.item is not None:
        return session.get_one(Assignment, here.item.assignment)
    if of_round is None:
        abort(404)
    mine = assignments.of_judge(session, edition, here.judge, of_round)
    return next((it for it in mine if it.nomination.reference == reference), None)


def _page(found: Assignment, wrong: dict[str, str] | None = None, status: int = 200) -> Response:
    sheet = scoring.sheet_of(db.session(), found)
    return make_response(
        render_template(
            "judging/hand_back.html",
            edition=door.edition(),
            face=face_of(door.edition()),
            reference=found.nomination.reference,
            title=nominations.standing_revision(found.nomination).title,
            submitted=sheet is not None and sheet.state is SheetState.SUBMITTED,
            saved=sheet is not None,
            reasons=[(it.value, REASONS[it]) for it in HandBack],
            wrong=wrong or {},
            typed={"why": posted("why"), "note": posted("note")},
            specimen=door.edition().specimen,
        ),
        status,
    )
