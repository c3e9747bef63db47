"""Nominations: their states and the legal moves between them, and which revision of each stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from awards.models import Edition, Nomination, NominationPartner, NominationRevision, NominationState
from awards.timetable import IllegalTransition

CORRECTED = (
    NominationState.ELIGIBLE,
    NominationState.FINALIST,
    NominationState.NOT_SHORTLISTED,
    NominationState.NOT_AWARDED,
)
"""Where a correction before the release leads back to."""

MOVES: Mapping[NominationState, frozenset[NominationState]] = MappingProxyType(
    {
        NominationState.DRAFT: frozenset([NominationState.SUBMITTED, NominationState.WITHDRAWN]),
        NominationState.SUBMITTED: frozenset(
            [
                NominationState.SUBMITTED,
                NominationState.RETURNED,
                NominationState.ELIGIBLE,
                NominationState.INELIGIBLE,
                NominationState.WITHDRAWN,
            ]
        ),
        NominationState.RETURNED: frozenset([NominationState.SUBMITTED, NominationState.WITHDRAWN]),
        NominationState.ELIGIBLE: frozenset(
            [
                NominationState.INELIGIBLE,
                NominationState.FINALIST,
                NominationState.NOT_SHORTLISTED,
                NominationState.WINNER,
                NominationState.NOT_AWARDED,
                NominationState.DISQUALIFIED,
                NominationState.WITHDRAWN,
            ]
        ),
        NominationState.INELIGIBLE: frozenset([NominationState.ELIGIBLE, NominationState.WITHDRAWN]),
        NominationState.FINALIST: frozenset(
            [
                NominationState.ELIGIBLE,
                NominationState.WINNER,
                NominationState.NOT_AWARDED,
                NominationState.DISQUALIFIED,
                NominationState.WITHDRAWN,
            ]
        ),
        NominationState.NOT_SHORTLISTED: frozenset(
            [
                NominationState.ELIGIBLE,
                NominationState.FINALIST,
                NominationState.WINNER,
                NominationState.NOT_AWARDED,
                NominationState.WITHDRAWN,
            ]
        ),
        NominationState.WINNER: frozenset([NominationState.DECLINED, NominationState.REVOKED, *CORRECTED]),
        NominationState.NOT_AWARDED: frozenset([NominationState.WINNER, *CORRECTED]),
        NominationState.DECLINED: frozenset([NominationState.WINNER]),
        NominationState.REVOKED: frozenset([NominationState.WINNER]),
        NominationState.DISQUALIFIED: frozenset(),
        NominationState.WITHDRAWN: frozenset(),
    }
)
"""Every legal move. From eligible back to ineligible only a decision that supersedes leads, before the first close;
from the shortlist back to eligible a reopening before the
announcement; from not shortlisted to a prize a prize by decision, or a slate of all eligible ones; from a
prize lost back to one where the other of two contests moves it up."""

UNDECIDED = (NominationState.DRAFT, NominationState.SUBMITTED, NominationState.RETURNED)
"""States in which a newer revision may still be submitted."""


class NoSuchNomination(Exception):
    """There is no nomination of that reference in this edition."""


def advance(nomination: Nomination, state: NominationState) -> None:
    """Move a nomination to a state. Raises IllegalTransition."""
    if state not in MOVES[nomination.state]:
        raise IllegalTransition(f"nomination {nomination.reference}", nomination.state, state)
    nomination.state = state


def find(session: Session, edition: Edition, reference: str) -> Nomination:
    """The nomination of a reference. Raises NoSuchNomination."""
    wanted = unicodedata.normalize("NFC", reference).strip()
    nomination = session.scalars(
        select(Nomination).where(Nomination.edition_id == edition.id, Nomination.reference == wanted)
    ).first()
    if nomination is None:
        raise NoSuchNomination(reference)
    return nomination


def of_edition(session: Session, edition: Edition, *states: NominationState) -> list[Nomination]:
    """The nominations of an edition by reference, in the states named, in any where none is."""
    query = select(Nomination).where(Nomination.edition_id == edition.id).order_by(Nomination.reference)
    return list(session.scalars(query.where(Nomination.state.in_(states)) if states else query))


def whole(session: Session, edition: Edition) -> list[Nomination]:
    """The nominations of an edition by reference, with revisions, partners and organisations in a few queries."""
    query = (
        select(Nomination)
        .where(Nomination.edition_id == edition.id)
        .order_by(Nomination.reference)
        .options(
            selectinload(Nomination.revisions).joinedload(NominationRevision.organisation),
            selectinload(Nomination.partners).joinedload(NominationPartner.organisation),
        )
    )
    return list(session.scalars(query))


def standing_revision(nomination: Nomination) -> NominationRevision:
    """The revision that was submitted last: the one that is screened and judged. Raises LookupError for a draft."""
    for revision in nomination.revisions:
        if revision.number == nomination.submitted_number:
            return revision
    raise LookupError(nomination.reference)


def current_revisions(session: Session, nominations: Iterable[Nomination]) -> dict[int, NominationRevision]:
    """The standing revision of each nomination by the nomination's row, organisations included, in one query."""
    wanted = {nomination.id: nomination.edition_id for nomination in nominations}
    query = (
        select(NominationRevision)
        .join(NominationRevision.nomination)
        .where(
            Nomination.edition_id.in_(set(wanted.values())),
            NominationRevision.number == Nomination.submitted_number,
        )
        .options(joinedload(NominationRevision.organisation))
    )
    found = session.scalars(query)
    return {revision.nomination_id: revision for revision in found if revision.nomination_id in wanted}
