"""Reopening: after the close a judge mends their own sheets of one category, by the word of two others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import (
    accounts,
    approvals,
    audit,
    barring,
    chairs,
    decisions,
    editions,
    naming,
    notices,
    recounts,
    rooms,
    standings,
)
from awards.audit import Actor
from awards.models import (
    Account,
    Approval,
    Assignment,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    Reopening,
    Role,
)
from awards.notices import Template
from judging.values import Json, Round

LONGEST_REASON = 1000
SEE_THE_TABLE = (Role.CHAIR, Role.DEPUTY, Role.ORGANISER, Role.AUDITOR)
"""Who reads the totals after the close."""


class NotNow(Exception):
    """Nothing is reopened before the close, and nothing after the finalists of the category were announced."""


class NotYours(Exception):
    """A judge asks only for what they were to mark themselves, and where they have no conflict."""


class SeesTheTable(Exception):
    """Whoever reads the totals gives no mark any more."""


class PanelHasRead(NotNow):
    """The deliberation room was opened: the panel has read the totals, so no mark is given any more."""


class AskedAlready(Exception):
    """This judge has asked already, and the answer is still to come or the sheet is still open."""


class NotWaiting(Exception):
    """This request was answered, or is over."""


class MayNotApprove(Exception):
    """The second person is an organiser, the chair or a deputy, not the judge, and without an interest."""


def going_on(session: Session, edition: Edition) -> Sequence[Reopening]:
    """What was asked and is not over, in the order in which it was asked."""
    return session.scalars(_all(edition).where(Reopening.ended_at.is_(None))).all()


def of_edition(session: Session, edition: Edition) -> Sequence[Reopening]:
    """Every reopening that was asked for."""
    return session.scalars(_all(edition)).all()


def of_judge(session: Session, judge: Judge, nomination: Nomination) -> Reopening | None:
    """What a judge asked last for a nomination."""
    return session.scalars(
        select(Reopening)
        .where(Reopening.judge_id == judge.id, Reopening.nomination_id == nomination.id)
        .order_by(Reopening.id.desc())
        .limit(1)
    ).first()


def _all(edition: Edition):  # type: ignore[no-untyped-def]
    return (
        select(Reopening)
        .join(Nomination, Nomination.id == Reopening.nomination_id)
        .where(Nomination.edition_id == edition.id)
        .options(
            joinedload(Reopening.nomination),
            joinedload(Reopening.judge).joinedload(Judge.account).selectinload(Account.addresses),
        )
        .order_by(Reopening.asked_at, Reopening.id)
    )


def find(session: Session, edition: Edition, public_id: str) -> Reopening | None:
    return session.scalars(_all(edition).where(Reopening.public_id == public_id)).first()


def may_ask(session: Session, edition: Edition, judge: Judge, nomination: Nomination) -> None:
    """Whether a judge may ask. Raises NotNow, NotYours, SeesTheTable, AskedAlready."""
    _need_time(session, edition, nomination.category)
    if judge.state is not JudgeState.ACCEPTED or not _is_assigned(session, judge, nomination):
        raise NotYours(nomination.reference)
    roles = [
        role for role in SEE_THE_TABLE if accounts.has_grant(session, judge.account, role, edition=edition)
    ]
    if roles or accounts.has_grant(session, judge.account, Role.AUDITOR):
        raise SeesTheTable(nomination.reference)
    last = of_judge(session, judge, nomination)
    if last is not None and last.ended_at is None:
        raise AskedAlready(nomination.reference)


def ask(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Reopening:
    """Ask to mend a sheet after the close. Raises ReasonMissing and what `may_ask` raises."""
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    if actor.account.id != judge.account_id:
        raise NotYours(nomination.reference)
    may_ask(session, edition, judge, nomination)
    asked = Reopening(
        judge=judge, nomination=nomination, round=Round.FIRST, reason=why[:LONGEST_REASON], asked_at=now
    )
    session.add(asked)
    session.flush()
    _record(session, edition, asked, "reopening.asked", actor=actor, now=now)
    return asked


def act_of(asked: Reopening) -> str:
    """The act of two that opens the round for this judge."""
    return f"reopen {asked.public_id}"


def propose(session: Session, edition: Edition, asked: Reopening, *, actor: Actor, now: datetime) -> Approval:
    """Agree, as the chair; somebody else has to approve. Raises NotNow, NotWaiting, NotTheChair, ProposalWaits."""
    editions.lock(session, edition)
    _need_waiting(session, edition, asked)
    signed_as = chairs.need(
        session,
        edition,
        [asked.nomination],
        asked.nomination.category,
        but_not=asked.judge.account_id,
        actor=actor,
    )
    return approvals.propose(
        session,
        edition,
        act_of(asked),
        _subject(asked) | {"as": signed_as},
        reason=asked.reason,
        actor=actor,
        now=now,
    )


def approve(
    session: Session, edition: Edition, asked: Reopening, sha256: str, *, actor: Actor, now: datetime
) -> Decision:
    """Approve as the second person: from now on the judge may write their sheets of the category.

    A shortlist that is signed there is no longer in force. Raises NotNow, NotWaiting, NoProposal, SamePerson,
    SubjectChanged, MayNotApprove.
    """
    editions.lock(session, edition)
    _need_waiting(session, edition, asked)
    approval = approvals.take(session, edition, act_of(asked), sha256)
    _need_second(session, edition, asked, actor)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    category = asked.nomination.category
    before = recounts.signature(session, edition, category)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.REOPENED,
        actor=actor,
        now=now,
        category=category,
        nomination=asked.nomination,
        subject=_subject(asked),
        names={asked.nomination.reference: naming.shown(asked.nomination)},
        reason=approval.reason,
        supersedes=before,
        proposed_by=approvals.first_signature(session, approval) | {"as": approval.subject["as"]},
    )
    asked.decision_id, asked.approved_at = decision.id, now
    if before is not None:
        recounts.unsign(session, edition, category, actor=actor, now=now)
    session.flush()
    _tell(session, edition, asked, {"granted": True}, now=now)
    return decision


def refuse(
    session: Session, edition: Edition, asked: Reopening, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Turn a request down, as the chair or as who would approve it. Raises ReasonMissing, NotWaiting, MayNotApprove."""
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    if asked.ended_at is not None or asked.approved_at is not None:
        raise NotWaiting(asked.public_id)
    _need_second(session, edition, asked, actor)
    if (proposal := approvals.waiting(session, edition, act_of(asked))) is not None:
        approvals.end(session, edition, proposal, actor=actor, now=now)
    asked.ended_at, asked.answer = now, why[:LONGEST_REASON]
    _record(session, edition, asked, "reopening.refused", actor=actor, now=now)
    _tell(session, edition, asked, {"granted": False, "reason": asked.answer}, now=now)


