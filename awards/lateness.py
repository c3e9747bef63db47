"""Lateness: who has an interest in a nomination neither takes it late nor gives it more time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, editions, organisations, recusals, submitting
from awards.audit import Actor
from awards.models import (
    Account,
    Affiliation,
    Decision,
    Edition,
    LateRequest,
    Nomination,
    Organisation,
)
from awards.recusals import Bond, Interest, InterestBinds


def interests_of(session: Session, account: Account, nomination: Nomination) -> tuple[Bond, ...]:
    """A person's interests in a nomination by all that it says, also what it hasn't submitted."""
    edition = session.get_one(Edition, nomination.edition_id)
    return recusals.interests_in(session, edition, account, written=nomination).get(nomination.id, ())


def decide(
    session: Session, request: LateRequest, *, accepted: bool, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Take a text that came too late, or not. Raises InterestBinds, and what submitting.decide_late raises."""
    nomination = session.get_one(Nomination, request.nomination_id)
    editions.lock(session, session.get_one(Edition, nomination.edition_id))
    _need_none(session, nomination, actor)
    return submitting.decide_late(session, request, accepted=accepted, reason=reason, actor=actor, now=now)


def grant(
    session: Session,
    edition: Edition,
    local: datetime,
    *,
    zone: str,
    reason: str,
    nomination: Nomination | None = None,
    organisation: Organisation | None = None,
    category: str | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Give one nomination, organisation or category a later close. A whole category is nobody's interest.

    Raises InterestBinds, and what deadlines.grant raises.
    """
    editions.lock(session, edition)
    if nomination is not None:
        _need_none(session, nomination, actor)
    if organisation is not None:
        _need_none_of(session, edition, organisation, actor)
    return deadlines.grant(
        session,
        edition,
        local,
        zone=zone,
        reason=reason,
        nomination=nomination,
        organisation=organisation,
        category=category,
        actor=actor,
        now=now,
    )


def _need_none(session: Session, nomination: Nomination, actor: Actor) -> None:
    if bonds := interests_of(session, actor.account, nomination):
        raise InterestBinds(nomination.reference, bonds)


def _need_none_of(session: Session, edition: Edition, organisation: Organisation, actor: Actor) -> None:
    """Nobody of an organisation gives it more time, nor whoever has an interest in what it nominates."""
    stands = organisations.standing(session)
    wanted = stands.get(organisation.id, organisation.id)
    own = session.scalars(
        select(Affiliation.organisation_id).where(
            Affiliation.account_id == actor.account.id,
            Affiliation.organisation_id.is_not(None),
            Affiliation.ended_on.is_(None),
        )
    )
    if wanted in {stands.get(it, it) for it in own if it is not None}:
        bond = Bond(Interest.SAME_ORGANISATION, organisation.name)
        raise InterestBinds(organisation.name, (bond,))
    for nomination, newest in deadlines.written(session, edition):
        lead = newest.organisation_id
        if lead is not None and stands.get(lead, lead) == wanted:
            _need_none(session, nomination, actor)
