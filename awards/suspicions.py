"""Suspected conflicts: what suggests an interest of a judge and proves none, kept until a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from awards import audit, barring, decisions, editions, hints, interests, recusals
from awards.audit import Actor
from awards.hints import Suspected
from awards.interests import Found
from awards.models import (
    Account,
    Conflict,
    ConflictSource,
    Edition,
    Judge,
    Nomination,
    Suspicion,
    SuspicionKind,
)

BECOMES = {
    SuspicionKind.MAIL_DOMAIN: ConflictSource.SAME_ORGANISATION,
    SuspicionKind.SIMILAR_ORGANISATION: ConflictSource.SAME_ORGANISATION,
    SuspicionKind.NAMED_IN_TEXT: ConflictSource.NAMED,
    SuspicionKind.FORMER_CITY: ConflictSource.SAME_CITY,
    SuspicionKind.FORMER_ORGANISATION: ConflictSource.SAME_ORGANISATION,
}
"""What a suspicion is called once a person has said that it is a conflict."""

Pair = tuple[int, int]
"""A judge and a nomination, by their rows' numbers."""


class NoSuchSuspicion(Exception):
    """There is no such suspicion in the edition."""


def find(session: Session, edition: Edition, *, now: datetime) -> int:
    """Keep what is suspected of the edition's judges, and say how many are new or rest on something new.

    A pair that is known to be in conflict is not suspected besides. One decided stays decided, unless it was found
    to be none and now rests on something else. An undecided one that nothing suggests any more is dropped. The
    caller holds the edition's lock.
    """
    session.flush()
    wanted: dict[tuple[int, int, SuspicionKind], Suspected] = {}
    known = _in_conflict(session, edition)
    for it in hints.search(session, edition):
        if (it.judge, it.nomination) not in known:
            wanted.setdefault((it.judge, it.nomination, it.kind), it)
    there = {
        (it.judge_id, it.nomination_id, it.kind): it
        for it in session.scalars(select(Suspicion).join(Judge).where(Judge.edition_id == edition.id))
    }
    gone = [it.id for key, it in there.items() if it.is_conflict is None and key not in wanted]
    if gone:
        session.execute(delete(Suspicion).where(Suspicion.id.in_(gone)))
    again = [
        there[key].id
        for key, it in wanted.items()
        if key in there and there[key].is_conflict is False and there[key].detail != it.detail
    ]
    if again:
        session.execute(update(Suspicion).where(Suspicion.id.in_(again)).values(is_conflict=None))
        session.expire_all()
    _renew(there, wanted)
    new = [it for key, it in wanted.items() if key not in there]
    if new:
        session.execute(
            insert(Suspicion),
            [
                {
                    "judge_id": it.judge,
                    "nomination_id": it.nomination,
                    "kind": it.kind,
                    "detail": it.detail,
                    "found_at": now,
                }
                for it in new
            ],
        )
    return len(new) + len(again)


