"""The judges of an edition: who is asked, who has accepted, who left; coverage."""

from __future__ import annotations

from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import show


@blueprint.get("/judges")
@audience(Audience.ORGANISER)
def judges(**_edition: str) -> str:
    return show("panel/later.html", "panel.judges")
