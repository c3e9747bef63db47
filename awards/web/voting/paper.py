"""The elector's first page, and one ballot a category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from awards import publication
from awards.extensions import db
from awards.models import PublicationKind
from awards.web import language, sessions
from awards.web.access import Audience, audience
from awards.web.voting import finalists, routes, says, sheet
from awards.web.voting.routes import Answer, Booth, blueprint
from awards.web.voting.sheet import AT, Sheet
from judging.values import Method


@blueprint.get("/<edition>/")
@audience(Audience.ELECTOR)
def index(**_edition: str) -> str:
    """The election in a few sentences, and how it stands with each of the elector's ballots."""
    here = routes.booth()
    session, now = db.session(), sessions.now()
    return routes.show(
        "index",
        here,
        told=list(says.told(here.rules, here.names, public=here.entry.is_public)),
        booklet=bool(publication.visible(session, here.edition, PublicationKind.FINALISTS, now)),
    )


@blueprint.route("/<edition>/<category>", methods=["GET", "POST"])
@audience(Audience.ELECTOR)
def ballot(category: str, **_edition: str) -> Answer:
    """One ballot. Buttons lead to the others and hand on what is chosen; a mistake brings one back."""
    here, found = sheet.read()
    if category not in here.papers:
        abort(404)
    if (late := too_late(here, found)) is not None:
        return late
    came_from = request.form.get(AT, "")
    if came_from in here.open and found.marked[came_from].slips:
        return show(here, found, came_from)
    if not here.papers[category].is_open:
        return redirect(url_for("voting.index", edition=here.edition.key), 303)
    return show(here, found, category)


def show(here: Booth, found: Sheet, category: str) -> Answer:
    """The page of a ballot, filled in as it was sent."""
    paper, marked = here.papers[category], found.marked[category]
    place = here.open.index(category)
    page = routes.show(
        "ballot",
        here,
        paper=paper,
        marked=marked,
        sheet=found,
        cards=finalists.cards(db.session(), here, paper),
        number=place + 1,
        before=here.open[place - 1] if place else None,
        after=here.open[place + 1] if place + 1 < len(here.open) else None,
        is_ranking=here.vote.method.is_ranking,
        is_one=here.vote.method is Method.ONE_CHOICE,
        tongues=tongues("voting.ballot", here, category=category),
    )
    return page, 422 if marked.slips else 200


def too_late(here: Booth, found: Sheet) -> Answer | None:
    """What is said where something is chosen on a ballot that can't be cast any more; None where all can be."""
    stale = [here.papers[key] for key, it in found.marked.items() if it.is_begun and key not in here.open]
    if not stale:
        return None
    hours = {it.category: it.cast_at for it in stale if it.cast_at is not None}
    if hours:
        return cast_before(here, found, hours)
    if any(it.on_paper is not None for it in stale):
        flash(says.shut(), "caution")
        return redirect(url_for("voting.index", edition=here.edition.key), 303)
    flash(_("The vote is not open any more. Nothing was cast."), "alarm")
    return redirect(url_for("voting.index", edition=here.edition.key), 303)


def cast_before(here: Booth, found: Sheet, hours: Mapping[str, datetime]) -> Answer:
    """Another form, page or device was first: its ballots stand, and nothing of this form was taken."""
    page = routes.show(
        "before",
        here,
        hours=[(key, here.hour(hours[key])) for key in here.papers if key in hours],
        left=found.without(hours),
    )
    return page, 409


def tongues(endpoint: str, here: Booth, **values: str) -> list[tuple[str, str, str]]:
    """Tag, name and address of this page in the other languages, for buttons that hand the choices on."""
    return [
        (tag, name, url_for(endpoint, edition=here.edition.key, language=tag, **values))  # type: ignore[arg-type]
        for tag, name, _address in language.elsewhere()
    ]
