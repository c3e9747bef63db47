"""A judge asks, after the close, to mend a sheet of their own, and says when they are done."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import decisions, marking, reopening
from awards.extensions import db
from awards.models import Assignment, AssignmentState, Judge, Nomination, Reopening
from awards.reopening import AskedAlready, NotNow, NotWaiting, NotYours, PanelHasRead, SeesTheTable
from awards.timetable import Phase
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.judging.routes import blueprint
from awards.web.secretariat import wording
from awards.web.secretariat.frame import face_of, long_reason, posted


@blueprint.route("/n/<path:reference>/reopen", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def ask_reopening(edition: str, reference: str) -> str | Response | tuple[str, int]:  # noqa: ARG001
    """Ask; once it is granted, say that one is done."""
    judge = door.judge()
    nomination = _own(judge, reference)
    if request.method == "GET":
        return _page(judge, nomination)
    try:
        says = _answer(judge, nomination)
    except decisions.ReasonMissing:
        db.session.rollback()
        wrong = {"reason": _("Write what is wrong with the sheet. Two people read it and decide.")}
        return _page(judge, nomination, wrong), 422
    except (NotNow, NotYours, SeesTheTable, AskedAlready, NotWaiting) as error:
        db.session.rollback()
        return _page(judge, nomination, {"": _why(error)}), 409
    if isinstance(says, dict):
        return _page(judge, nomination, says), 422
    db.session.commit()
    flash(says, "done")
    here = url_for("judging.ask_reopening", edition=door.edition().key, reference=nomination.reference)
    return redirect(here, 303)


def _answer(judge: Judge, nomination: Nomination) -> str | dict[str, str]:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "done":
        found = reopening.of_judge(session, judge, nomination)
        if found is None:
            raise NotWaiting(nomination.reference)
        reopening.finish(session, here, found, actor=actor, now=now)
        still = marking.reopening(session, judge, nomination.category)
        if still is not None:
            return _(
                "Thank you. Your sheets of this category stay open until you are done with %(reference)s too.",
                reference=still.nomination.reference,
            )
        return _("Thank you. Your sheets are locked again, and the standing is counted anew.")
    if wrong := long_reason():
        return wrong
    reopening.ask(session, here, judge, nomination, reason=posted("reason"), actor=actor, now=now)
    return _("Asked. The chair and a second person decide; you find their answer here.")


def _why(error: Exception) -> str:
    if isinstance(error, SeesTheTable):
        return _("You read the totals of all judges, so your own marks stay as they are.")
    if isinstance(error, PanelHasRead):
        return _("The deliberation room was opened: the panel has read the totals, so its marks stand.")
    if isinstance(error, AskedAlready):
        return _("You have asked already.")
    if isinstance(error, NotWaiting):
        return _("This was ended meanwhile.")
    if isinstance(error, NotYours):
        return _("You can only mend sheets of nominations that are still assigned to you.")
    if door.edition().phase is Phase.SECOND_ROUND:
        return _(
            "Sheets of the second round can't be mended after its close, and those of the first not any more."
        )
    return _("Sheets can be mended after the close of the round, and until the finalists are announced.")


def _own(judge: Judge, reference: str) -> Nomination:
    """A nomination that was given to the judge; 404 for any other."""
    found = db.session.scalars(
        select(Nomination)
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .where(
            Nomination.edition_id == door.edition().id,
            Nomination.reference == reference,
            Assignment.judge_id == judge.id,
            Assignment.state == AssignmentState.ISSUED,
        )
    ).first()
    if found is None:
        abort(404)
    return found


def _page(judge: Judge, nomination: Nomination, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    last: Reopening | None = reopening.of_judge(session, judge, nomination)
    hindrance = ""
    try:
        reopening.may_ask(session, here, judge, nomination)
    except (NotNow, NotYours, SeesTheTable, AskedAlready) as error:
        hindrance = _why(error)
    return render_template(
        "judging/reopen.html",
        edition=here,
        face=face_of(here),
        nomination=nomination,
        last=last,
        hindrance=hindrance,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        words=words,
        wording=wording,
        my_zone=words.own_zone(sessions.me().zone, door.edition().zone),
        specimen=here.specimen,
    )
