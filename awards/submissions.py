"""Nominations that were received elsewhere, taken from a table: new ones, and newer revisions of known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from awards import audit, editions, nominations, organisations
from awards.audit import Actor
from awards.models import (
    Edition,
    Nomination,
    NominationPartner,
    NominationRevision,
    NominationState,
    Organisation,
)
from awards.organisations import Directory, OrganisationAmbiguous
from awards.received import Entry, Known, is_known, read
from awards.tables import Table
from awards.timetable import Phase


class NominationsClosed(Exception):
    """Nominations are taken in the phases nominations and screening only."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file of nominations did: references of new and revised ones, and the organisations it made."""

    new: tuple[str, ...]
    revised: tuple[str, ...]
    unchanged: int
    organisations: tuple[str, ...]


def load(session: Session, edition: Edition, table: Table, *, actor: Actor, now: datetime) -> Loaded:
    """Take every nomination of a table, or none: new ones, and revisions of those whose content differs.

    Unknown organisations are made, confirmed. Raises FileRefused with every line that can't be taken,
    NominationsClosed.
    """
    editions.lock(session, edition)
    if edition.phase not in (Phase.NOMINATIONS, Phase.SCREENING):
        raise NominationsClosed(edition.phase.value)
    known = _known(session, edition)
    entries = read(known, table)
    fresh = [entry for entry in entries if not is_known(known, entry)]
    owners, made = _organisations(session, known, fresh)
    organisations.record_made(session, made, actor=actor, now=now)
    new, revised = _save(session, known, fresh, owners, table.columns, now=now)
    loaded = Loaded(new, revised, len(entries) - len(fresh), tuple(it.name for it in made))
    audit.record(
        session,
        actor=actor,
        action="nominations.loaded",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"new": [*new], "revised": [*revised], "unchanged": loaded.unchanged},
    )
    return loaded


def _known(session: Session, edition: Edition) -> Known:
    query = select(Nomination).where(Nomination.edition_id == edition.id)
    there = {nomination.reference: nomination for nomination in session.scalars(query)}
    return Known(
        rules=editions.rules_of(session, edition),
        texts=editions.texts_of(session, edition),
        edition=edition,
        categories=editions.open_categories(session, edition),
        directory=organisations.directory(session),
        nominations=there,
        revisions=nominations.current_revisions(session, there.values()),
    )


def _organisations(
    session: Session, known: Known, entries: Sequence[Entry]
) -> tuple[dict[tuple[str, str], int], list[Organisation]]:
    """The row of the organisation of each name and country in the entries, and what had to be made for that."""
    found: dict[tuple[str, str], Organisation] = {}
    made: list[Organisation] = []
    for entry in entries:
        if entry.organisation:
            owner = known.directory.match(entry.organisation, entry.country)
            if owner is None:
                owner = organisations.make(entry.organisation, country=entry.country, city=entry.city)
                known.directory.add(owner)
                made.append(owner)
            organisations.settle(owner, country=entry.country)
            if entry.organisation_kind and owner.kind == organisations.OTHER:
                owner.kind = entry.organisation_kind
            found[entry.organisation, entry.country] = owner
    for entry in entries:
        for name in entry.partners:
            partner = known.directory.match(name, entry.country) or _anywhere(known.directory, name)
            if partner is None:
                partner = organisations.make(name, country="")
                known.directory.add(partner)
                made.append(partner)
            found[name, entry.country] = partner
    rows = organisations.save_all(session, made)
    return {key: it.id or rows[it.country, it.folded] for key, it in found.items()}, made


def _anywhere(directory: Directory, name: str) -> Organisation | None:
    try:
        return directory.match(name)
    except OrganisationAmbiguous:
        return None


