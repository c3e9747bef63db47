"""What is left to a judge: the queue, and submitting all that is complete."""

from __future__ import annotations

from flask import render_template

from awards.web import door
from awards.web.access import Audience, audience
from awards.web.judging.routes import blueprint


@blueprint.get("/")
@audience(Audience.JUDGE)
def queue(**_edition: str) -> str:
    return render_template("judging/later.html", edition=door.edition())
