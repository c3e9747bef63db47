"""What everybody may take of editions as tables: their fields in words, and their rows, by the embargo and consents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from awards import publication
from awards.models import Publication, PublicationKind
from awards.timetable import Moment
from awards.web import face, texts
from awards.web.face import Face
from judging.rules import Rules
from judging.values import Json

Row = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table: its key, and what it means."""

    key: str
    means: object


WHERE = (
    Column("edition", _l("Key of the edition, as it stands in its addresses.")),
    Column("category", _l("Key of the category in the rules of the edition.")),
)
WHO = (
    Column("reference", _l("Number of the nomination. With the edition it names one nomination for ever.")),
    Column("nominee_kind", _l("Whether a project or a person is honoured: project or individual.")),
    Column("organisation", _l("City or body that is honoured, as it was when the result was settled.")),
    Column("organisation_local", _l("The same in a language of its own country, where we know it.")),
    Column("city", _l("City of the nomination.")),
    Column("country", _l("Country as two letters (ISO 3166-1).")),
    Column("title", _l("Title of the project, as it was submitted.")),
    Column("title_language", _l("Language of that title (BCP 47).")),
    Column("partners", _l("Bodies that are in it too, parted by semicolons.")),
)
COLUMNS: Mapping[str, Sequence[Column]] = {
    "editions": (
        Column("edition", _l("Key of the edition, as it stands in its addresses.")),
        Column("name", _l("Name of the edition in English, else in its working language.")),
        Column("association", _l("Who gives the awards.")),
        Column("working_language", _l("Language in which the edition works (BCP 47).")),
        Column("phase", _l("Where the edition stands, as far as it is public.")),
        Column(
            "nominations_close",
            _l("When nominations close or closed, in UTC; empty where no day is stated."),
        ),
        Column("ceremony", _l("When the ceremony is or was, in UTC; empty where no day is stated.")),
        Column(
            "specimen", _l("Whether it is an example for trying things out, with people who are made up.")
        ),
        Column("rules_sha256", _l("SHA-256 of the rules in force, in their canonical form.")),
        Column("licence", _l("Licence under which its data may be used; empty where none is stated.")),
        Column("page", _l("Address of the edition's page.")),
    ),
    "categories": (
        *WHERE,
        Column("name", _l("Name of the category in English, else in the working language.")),
        Column("finalists", _l("How many finalists are public; empty before any are.")),
        Column("winners", _l("How many prizes are public as given; empty before any are.")),
        Column("not_given", _l("Keys of prizes that were not given, parted by semicolons.")),
    ),
    "finalists": (*WHERE, *WHO, Column("page", _l("Address of the page on which it stands."))),
    "winners": (
        *WHERE,
        Column("prize", _l("Key of the prize in the rules of the edition.")),
        Column("prize_name", _l("Name of the prize in English, else in the working language.")),
        Column(
            "place", _l("Place in the result of the category; empty where the prize was given without one.")
        ),
        Column("by_decision", _l("Whether it was given by a signed decision, without marks or votes.")),
        Column("revoked", _l("Whether the prize was revoked later. Its page says why.")),
        Column(
            "revoked_on", _l("On which day it was revoked, where the edition is; empty where it was not.")
        ),
        Column(
            "corrected_on",
            _l(
                "On which day names or citation were last corrected after the release; empty where none were."
            ),
        ),
        *WHO,
        Column("citation", _l("Why it won, in English, else in another language.")),
        Column("citation_language", _l("Language of that citation (BCP 47).")),
        Column("page", _l("Address of the winner's page.")),
    ),
}
TABLES = tuple(COLUMNS)
SAYS: Mapping[str, object] = {
    "editions": _l("Editions"),
    "categories": _l("Categories"),
    "finalists": _l("Finalists"),
    "winners": _l("Winners"),
}


@dataclass(frozen=True)
class Source:
    """What the tables of some editions are made of; `rules` and `hashes` are by row number of the edition."""

    faces: Sequence[Face]
    rules: Mapping[int, Rules]
    hashes: Mapping[int, str]
    published: Mapping[PublicationKind, Mapping[int, list[Publication]]]

    def of(self, about: Face, kind: PublicationKind) -> list[Publication]:
        return about.in_order(self.published[kind].get(about.edition.id, []), self.rules[about.edition.id])


def source_of(session: Session, faces: Sequence[Face], now: datetime) -> Source:
    """After as many queries for all editions as for one."""
    numbers = [it.edition.id for it in faces]
    documents = face.latest_documents(session, numbers)
    return Source(
        faces,
        {number: face.read(it) for number, it in documents.items()},
        {number: it.sha256 for number, it in documents.items()},
        {kind: publication.visible_of(session, numbers, kind, now) for kind in PublicationKind},
    )