def _save(
    session: Session,
    known: Known,
    entries: Sequence[Entry],
    owners: Mapping[tuple[str, str], int],
    columns: Sequence[str],
    *,
    now: datetime,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Save nominations, their revisions and partners, one statement each. References of new and of revised ones."""
    new = [entry for entry in entries if entry.reference not in known.nominations]
    revised = [entry for entry in entries if entry.reference in known.nominations]
    if new:
        session.execute(insert(Nomination), [_nomination(known, it, columns, now=now) for it in new])
    numbers = _last_numbers(session, known.edition) if revised else {}
    for entry in revised:
        _revise(known, entry, numbers.get(known.nominations[entry.reference].id, 0) + 1, columns, now=now)
    session.flush()
    for entry in revised:
        session.expire(known.nominations[entry.reference], ["revisions", "partners"])
    rows = _rows(session, known.edition)
    revisions = [
        {
            "nomination_id": rows[entry.reference],
            "number": numbers.get(rows[entry.reference], 0) + 1,
            "organisation_id": owners.get((entry.organisation, entry.country)),
            "content": entry.content,
            "at": now,
            "sha256": entry.sha256,
            **entry.document,
        }
        for entry in entries
    ]
    if revisions:
        session.execute(insert(NominationRevision), revisions)
    _save_partners(session, known.edition, entries, owners, rows, now=now)
    return tuple(entry.reference for entry in new), tuple(entry.reference for entry in revised)


def _nomination(known: Known, entry: Entry, columns: Sequence[str], *, now: datetime) -> dict[str, object]:
    return {
        "edition_id": known.edition.id,
        "reference": entry.reference,
        "state": NominationState.SUBMITTED,
        "category": entry.category,
        "submitted_number": 1,
        "submitted_at": entry.submitted_at or now,
        "imported_columns": [*columns],
        "created_at": now,
    }


def _revise(known: Known, entry: Entry, number: int, columns: Sequence[str], *, now: datetime) -> None:
    """Let a newer revision stand. One of a merged category stays where it is judged."""
    nomination = known.nominations[entry.reference]
    nominations.advance(nomination, NominationState.SUBMITTED)
    nomination.submitted_number = number
    nomination.submitted_at = entry.submitted_at or now
    nomination.imported_columns = [*columns]
    if entry.category in known.categories:
        nomination.category = entry.category


def _rows(session: Session, edition: Edition) -> dict[str, int]:
    query = select(Nomination.reference, Nomination.id).where(Nomination.edition_id == edition.id)
    return {row.reference: row.id for row in session.execute(query)}


def _last_numbers(session: Session, edition: Edition) -> dict[int, int]:
    query = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("last"))
        .join(NominationRevision.nomination)
        .where(Nomination.edition_id == edition.id)
        .group_by(NominationRevision.nomination_id)
    )
    return {row.nomination_id: row.last for row in session.execute(query)}


def _save_partners(
    session: Session,
    edition: Edition,
    entries: Sequence[Entry],
    owners: Mapping[tuple[str, str], int],
    rows: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Make the partners of each nomination those that its newest revision names; others are ended, none deleted."""
    wanted = {
        (rows[entry.reference], owners[name, entry.country])
        for entry in entries
        for name in entry.partners
        if owners[name, entry.country] != owners.get((entry.organisation, entry.country))
    }
    concerned = {rows[entry.reference] for entry in entries}
    there = session.execute(
        select(
            NominationPartner.id,
            NominationPartner.nomination_id,
            NominationPartner.organisation_id,
            NominationPartner.ended_at,
        )
        .join(Nomination, Nomination.id == NominationPartner.nomination_id)
        .where(Nomination.edition_id == edition.id)
    ).all()
    gone = [
        row.id
        for row in there
        if row.nomination_id in concerned and (row[1], row[2]) not in wanted and row.ended_at is None
    ]
    back = [row.id for row in there if (row[1], row[2]) in wanted and row.ended_at is not None]
    for numbers, ended in ((gone, now), (back, None)):
        if numbers:
            session.execute(
                update(NominationPartner), [{"id": number, "ended_at": ended} for number in numbers]
            )
    if fresh := sorted(wanted - {(row.nomination_id, row.organisation_id) for row in there}):
        session.execute(
            insert(NominationPartner),
            [{"nomination_id": one, "organisation_id": other} for one, other in fresh],
        )
