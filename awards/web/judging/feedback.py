"""Words for nominees: a judge releases them sheet by sheet, worded as they are to be read, or takes them back."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import comments, nominations
from awards.comments import CommentChanged, CommentTooLong, NothingWritten, RoundOn
from awards.extensions import db
from awards.models import CommentState
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.judging.routes import Answer, Reader, blueprint, reader, show
from awards.web.secretariat.frame import posted, posted_number
from judging.values import Round

STATES = {
    None: _l("Not released"),
    CommentState.RELEASED: _l("Released; an organiser looks at it"),
    CommentState.APPROVED: _l("Approved: the nominee reads it"),
    CommentState.KEPT_BACK: _l("Kept back"),
    CommentState.TAKEN_BACK: _l("Taken back"),
}


@blueprint.route("/feedback", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def feedback(edition: str) -> Answer:
    """What the judge wrote for nominees, and what became of it; nobody reads any of it before they release it."""
    here = reader()
    if request.method == "GET":
        return _page(here)
    sheet, text = posted("sheet"), posted("text")
    try:
        says = _act(here, sheet, text)
    except NothingWritten:
        db.session.rollback()
        return _page(here, sheet, _("Write something first, or leave it unreleased.")), 422
    except CommentTooLong:
        db.session.rollback()
        return _page(here, sheet, _("Write at most 20,000 characters.")), 422
    except (CommentChanged, RoundOn):
        db.session.rollback()
        return _page(here, sheet, _("This has changed since you opened the page. Nothing was done.")), 409
    db.session.commit()
    flash(says, "done")
    return redirect(url_for("judging.feedback", edition=edition), 303)


def _act(here: Reader, sheet: str, text: str) -> str:
    session, edition, judge = db.session(), here.edition, here.judge
    actor, now, act = sessions.actor(), sessions.now(), posted("act")
    if act == "all":
        number = comments.release_all(session, edition, judge, actor=actor, now=now)
        return ngettext("Released: one text.", "Released: %(num)d texts.", number)
    seen = posted_number("seen")
    if act == "back":
        comments.take_back(session, edition, judge, sheet, seen=seen, actor=actor, now=now)
        return _("Taken back. Nobody reads it.")
    if act != "release":
        abort(400)
    comments.release(session, edition, judge, sheet, text, seen=seen, actor=actor, now=now)
    return _("Released. The nominee reads it once an organiser has approved it and the result is public.")


def _page(here: Reader, sheet: str = "", wrong: str = "") -> str:
    session = db.session()
    found = comments.of_judge(session, here.edition, here.judge)
    found.sort(key=lambda it: not it.text)
    return show(
        "feedback.html",
        here,
        own=found,
        titles={it.nomination.id: nominations.standing_revision(it.nomination) for it in found},
        states=STATES,
        is_time=comments.is_time(here.edition, Round.FIRST),
        waiting=sum(it.waits for it in found),
        sheet=sheet,
        typed=posted("text"),
        wrong=wrong,
    )
