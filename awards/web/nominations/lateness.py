"""After the deadline: what was written is kept, and the secretariat may be asked to take it all the same."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from awards import drafts, releasing, submitting
from awards.extensions import db
from awards.models import NominationState
from awards.web import sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import says
from awards.web.nominations.desk import Desk, desk
from awards.web.words import lazy as _l
from awards.writing import cleaned, tidy

LONGEST_REASON = 4_000


def tidied(text: str | None) -> str:
    """A reason without the characters that can't be kept."""
    return tidy(cleaned(text or ""))


class LateForm(FlaskForm):
    reason = TextAreaField(
        _l("Why it comes late"),
        [
            DataRequired(_l("Say why it comes late: the secretariat decides by it.")),
            Length(max=LONGEST_REASON, message=_l("Say it in no more than %(max)d characters.")),
        ],
        filters=[tidied],
    )


def init_app(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/nominations/<nomination>/late", "late", late, methods=["GET", "POST"])


@audience(Audience.NOMINATOR)
def late(nomination: str) -> str | Response | tuple[str, int]:
    here = desk(sessions.filled())
    form = LateForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    if here.is_open:
        return redirect(url_for("nominations.submit", nomination=nomination), 303)
    if request.method != "POST":
        return _show(here, form)
    if not form.validate():
        return _show(here, form), 422
    try:
        submitting.ask_for_late(
            db.session(), here.nomination, reason=str(form.reason.data), actor=sessions.actor(), now=here.now
        )
    except (drafts.NotEditable, drafts.NominationsNotOpen, submitting.NothingToAsk):
        return _show(here, form), 409
    except (submitting.Incomplete, drafts.CategoryClosed):
        return _show(here, form), 422
    db.session.commit()
    flash(_("The secretariat has been asked. You will get its answer by mail and find it here."), "done")
    return redirect(url_for("nominations.show", nomination=nomination), 303)


def show_closed(here: Desk) -> tuple[str, int]:
    """What somebody reads who comes to submit when that isn't possible any more."""
    return _show(here, LateForm(formdata=None)), 409  # type: ignore[no-untyped-call]


def _show(here: Desk, form: LateForm) -> str:
    asked = submitting.late_request(db.session(), here.nomination)
    stands = here.nomination.submitted_number == here.revision.number
    return render_template(
        "nominations/late.html",
        desk=here,
        form=form,
        asked=asked if asked and asked.revision_number == here.revision.number else None,
        may_ask=here.window is not None and not stands,
        state=releasing.told_states(db.session(), [here.nomination])[here.nomination.id],
        states=NominationState,
        zone=sessions.me().zone,
        words=words,
        says=says,
        specimen=here.edition.specimen,
    )
