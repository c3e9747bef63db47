"""What those who write a nomination, or judge, are told when rules or dates of an edition change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from awards import notices
from awards.audit import Actor
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    Edition,
    Grant,
    Judge,
    JudgeState,
    Nomination,
    NominationEditor,
    NominationState,
    OwnDeadline,
    Role,
)
from awards.notices import Template
from awards.timetable import Moment
from judging.values import Json, Round

OVER = (NominationState.WITHDRAWN,)


def writers(session: Session, edition: Edition, *, of: Nomination | None = None) -> Sequence[Account]:
    """Everyone with a draft or a submission in the edition: nominators, and those who write with them.

    `of`: those of one nomination only.
    """
    standing = select(Nomination.id).where(Nomination.edition_id == edition.id, Nomination.state.not_in(OVER))
    if of is not None:
        standing = standing.where(Nomination.id == of.id)
    own = select(Nomination.nominator_id).where(Nomination.id.in_(standing))
    with_others = select(NominationEditor.account_id).where(
        NominationEditor.nomination_id.in_(standing), NominationEditor.ended_at.is_(None)
    )
    return _people(session, or_(Account.id.in_(own), Account.id.in_(with_others)))


def organisers(session: Session, edition: Edition) -> Sequence[Account]:
    """Those who run the edition now."""
    grants = select(Grant.account_id).where(
        Grant.edition_id == edition.id, Grant.role == Role.ORGANISER, Grant.ended_at.is_(None)
    )
    return _people(session, Account.id.in_(grants))


def markers(
    session: Session, edition: Edition, of_round: Round, moment: Moment, after: datetime
) -> Sequence[Account]:
    """The judges with sheets in a round, but those whose own close of it is no earlier than that moment."""
    later = exists().where(
        OwnDeadline.judge_id == Judge.id, OwnDeadline.moment == moment, OwnDeadline.at_utc >= after
    )
    issued = exists().where(
        Assignment.judge_id == Judge.id,
        Assignment.round == of_round,
        Assignment.state == AssignmentState.ISSUED,
    )
    concerned = select(Judge.account_id).where(
        Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED, issued, ~later
    )
    return _people(session, Account.id.in_(concerned))


def tell(
    session: Session,
    edition: Edition,
    template: Template,
    arguments: Mapping[str, Json],
    *,
    of: Nomination | None = None,
    organisers_too: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    """Queue a message to every writer, and to the organisers where they are to know; not to who acts. How many."""
    people = [*writers(session, edition, of=of), *(organisers(session, edition) if organisers_too else ())]
    return tell_people(session, edition, template, arguments, people, actor=actor, now=now)


def tell_people(
    session: Session,
    edition: Edition,
    template: Template,
    arguments: Mapping[str, Json],
    people: Sequence[Account],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Queue a message to each of some people who can be reached, once each, and not to who acts. How many."""
    told = {account.id: account for account in people if account.id != actor.account.id}
    return notices.tell(session, template, told.values(), edition=edition, arguments=arguments, now=now)


def _people(session: Session, which: object) -> Sequence[Account]:
    return session.scalars(
        select(Account)
        .where(which, Account.active)  # type: ignore[arg-type]
        .options(selectinload(Account.addresses))
        .order_by(Account.id)
    ).all()
