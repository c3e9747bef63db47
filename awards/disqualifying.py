"""Taking a nomination out between the close and the announcement: by the chair, or because its people ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from awards import (
    accounts,
    chairs,
    correspondence,
    decisions,
    drafts,
    editions,
    nominations,
    recounts,
    recusals,
    standings,
)
from awards.audit import Actor
from awards.models import (
    Assignment,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
    Role,
    ScoreSheet,
)
from awards.notices import Template


class NotThen(Exception):
    """A nomination is taken out here between the close and the announcement of its category's finalists only."""


class NotJudged(Exception):
    """The nomination doesn't stand in the standing, or is out already."""


class OrganiserRecords(Exception):
    """A withdrawal in writing is recorded by an organiser."""


def possible(session: Session, edition: Edition, of: Iterable[Nomination]) -> list[Nomination]:
    """Those of some nominations that can be taken out now."""
    categories = recounts.open_categories(session, edition)
    states = (NominationState.ELIGIBLE, *recounts.SHORTLISTED)
    return [it for it in of if it.category in categories and it.state in states]


def disqualify(
    session: Session, edition: Edition, nomination: Nomination, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Disqualify a nomination, as the chair; the standing is frozen again without it, and its people are told.

    Who has an interest in another of its category would gain by this, and does not decide it either. Raises NotThen,
    NotJudged, NotTheChair, ReasonMissing.
    """
    _need(session, edition, nomination)
    standing = standings.latest(session, edition)[nomination.category]
    rivals = standings.judged_in(session, edition, standing)
    signed_as = chairs.need(session, edition, rivals, nomination.category, actor=actor)
    return _take_out(
        session,
        edition,
        nomination,
        NominationState.DISQUALIFIED,
        decisions.need_reason(reason),
        signed_as,
        actor=actor,
        now=now,
    )


def record_withdrawal(
    session: Session, edition: Edition, nomination: Nomination, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Record, as an organiser, that its people took a nomination out in writing; `reason` says who wrote and when.

    Raises NotThen, NotJudged, OrganiserRecords, InterestBinds, ReasonMissing.
    """
    _need(session, edition, nomination)
    signed_as = need_recorder(session, edition, nomination, actor=actor)
    return _take_out(
        session,
        edition,
        nomination,
        NominationState.WITHDRAWN,
        decisions.need_reason(reason),
        signed_as,
        actor=actor,
        now=now,
    )


def need_recorder(session: Session, edition: Edition, nomination: Nomination, *, actor: Actor) -> str:
    """As what whoever records a withdrawal in writing signs. Raises OrganiserRecords, InterestBinds."""
    if not actor.operator:
        if not accounts.has_grant(session, actor.account, Role.ORGANISER, edition=edition):
            raise OrganiserRecords(nomination.reference)
        recusals.need_none(session, nomination, actor)
    return Role.ORGANISER.value


def _need(session: Session, edition: Edition, nomination: Nomination) -> None:
    editions.lock(session, edition)
    session.refresh(nomination)
    if nomination.category not in recounts.open_categories(session, edition):
        raise NotThen(nomination.category)
    if not possible(session, edition, [nomination]):
        raise NotJudged(nomination.reference)


KINDS = {
    NominationState.DISQUALIFIED: (DecisionKind.DISQUALIFICATION, Template.DISQUALIFIED),
    NominationState.WITHDRAWN: (DecisionKind.WITHDRAWAL, Template.WITHDRAWN),
}


def _take_out(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    state: NominationState,
    why: str,
    signed_as: str,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    kind, template = KINDS[state]
    revision = drafts.latest(session, nomination)
    decision = decisions.decide(
        session,
        edition,
        kind,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference},
        names={"title": revision.title, "organisation": revision.organisation_name},
        reason=why,
        signed_as=signed_as,
    )
    if nomination.state in recounts.SHORTLISTED:
        nominations.advance(nomination, NominationState.ELIGIBLE)
    nominations.advance(nomination, state)
    theirs = select(Assignment.id).where(Assignment.nomination_id == nomination.id)
    session.execute(
        update(ScoreSheet)
        .where(ScoreSheet.assignment_id.in_(theirs))
        .values(counted=False, reason=state.value)
    )
    session.flush()
    recounts.count_again(
        session,
        edition,
        nomination.category,
        [nomination.reference],
        state.value,
        signed_as=signed_as,
        actor=actor,
        now=now,
    )
    correspondence.tell(
        session,
        edition,
        nomination,
        template,
        {"reason": why, "by": ""},
        revision=revision,
        now=now,
        decision=decision,
    )
    return decision
