"""What is left to a judge: the queue, and submitting all that is complete."""

from __future__ import annotations

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import practice, scoring
from awards.extensions import db
from awards.marking import MarksClosed
from awards.models import Assignment
from awards.queues import Queue
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.judging.routes import Answer, Reader, blueprint, reader, show


@blueprint.get("/")
@audience(Audience.JUDGE)
def queue(**_edition: str) -> str:
    here = reader()
    return show("queue.html", here, practice=_practice(here))


def _practice(here: Reader) -> dict[str, int] | None:
    """How many practice nominations the judge could still try; None where there are none, or not now."""
    if not practice.is_open(here.edition, here.seat.rules):
        return None
    found = practice.for_judge(db.session(), here.edition, here.judge)
    return {"left": sum(sheet is None for _it, sheet in found)} if found else None


@blueprint.route("/submit", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def submit_all(edition: str) -> Answer:
    """Submit the complete sheets that the page named; one completed since then waits to be named."""
    here = reader()
    if request.method == "GET":
        return show("submit_all.html", here)
    if not here.is_open:
        return show("submit_all.html", here), 409
    named = set(request.form.getlist("reference"))
    wanted = [
        db.session.get_one(Assignment, item.assignment) for item in here.complete if item.reference in named
    ]
    try:
        scoring.submit_all(
            db.session(),
            here.edition,
            wanted,
            opened=here.seat.opened,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except MarksClosed:
        db.session.rollback()
        return show("submit_all.html", here), 409
    db.session.commit()
    _say(reader().queue, named)
    return sessions.lead(url_for("judging.queue", edition=edition))


def _say(queue: Queue, named: set[str]) -> None:
    """How the sheets that were named stand now: those that a first click has submitted are submitted."""
    done = sum(it.reference in named and not it.is_left for it in queue.items)
    left = sorted(named & ({it.reference for it in queue.left} | queue.gone))
    if done:
        flash(ngettext("%(num)d sheet is submitted.", "%(num)d sheets are submitted.", done), "done")
    if left:
        flash(_("Not submitted, because they have changed: %(which)s.", which=", ".join(left)), "caution")
    if not done and not left:
        flash(_("Nothing was submitted: no sheet that the page named waits for it any more."), "calm")
