"""Where search engines find what is public: robots.txt and the map of the site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, render_template, url_for

from awards import publication
from awards.config import LANGUAGES
from awards.extensions import db
from awards.models import PublicationKind
from awards.web import face
from awards.web.access import Audience, audience

machines = Blueprint("sitemap", __name__)
MOST = 20_000
"""Pages of a map, each in every language: the protocol takes 50,000 addresses."""


@machines.get("/robots.txt")
@audience(Audience.ANYONE)
def robots() -> Response:
    site = current_app.config["LAURELS_URL"]
    text = f"User-agent: *\nAllow: /\n\nSitemap: {site}{url_for('sitemap.pages')}\n"
    return Response(text, mimetype="text/plain")


@machines.get("/sitemap.xml")
@audience(Audience.ANYONE)
def pages() -> Response:
    """Every public page about an edition in every language; specimens are left out."""
    found = list(_pages())[:MOST]
    text = render_template("public/sitemap.xml", pages=found, languages=LANGUAGES, url=_url)
    return Response(text, content_type="application/xml; charset=utf-8")


def _pages() -> Iterator[tuple[str, dict[str, str]]]:
    session, now = db.session(), datetime.now(UTC)
    yield "public.front", {}
    yield "public.archive", {}
    yield "public.library", {}
    yield "public.open_data_of_all", {}
    faces = [it for it in face.all_faces(session, now) if not it.edition.specimen]
    numbers = [it.edition.id for it in faces]
    finalists = publication.visible_of(session, numbers, PublicationKind.FINALISTS, now)
    winners = publication.visible_of(session, numbers, PublicationKind.WINNERS, now)
    for about in faces:
        its = {"edition": about.key}
        yield "public.edition", its
        yield "public.rules", its
        if finalists[about.edition.id]:
            yield "public.finalists", its
        if winners[about.edition.id]:
            for endpoint in ("winners", "method", "check"):
                yield f"public.{endpoint}", its
        references = {row["reference"] for it in winners[about.edition.id] for row in it.document["rows"]}
        for reference in sorted(references):
            yield "public.winner", {**its, "reference": reference}


def _url(endpoint: str, values: dict[str, str], language: str) -> str:
    path = url_for(endpoint, **values, language=language)  # type: ignore[arg-type]
    return f"{current_app.config['LAURELS_URL']}{path}"
