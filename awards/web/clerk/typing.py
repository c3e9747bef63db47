"""Typing a sheet from paper or from the telephone."""

from __future__ import annotations

from flask import render_template

from awards.web import door
from awards.web.access import Audience, audience
from awards.web.clerk.routes import blueprint


@blueprint.get("/")
@audience(Audience.CLERK)
def index(**_edition: str) -> str:
    return render_template("clerk/later.html", edition=door.edition())
