"""Who reads what: the proposal, changes by hand, confirming, telling."""

from __future__ import annotations

from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import show


@blueprint.get("/assignment")
@audience(Audience.ORGANISER)
def assignment(**_edition: str) -> str:
    return show("panel/later.html", "panel.assignment")