def finish(session: Session, edition: Edition, asked: Reopening, *, actor: Actor, now: datetime) -> None:
    """The judge is done, or somebody at the table ends it: the standing is frozen again under the next number.

    Raises NotWaiting, MayNotApprove.
    """
    editions.lock(session, edition)
    if asked.approved_at is None or asked.ended_at is not None:
        raise NotWaiting(asked.public_id)
    if actor.account.id != asked.judge.account_id:
        _need_second(session, edition, asked, actor)
    asked.ended_at = now
    session.flush()
    _record(session, edition, asked, "reopening.ended", actor=actor, now=now)
    standings.freeze(session, edition, asked.nomination.category, actor=actor, now=now)


def _need_time(session: Session, edition: Edition, category: str) -> None:
    if category not in recounts.open_categories(session, edition):
        raise NotNow(category)
    if rooms.was_opened(session, edition):
        raise PanelHasRead(category)


def _need_waiting(session: Session, edition: Edition, asked: Reopening) -> None:
    session.refresh(asked)
    if asked.ended_at is not None or asked.approved_at is not None:
        raise NotWaiting(asked.public_id)
    _need_time(session, edition, asked.nomination.category)


def _need_second(session: Session, edition: Edition, asked: Reopening, actor: Actor) -> None:
    """Raises MayNotApprove."""
    if actor.operator:
        return
    roles = (Role.ORGANISER, *chairs.CHAIRS)
    if (
        actor.account.id == asked.judge.account_id
        or not any(accounts.has_grant(session, actor.account, role, edition=edition) for role in roles)
        or chairs.bound(session, edition, actor.account, [asked.nomination])
    ):
        raise MayNotApprove(asked.public_id)


def _is_assigned(session: Session, judge: Judge, nomination: Nomination) -> bool:
    found = session.scalars(
        select(Assignment).where(
            Assignment.judge_id == judge.id,
            Assignment.nomination_id == nomination.id,
            Assignment.round == Round.FIRST,
            Assignment.state == AssignmentState.ISSUED,
        )
    ).first()
    return found is not None and not barring.is_barred(session, found)


def _tell(
    session: Session, edition: Edition, asked: Reopening, answer: dict[str, Json], *, now: datetime
) -> None:
    """Write to the judge what became of the request."""
    person, reference = asked.judge.account, asked.nomination.reference
    if person.email:
        notices.queue(
            session,
            Template.REOPENING,
            person.email,
            language=person.language,
            now=now,
            account=person,
            edition=edition,
            arguments={"reference": reference, "path": f"/judging/{edition.key}/n/{reference}/reopen"}
            | answer,
        )


def _subject(asked: Reopening) -> dict[str, Json]:
    return {
        "reopening": asked.public_id,
        "judge": asked.judge.public_id,
        "nomination": asked.nomination.reference,
        "round": asked.round.value,
    }


def _record(
    session: Session, edition: Edition, asked: Reopening, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=asked.nomination.reference,
        now=now,
        edition=edition,
        after={**_subject(asked), "reason": asked.answer or asked.reason},
    )
