"""Moving: a nomination goes to another category where its nominator agrees, by a link sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import decisions, editions, invitations, nominations, notices, recusals, releasing, screening
from awards.audit import Actor
from awards.models import (
    Account,
    Decision,
    DecisionKind,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    NominationState,
)
from awards.notices import Template
from awards.screening import NotDecidable

MOVABLE = (NominationState.SUBMITTED, NominationState.RETURNED)


class NoSuchCategory(Exception):
    """There is no such category to move to, or it takes no nominations of this kind."""


class MoveAsked(Exception):
    """The nominator has been asked already and hasn't answered."""


class NoNominator(Exception):
    """Nobody with an account nominated this, so nobody can agree."""


class NoMoveAsked(Exception):
    """Nobody has been asked, or they have answered."""


def categories_for(session: Session, edition: Edition, nomination: Nomination, kind: str) -> tuple[str, ...]:
    """The categories that a nomination of a kind of nominee may move to."""
    rules = editions.rules_of(session, edition)
    return tuple(
        key
        for key in editions.open_categories(session, edition)
        if key != nomination.category and kind in rules.category(key).nominee_kinds
    )


def ask(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    category: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Ask the nominator, by mail, to agree that a nomination moves to another category.

    Raises ScreeningClosed, InterestBinds, NotDecidable, NoSuchCategory, NoNominator, MoveAsked, ReasonMissing.
    """
    screening.need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    if nomination.state not in MOVABLE:
        raise NotDecidable(f"{nomination.reference} is {nomination.state.value}")
    revision = nominations.standing_revision(nomination)
    if category not in categories_for(session, edition, nomination, revision.nominee_kind):
        raise NoSuchCategory(category)
    nominator = session.get(Account, nomination.nominator_id) if nomination.nominator_id else None
    if nominator is None or not nominator.email:
        raise NoNominator(nomination.reference)
    if pending(session, nomination) is not None:
        raise MoveAsked(nomination.reference)
    return invitations.invite(
        session,
        InvitationKind.CATEGORY,
        email=nominator.email,
        edition=edition,
        nomination=nomination,
        name=nominator.name,
        language=nominator.language,
        arguments={
            "category": category,
            "from": nomination.category,
            "title": revision.title,
            "reference": nomination.reference,
        },
        note=decisions.need_reason(reason),
        actor=actor,
        now=now,
    )


def pending(session: Session, nomination: Nomination) -> Invitation | None:
    """The question that waits for its answer."""
    return session.scalars(
        select(Invitation).where(
            Invitation.nomination_id == nomination.id,
            Invitation.kind == InvitationKind.CATEGORY,
            Invitation.answer.is_(None),
        )
    ).first()


def take_back(
    session: Session, edition: Edition, nomination: Nomination, *, actor: Actor, now: datetime
) -> None:
    """Take back the question; its link says so. Raises ScreeningClosed, InterestBinds, NoMoveAsked."""
    screening.need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    found = pending(session, nomination)
    if found is None:
        raise NoMoveAsked(nomination.reference)
    invitations.withdraw(session, found, actor=actor, now=now)


def asked(session: Session, nomination: Nomination) -> list[Invitation]:
    """Every time that somebody was asked about this nomination's category, the first one first."""
    return list(
        session.scalars(
            select(Invitation)
            .where(Invitation.nomination_id == nomination.id, Invitation.kind == InvitationKind.CATEGORY)
            .order_by(Invitation.id)
        )
    )


def _answered(
    session: Session, invitation: Invitation, account: Account | None, accepted: bool, now: datetime
) -> str | None:
    """Move the nomination by a decision of whoever asked, once its nominator has agreed."""
    if not accepted or account is None:
        return None
    nomination = session.get_one(Nomination, invitation.nomination_id)
    _move(session, nomination, invitation, account, now)
    return f"/nominations/{nomination.public_id}/"


def _move(
    session: Session, nomination: Nomination, invitation: Invitation, account: Account, now: datetime
) -> Decision | None:
    edition = session.get_one(Edition, nomination.edition_id)
    editions.lock(session, edition)
    session.refresh(nomination, with_for_update=True)
    category = str(invitation.arguments["category"])
    if (
        edition.phase not in screening.DECIDING
        or nomination.state not in MOVABLE
        or category not in editions.open_categories(session, edition)
    ):
        return None
    before, nomination.category = nomination.category, category
    revision = nominations.standing_revision(nomination)
    notices.tell(
        session,
        Template.CATEGORY_MOVE,
        releasing.writers_of(session, [nomination])[nomination.id],
        edition=edition,
        arguments={
            "title": revision.title,
            "reference": nomination.reference,
            "from": before,
            "to": category,
            "reason": invitation.note,
            "path": f"/nominations/{nomination.public_id}/",
        },
        now=now,
    )
    return decisions.decide(
        session,
        edition,
        DecisionKind.CATEGORY_MOVED,
        actor=Actor(account=invitation.invited_by, real=account),
        now=now,
        category=category,
        nomination=nomination,
        subject={
            "nomination": nomination.reference,
            "before": before,
            "after": category,
            "agreed": account.public_id,
        },
        names={"title": revision.title, "organisation": revision.organisation_name},
        reason=invitation.note,
        signed_as="screener",
    )


invitations.on_answer[InvitationKind.CATEGORY] = _answered
