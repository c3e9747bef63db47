"""Reading a table of nominations that were received elsewhere: every row checked, none of them saved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from awards import fields, nominations, organisations
from awards.fields import FaultKind
from awards.models import Edition, Nomination, NominationRevision, NominationState
from awards.organisations import Directory, OrganisationAmbiguous
from awards.tables import FileRefused, Line, Reason, Row, Table, split
from judging.programme import LANGUAGES, ORGANISATION_KINDS
from judging.rules import INDIVIDUAL, NOMINEE_KINDS, Field, Rules
from judging.values import Json, canonical

REQUIRED = ("reference", "category", "nominee_kind", "title", "organisation", "city", "country")
OPTIONAL = (
    "summary", "submitted_at", "language", "partners", "topics", "organisation_kind",
    *(f"title_{language}" for language in LANGUAGES),
)  # fmt: skip
LONGEST = {"reference": 64, "title": 400, "organisation": 200, "city": 200}

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?\Z")
_FAULTS = {
    FaultKind.TOO_MANY_WORDS: Reason.TOO_LONG,
    FaultKind.TOO_MANY_CHARACTERS: Reason.TOO_LONG,
    FaultKind.TOO_LONG: Reason.TOO_LONG,
    FaultKind.TOO_MANY_ITEMS: Reason.TOO_MANY,
    FaultKind.NOT_A_DATE: Reason.NOT_A_DATE,
    FaultKind.NOT_A_LINK: Reason.NOT_AN_ADDRESS,
    FaultKind.NOT_AN_ADDRESS: Reason.NOT_AN_ADDRESS,
    FaultKind.NOT_A_NUMBER: Reason.NOT_ONE_OF,
    FaultKind.NOT_AN_OPTION: Reason.NOT_ONE_OF,
    FaultKind.NOT_YES_OR_NO: Reason.NOT_ONE_OF,
    FaultKind.NOT_ONE_LINE: Reason.TOO_LONG,
    FaultKind.UNREADABLE: Reason.NOT_READABLE,
}
_UNITS = {
    FaultKind.TOO_MANY_WORDS: "words",
    FaultKind.TOO_MANY_CHARACTERS: "characters without spaces",
    FaultKind.TOO_LONG: "characters",
    FaultKind.TOO_MANY_ITEMS: "at most",
}
_ALLOWED: Mapping[FaultKind, tuple[str, ...]] = {
    FaultKind.NOT_A_NUMBER: ("a number",),
    FaultKind.NOT_YES_OR_NO: ("yes, no",),
    FaultKind.NOT_ONE_LINE: ("one line",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, read. `document` is what its revision says, `sha256` the hash of that."""

    reference: str
    organisation: str
    organisation_kind: str
    city: str
    country: str
    category: str
    document: dict[str, Json]
    content: dict[str, Json]
    partners: tuple[str, ...]
    submitted_at: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already."""

    rules: Rules
    texts: Mapping[str, Any]
    edition: Edition
    categories: tuple[str, ...]
    directory: Directory
    nominations: Mapping[str, Nomination]
    revisions: Mapping[int, NominationRevision]

    def revision(self, reference: str) -> NominationRevision | None:
        nomination = self.nominations.get(reference)
        return self.revisions.get(nomination.id) if nomination else None

    def answer(self, field: Field, cell: str) -> Json:
        """The answer in a cell, options by their keys or their names in any language."""
        if field.kind not in ("choice", "choices"):
            return fields.answer(field, cell)
        options = self.texts.get("fields", {}).get(field.key, {}).get("options", {})
        names = {key: tuple(texts.get("name", {}).values()) for key, texts in options.items()}
        return fields.answer(field, cell, names)

    def language(self, row: Row) -> str:
        return row["language"].lower() or self.edition.language


def columns(rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that a file must have, and those that it may have."""
    known = (*REQUIRED, *OPTIONAL)
    return REQUIRED, (*OPTIONAL, *(it.key for it in rules.fields if it.key not in known))


def read(known: Known, table: Table) -> tuple[Entry, ...]:
    """Every row of a table. Raises FileRefused with every line that can't be taken."""
    lines = list(_twice(table))
    asked = [it for it in known.rules.fields if table.has(it.key)]
    entries = []
    for row in table.rows:
        answers = {it.key: known.answer(it, row[it.key]) for it in asked if row[it.key]}
        if wrong := list(_wrong(known, row, answers)):
            lines += wrong
            continue
        entry = _entry(known, table, row, answers)
        entries.append(entry)
        nomination = known.nominations.get(entry.reference)
        if nomination and nomination.state not in nominations.UNDECIDED and not is_known(known, entry):
            state = (nomination.state.value,)
            lines.append(Line(row.number, "reference", entry.reference, Reason.ALREADY_THERE, state))
    if lines:
        raise FileRefused(sorted(lines, key=lambda line: line.row))
    return tuple(entries)


