"""The public pages: editions, rules, finalists, verification of a certificate; and what all of them have in common."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    abort,
    render_template,
)
from flask_babel import gettext as _

from awards.extensions import db
from awards.timetable import Moment, Phase
from awards.web import (
    call,
    comparing,
    face,
    key_kept,
    results,
    structured,
    timeline,
    words,
)
from awards.web.access import Audience, audience
from awards.web.edition_page import Page, page_of
from awards.web.explained import paragraph
from awards.web.language import PREFIX
from judging.values import Electorate, canonical

blueprint = Blueprint("public", __name__, url_prefix=PREFIX)


def show(template: str, page: Page, **values: object) -> str:
    """A page of an edition."""
    specimen = page.face.edition.specimen
    return render_template(f"public/{template}", page=page, words=words, specimen=specimen, **values)


@blueprint.get("/")
@audience(Audience.ANYONE)
def front() -> str:
    faces = face.all_faces(db.session(), datetime.now(UTC))
    groups = [
        (standing, [found for found in faces if found.standing is standing]) for standing in face.Standing
    ]
    return render_template(
        "public/front.html",
        groups=[group for group in groups if group[1]],
        words=words,
        close=Moment.NOMINATIONS_CLOSE,
        announced=face.where_it_stands(db.session(), faces, datetime.now(UTC)),
        specimen=bool(faces) and all(found.edition.specimen for found in faces),
        page_card=structured.of_front(),
    )


@blueprint.get("/<edition>/")
@audience(Audience.ANYONE)
def edition(edition: str) -> str:
    page = page_of(edition)
    return show(
        "edition.html",
        page,
        stops=timeline.line(page.face.timetable, now=page.now, zone=page.face.edition.zone),
        stations=timeline.stations(page.face.phase, page.rules.second_round),
        winners=results.winners(page.shown.winners, page.rules, page.face.names),
        earlier=face.earlier(db.session(), page.face, page.now),
        announced=face.where_it_stands(db.session(), [page.face], page.now).get(page.face.edition.id),
        call=call.of(page.face, page.rules, page.now),
        has_electors=_has_electors(page),
        kept=key_kept.said(page.face.edition) if page.face.phase in VOTED else "",
        page_card=structured.of_edition(page),
    )


def _has_electors(page: Page) -> bool:
    """Whether a vote goes on to which others than judges come in. The phase alone says so: whether a ballot can be cast
    just now would tell of a run-off.
    """
    vote = page.rules.vote
    is_on = page.face.phase is Phase.SECOND_ROUND
    return is_on and vote is not None and vote.electorate is not Electorate.JUDGES


VOTED = frozenset({Phase.SECOND_ROUND, Phase.DECIDED, Phase.PUBLISHED})


@blueprint.get("/<edition>/form")
@audience(Audience.ANYONE)
def form(edition: str) -> str:
    """The blank form: every question, before anybody signs up."""
    page = page_of(edition)
    return show(
        "form.html", page, parts=call.parts(page.face, page.rules), languages=call.languages(page.rules)
    )


@blueprint.get("/<edition>/rules")
@audience(Audience.ANYONE)
def rules(edition: str) -> str:
    page = page_of(edition)
    names = page.face.names
    return show(
        "rules.html",
        page,
        categories=[
            (names.name("categories", category.key), names.name("categories", category.key, "text"))
            for category in page.rules.categories
        ],
        chapters=comparing.in_words(page.rules, names.texts),
        amendments=comparing.amendments(page.documents, names),
        example=paragraph(page.rules.vote) if page.rules.vote else "",
        kept=key_kept.said(page.face.edition),
    )


@blueprint.get("/<edition>/rules.json")
@audience(Audience.ANYONE)
def rules_file(edition: str) -> Response:
    """The rules in the canonical form whose SHA-256 is published with them."""
    return Response(canonical(page_of(edition).documents[-1].document), mimetype="application/json")


@blueprint.get("/<edition>/finalists")
@audience(Audience.ANYONE)
def finalists(edition: str) -> str:
    page = page_of(edition)
    if not page.shown.finalists:
        abort(404)
    found = results.finalists(page.shown.finalists, page.face.names)
    card = structured.of_list(page, "finalists", _("Finalists"), found)
    won = {
        row["reference"]: page.face.names.name("prizes", row["prize"])
        for it in page.shown.winners
        for row in it.document["rows"]
    }
    return show("finalists.html", page, categories=found, won=won, page_card=card)
