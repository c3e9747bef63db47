"""Briefing: judges are told by mail what was issued to them, and what was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from awards import audit, editions, judges, marking, notices, stages
from awards.audit import Actor
from awards.models import Assignment, AssignmentState, Edition, Judge, JudgeState, Nomination
from awards.notices import Template
from judging.values import Json, Round


@dataclass(frozen=True, slots=True)
class Untold:
    """A judge who hasn't been told of some of what was issued to them."""

    judge: Judge
    new: int
    all: int


def untold(session: Session, edition: Edition, of_round: Round) -> list[Untold]:
    """The judges who haven't been told of all that was issued to them, by name."""
    rows = session.execute(
        select(Assignment.judge_id, Assignment.told_at)
        .join(Assignment.nomination)
        .where(
            Nomination.edition_id == edition.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
            Nomination.state.in_(stages.read_states(session, edition, of_round)),
        )
    )
    told: dict[int, list[bool]] = {}
    for judge, at in rows:
        told.setdefault(judge, []).append(at is not None)
    return [
        Untold(judge, len(mine) - sum(mine), len(mine))
        for judge in judges.of_edition(session, edition, JudgeState.ACCEPTED)
        if not all(mine := told.get(judge.id, []))
    ]


def tell(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> int:
    """Tell every judge what was issued to them since they were told last; how many mails there are.

    Raises RoundNotOpen, RoundClosed.
    """
    editions.lock(session, edition)
    of_round = stages.open_round(session, edition)
    waiting = untold(session, edition, of_round)
    closes = marking.closes_for(session, edition, of_round, [it.judge for it in waiting])
    for it in waiting:
        until = closes[it.judge.id]
        arguments: dict[str, Json] = {"new": it.new, "all": it.all, "round": of_round.value}
        if until is not None:
            arguments["until"] = notices.moment(until)
        say(session, edition, it.judge, Template.ASSIGNED, arguments, now=now)
        session.execute(
            update(Assignment)
            .where(
                Assignment.judge_id == it.judge.id,
                Assignment.round == of_round,
                Assignment.state == AssignmentState.ISSUED,
                Assignment.told_at.is_(None),
            )
            .values(told_at=now)
        )
    if waiting:
        audit.record(
            session,
            actor=actor,
            action="assignment.told",
            subject=of_round.value,
            now=now,
            edition=edition,
            after={"judges": [it.judge.public_id for it in waiting]},
        )
    return len(waiting)


def say(
    session: Session,
    edition: Edition,
    judge: Judge,
    template: Template,
    arguments: Mapping[str, Json],
    *,
    now: datetime,
) -> None:
    """Put a message about their assignments into the outbox for a judge."""
    account = judge.account
    notices.queue(
        session,
        template,
        account.email,
        language=account.language,
        account=account,
        edition=edition,
        arguments={**arguments, "path": f"/judging/{edition.key}/"},
        now=now,
    )
