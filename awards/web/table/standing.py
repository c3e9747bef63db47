"""The standing of a category, with ties, ladder and cut."""

from __future__ import annotations

from flask import render_template

from awards.web import door
from awards.web.access import Audience, audience
from awards.web.table.routes import blueprint


@blueprint.get("/")
@audience(Audience.TABLE)
def index(**_edition: str) -> str:
    return render_template("table/later.html", edition=door.edition())
