"""A judge who leaves: what becomes of their sheets follows from the reason, never from a choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from awards import assignments, audit, decisions, editions, inviting, notices, readings, recounts, unconfirmed
from awards.audit import Actor
from awards.joining import NotOnPanel
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    Grant,
    Judge,
    JudgeState,
    Leaving,
    Nomination,
    Reopening,
    Role,
    ScoreSheet,
    SheetState,
)
from awards.notices import Template
from judging.values import Round

BY_JUDGE = (Leaving.ILLNESS, Leaving.RESIGNATION, Leaving.CONFLICT)
"""What a judge gives as their own reason."""
NOTHING_COUNTS = frozenset({Leaving.CONFLICT, Leaving.MISCONDUCT})
"""Reasons for which no sheet of the judge counts; with the others those that were submitted do."""
GRAVER: Mapping[Leaving, tuple[Leaving, ...]] = {
    Leaving.CONFLICT: (Leaving.MISCONDUCT,),
    Leaving.MISCONDUCT: (),
}
"""What may still come to light of a judge who left for one of these; of who left for another, both of them."""


class NotYourReason(Exception):
    """This reason is recorded by others, never by the judge."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows in the rounds that are open, in numbers of sheets and nothing else.

    `submitted` sheets of the judge, which count or don't; `unfinished` assignments that end, `typed` of them with a
    sheet that waits to be confirmed, where it would count once it were; `short`: by reference, the sheets that can
    still come in for nominations that then have fewer than the minimum. `closed`: sheets of the closed first round that
    no longer count; `announced`: whether there are some that stay because the finalists are.
    """

    submitted: int
    counts: bool
    unfinished: int
    short: tuple[tuple[str, int], ...]
    minimum: int
    typed: int = 0
    closed: int = 0
    announced: bool = False


def reasons(
    session: Session, edition: Edition, judge: Judge, *, by_judge: bool, now: datetime
) -> tuple[Leaving, ...]:
    """What can be recorded of a judge: any reason of one on the panel, of one who left a graver one alone.

    Nothing while an invitation to come back waits for its answer.
    """
    mine = BY_JUDGE if by_judge else tuple(Leaving)
    if judge.state is JudgeState.ACCEPTED:
        return mine
    if judge.leaving is None or inviting.is_waiting(session, edition, judge, now):
        return ()
    return tuple(it for it in mine if it in GRAVER.get(judge.leaving, NOTHING_COUNTS))


def decided(session: Session, edition: Edition, judge: Judge) -> Sequence[Decision]:
    """The decisions by which a judge left, in order."""
    return [
        it
        for it in decisions.of_edition(session, edition, DecisionKind.JUDGE_LEFT)
        if it.subject.get("judge") == judge.public_id
    ]


def effect(session: Session, edition: Edition, judge: Judge, reason: Leaving, *, now: datetime) -> Effect:
    """What would follow if a judge left now for a reason."""
    rows = _rows(session, edition, judge)
    counts = reason not in NOTHING_COUNTS
    closed, announced = (0, False) if counts else _closed(session, edition, judge, now)
    ended = [it for it in rows if not (it.submitted and counts)]
    return Effect(
        submitted=sum(it.submitted for it in rows),
        counts=counts,
        unfinished=sum(not it.submitted for it in rows),
        short=_short(session, edition, ended),
        minimum=editions.rules_of(session, edition).sheets.minimum,
        typed=unconfirmed.count(session, judge, _open_rounds(edition)) if counts else 0,
        closed=closed,
        announced=announced,
    )


def leave(
    session: Session,
    edition: Edition,
    judge: Judge,
    reason: Leaving,
    *,
    note: str,
    actor: Actor,
    now: datetime,
) -> tuple[Decision, Effect]:
    """Take a judge off the panel, by themselves or by an organiser; a signed decision.

    A graver reason that comes to light of one who left takes the place of the first by another decision. Where none
    counts, the standing of a closed round is counted again until its finalists are public; what is public stays as it
    is. A round that was reopened for the judge stays so until somebody at the table ends it, which counts what
    was changed in it. Raises ReasonMissing, NotOnPanel, NotYourReason.
    """
    editions.lock(session, edition)
    session.refresh(judge)
    note = decisions.need_reason(note)
    by_judge = actor.account.id == judge.account_id
    if by_judge and reason not in BY_JUDGE:
        raise NotYourReason(reason.value)
    if reason not in reasons(session, edition, judge, by_judge=by_judge, now=now):
        raise NotOnPanel(judge.public_id)
    was_on = judge.state is JudgeState.ACCEPTED
    before = None if was_on else next(reversed(decided(session, edition, judge)), None)
    follows = effect(session, edition, judge, reason, now=now)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.JUDGE_LEFT,
        actor=actor,
        now=now,
        subject={"judge": judge.public_id, "leaving": reason.value},
        names={judge.public_id: judge.account.name or judge.account.email},
        reason=note,
        signed_as="judge" if by_judge else "organiser",
        supersedes=before,
    )
    judge.state, judge.leaving = JudgeState.LEFT, reason
    if was_on:
        judge.left_at = now
    _end_work(session, edition, judge, reason, actor=actor, now=now)
    if reason in NOTHING_COUNTS:
        recounts.leave_out(
            session,
            edition,
            Assignment.judge_id == judge.id,
            AssignmentState.LEFT,
            reason.value,
            signed_as="judge" if by_judge else "organiser",
            actor=actor,
            now=now,
        )
    _end_role(session, edition, judge, actor=actor, now=now)
    session.flush()
    session.expire_all()
    _tell(session, edition, judge, follows, decision, was_on=was_on, by_judge=by_judge, now=now)
    return decision, follows


@dataclass(frozen=True, slots=True)
class _Row:
    """One issued assignment of an open round."""

    assignment: int
    nomination: int
    round: Round
    submitted: bool


def _open_rounds(edition: Edition) -> tuple[Round, ...]:
    closed = {Round.FIRST: edition.first_closed_at, Round.SECOND: edition.second_closed_at}
    return tuple(of_round for of_round, at in closed.items() if at is None)


def _open(edition: Edition) -> ColumnElement[bool]:
    """In a query of assignments: that they are of a round that is open, or of second readings."""
    return or_(Assignment.round.in_(_open_rounds(edition)), readings.in_progress())


def _rows(session: Session, edition: Edition, judge: Judge) -> list[_Row]:
    found = session.execute(
        select(Assignment.id, Assignment.nomination_id, Assignment.round, ScoreSheet.state)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.state == AssignmentState.ISSUED,
            _open(edition),
        )
    )
    return [
        _Row(it, nomination, of_round, state is SheetState.SUBMITTED)
        for it, nomination, of_round, state in found
    ]


def _closed(session: Session, edition: Edition, judge: Judge, now: datetime) -> tuple[int, bool]:
    """How many counted sheets of the closed first round can still be left out, and whether others can't."""
    if edition.first_closed_at is None:
        return 0, False
    categories = session.scalars(
        select(Nomination.category)
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.round == Round.FIRST,
            Assignment.state == AssignmentState.ISSUED,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted,
            ~readings.in_progress(),
        )
    ).all()
    can_change = recounts.countable(session, edition, now)
    closed = sum(it in can_change for it in categories)
    return closed, closed < len(categories)


