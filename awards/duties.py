"""Duties: what waits in an edition for those with a role in it, counted after a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from awards import releasing
from awards.models import (
    Appeal,
    Decision,
    Edition,
    Grant,
    LateRequest,
    Nomination,
    NominationRevision,
    NominationState,
    Organisation,
    Role,
)
from awards.timetable import Phase

CHECKED = (Phase.SCREENING, Phase.FIRST_ROUND)
"""Phases in which eligibility is decided; before them nominations are read only."""


class Duty(StrEnum):
    """What waits."""

    TO_SCREEN = "to_screen"
    TO_RELEASE = "to_release"
    APPEALS = "appeals"
    LATE = "late"
    ORGANISATIONS = "organisations"


WHOSE: Mapping[Duty, frozenset[Role]] = {
    Duty.TO_SCREEN: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.TO_RELEASE: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.APPEALS: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.LATE: frozenset({Role.ORGANISER}),
    Duty.ORGANISATIONS: frozenset({Role.ORGANISER}),
}


class Post(NamedTuple):
    """The roles that a person has in an edition, everywhere where it is None, and what waits there, with how many."""

    edition: Edition | None
    roles: tuple[Role, ...]
    duties: tuple[tuple[Duty, int], ...]


def of(session: Session, grants: Sequence[Grant], editions: Mapping[int, Edition]) -> tuple[Post, ...]:
    """What waits for the holder of grants, the latest edition first and the whole site last."""
    roles: dict[int | None, list[Role]] = {}
    for grant in grants:
        its = roles.setdefault(grant.edition_id, [])
        if grant.role not in its:
            its.append(grant.role)
    busy = [number for number in editions if {*roles.get(number, ())} & WHOSE[Duty.TO_SCREEN]]
    counts = {duty: _counted(session, query) for duty, query in _queries(busy).items()} if busy else {}
    found = [
        Post(edition, tuple(roles[number]), _waiting(number, roles[number], counts))
        for number, edition in editions.items()
        if number in roles
    ]
    return tuple(found) + ((Post(None, tuple(roles[None]), ()),) if None in roles else ())


def _waiting(
    edition: int, roles: Sequence[Role], counts: Mapping[Duty, Mapping[int, int]]
) -> tuple[tuple[Duty, int], ...]:
    return tuple(
        (duty, its[edition]) for duty, its in counts.items() if its.get(edition) and WHOSE[duty] & {*roles}
    )


def _counted(session: Session, query: Select[int | None, int]) -> dict[int, int]:
    return {edition: found for edition, found in session.execute(query) if edition is not None}


def _queries(editions: Sequence[int]) -> dict[Duty, Select[int | None, int]]:
    """A query for each duty: how many wait, by edition."""
    here = Nomination.edition_id.in_(editions)
    return {
        Duty.TO_SCREEN: select(Nomination.edition_id, func.count())
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(here, Nomination.state == NominationState.SUBMITTED, Edition.phase.in_(CHECKED))
        .group_by(Nomination.edition_id),
        Duty.TO_RELEASE: select(Nomination.edition_id, func.count())
        .join(Decision, Decision.nomination_id == Nomination.id)
        .where(here, releasing.untold())
        .group_by(Nomination.edition_id),
        Duty.APPEALS: select(Nomination.edition_id, func.count())
        .join(Appeal, Appeal.nomination_id == Nomination.id)
        .where(here, Appeal.decision_id.is_(None))
        .group_by(Nomination.edition_id),
        Duty.LATE: select(Nomination.edition_id, func.count())
        .join(LateRequest, LateRequest.nomination_id == Nomination.id)
        .where(here, LateRequest.decision_id.is_(None))
        .group_by(Nomination.edition_id),
        Duty.ORGANISATIONS: select(Nomination.edition_id, func.count(distinct(Organisation.id)))
        .join(NominationRevision, NominationRevision.nomination_id == Nomination.id)
        .join(Organisation, Organisation.id == NominationRevision.organisation_id)
        .where(here, Organisation.confirmed.is_(False), Organisation.merged_into_id.is_(None))
        .group_by(Nomination.edition_id),
    }
