"""The archive: every edition of which winners may be shown, and who won."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template

from awards import publication
from awards.extensions import db
from awards.models import Publication, PublicationKind
from awards.web import face, results, words
from awards.web.access import Audience, audience
from awards.web.face import Face
from awards.web.public.routes import blueprint
from awards.web.results import Category
from judging.rules import Rules


@blueprint.get("/archive")
@audience(Audience.ANYONE)
def archive() -> str:
    """In a few queries however many editions there are."""
    session, now = db.session(), datetime.now(UTC)
    past = [it for it in face.all_faces(session, now) if it.released]
    numbers = [it.edition.id for it in past]
    shown = publication.visible_of(session, numbers, PublicationKind.WINNERS, now)
    rules = face.latest_rules(session, numbers)
    return render_template(
        "public/archive.html",
        editions=[(it, _winners(it, shown[it.edition.id], rules[it.edition.id])) for it in past],
        words=words,
        specimen=bool(past) and all(it.edition.specimen for it in past),
    )


def _winners(past: Face, shown: list[Publication], rules: Rules) -> list[Category]:
    return results.winners(past.in_order(shown, rules), rules, past.names)