def rows(source: Source, table: str) -> list[Row]:
    """The rows of a table, every one with all its fields, in the order of its columns."""
    keys = [it.key for it in COLUMNS[table]]
    return [{key: row.get(key) for key in keys} for row in MAKERS[table](source)]


def _editions(source: Source) -> Iterator[Row]:
    for about in source.faces:
        edition = about.edition
        yield {
            "edition": about.key,
            "name": _said(about, about.texts.get("name")),
            "association": _said(about, about.texts.get("association")),
            "working_language": edition.language,
            "phase": about.phase.value,
            "nominations_close": _moment(about, Moment.NOMINATIONS_CLOSE),
            "ceremony": _moment(about, Moment.CEREMONY),
            "specimen": edition.specimen,
            "rules_sha256": source.hashes[edition.id],
            "licence": licence(about),
            "page": _page(about),
        }


def _categories(source: Source) -> Iterator[Row]:
    for about in source.faces:
        finalists = {it.category: it.document for it in source.of(about, PublicationKind.FINALISTS)}
        winners = {it.category: it.document for it in source.of(about, PublicationKind.WINNERS)}
        for category in source.rules[about.edition.id].categories:
            key = category.key
            not_given = winners.get(key, {}).get("not_given", ())
            yield {
                "edition": about.key,
                "category": key,
                "name": _called(about, "categories", key),
                "finalists": len(finalists[key]["rows"]) if key in finalists else None,
                "winners": len(winners[key]["rows"]) if key in winners else None,
                "not_given": "; ".join(not_given),
            }


def _finalists(source: Source) -> Iterator[Row]:
    for about in source.faces:
        for it in source.of(about, PublicationKind.FINALISTS):
            for row in sorted(it.document["rows"], key=lambda row: str(row["reference"])):
                yield {**_where(about, it), **_who(row), "page": f"{_page(about)}finalists#{it.category}"}


def _winners(source: Source) -> Iterator[Row]:
    for about in source.faces:
        for it in source.of(about, PublicationKind.WINNERS):
            corrected = {
                (row["reference"], row["prize"]): row["on"] for row in it.document.get("corrected", ())
            }
            rows = sorted(it.document["rows"], key=lambda row: (row.get("place") or 0, row["reference"]))
            for row in [*rows, *it.document.get("revoked", ())]:
                citation, language = _in_english(row.get("citations"), row.get("language", "en"))
                yield {
                    **_where(about, it),
                    **_who(row),
                    "prize": row["prize"],
                    "prize_name": _called(about, "prizes", row["prize"]),
                    "place": row.get("place"),
                    "by_decision": bool(row.get("by_decision")),
                    "revoked": "on" in row,
                    "revoked_on": row.get("on", ""),
                    "corrected_on": corrected.get((row["reference"], row["prize"]), ""),
                    "citation": citation,
                    "citation_language": language,
                    "page": f"{_page(about)}winners/{row['reference']}",
                }


MAKERS: Mapping[str, Callable[[Source], Iterator[Row]]] = {
    "editions": _editions,
    "categories": _categories,
    "finalists": _finalists,
    "winners": _winners,
}


def licence(about: Face) -> str:
    """The licence of an edition's data, as its texts state it; empty where they don't."""
    return _said(about, about.texts.get("licence"))


def _where(about: Face, it: Publication) -> Row:
    return {"edition": about.key, "category": it.category}


def _who(row: Mapping[str, Any]) -> Row:
    at_home, _here = texts.own(row["organisation"], row.get("organisation_names"), row.get("country", ""))
    return {
        "reference": row["reference"],
        "nominee_kind": row.get("nominee_kind", ""),
        "organisation": row["organisation"],
        "organisation_local": at_home.text if at_home.text != row["organisation"] else "",
        "city": row.get("city", ""),
        "country": row.get("country", ""),
        "title": row.get("title", ""),
        "title_language": row.get("language", "en"),
        "partners": "; ".join(row.get("partners", ())),
    }


def _page(about: Face) -> str:
    return f"{current_app.config['LAURELS_URL']}/{about.key}/"


def _moment(about: Face, wanted: Moment) -> str:
    found = about.moment(wanted)
    return found.instant.strftime("%Y-%m-%dT%H:%M:%SZ") if found else ""


def _called(about: Face, thing: str, key: str) -> str:
    return _said(about, about.texts.get(thing, {}).get(key, {}).get("name")) or key


def _said(about: Face, found: Mapping[str, Any] | None) -> str:
    return _in_english(found, about.edition.language)[0]


def _in_english(found: Mapping[str, Any] | None, fallback: str) -> tuple[str, str]:
    """A text in English, else in a language, else in any, with its language: data is the same in all languages."""
    known = {tag: str(text) for tag, text in (found or {}).items() if text}
    tag = next((it for it in ("en", fallback, *sorted(known)) if it in known), "")
    return known.get(tag, ""), tag
