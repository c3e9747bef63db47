"""Conflicts of judges: found from affiliations, directory and texts, stored as rows, waived one pair at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, selectinload

from awards import audit, barring, chairs, decisions, editions, interests, naming, suspicions
from awards.audit import Actor
from awards.interests import Found
from awards.models import (
    Account,
    Assignment,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationState,
    Suspicion,
)
from judging.values import SameCountry

FOUND_BY_SYSTEM = (
    ConflictSource.SAME_CITY,
    ConflictSource.SAME_ORGANISATION,
    ConflictSource.SAME_COUNTRY,
    ConflictSource.NAMED,
)

JUDGED = (NominationState.ELIGIBLE, NominationState.FINALIST)


class NotWaivable(Exception):
    """A conflict that no decision can waive."""


class NoConflict(Exception):
    """There is no such conflict between the judge and the nomination."""


class OtherJudgesLeft(Exception):
    """Other judges of the category have no conflict with the nomination."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for conflicts changed: new rows by source, rows no longer true, assignments ended by it, and
    what it only suspects, which keeps nobody from anything.
    """

    found: Mapping[ConflictSource, int]
    dropped: int
    recused: int
    suspected: int = 0


def find(
    session: Session, edition: Edition, *, actor: Actor, now: datetime, moved: Sequence[Judge] = ()
) -> Search:
    """Store every conflict of the edition's judges that is not stored yet.

    Of the judges in `moved`, whose affiliations have changed, rows that are no longer true are dropped where no
    assignment has followed; what an affiliation that has ended had in common is then suspected. An assignment of the
    open round that turns out to be in conflict is ended, and its sheet no longer counts. The caller holds the
    edition's lock.
    """
    session.flush()
    wanted: dict[tuple[int, int, ConflictSource], Found] = {}
    for it in interests.search(session, edition):
        wanted.setdefault((it.judge, it.nomination, it.source), it)
    dropped = _drop_untrue(session, moved, wanted)
    new = barring.store(session, edition, wanted.values(), now=now)
    search = Search(
        Counter(it.source for it in new),
        dropped,
        barring.recuse(session, edition, actor=actor, now=now),
        suspicions.find(session, edition, now=now),
    )
    if search.found or search.dropped or search.recused or search.suspected:
        audit.record(
            session,
            actor=actor,
            action="conflicts.found",
            subject=edition.key,
            now=now,
            edition=edition,
            after={
                "found": {source.value: number for source, number in search.found.items()},
                "dropped": search.dropped,
                "recused": search.recused,
                "suspected": search.suspected,
            },
        )
    return search


def blocked(session: Session, edition: Edition) -> dict[tuple[int, int], frozenset[ConflictSource]]:
    """The pairs of judge and nomination, by their rows' numbers, that a conflict keeps apart, with its sources."""
    found: dict[tuple[int, int], set[ConflictSource]] = {}
    for judge, nomination, source in session.execute(
        select(Conflict.judge_id, Conflict.nomination_id, Conflict.source)
        .join(Judge)
        .where(Judge.edition_id == edition.id, Conflict.waived_by.is_(None))
    ):
        found.setdefault((judge, nomination), set()).add(source)
    return {pair: frozenset(sources) for pair, sources in found.items()}


def waive(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> tuple[Decision, bool]:
    """Waive the same-country conflict of one pair, where the rules allow it and no other judge is left.

    The chair does, who is bound by a conflict of their own: nobody waives it for themselves. The decision, and
    whether it is new. Raises NotTheChair, ReasonMissing, NotWaivable, NoConflict, OtherJudgesLeft.
    """
    editions.lock(session, edition)
    signed_as = chairs.need(session, edition, [nomination], nomination.category, actor=actor)
    why = decisions.need_reason(reason)
    rows = session.scalars(
        select(Conflict).where(Conflict.judge_id == judge.id, Conflict.nomination_id == nomination.id)
    ).all()
    row = next((it for it in rows if it.source is ConflictSource.SAME_COUNTRY), None)
    if row is None and not rows:
        raise NoConflict(f"{judge.account.email}, {nomination.reference}")
    if row is not None and row.waived_by is not None:
        return session.get_one(Decision, row.waived_by), False
    others = sorted({it.source.value for it in rows if it is not row})
    if row is None or others or editions.rules_of(session, edition).same_country is not SameCountry.WAIVABLE:
        raise NotWaivable(", ".join(others) or ConflictSource.SAME_COUNTRY.value)
    if left := _judges_left(session, edition, nomination):
        raise OtherJudgesLeft(", ".join(left))
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.CONFLICT_WAIVED,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={
            "nomination": nomination.reference,
            "judge": judge.public_id,
            "source": ConflictSource.SAME_COUNTRY.value,
        },
        names={nomination.reference: naming.shown(nomination)},
        reason=why,
        signed_as=signed_as,
    )
    row.waived_by = decision.id
    session.flush()
    return decision, True


