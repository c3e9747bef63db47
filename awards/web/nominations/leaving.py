"""Withdrawing a nomination, and starting again from its text, which is how a withdrawal is undone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from awards import drafts, windows, withdrawing
from awards.extensions import db
from awards.models import NominationState
from awards.timetable import IllegalTransition
from awards.web import sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import says
from awards.web.nominations.desk import desk
from awards.web.nominations.lateness import LONGEST_REASON, tidied
from awards.web.words import lazy as _l


class WithdrawForm(FlaskForm):
    reason = TextAreaField(
        _l("Why"),
        [Length(max=LONGEST_REASON, message=_l("Say it in no more than %(max)d characters."))],
        filters=[tidied],
    )


def init_app(blueprint: Blueprint) -> None:
    one = "/nominations/<nomination>"
    blueprint.add_url_rule(f"{one}/withdraw", "withdraw", withdraw, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{one}/again", "again", again, methods=["POST"])


@audience(Audience.NOMINATOR)
def withdraw(nomination: str) -> str | Response | tuple[str, int]:
    here = desk()
    form = WithdrawForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    possible = withdrawing.is_possible(here.edition, here.nomination)
    status = 200 if possible else 409
    if request.method == "POST" and not form.validate():
        status = 422
    elif request.method == "POST":
        try:
            withdrawing.withdraw(
                db.session(),
                here.nomination,
                reason=str(form.reason.data or ""),
                actor=sessions.actor(),
                now=here.now,
            )
            db.session.commit()
            flash(_("The nomination is withdrawn. Everybody who writes it has been told."), "done")
            return redirect(url_for("nominations.show", nomination=nomination), 303)
        except (withdrawing.NotWithdrawable, IllegalTransition):
            possible, status = False, 409
    shown = render_template(
        "nominations/withdraw.html",
        desk=here,
        form=form,
        possible=possible,
        is_draft=here.nomination.submitted_number is None,
        withdrawn=here.nomination.state is NominationState.WITHDRAWN,
        words=words,
        says=says,
        specimen=here.edition.specimen,
    )
    return shown, status


@audience(Audience.NOMINATOR)
def again(nomination: str) -> Response:
    """A new draft with the same text; while nominations are closed there is none."""
    here = desk()
    try:
        copy = withdrawing.start_again(db.session(), here.nomination, actor=sessions.actor(), now=here.now)
    except (drafts.NominationsNotOpen, drafts.CategoryClosed):
        flash(_("Nominations are closed, so nothing new can be begun. Write to the secretariat."), "caution")
        return redirect(url_for("nominations.show", nomination=nomination), 303)
    db.session.commit()
    found = windows.window(db.session(), here.edition, copy, opened=None, now=here.now)
    if found is not None and found.is_open:
        flash(
            _("This is a new draft with the same text and files. Give the consents again and submit it."),
            "done",
        )
    else:
        flash(
            _(
                "This is a new draft with the same text and files. The deadline has passed, so it can't be submitted; "
                "you may ask for late acceptance."
            ),
            "caution",
        )
    return redirect(url_for("nominations.show", nomination=copy.public_id), 303)
