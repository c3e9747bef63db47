"""Atom feeds: what was announced, corrected and taken down, of an edition and of the site."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from flask import Response, current_app, render_template, url_for
from flask_babel import gettext as _

from awards import chronicle
from awards.chronicle import Appearance
from awards.extensions import db
from awards.models import PublicationKind
from awards.web import face, headers, results
from awards.web.access import Audience, audience
from awards.web.edition_page import page_of
from awards.web.face import Face
from awards.web.language import current
from awards.web.public.routes import blueprint
from awards.web.results import Nominee
from awards.web.texts import Text
from judging.rules import Rules

ATOM = "application/atom+xml; charset=utf-8"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no place for, whoever wrote them."""
MOST = 100
"""Entries of the feed of the site."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed changed in which nothing stands yet: it is not to tell when somebody worked on what is secret."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who stands in an entry, with the prize; `path` leads to their page."""

    nominee: Nominee
    prize: Text | None
    path: str
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What was made public of a category. `lines` is empty where it was taken down."""

    id: str
    title: str
    path: str
    published: datetime
    updated: datetime
    down: bool
    lines: Sequence[Line]


@blueprint.get("/feed.atom")
@audience(Audience.ANYONE)
def feed() -> Response:
    session, now = db.session(), datetime.now(UTC)
    faces = {it.edition.id: it for it in face.all_faces(session, now)}
    rules = face.latest_rules(session, list(faces))
    found = chronicle.of_editions(session, list(faces), now)[:MOST]
    entries = [entry_of(faces[it.edition], rules[it.edition], it, named=True) for it in found]
    return _answer(_("Awards"), url_for("public.front"), url_for("public.feed"), entries)


@blueprint.get("/<edition>/feed.atom")
@audience(Audience.ANYONE)
def feed_of(edition: str) -> Response:
    page = page_of(edition)
    found = chronicle.of_editions(db.session(), [page.face.edition.id], page.now)
    entries = [entry_of(page.face, page.rules, it) for it in found]
    here = url_for("public.feed_of", edition=edition)
    return _answer(str(page.face.name), url_for("public.edition", edition=edition), here, entries)


def entry_of(about: Face, rules: Rules, it: Appearance, *, named: bool = False) -> Entry:
    """An entry; `named`: under the name of its edition. Its id is the same for ever, one in each language."""
    winners = it.kind is PublicationKind.WINNERS
    category = about.names.name("categories", it.category)
    said = (
        _("Winners: %(category)s", category=category)
        if winners
        else _("Finalists: %(category)s", category=category)
    )
    endpoint = "public.winners" if winners else "public.finalists"
    site = current_app.config["LAURELS_URL"]
    name = f"{site}/{about.key}/{it.kind.value}/{it.category}#{current()}"
    return Entry(
        id=f"urn:uuid:{uuid5(NAMESPACE_URL, name)}",
        title=f"{about.name} · {said}" if named else said,
        path=url_for(endpoint, edition=about.key, _anchor=it.category),
        published=it.first,
        updated=it.changed,
        down=it.shown is None,
        lines=_lines(about, rules, it),
    )


def _lines(about: Face, rules: Rules, it: Appearance) -> list[Line]:
    if it.shown is None:
        return []
    if it.kind is PublicationKind.FINALISTS:
        path = url_for("public.finalists", edition=about.key)
        (category,) = results.finalists([it.shown], about.names)
        return [Line(found, None, path) for found in category.nominees]
    (category,) = results.winners([it.shown], rules, about.names)
    won = [(prize.name, found) for prize in category.prizes for found in prize.nominees]
    lost = [
        (about.names.name("prizes", row["prize"]), results.nominee_of(row))
        for row in it.shown.document.get("revoked", ())
    ]
    return [
        Line(found, prize, url_for("public.winner", edition=about.key, reference=found.reference), revoked)
        for its, revoked in ((won, False), (lost, True))
        for prize, found in its
    ]


def _answer(title: str, page: str, here: str, entries: Sequence[Entry]) -> Response:
    values: Mapping[str, object] = {
        "title": title,
        "site": current_app.config["LAURELS_URL"],
        "path": page,
        "here": here,
        "updated": max((it.updated for it in entries), default=BEGINNING),
        "entries": entries,
        "stamp": stamp,
    }
    text = FORBIDDEN.sub("", render_template("public/feed.atom", **values))
    return headers.share(Response(text, content_type=ATOM))


def stamp(moment: datetime) -> str:
    """A moment as feeds write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
