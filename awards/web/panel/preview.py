"""What judges read of a nomination, for organisers to look at beforehand: who it names, and what it gives away."""

from __future__ import annotations

from werkzeug.wrappers import Response

from awards import dossiers
from awards.extensions import db
from awards.web import door
from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.screening.routes import kept_out, nomination
from awards.web.secretariat.frame import show
from awards.web.texts import Text


@blueprint.get("/dossier/<path:reference>")
@audience(Audience.ORGANISER)
def dossier(reference: str, **_edition: str) -> str | Response | tuple[str, int]:
    found = nomination(reference)
    if kept := kept_out(found):
        return kept
    read = dossiers.of_nomination(db.session(), door.edition(), found.id)
    return show("panel/dossier.html", "nominations", dossier=read, title=Text(read.title, read.language))
