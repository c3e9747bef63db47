"""Counting again after the close and before the announcement: what no longer counts leaves the standing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from awards import decisions, nominations, publication, readings, standings
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    Nomination,
    NominationState,
    PublicationKind,
    ScoreSheet,
    SheetState,
)
from awards.timetable import Phase
from judging.values import Json, Round

SHORTLISTED = (NominationState.FINALIST, NominationState.NOT_SHORTLISTED)


def open_categories(session: Session, edition: Edition) -> frozenset[str]:
    """The categories whose standing is frozen and that people may change: their finalists are not announced.

    Those announced for a later moment are not among them before that is called off.
    """
    return _frozen(session, edition) - _shown(session, edition).keys()


def countable(session: Session, edition: Edition, now: datetime) -> frozenset[str]:
    """The categories in which sheets that may not count are still left out: their finalists are not public yet."""
    shown = _shown(session, edition)
    return frozenset(key for key in _frozen(session, edition) if key not in shown or shown[key] > now)


def still_matters(session: Session, edition: Edition, category: str, now: datetime) -> bool:
    """Whether a conflict that comes to light now takes sheets of a category out of what is counted."""
    if edition.first_closed_at is None:
        return True
    if category in countable(session, edition, now):
        return True
    return edition.phase is Phase.SECOND_ROUND and edition.second_closed_at is None


def _frozen(session: Session, edition: Edition) -> frozenset[str]:
    if edition.first_closed_at is None or edition.phase is not Phase.DELIBERATION:
        return frozenset()
    return frozenset(standings.latest(session, edition))


def _shown(session: Session, edition: Edition) -> dict[str, datetime]:
    return publication.first_shown(session, edition, PublicationKind.FINALISTS)


def signature(session: Session, edition: Edition, category: str) -> Decision | None:
    """The decision that signs the standing in force of a category."""
    signed = standings.latest(session, edition)[category].signed_by
    return session.get_one(Decision, signed) if signed is not None else None


def unsign(session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime) -> None:
    """The standing stands unsigned under its next number, and its nominations are eligible again."""
    for it in nominations.of_edition(session, edition, *SHORTLISTED):
        if it.category == category:
            nominations.advance(it, NominationState.ELIGIBLE)
    session.flush()
    standings.freeze(session, edition, category, actor=actor, now=now)


def leave_out(
    session: Session,
    edition: Edition,
    which: ColumnElement[bool],
    state: AssignmentState,
    why: str,
    *,
    signed_as: str,
    actor: Actor,
    now: datetime,
) -> int:
    """End the first round's assignments for which `which` holds, where the standing can still change; how many.

    Their sheets are kept and don't count, and the standing is counted again where one did, which calls off an
    announcement that is still ahead. What is public stays as it is. The caller holds the edition's lock.
    """
    categories = countable(session, edition, now)
    if not categories:
        return 0
    rows = session.execute(
        select(
            Assignment.id,
            Nomination.category,
            Nomination.reference,
            ScoreSheet.state,
            ScoreSheet.counted,
            readings.in_progress(),
        )
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Judge.edition_id == edition.id,
            Assignment.round == Round.FIRST,
            Assignment.state == AssignmentState.ISSUED,
            Nomination.category.in_(categories),
            which,
        )
        .order_by(Nomination.reference)
    ).all()
    if not rows:
        return 0
    ended = [assignment for assignment, *_ in rows]
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_(ended))
        .values(state=state, ended_at=now, reason=why if state is AssignmentState.LEFT else "")
    )
    session.execute(
        update(ScoreSheet).where(ScoreSheet.assignment_id.in_(ended)).values(counted=False, reason=why)
    )
    session.expire_all()
    lost: dict[str, list[str]] = {}
    for _, category, reference, sheet, counted, is_ahead in rows:
        if counted and sheet is SheetState.SUBMITTED and not is_ahead:
            lost.setdefault(category, []).append(reference)
    _call_off(session, edition, lost.keys() & _shown(session, edition).keys(), why, actor=actor, now=now)
    for category, references in lost.items():
        count_again(session, edition, category, references, why, signed_as=signed_as, actor=actor, now=now)
    return len(rows)


def _call_off(
    session: Session, edition: Edition, categories: Collection[str], why: str, *, actor: Actor, now: datetime
) -> None:
    """Take back what is to be announced of categories that are counted again."""
    if not categories:
        return
    publication.take_back(session, edition, categories, now=now)
    decisions.decide(
        session,
        edition,
        DecisionKind.TAKE_DOWN,
        actor=actor,
        now=now,
        subject={"categories": list[Json](sorted(categories)), "because": why},
    )


def count_again(
    session: Session,
    edition: Edition,
    category: str,
    references: Collection[str],
    why: str,
    *,
    signed_as: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Freeze a category anew, by a decision that names the nominations concerned and takes a signature's force."""
    before = signature(session, edition, category)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.RECOUNTED,
        actor=actor,
        now=now,
        category=category,
        subject=_subject(category, references, why),
        signed_as=signed_as,
        supersedes=before,
    )
    if before is not None:
        unsign(session, edition, category, actor=actor, now=now)
    else:
        standings.freeze(session, edition, category, actor=actor, now=now)
    return decision


def _subject(category: str, references: Collection[str], why: str) -> Mapping[str, Json]:
    return {"category": category, "nominations": list[Json](sorted(set(references))), "because": why}
