"""A judge leaves the panel by themselves: why, what follows from it by the rule, and the act."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect

from awards import decisions, inviting, joining, judges, leaving
from awards.extensions import db
from awards.models import Judge, Leaving
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.judging.joining import Answer, face_of
from awards.web.judging.routes import blueprint
from awards.web.panel import says
from awards.web.secretariat.frame import LONGEST_REASON, posted


@blueprint.route("/leave", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def leave(**_edition: str) -> Answer:
    """Leave the panel: first why, then what follows from it by the rule, then the act."""
    judge, session = door.judge(), db.session()
    wanted = posted("leaving") or request.args.get("leaving", "")
    why = next((it for it in leaving.BY_JUDGE if it.value == wanted), None)
    if request.method == "GET":
        return _leaving(judge, why)
    if why is None:
        return _leaving(judge, None, {"leaving": _("Choose why.")}), 422
    if len(posted("reason")) > LONGEST_REASON:
        return _leaving(judge, why, {"reason": _("Write at most 1,000 characters.")}), 422
    try:
        leaving.leave(
            session,
            door.edition(),
            judge,
            why,
            note=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except joining.NotOnPanel:
        session.rollback()
        abort(404)
    except decisions.ReasonMissing:
        session.rollback()
        return _leaving(judge, why, {"reason": _("Write in a few words why. The organisers read it.")}), 422
    session.commit()
    flash(_("You have left the panel. Thank you for the work that you have done."), "done")
    return redirect(url_for("today.show"), 303)


def _leaving(judge: Judge, why: Leaving | None, wrong: dict[str, str] | None = None) -> str:
    effect = (
        leaving.effect(db.session(), door.edition(), judge, why, now=sessions.now())
        if why is not None
        else None
    )
    return render_template(
        "judging/leave.html",
        edition=door.edition(),
        face=face_of(),
        judge=judge,
        reasons=[(it.value, says.LEAVING[it]) for it in leaving.BY_JUDGE],
        why=why,
        why_in_words=says.LEAVING[why] if why else "",
        effect=effect,
        joined=judges.joined(judge),
        wrong=wrong or {},
        reason=posted("reason"),
        for_good=why in inviting.FOR_GOOD,
        specimen=door.edition().specimen,
    )
