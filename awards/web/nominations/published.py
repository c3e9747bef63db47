"""What is published of a nomination, for those who write it, and consent withdrawn item by item."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import membership
from awards.extensions import db
from awards.web import consenting, sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import says
from awards.web.nominations.desk import desk
from awards.web.secretariat.frame import posted


def init_app(blueprint: Blueprint) -> None:
    one = "/nominations/<nomination>/published"
    blueprint.add_url_rule(one, "published", published, methods=["GET", "POST"])
    blueprint.add_url_rule(
        "/nominations/<nomination>/membership", "put_membership_away", put_membership_away, methods=["POST"]
    )


@audience(Audience.NOMINATOR)
def published(nomination: str) -> str | Response | tuple[str, int]:
    """404 until something of it is public. An item in the address is asked about before anything is done."""
    here = desk()
    found = consenting.listed(here.edition, here.nomination, here.rules, here.texts, here.now)
    if found is None:
        abort(404)
    wrong = {}
    if request.method == "POST":
        done = consenting.act(here.edition, found, as_organiser=False, actor=sessions.actor(), now=here.now)
        if not done.wrong:
            flash(done.says, done.mood)
            return redirect(url_for("nominations.published", nomination=nomination), 303)
        wrong = dict(done.wrong)
    page = render_template(
        "nominations/published.html",
        desk=here,
        found=found,
        wrong=wrong,
        reason=posted("reason"),
        at=says.at,
        zone=here.edition.zone,
        words=words,
        specimen=here.edition.specimen,
    )
    return (page, 422) if wrong else page


@audience(Audience.NOMINATOR)
def put_membership_away(nomination: str) -> Response:
    """What membership offers is read, and shown no more."""
    here = desk()
    membership.put_away(db.session(), here.edition, here.nomination, actor=sessions.actor(), now=here.now)
    db.session.commit()
    flash(_("Put away. It is not shown again."), "done")
    return redirect(url_for("nominations.show", nomination=nomination), 303)