def decide(
    session: Session,
    edition: Edition,
    suspicion: Suspicion,
    *,
    is_conflict: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Say whether a suspicion is a conflict, the first time or anew; returns how many assignments ended by it.

    A conflict keeps the pair apart at once. Taken back, it goes, unless it is found without the suspicion too; an
    assignment that had ended stays ended, and may be issued again. Raises ReasonMissing, InterestBinds.
    """
    editions.lock(session, edition)
    recusals.need_none(session, suspicion.nomination, actor)
    why = decisions.need_reason(reason)
    before = suspicion.is_conflict
    suspicion.is_conflict, suspicion.reason = is_conflict, why[: barring.LONGEST_DETAIL]
    suspicion.decided_by_id, suspicion.decided_at = actor.account.id, now
    session.flush()
    source = BECOMES[suspicion.kind]
    found = Found(suspicion.judge_id, suspicion.nomination_id, source, suspicion.detail)
    ended = 0
    if is_conflict:
        barring.store(session, edition, [found], now=now)
        ended = barring.recuse(session, edition, actor=actor, now=now)
    elif before:
        _let_go(session, edition, found)
    audit.record(
        session,
        actor=actor,
        action="suspicion.decided",
        subject=suspicion.nomination.reference,
        now=now,
        edition=edition,
        before={"is_conflict": before},
        after={
            "judge": suspicion.judge.public_id,
            "kind": suspicion.kind.value,
            "is_conflict": is_conflict,
            "reason": suspicion.reason,
            "recused": ended,
        },
    )
    return ended


def of_edition(
    session: Session,
    edition: Edition,
    *,
    decided: bool | None = None,
    most: int | None = None,
    after: int = 0,
) -> Sequence[Suspicion]:
    """The suspicions of an edition by nomination, the undecided ones first, with both sides.

    `decided`: only those on which a person has spoken, or only the others; `most` of them, `after` so many.
    """
    query = (
        select(Suspicion)
        .join(Suspicion.judge)
        .join(Suspicion.nomination)
        .where(Judge.edition_id == edition.id)
        .order_by(Suspicion.is_conflict.is_not(None), Nomination.reference, Suspicion.id)
        .options(
            contains_eager(Suspicion.judge).joinedload(Judge.account).selectinload(Account.addresses),
            contains_eager(Suspicion.nomination),
        )
    )
    if decided is not None:
        query = query.where(
            Suspicion.is_conflict.is_not(None) if decided else Suspicion.is_conflict.is_(None)
        )
    return session.scalars(query.limit(most).offset(after or None)).all()


def numbers(session: Session, edition: Edition) -> tuple[int, int]:
    """How many suspicions nobody has decided, and how many somebody has."""
    rows = session.execute(
        select(func.count(), func.count(Suspicion.is_conflict))
        .select_from(Suspicion)
        .join(Judge)
        .where(Judge.edition_id == edition.id)
    )
    every, decided = rows.one()
    return every - decided, decided


def one(session: Session, edition: Edition, identifier: str) -> Suspicion:
    """A suspicion of the edition. Raises NoSuchSuspicion."""
    found = session.scalars(
        select(Suspicion)
        .join(Judge)
        .where(Suspicion.public_id == identifier, Judge.edition_id == edition.id)
        .options(joinedload(Suspicion.nomination))
    ).first()
    if found is None:
        raise NoSuchSuspicion(identifier)
    return found


def open_pairs(session: Session, edition: Edition) -> set[Pair]:
    """The pairs of which nobody has decided yet whether what is suspected of them is a conflict."""
    rows = session.execute(
        select(Suspicion.judge_id, Suspicion.nomination_id).join(Judge).where(_open(edition))
    )
    return {(judge, nomination) for judge, nomination in rows}


def _open(edition: Edition) -> ColumnElement[bool]:
    return (Judge.edition_id == edition.id) & Suspicion.is_conflict.is_(None)


def _in_conflict(session: Session, edition: Edition) -> set[Pair]:
    rows = session.execute(
        select(Conflict.judge_id, Conflict.nomination_id)
        .join(Judge)
        .where(Judge.edition_id == edition.id, Conflict.source != ConflictSource.SAME_COUNTRY)
    )
    return {(judge, nomination) for judge, nomination in rows}


def _renew(
    there: dict[tuple[int, int, SuspicionKind], Suspicion],
    wanted: dict[tuple[int, int, SuspicionKind], Suspected],
) -> None:
    """Undecided ones show what they rest on now."""
    for key, it in wanted.items():
        row = there.get(key)
        if row is not None and row.is_conflict is None and row.detail != it.detail:
            row.detail = it.detail


def _let_go(session: Session, edition: Edition, found: Found) -> None:
    """Drop the conflict that rested on a suspicion, unless another one or the system's own search says the same."""
    confirmed = session.scalars(
        select(Suspicion.kind).where(
            Suspicion.judge_id == found.judge,
            Suspicion.nomination_id == found.nomination,
            Suspicion.is_conflict.is_(True),
        )
    )
    if found.source in {BECOMES[kind] for kind in confirmed}:
        return
    key = (found.judge, found.nomination, found.source)
    if any((it.judge, it.nomination, it.source) == key for it in interests.search(session, edition)):
        return
    session.execute(
        delete(Conflict).where(
            Conflict.judge_id == found.judge,
            Conflict.nomination_id == found.nomination,
            Conflict.source == found.source,
        )
    )
