"""Laureates: each winner once with all its prizes, as share images, posters, texts and lists show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from flask_babel import gettext as _

from awards import drawing, storage
from awards.attachments import FILES, SMALL
from awards.documents.poster import Poster
from awards.documents.share import LOOKS, Share, draw_share
from awards.models import Publication
from awards.web import drawn, results
from awards.web.face import Face
from awards.web.language import current
from awards.web.results import Nominee
from awards.web.texts import Text, choose
from judging.rules import Rules


@dataclass(frozen=True, slots=True)
class Given:
    """A prize, by key and name, with its category and the reason why it was won."""

    prize: str
    category: str
    name: Text
    category_name: Text
    place: int | None
    citation: Text


@dataclass(frozen=True, slots=True)
class Laureate:
    """A winner in the language that is spoken now; `row` is what was published of it."""

    nominee: Nominee
    given: tuple[Given, ...]
    row: Mapping[str, Any]

    @property
    def reference(self) -> str:
        return self.nominee.reference

    @property
    def pictures(self) -> list[tuple[int, Mapping[str, Any]]]:
        found = self.row.get("pictures") or ()
        return [(int(it.get("number", number)), it) for number, it in enumerate(found, start=1)]

    @property
    def prizes(self) -> str:
        return " · ".join(f"{it.name}, {it.category_name}" for it in self.given)

    @property
    def called(self) -> str:
        """Own name, and how readers of the language call it where that is another."""
        read_as = self.nominee.read_as
        return f"{self.nominee.name} ({read_as})" if read_as else str(self.nominee.name)

    @property
    def placed(self) -> str:
        """City and country, as far as they are known."""
        return " · ".join(str(it) for it in (self.nominee.city, self.nominee.country) if it)


def laureates(published: Iterable[Publication], rules: Rules, face: Face) -> list[Laureate]:
    """Every winner once, in the order of the categories and of the prizes in the first of its categories."""
    order = [it.key for it in rules.prizes]
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for publication in published:
        rows = sorted(publication.document["rows"], key=lambda row: _rank(order, row["prize"]))
        for row in rows:
            found.setdefault(row["reference"], []).append((publication.category, row))
    return [_laureate(rows, order, face) for rows in found.values()]


def _rank(order: list[str], prize: str) -> int:
    return order.index(prize) if prize in order else len(order)


def _laureate(rows: list[tuple[str, Mapping[str, Any]]], order: list[str], face: Face) -> Laureate:
    names = face.names
    rows = sorted(rows, key=lambda it: _rank(order, it[1]["prize"]))
    given = tuple(
        Given(
            row["prize"],
            category,
            names.name("prizes", row["prize"]),
            names.name("categories", category),
            row.get("place"),
            choose(row.get("citations"), face.edition.language),
        )
        for category, row in rows
    )
    return Laureate(results.nominee_of(rows[0][1]), given, rows[0][1])


def of(published: Iterable[Publication], rules: Rules, face: Face, reference: str) -> Laureate | None:
    """One winner by its reference."""
    return next((it for it in laureates(published, rules, face) if it.reference == reference), None)


def site() -> str:
    return str(current_app.config["LAURELS_URL"]).rstrip("/")


def page_of(face: Face, it: Laureate | None = None) -> str:
    """The address of a winner's page, or of the page of all; without a language, so that it leads to the reader's."""
    rest = f"/{it.reference}" if it is not None else ""
    return f"{site()}/{face.key}/winners{rest}"


def here(face: Face, it: Laureate) -> str:
    """The address of a winner's page in the language that is spoken now."""
    return site() + url_for("public.winner", edition=face.key, reference=it.reference)


def file_of(picture: Mapping[str, Any], *, small: bool = False) -> bytes:
    """A picture as it was drawn; empty where the file is gone."""
    key = str(picture["file"])
    if small and picture["width"] > drawing.NARROW:
        key = f"{key.partition('.')[0]}{SMALL}"
    try:
        return storage.locate(Path(current_app.config["LAURELS_DATA"]) / FILES, key).read_bytes()
    except storage.NoSuchFile:
        return b""


def specimen(face: Face) -> str:
    return _("SPECIMEN") if face.edition.specimen else ""


def image(it: Laureate, face: Face) -> bytes:
    """The share image of a winner, made once for what stands on it."""
    front = next((found for _number, found in it.pictures if found["width"] >= found["height"]), None)
    share = Share(
        language=current(),
        edition=str(face.name),
        prize=it.prizes,
        name=str(it.nominee.name),
        read_as=str(it.nominee.read_as),
        place=it.placed,
        title=str(it.nominee.title),
        site=urlsplit(site()).netloc,
        specimen=specimen(face),
        name_language=it.nominee.name.language,
        title_language=it.nominee.title.language,
    )
    words = {key: value for key, value in asdict(share).items() if key != "picture"}
    picture = str(front["file"]) if front else ""

    def draw() -> bytes:
        photograph = file_of(front) if front else b""
        return draw_share(Share(**words, picture=photograph))

    return drawn.kept(["share", LOOKS, words, picture], ".png", draw)


def poster(face: Face, it: Laureate | None = None) -> Poster:
    """The poster of a winner, or of an edition."""
    if it is None:
        return Poster(
            language=current(),
            over=str(face.say("association")),
            prize=_("The winners"),
            name=str(face.name),
            read_as="",
            title=str(face.say("honours")),
            call=_("Read who won, and why"),
            address=page_of(face),
            specimen=specimen(face),
        )
    return Poster(
        language=current(),
        over=str(face.name),
        prize=it.prizes,
        name=str(it.nominee.name),
        read_as=" · ".join(part for part in (str(it.nominee.read_as), it.placed) if part),
        title=str(it.nominee.title),
        call=_("Read the case"),
        address=page_of(face, it),
        specimen=specimen(face),
        name_language=it.nominee.name.language,
        title_language=it.nominee.title.language,
    )


def rows_of(found: Iterable[Laureate]) -> Iterator[tuple[object, ...]]:
    """Lines of a list of winners, one a prize."""
    for it in found:
        for given in it.given:
            yield (
                it.reference,
                given.category_name,
                given.name,
                given.place or "",
                it.nominee.name,
                it.row["organisation"],
                it.nominee.city or "",
                it.row.get("country", ""),
                it.nominee.title,
                given.citation,
            )


COLUMNS = (
    "reference",
    "category",
    "prize",
    "place",
    "name",
    "name_in_english",
    "city",
    "country",
    "title",
    "why_it_won",
)