def _entry(known: Known, table: Table, row: Row, answers: Mapping[str, Json]) -> Entry:
    titles = {
        name.removeprefix("title_"): row[name]
        for name in table.columns
        if name.startswith("title_") and row[name] and name in OPTIONAL
    }
    content = dict(answers)
    topics = content.pop("topics", None) or list[Json](split(row["topics"]))
    document: dict[str, Json] = {
        "category": row["category"],
        "nominee_kind": row["nominee_kind"],
        "title": row["title"],
        "titles": {**titles},
        "organisation_name": row["organisation"],
        "city": row["city"],
        "country": row["country"].upper(),
        "language": known.language(row),
        "summary": row["summary"],
        "topics": topics,
    }
    partners = tuple(dict.fromkeys(it for it in split(row["partners"]) if len(it) <= LONGEST["organisation"]))
    whole = canonical({**document, "content": content, "partners": [*partners]})
    return Entry(
        reference=row["reference"],
        organisation=row["organisation"],
        organisation_kind=row["organisation_kind"],
        city=row["city"],
        country=row["country"].upper(),
        category=row["category"],
        document=document,
        content=content,
        partners=partners,
        submitted_at=moment_of(row["submitted_at"], known.edition.zone),
        sha256=hashlib.sha256(whole).hexdigest(),
    )


def is_known(known: Known, entry: Entry) -> bool:
    """Whether a row says what stands already."""
    nomination = known.nominations.get(entry.reference)
    revision = known.revision(entry.reference)
    if nomination is None or revision is None or nomination.state is NominationState.RETURNED:
        return False
    same_time = entry.submitted_at is None or entry.submitted_at == nomination.submitted_at
    return same_time and entry.sha256 == revision.sha256


def _wrong(known: Known, row: Row, answers: Mapping[str, Json]) -> Iterator[Line]:
    """What is wrong with the cells of a row, each alone and against the directory, and with the answers in them."""
    individual = row["nominee_kind"] == INDIVIDUAL
    for column in REQUIRED:
        if not row[column] and not (individual and column in ("organisation", "city")):
            yield Line(row.number, column, "", Reason.EMPTY)
    revision = known.revision(row["reference"])
    kept = (revision.category,) if revision and revision.category not in known.categories else ()
    yield from _not_one_of(row, "category", (*known.categories, *kept))
    yield from _not_one_of(row, "nominee_kind", NOMINEE_KINDS)
    yield from _not_one_of(row, "organisation_kind", ORGANISATION_KINDS)
    if row["country"] and organisations.country_code(row["country"]) is None:
        yield Line(row.number, "country", row["country"], Reason.NOT_A_COUNTRY)
    if row["submitted_at"] and moment_of(row["submitted_at"], known.edition.zone) is None:
        yield Line(row.number, "submitted_at", row["submitted_at"], Reason.NOT_A_DATE)
    if row["language"] and not _LANGUAGE.match(row["language"].lower()):
        yield Line(row.number, "language", row["language"], Reason.NOT_ONE_OF, LANGUAGES)
    for column in row.values:
        longest = (
            LONGEST["title"] if column in OPTIONAL and column.startswith("title_") else LONGEST.get(column)
        )
        if longest and len(row[column]) > longest:
            yield Line(row.number, column, row[column], Reason.TOO_LONG, (str(longest),))
    if answers:
        yield from _wrong_answers(known, row, answers)
    for name in (row["organisation"], *split(row["partners"])):
        try:
            known.directory.match(name, row["country"].upper())
        except OrganisationAmbiguous:
            yield Line(row.number, "organisation", name, Reason.AMBIGUOUS)


def _wrong_answers(known: Known, row: Row, answers: Mapping[str, Json]) -> Iterator[Line]:
    """What is wrong with the answers to the form's fields; what is not there, screening finds."""
    asked = {it.key: it for it in known.rules.fields if it.key in answers}
    faults = fields.check(asked.values(), answers, known.language(row))
    found = {(it.field, it.kind): it for it in reversed(faults) if it.kind not in fields.NOTHING}
    for fault in reversed(found.values()):
        allowed = _ALLOWED.get(fault.kind, ())
        if fault.limit:
            allowed = (f"{fault.limit} {_UNITS[fault.kind]}",)
        elif fault.kind is FaultKind.NOT_AN_OPTION:
            allowed = asked[fault.field].options
        yield Line(row.number, fault.field, row[fault.field], _FAULTS[fault.kind], allowed)


def _not_one_of(row: Row, column: str, allowed: tuple[str, ...]) -> Iterator[Line]:
    if row[column] and row[column] not in allowed:
        yield Line(row.number, column, row[column], Reason.NOT_ONE_OF, allowed)


def _twice(table: Table) -> Iterator[Line]:
    seen: set[str] = set()
    for row in table.rows:
        if row["reference"] and row["reference"] in seen:
            yield Line(row.number, "reference", row["reference"], Reason.TWICE_IN_FILE)
        if row["reference"] and not is_reference(row["reference"]):
            yield Line(
                row.number, "reference", row["reference"], Reason.NOT_A_REFERENCE, ("no comma, no semicolon",)
            )
        seen.add(row["reference"])


def is_reference(text: str) -> bool:
    """Whether a text can stand in a list of references: printable, no comma or semicolon, no hyphen first."""
    return text.isprintable() and not text.startswith("-") and not set(text) & {",", ";"}


def moment_of(cell: str, zone: str) -> datetime | None:
    """A moment as ISO 8601 writes it, in the edition's zone where it names none; a day alone begins at midnight."""
    try:
        found = datetime.fromisoformat(cell)
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        return found.astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        return None
