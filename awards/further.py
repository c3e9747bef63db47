"""Who reads further: extra judges for some nominations, drawn by the assignment from those who may."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from awards import notices
from awards.fitness import Key
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Edition,
    Grant,
    Judge,
    JudgeState,
    PairRule,
    PairRuleKind,
    Role,
    SecondReading,
)
from awards.notices import Template
from awards.pairing import Pairs
from awards.problems import Names
from awards.timetable import in_zone
from judging import assignment
from judging.assignment import Cause, Pair, Problem, Reader, Work
from judging.values import Json, Round, canonical

SEE_THE_TABLE = (Role.CHAIR, Role.DEPUTY, Role.ORGANISER, Role.AUDITOR)
"""Who reads the totals after the close, and so gives no mark any more."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A nomination for which too few judges are left, and what stands in the way."""

    reference: str
    wanted: int
    found: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Drawn:
    """The new pairs by row, and the nominations that stay short. Nothing of it is stored."""

    pairs: Pairs
    new: tuple[Key, ...]
    lacks: tuple[Lack, ...]

    @property
    def loads(self) -> Counter[int]:
        """How many further sheets each judge gets, by row."""
        return Counter(judge for judge, _ in self.new)

    @property
    def sha256(self) -> str:
        """Of who reads what, so that what was seen is what is ordered."""
        named: list[Json] = [
            [self.pairs.judges[judge].public_id, self.pairs.nominations[nomination].reference]
            for judge, nomination in sorted(self.new)
        ]
        return hashlib.sha256(canonical(named)).hexdigest()


def draw(session: Session, edition: Edition, extra: Mapping[str, int], seed: str) -> Drawn:
    """Extra judges for nominations, so many each: none in conflict or suspected of one, none who had it before, none
    who sees the table, each within languages, categories and what they can take on.
    """
    pairs = Pairs.of(session, edition, Round.FIRST)
    loads = _loads(session, edition)
    barred = _barred(session, edition, pairs)
    seated = _seated(session, edition, pairs)
    names = Names.of(pairs)
    wanted = {it.reference: it for it in pairs.nominations.values() if extra.get(it.reference, 0) > 0}
    made: list[Pair] = []
    lacks: dict[str, Lack] = {}
    for layer in range(1, max(extra.values(), default=0) + 1):
        asked = [reference for reference in sorted(wanted) if extra[reference] >= layer]
        asked = [reference for reference in asked if reference not in lacks]
        given = Counter(judge for judge, _ in made)
        problem = Problem(
            nominations=tuple(Work(it, wanted[it].category) for it in asked),
            judges=tuple(
                Reader(
                    judge.account.email,
                    frozenset(judge.categories) or None,
                    _room(judge, loads[judge.id] + given[judge.account.email]),
                )
                for judge in sorted(seated.values(), key=lambda it: it.account.email)
            ),
            blocked=names.all(barred) | frozenset(made),
            unreadable=names.all(
                (judge, it.id)
                for judge in seated
                for it in wanted.values()
                if not pairs.understands((judge, it.id))
            ),
            per_nomination=1,
            seed=f"{seed} {layer}",
        )
        found = assignment.assign(problem)
        made += found.pairs
        for it in found.shortages:
            lacks[it.nomination] = Lack(it.nomination, extra[it.nomination], layer - 1, it.cause)
    rows = {judge.account.email: row for row, judge in seated.items()}
    new = tuple(sorted((rows[judge], wanted[reference].id) for judge, reference in made))
    return Drawn(pairs, new, tuple(lacks[it] for it in sorted(lacks)))


def _room(judge: Judge, load: int) -> int | None:
    return None if judge.capacity is None else max(0, judge.capacity - load)


def _loads(session: Session, edition: Edition) -> Counter[int]:
    """What each judge was given in the first round and still has."""
    return Counter(
        session.scalars(
            select(Assignment.judge_id)
            .join(Judge, Judge.id == Assignment.judge_id)
            .where(
                Judge.edition_id == edition.id,
                Assignment.round == Round.FIRST,
                Assignment.state == AssignmentState.ISSUED,
            )
        )
    )


def _barred(session: Session, edition: Edition, pairs: Pairs) -> set[Key]:
    """The pairs that are not made: in conflict or suspected of one, forbidden by a person, or given out before."""
    forbidden = session.execute(
        select(PairRule.judge_id, PairRule.nomination_id)
        .join(Judge, Judge.id == PairRule.judge_id)
        .where(
            Judge.edition_id == edition.id,
            PairRule.round == Round.FIRST,
            PairRule.kind == PairRuleKind.FORBIDDEN,
            PairRule.ended_at.is_(None),
        )
    )
    found = {*pairs.conflicts, *pairs.suspected, *pairs.states, *((row[0], row[1]) for row in forbidden)}
    return {pair for pair in found if pair[0] in pairs.judges and pair[1] in pairs.nominations}


def _seated(session: Session, edition: Edition, pairs: Pairs) -> dict[int, Judge]:
    """The judges on the panel who see no totals."""
    seeing = set(
        session.scalars(
            select(Grant.account_id).where(
                Grant.role.in_(SEE_THE_TABLE),
                Grant.ended_at.is_(None),
                (Grant.edition_id == edition.id) | Grant.edition_id.is_(None),
            )
        )
    )
    return {row: judge for row, judge in pairs.judges.items() if judge.account_id not in seeing}


def issue(session: Session, edition: Edition, reading: SecondReading, drawn: Drawn, *, now: datetime) -> None:
    """Give the further sheets out, and tell each judge how many they have."""
    if not drawn.new:
        return
    session.execute(
        insert(Assignment),
        [
            {
                "judge_id": judge,
                "nomination_id": nomination,
                "round": Round.FIRST,
                "kind": AssignmentKind.SECOND,
                "reading_id": reading.id,
                "at": now,
            }
            for judge, nomination in drawn.new
        ],
    )
    session.expire_all()
    for judge in readers(session, drawn.loads):
        tell(session, edition, reading, judge, drawn.loads[judge.id], "", now=now)
    session.execute(
        update(Assignment)
        .where(Assignment.reading_id == reading.id, Assignment.told_at.is_(None))
        .values(told_at=now)
    )


def readers(session: Session, rows: Mapping[int, object]) -> list[Judge]:
    found = session.scalars(
        select(Judge).where(Judge.id.in_(list(rows)), Judge.state == JudgeState.ACCEPTED).order_by(Judge.id)
    )
    return list(found)


def tell(
    session: Session,
    edition: Edition,
    reading: SecondReading,
    judge: Judge,
    number: int,
    once: str,
    *,
    now: datetime,
) -> bool:
    """Write to a second reader: how many, until when, and nothing else."""
    account = judge.account
    if not account.active or not account.email:
        return False
    until = in_zone(reading.closes_at, edition.zone)
    arguments: dict[str, Json] = {
        "number": number,
        "until": notices.moment(until),
        "again": bool(once),
        "path": f"/judging/{edition.key}/",
    }
    queued = notices.queue(
        session,
        Template.FURTHER_READING,
        account.email,
        language=account.language,
        account=account,
        edition=edition,
        arguments=arguments,
        once=f"{account.public_id} {once}" if once else None,
        now=now,
    )
    return queued is not None
