"""The members of the association: loading the list of them into the directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import audit, organisations
from awards.audit import Actor
from awards.models import Membership, Organisation
from awards.organisations import Directory, OrganisationAmbiguous
from awards.tables import FileRefused, Line, Reason, Row, Table, split
from judging.programme import ORGANISATION_KINDS

REQUIRED = ("name", "kind", "country", "region", "status")
OPTIONAL = (
    "name_ko", "name_as_listed", "listed_as", "capital_as_listed", "parent", "confidence", "notes", "aliases",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a list of members did: names made and changed, and how many rows found nothing to change."""

    made: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


def load(session: Session, table: Table, *, actor: Actor, now: datetime) -> Loaded:
    """Make or update the members of a list; loading it twice changes nothing. Status is flagged as assumed.

    Raises FileRefused with every line that can't be taken.
    """
    known = organisations.directory(session)
    if lines := list(_wrong_members(table, known)):
        raise FileRefused(lines)
    made, changed, taken = [], [], {}
    for row in table.rows:
        country = row["country"].upper()
        organisation = known.match(row["name"], country)
        if organisation is None:
            organisation = organisations.make(row["name"], country=country)
            session.add(organisation)
            made.append(organisation)
        taken[row.number] = organisation
    for row in table.rows:
        organisation = taken[row.number]
        if _describe(organisation, row) and organisation not in made:
            changed.append(organisation)
    session.flush()
    for organisation in made:
        known.add(organisation)
    for row in table.rows:
        organisation = taken[row.number]
        parent = known.match(row["parent"], organisation.country) if row["parent"] else organisation.parent
        if organisation.parent is not parent:
            organisation.parent = parent
            changed += [organisation] if organisation not in made and organisation not in changed else []
    session.flush()
    organisations.record_made(session, made, actor=actor, now=now)
    if changed:
        names = [organisation.name for organisation in changed]
        audit.record(
            session,
            actor=actor,
            action="organisation.changed",
            subject="members",
            now=now,
            after={"names": [*names]},
        )
    return Loaded(
        tuple(organisation.name for organisation in made),
        tuple(organisation.name for organisation in changed),
        len(table.rows) - len(made) - len(changed),
    )


def _wrong_members(table: Table, known: Directory) -> Iterator[Line]:
    listed = {
        (row["country"].upper(), organisations.key_of(name)) for row in table.rows for name in _names(row)
    }
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        yield from _wrong_cells(row)
        place = (row["country"].upper(), organisations.key_of(row["name"]))
        if row["name"] and place in seen:
            yield Line(row.number, "name", row["name"], Reason.TWICE_IN_FILE)
        seen.add(place)
        for column in ("name", "parent"):
            if not row[column]:
                continue
            try:
                found = known.match(row[column], place[0])
            except OrganisationAmbiguous:
                yield Line(row.number, column, row[column], Reason.AMBIGUOUS)
            else:
                if (
                    column == "parent"
                    and found is None
                    and (place[0], organisations.key_of(row["parent"])) not in listed
                ):
                    yield Line(row.number, "parent", row["parent"], Reason.NOT_FOUND)


def _wrong_cells(row: Row) -> Iterator[Line]:
    for column in REQUIRED:
        if not row[column]:
            yield Line(row.number, column, "", Reason.EMPTY)
    for column in ("country", "listed_as"):
        if row[column] and organisations.country_code(row[column]) is None:
            yield Line(row.number, column, row[column], Reason.NOT_A_COUNTRY)
    if row["kind"] and row["kind"] not in ORGANISATION_KINDS:
        yield Line(row.number, "kind", row["kind"], Reason.NOT_ONE_OF, ORGANISATION_KINDS)
    statuses = tuple(status.value for status in Membership)
    if row["status"] and row["status"] not in statuses:
        yield Line(row.number, "status", row["status"], Reason.NOT_ONE_OF, statuses)
    limits = {"region": 32, "confidence": 16, "notes": 1000}
    for column, longest in limits.items():
        if len(row[column]) > longest:
            yield Line(row.number, column, row[column], Reason.TOO_LONG, (str(longest),))
    for name in _names(row):
        if len(name) > organisations.LONGEST_NAME:
            yield Line(row.number, "name", name, Reason.TOO_LONG, (str(organisations.LONGEST_NAME),))


def _names(row: Row) -> list[str]:
    """Every name of a row, its own one first."""
    return [
        name for name in (row["name"], row["name_ko"], row["name_as_listed"], *split(row["aliases"])) if name
    ]


def _describe(organisation: Organisation, row: Row) -> bool:
    """Make an organisation what a row says of it. True where that changed anything."""
    names = {"en": row["name"]} | ({"ko": row["name_ko"]} if row["name_ko"] else {})
    wanted: dict[str, object] = {
        "names": {**(organisation.names or {}), **names},
        "kind": row["kind"],
        "country": organisation.country or row["country"].upper(),
        "city": organisation.city or row["name"],
        "listed_as": row["listed_as"].upper(),
        "region": row["region"],
        "membership": Membership(row["status"]),
        "membership_assumed": True,
        "confirmed": True,
        "confidence": row["confidence"],
        "notes": row["notes"],
    }
    changed = [name for name, value in wanted.items() if getattr(organisation, name) != value]
    for name in changed:
        setattr(organisation, name, wanted[name])
    return organisations.add_aliases(organisation, _names(row)) or bool(changed)
