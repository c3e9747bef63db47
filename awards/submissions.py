"""Nominations that were received elsewhere, taken from a table: new ones, and newer revisions of known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

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
    query = (
        select(Nomination)
        .where(Nomination.edition_id == edition.id)
        .options(selectinload(Nomination.partners))
    )
    there = {nomination.reference: nomination for nomination in session.scalars(query)}
    return Known(
        rules=editions.rules_of(session, edition),
        edition=edition,
        categories=editions.open_categories(session, edition),
        directory=organisations.directory(session),
        nominations=there,
        revisions=nominations.current_revisions(session, there.values()),
    )


def _organisations(
    session: Session, known: Known, entries: Sequence[Entry]
) -> tuple[dict[tuple[str, str], Organisation], list[Organisation]]:
    """The organisation of each name and country in the entries, and those of them that had to be made."""
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
    session.add_all(made)
    session.flush()
    return found, made


def _anywhere(directory: Directory, name: str) -> Organisation | None:
    try:
        return directory.match(name)
    except OrganisationAmbiguous:
        return None


def _save(
    session: Session,
    known: Known,
    entries: Sequence[Entry],
    owners: Mapping[tuple[str, str], Organisation],
    columns: tuple[str, ...],
    *,
    now: datetime,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Save nominations, their revisions and partners, a few statements for all. References of new and revised."""
    new = [
        Nomination(
            edition_id=known.edition.id,
            reference=entry.reference,
            state=NominationState.DRAFT,
            category=entry.category,
            created_at=now,
            partners=[],
        )
        for entry in entries
        if entry.reference not in known.nominations
    ]
    session.add_all(new)
    session.flush()
    there = {**known.nominations, **{nomination.reference: nomination for nomination in new}}
    numbers = _last_numbers(session, known.edition)
    for entry in entries:
        nomination = there[entry.reference]
        owner = owners.get((entry.organisation, entry.country))
        number = numbers.get(nomination.id, 0) + 1
        session.add(
            NominationRevision(
                nomination_id=nomination.id,
                number=number,
                organisation_id=owner.id if owner else None,
                content=entry.content,
                at=now,
                sha256=entry.sha256,
                **entry.document,
            )
        )
        nominations.advance(nomination, NominationState.SUBMITTED)
        nomination.submitted_number = number
        nomination.submitted_at = entry.submitted_at or now
        nomination.imported_columns = [*columns]
        if entry.category in known.categories:
            nomination.category = entry.category
        _set_partners(
            session,
            nomination,
            {
                owners[name, entry.country]
                for name in entry.partners
                if owners[name, entry.country] is not owner
            },
        )
    session.flush()
    return (
        tuple(nomination.reference for nomination in new),
        tuple(entry.reference for entry in entries if entry.reference in known.nominations),
    )


def _last_numbers(session: Session, edition: Edition) -> dict[int, int]:
    query = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("last"))
        .join(NominationRevision.nomination)
        .where(Nomination.edition_id == edition.id)
        .group_by(NominationRevision.nomination_id)
    )
    return {row.nomination_id: row.last for row in session.execute(query)}


def _set_partners(session: Session, nomination: Nomination, wanted: set[Organisation]) -> None:
    rows = {partner.id for partner in wanted}
    for partner in list(nomination.partners):
        if partner.organisation_id in rows:
            rows.remove(partner.organisation_id)
        else:
            nomination.partners.remove(partner)
            session.delete(partner)
    nomination.partners.extend(NominationPartner(organisation_id=row) for row in sorted(rows))
