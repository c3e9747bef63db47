"""Assignments that were issued: a judge's own, one more by hand, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from awards import audit, briefing, decisions, editions, pairing, readings, stages
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    CategoryClosure,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    ScoreSheet,
    SheetState,
)
from awards.notices import Template
from awards.pairing import Pairs
from awards.scoring import NotAssigned, sheet_of
from judging.values import Json, Round

NOT_COUNTED = (AssignmentState.HANDED_BACK, AssignmentState.RELEASED)
"""How an assignment ends so that its sheet doesn't count. What a judge who LEFT had submitted follows their reason."""
LONGEST_NOTE = 900


class HandBack(StrEnum):
    """Why a judge hands a nomination back. An interest is declared instead, which is for good."""

    LANGUAGE = "language"
    EXPERTISE = "expertise"
    TIME = "time"
    OTHER = "other"


class SheetSubmitted(Exception):
    """The sheet is submitted, so the nomination was read: it is neither handed back nor taken back."""


class NotIssued(Exception):
    """The assignment has ended already."""


def of_judge(session: Session, edition: Edition, judge: Judge, of_round: Round) -> Sequence[Assignment]:
    """What a judge reads in a round, by reference: issued, and of nominations that are judged in it. One query in the
    first round.
    """
    return session.scalars(
        select(Assignment)
        .join(Assignment.nomination)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
            Nomination.state.in_(stages.read_states(session, edition, of_round)),
            Nomination.category.not_in(
                select(CategoryClosure.category).where(CategoryClosure.edition_id == edition.id)
            ),
        )
        .order_by(Nomination.reference)
        .options(contains_eager(Assignment.nomination))
    ).all()


def issue(
    session: Session, edition: Edition, judge: Judge, nomination: Nomination, *, actor: Actor, now: datetime
) -> Assignment:
    """Give one nomination to one judge by hand; a pair that had ended stands again, with what was saved as a draft.

    Raises RoundNotOpen, RoundClosed, NotOnThePanel, NotJudged, InConflict, AlreadyIssued.
    """
    editions.lock(session, edition)
    of_round = stages.open_round(session, edition)
    pairs = Pairs.of(session, edition, of_round)
    pair = (judge.id, nomination.id)
    pairs.need(pair)
    pairing.issue(session, pairs, [pair], now=now)
    found = session.scalars(
        select(Assignment).where(
            Assignment.judge_id == judge.id,
            Assignment.nomination_id == nomination.id,
            Assignment.round == of_round,
        )
    ).one()
    before: Mapping[str, Json] = {"state": pairs.states[pair].value} if pair in pairs.states else {}
    _record(session, edition, found, "assignment.issued", actor=actor, now=now, before=before)
    return found


def end(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    state: AssignmentState,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Assignment:
    """End an assignment. What was saved is kept; of one handed back or taken back it doesn't count.

    It is of the open round, or of second readings. Raises RoundNotOpen, RoundClosed, NotIssued, and SheetSubmitted
    unless its judge left.
    """
    editions.hold(session, edition)
    session.refresh(assignment, with_for_update=True)
    if not readings.is_ahead(session, assignment):
        stages.open_round(session, edition)
    if assignment.state is not AssignmentState.ISSUED:
        raise NotIssued(assignment.state.value)
    sheet = sheet_of(session, assignment)
    if sheet is not None and sheet.state is SheetState.SUBMITTED and state is not AssignmentState.LEFT:
        raise SheetSubmitted
    assignment.state, assignment.ended_at, assignment.reason = state, now, reason
    if sheet is not None and state in NOT_COUNTED:
        sheet.counted, sheet.reason = False, state.value
    session.flush()
    _record(session, edition, assignment, f"assignment.{state.value}", actor=actor, now=now, reason=reason)
    return assignment


def hand_back(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    why: HandBack,
    *,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Assignment:
    """A judge gives a nomination back before submitting its sheet. Words are asked for where the reason is another.

    Raises NotAssigned, ReasonMissing, SheetSubmitted, RoundNotOpen, RoundClosed.
    """
    judge = session.get_one(Judge, assignment.judge_id)
    if judge.account_id != actor.account.id:
        raise NotAssigned
    words = decisions.need_reason(note) if why is HandBack.OTHER else note.strip()
    reason = f"{why.value}\n{words[:LONGEST_NOTE]}".strip()
    try:
        return end(
            session, edition, assignment, AssignmentState.HANDED_BACK, reason=reason, actor=actor, now=now
        )
    except NotIssued as error:
        raise NotAssigned from error


def reason_of(assignment: Assignment) -> tuple[HandBack | None, str]:
    """Why an assignment ended: the judge's reason where it was handed back, and what was written."""
    if assignment.state is not AssignmentState.HANDED_BACK:
        return None, assignment.reason
    kind, _, note = assignment.reason.partition("\n")
    known = kind in [it.value for it in HandBack]
    return (HandBack(kind), note) if known else (None, assignment.reason)


def unsubmitted(
    session: Session, edition: Edition, judge: Judge, of_round: Round
) -> list[tuple[Assignment, bool]]:
    """What a judge was issued and hasn't submitted, each with whether anything was saved."""
    mine = of_judge(session, edition, judge, of_round)
    states = dict(
        iter(
            session.execute(
                select(ScoreSheet.assignment_id, ScoreSheet.state).where(
                    ScoreSheet.assignment_id.in_([it.id for it in mine])
                )
            )
        )
    )
    return [(it, it.id in states) for it in mine if states.get(it.id) is not SheetState.SUBMITTED]


def release(
    session: Session,
    edition: Edition,
    judge: Judge,
    assignments: Sequence[Assignment],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Sequence[Assignment]:
    """Free a judge from nominations that they haven't submitted, and tell them; the edition is locked for all of it.

    Raises ReasonMissing, NotAssigned where one isn't the judge's, SheetSubmitted, NotIssued, RoundNotOpen, RoundClosed.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    for it in assignments:
        if it.judge_id != judge.id:
            raise NotAssigned
        end(session, edition, it, AssignmentState.RELEASED, reason=why, actor=actor, now=now)
    told: list[Json] = [it.nomination.reference for it in assignments if it.told_at is not None]
    if told and judge.state is JudgeState.ACCEPTED:
        briefing.say(session, edition, judge, Template.RELEASED, {"references": told, "reason": why}, now=now)
    return assignments


def _record(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Json] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=assignment.nomination.reference,
        now=now,
        edition=edition,
        before=before,
        after={
            "judge": assignment.judge.public_id,
            "round": assignment.round.value,
            "state": assignment.state.value,
            "reason": reason,
        },
    )
