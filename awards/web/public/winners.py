"""The winners of an edition, a page for each, and their pictures; from frozen publications alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from awards import badges, drawing, indicators, storage
from awards.attachments import FILES, SMALL
from awards.extensions import db
from awards.fields import rows_of
from awards.indicators import Change
from awards.models import Badge, Certificate, CertificateState, Nomination
from awards.web import headers, results, structured
from awards.web.access import Audience, audience
from awards.web.edition_page import Page, page_of
from awards.web.language import current
from awards.web.public import mended
from awards.web.public.routes import blueprint, show
from awards.web.questions import Naming
from awards.web.results import Nominee
from awards.web.texts import Text, choose
from judging.rules import Field

FIGURE, ABOUT, BEFORE = "value", "indicator", "baseline"
"""Columns of a table of results whose rows are shown as figures."""


@dataclass(frozen=True, slots=True)
class Given:
    """A prize that a nomination has: its name, in which category, why."""

    key: str
    name: Text
    category: str
    category_name: Text
    place: int | None
    by_decision: bool
    citation: Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One result: what was measured, what it was and is now, drawn where that can be; what else was said of it, column
    by column.
    """

    about: str
    value: str
    before: str
    change: Change | None
    more: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A winner as its page shows it."""

    nominee: Nominee
    partners: tuple[str, ...]
    prizes: tuple[Given, ...]
    row: Mapping[str, Any]
    rules_fields: tuple[Field, ...]
    page: Page

    @property
    def language(self) -> str:
        return str(self.row.get("language", "en"))

    @property
    def pictures(self) -> list[Mapping[str, Any]]:
        return list(self.row.get("pictures", ()))

    @property
    def contacts(self) -> list[Mapping[str, str]]:
        """Those who agreed to be asked about it."""
        return list(self.row.get("contacts") or ())

    @property
    def had(self) -> int:
        """How many pictures there were before consent to some was withdrawn."""
        return int(self.row.get("had", len(self.pictures)))

    @property
    def front(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The picture over the text with its number: the first that is wider than high, if there is one."""
        return [it for it in self._numbered() if it[1]["width"] > it[1]["height"]][:1]

    @property
    def more(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The other pictures with their numbers."""
        return [it for it in self._numbered() if it not in self.front]

    def _numbered(self) -> list[tuple[int, Mapping[str, Any]]]:
        return [(it["number"], it) for it in self.pictures]

    @property
    def narrow(self) -> int:
        return drawing.NARROW

    def said(self, field: Field) -> Any:
        return self.row.get("answers", {}).get(field.key)

    def naming(self, field: Field) -> Naming:
        return Naming(field, self.page.face.texts, self.page.face.edition.language)

    @property
    def measured(self) -> list[Field]:
        """The questions that were answered with results."""
        return [it for it in self._answered() if it.kind == "rows"]

    @property
    def told(self) -> list[Field]:
        """The other questions whose answers may be read, in the order of the form."""
        return [it for it in self._answered() if it.kind != "rows"]

    def is_table(self, field: Field) -> bool:
        """Whether the rows of an answer say more than a list of them would."""
        return self.naming(field).is_table(self.said(field))

    def figures(self, field: Field) -> list[Figure]:
        """The rows of an answer as figures; one without a figure is a sentence."""
        naming = self.naming(field)
        found = []
        for row in rows_of(field, self.said(field)):
            cells = {key: str(cell) for key, cell in row.items() if cell}
            kinds = {column.key: column.kind for column in field.columns}
            about = cells.pop(ABOUT, "") or next(iter(cells.values()), "")
            value, before = cells.pop(FIGURE, ""), cells.get(BEFORE, "")
            drawn = indicators.change(before, value)
            if drawn is not None:
                del cells[BEFORE]
            more = tuple(
                (naming.column(key), str(naming.words_of(kinds.get(key, "line"), cell)))
                for key, cell in cells.items()
                if cell != about
            )
            found.append(Figure(about, value, before, drawn, more))
        return found

    def _answered(self) -> list[Field]:
        return [it for it in self.rules_fields if it.key in self.row.get("answers", {})]


@blueprint.get("/<edition>/winners")
@audience(Audience.ANYONE)
def winners(edition: str) -> str:
    page = _released(edition)
    found = results.winners(page.shown.winners, page.rules, page.face.names)
    card = structured.of_list(page, "winners", _("Winners"), found)
    return show(
        "winners.html",
        page,
        categories=found,
        page_card=card,
        revoked=mended.marks(page, mended.REVOKED),
        corrected=mended.marks(page, mended.CORRECTED),
    )


@blueprint.get("/<edition>/winners/<reference>")
@audience(Audience.ANYONE)
def winner(edition: str, reference: str) -> str:
    page = page_of(edition)
    if (marked := mended.revoked_page(page, reference)) is not None:
        return marked
    portrait = _portrait(page, reference)
    return show(
        "winner.html",
        page,
        portrait=portrait,
        certificates=_certificates(portrait),
        badges=_badges(portrait),
        page_card=structured.of_winner(page, portrait),
        revoked=mended.of_nomination(page, mended.REVOKED, reference),
        corrected=mended.of_nomination(page, mended.CORRECTED, reference),
    )


@blueprint.get("/<edition>/winners/<reference>/pictures/<int:number>")
@audience(Audience.ANYONE)
def picture(edition: str, reference: str, number: int) -> Response:
    """A picture as it was drawn, large or small; asked of the publication at every request. 410 where it may have stood
    there and consent was withdrawn.
    """
    portrait = _portrait(page_of(edition), reference)
    found = next((it for it in portrait.pictures if it["number"] == number), None)
    if found is None:
        abort(410 if 1 <= number <= portrait.had else 404)
    key = str(found["file"])
    if request.args.get("size") == "small" and found["width"] > drawing.NARROW:
        key = f"{key.partition('.')[0]}{SMALL}"
    folder = Path(current_app.config["LAURELS_DATA"]) / FILES
    file = storage.locate(folder, key)
    return headers.lock(send_file(file, mimetype=drawing.MEDIA_TYPE, conditional=False, etag=key))


def _certificates(portrait: Portrait) -> list[tuple[Text, str]]:
    """The certificates of a winner that are in force, one of each prize: the prize, and the code that confirms it. Of
    several the one in the page's language.
    """
    found = db.session.execute(
        select(Certificate.prize, Certificate.language, Certificate.code)
        .join(Nomination, Nomination.id == Certificate.nomination_id)
        .where(
            Certificate.edition_id == portrait.page.face.edition.id,
            Nomination.reference == portrait.nominee.reference,
            Certificate.kind == "winner",
            Certificate.state == CertificateState.IN_FORCE,
        )
        .order_by(Certificate.language != current(), Certificate.id)
    )
    by_prize: dict[str, str] = {}
    for prize, _language, code in found:
        by_prize.setdefault(prize, code)
    return [(it.name, by_prize[it.key]) for it in portrait.prizes if it.key in by_prize]


def _badges(portrait: Portrait) -> list[tuple[Text, Badge]]:
    """The badges of a winner that are in force, each with its prize."""
    session, edition = db.session(), portrait.page.face.edition
    rows = session.scalars(
        select(Nomination.id).where(
            Nomination.edition_id == edition.id, Nomination.reference == portrait.nominee.reference
        )
    )
    holders = [f"nomination:{it}" for it in rows]
    found = badges.in_force_of(session, edition, holders, datetime.now(UTC))
    prizes = {it.key: it.name for it in portrait.prizes}
    return [(prizes[it.prize], it) for it in found if it.prize in prizes]


def _released(edition: str) -> Page:
    """An edition of which winners may be, or were, shown. 404 for any other; 410 where all were taken down."""
    page = page_of(edition)
    if not page.shown.winners:
        abort(410 if page.shown.is_down else 404)
    return page


def _portrait(page: Page, reference: str) -> Portrait:
    """The winner of a reference with all that it has won. 404 where that may not be shown, or is nobody; 410 where it
    stood there and was taken down.
    """
    order = [it.key for it in page.rules.prizes]
    rows = [
        (published.category, row)
        for published in page.shown.winners
        for row in published.document["rows"]
        if row["reference"] == reference
    ]
    if not rows:
        abort(410 if page.shown.was_public(reference) else 404)
    rows.sort(key=lambda found: order.index(found[1]["prize"]) if found[1]["prize"] in order else len(order))
    names = page.face.names
    prizes = tuple(
        Given(
            row["prize"],
            names.name("prizes", row["prize"]),
            category,
            names.name("categories", category),
            row.get("place"),
            bool(row.get("by_decision")),
            choose(row.get("citations"), page.face.edition.language),
        )
        for category, row in rows
    )
    row = rows[0][1]
    return Portrait(
        results.nominee_of(row), tuple(row.get("partners", ())), prizes, row, page.rules.fields, page
    )
