"""Entitling: which finalists are barred to an elector, and what takes a ballot away."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import nominations, organisations
from awards.models import (
    Conflict,
    ConflictSource,
    Edition,
    Election,
    Entitlement,
    Judge,
    JudgeState,
    Nomination,
    RollEntry,
)
from awards.organisations import Directory

TAKES_THE_BALLOT = (ConflictSource.SAME_ORGANISATION, ConflictSource.NAMED, ConflictSource.DECLARED)
AT_THE_FOOT = (ConflictSource.SAME_CITY, ConflictSource.SAME_COUNTRY)


def for_judges(
    session: Session, edition: Edition, election: Election, entries: Iterable[RollEntry]
) -> list[Entitlement]:
    """Judges vote where they read. An interest by organisation, naming or declaration takes the ballot away.

    Own city and own country put the nomination at the foot.
    """
    conflicts: dict[int, list[tuple[ConflictSource, str]]] = {}
    for judge_id, source, reference in session.execute(
        select(Conflict.judge_id, Conflict.source, Nomination.reference)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.reference.in_(election.slate),
            Conflict.waived_by.is_(None),
        )
    ):
        conflicts.setdefault(judge_id, []).append((source, reference))
    found = []
    for entry in entries:
        judge = session.get(Judge, entry.judge_id) if entry.judge_id else None
        if judge is None or judge.state is not JudgeState.ACCEPTED or not judge.reads(election.category):
            continue
        mine = conflicts.get(judge.id, [])
        withheld = [source for source in TAKES_THE_BALLOT if source in {source for source, _ in mine}]
        barred = {reference for source, reference in mine if source in AT_THE_FOOT}
        found.append(
            Entitlement(
                roll_entry_id=entry.id,
                barred=sorted(barred),
                withheld_because=withheld[0].value if withheld else None,
            )
        )
    return found


def for_all(
    session: Session, edition: Edition, election: Election, entries: Iterable[RollEntry]
) -> list[Entitlement]:
    """Everybody on the roll votes everywhere, but not for nominations of the own city, its parent or its child."""
    standing = session.scalars(
        select(Nomination).where(
            Nomination.edition_id == edition.id, Nomination.reference.in_(election.slate)
        )
    ).all()
    directory = organisations.directory(session)
    nominees = {nomination.reference: _bodies(nomination, directory) for nomination in standing}
    parents, stands = organisations.parents(session), organisations.standing(session)
    found = []
    for entry in entries:
        own = stands.get(entry.organisation_id or 0, entry.organisation_id)
        barred = [
            reference
            for reference, bodies in sorted(nominees.items())
            if own and any(organisations.are_kin(parents, own, body) for body in bodies)
        ]
        found.append(Entitlement(roll_entry_id=entry.id, barred=barred, withheld_because=None))
    return found


def _bodies(nomination: Nomination, directory: Directory) -> set[int]:
    """The organisations that a nomination is of: lead, partners, and the cities of all by their names."""
    revision = nominations.standing_revision(nomination)
    named = [partner.organisation for partner in nomination.partners]
    named += [revision.organisation] if revision.organisation else []
    bodies = [organisations.standing_for(it) for it in named]
    places = {(revision.city, revision.country), *((it.city, it.country) for it in bodies)}
    cities = {
        it.id
        for city, country in places
        for table in (directory.by_name, directory.by_alias)
        for it in table.get(organisations.key_of(city), ())
        if city and it.country in (country, "")
    }
    return cities | {it.id for it in bodies}