def _short(session: Session, edition: Edition, ended: Iterable[_Row]) -> tuple[tuple[str, int], ...]:
    """The nominations of ended assignments that then have fewer sheets to come than the minimum."""
    gone = {it.assignment for it in ended}
    touched = {it.nomination for it in ended if it.round in _open_rounds(edition)}
    if not touched:
        return ()
    minimum = editions.rules_of(session, edition).sheets.minimum
    left = func.count(Assignment.id)
    found = session.execute(
        select(Nomination.reference, left)
        .outerjoin(
            Assignment,
            (Assignment.nomination_id == Nomination.id)
            & (Assignment.state == AssignmentState.ISSUED)
            & (Assignment.kind != AssignmentKind.PRACTICE)
            & Assignment.round.in_(_open_rounds(edition))
            & Assignment.id.not_in(gone),
        )
        .where(Nomination.id.in_(touched))
        .group_by(Nomination.id, Nomination.reference)
        .having(left < minimum)
        .order_by(Nomination.reference)
    )
    return tuple((reference, number) for reference, number in found)


def _end_work(
    session: Session, edition: Edition, judge: Judge, reason: Leaving, *, actor: Actor, now: datetime
) -> None:
    rows = _rows(session, edition, judge)
    counts = reason not in NOTHING_COUNTS
    for row in rows:
        if not (row.submitted and counts):
            ended = session.get_one(Assignment, row.assignment)
            assignments.end(
                session, edition, ended, AssignmentState.LEFT, reason=reason.value, actor=actor, now=now
            )
    if not counts:
        theirs = select(Assignment.id).where(Assignment.judge_id == judge.id, _open(edition))
        session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.assignment_id.in_(theirs))
            .values(counted=False, reason=reason.value)
        )
    session.execute(
        update(Reopening)
        .where(Reopening.judge_id == judge.id, Reopening.approved_at.is_(None), Reopening.ended_at.is_(None))
        .values(ended_at=now)
    )


def _end_role(session: Session, edition: Edition, judge: Judge, *, actor: Actor, now: datetime) -> None:
    grants = session.scalars(
        select(Grant).where(
            Grant.account_id == judge.account_id,
            Grant.edition_id == edition.id,
            Grant.role == Role.JUDGE,
            Grant.ended_at.is_(None),
        )
    ).all()
    for grant in grants:
        grant.ended_at = now
        audit.record(
            session,
            actor=actor,
            action="grant.ended",
            subject=judge.account.public_id,
            now=now,
            edition=edition,
            before={"role": Role.JUDGE.value},
        )


def _tell(
    session: Session,
    edition: Edition,
    judge: Judge,
    follows: Effect,
    decision: Decision,
    *,
    was_on: bool,
    by_judge: bool,
    now: datetime,
) -> None:
    """Write to the judge what was recorded; to the organisers, where the judge did it, that the panel lacks one."""
    assert judge.leaving is not None
    if judge.account.email:
        notices.queue(
            session,
            Template.JUDGE_LEFT,
            judge.account.email,
            language=judge.account.language,
            now=now,
            account=judge.account,
            edition=edition,
            decision=decision,
            arguments={
                "leaving": judge.leaving.value,
                "counts": follows.counts,
                "submitted": follows.submitted,
                "unfinished": follows.unfinished,
                "reason": decision.reason,
                "by_judge": by_judge,
                "again": not was_on,
            },
        )
    if not by_judge or not was_on:
        return
    for organiser in inviting.organisers(session, edition):
        notices.queue(
            session,
            Template.PANEL_LOST,
            organiser.email,
            language=organiser.language,
            now=now,
            account=organiser,
            edition=edition,
            decision=decision,
            arguments={
                "name": judge.account.name or judge.account.email,
                "leaving": judge.leaving.value,
                "unfinished": follows.unfinished,
                "short": len(follows.short),
                "reason": decision.reason,
                "path": f"/secretariat/{edition.key}/judges/{judge.public_id}",
            },
        )
