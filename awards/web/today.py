"""Today: what needs the person who is signed in."""

from __future__ import annotations

from flask import Blueprint, render_template

from awards.web.access import Audience, audience
from awards.web.language import PREFIX

blueprint = Blueprint("today", __name__, url_prefix=PREFIX)


@blueprint.get("/today")
@audience(Audience.SIGNED_IN)
def show() -> str:
    return render_template("today/show.html")
