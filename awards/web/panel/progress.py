"""How far the marks are, in numbers without any mark; reminders, more time."""

from __future__ import annotations

from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import show


@blueprint.get("/progress")
@audience(Audience.ORGANISER)
def progress(**_edition: str) -> str:
    return show("panel/later.html", "panel.progress")