@dataclass(frozen=True, slots=True)
class Waivable:
    """A pair that the same country alone keeps apart; no judge of its category is left without a conflict."""

    conflict: Conflict
    judge: Judge
    nomination: Nomination


def waivable(session: Session, edition: Edition) -> list[Waivable]:
    """The pairs whose conflict the chair may waive, by nomination and judge; none where the rules allow no waiver."""
    if editions.rules_of(session, edition).same_country is not SameCountry.WAIVABLE:
        return []
    judges = session.scalars(
        select(Judge)
        .join(Account, Account.id == Judge.account_id)
        .where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
        .order_by(Account.sort_key, Judge.id)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    ).all()
    rows: dict[tuple[int, int], list[Conflict]] = {}
    for row in session.scalars(
        select(Conflict).join(Judge).where(Judge.edition_id == edition.id, Conflict.waived_by.is_(None))
    ):
        rows.setdefault((row.nomination_id, row.judge_id), []).append(row)
    found = []
    for nomination in session.scalars(
        select(Nomination)
        .where(Nomination.edition_id == edition.id, Nomination.state.in_(JUDGED))
        .order_by(Nomination.reference)
    ):
        readers = [judge for judge in judges if judge.reads(nomination.category)]
        if not all((nomination.id, judge.id) in rows for judge in readers):
            continue
        for judge in readers:
            bars = rows[nomination.id, judge.id]
            if [bar.source for bar in bars] == [ConflictSource.SAME_COUNTRY]:
                found.append(Waivable(bars[0], judge, nomination))
    return found


def _judges_left(session: Session, edition: Edition, nomination: Nomination) -> list[str]:
    kept_out = select(Conflict.judge_id).where(
        Conflict.nomination_id == nomination.id, Conflict.waived_by.is_(None)
    )
    judges = session.scalars(
        select(Judge)
        .where(
            Judge.edition_id == edition.id,
            Judge.state == JudgeState.ACCEPTED,
            Judge.id.not_in(kept_out),
        )
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    )
    return sorted(judge.account.email for judge in judges if judge.reads(nomination.category))


def _drop_untrue(
    session: Session, moved: Sequence[Judge], wanted: Mapping[tuple[int, int, ConflictSource], Found]
) -> int:
    """Rows that moved judges no longer have, unless waived, followed by an assignment or confirmed by a person."""
    assigned = exists().where(
        Assignment.judge_id == Conflict.judge_id, Assignment.nomination_id == Conflict.nomination_id
    )
    decided = exists().where(
        Suspicion.judge_id == Conflict.judge_id,
        Suspicion.nomination_id == Conflict.nomination_id,
        Suspicion.is_conflict.is_(True),
    )
    rows = session.execute(
        select(Conflict.id, Conflict.judge_id, Conflict.nomination_id, Conflict.source).where(
            Conflict.judge_id.in_([judge.id for judge in moved]),
            Conflict.source.in_(FOUND_BY_SYSTEM),
            Conflict.waived_by.is_(None),
            ~assigned,
            ~decided,
        )
    ).all()
    untrue = [row.id for row in rows if (row.judge_id, row.nomination_id, row.source) not in wanted]
    if untrue:
        session.execute(delete(Conflict).where(Conflict.id.in_(untrue)))
    return len(untrue)
