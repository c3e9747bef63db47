"""Declarations: a judge says of each nomination, from title and place alone, whether they have an interest in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select
from sqlalchemy.orm import Session

from awards import audit, barring, editions, panels, readings
from awards.audit import Actor
from awards.interests import NOT_PUT_FORWARD, Found
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
    Declaration,
    Edition,
    Judge,
    Nomination,
    NominationRevision,
    Reopening,
)
from awards.panels import RoundClosed, RoundNotOpen
from judging.values import Round

LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Listed:
    """A nomination as a judge is asked about it: title and place, nothing else.

    `found`: the conflicts that keep them from it, whoever found them. `interest` is their own word, once `declared`.
    """

    nomination: Nomination
    title: str
    titles: Mapping[str, str]
    language: str
    city: str
    country: str
    declared: bool
    interest: bool
    found: tuple[Conflict, ...]

    @property
    def is_asked(self) -> bool:
        return not self.declared and not self.found


@dataclass(frozen=True, slots=True)
class Declared:
    """What a judge has said: of how many nominations, and in which they have an interest; `ended` assignments."""

    answered: int
    interests: tuple[str, ...]
    ended: int


def missing(
    session: Session, edition: Edition, judge: Judge, of_round: Round | None = None
) -> list[Nomination]:
    """The nominations of which a judge has still to say whether they have an interest, by reference.

    Those issued to them; while none is, all of their categories that stand to be judged. What is known to be in
    conflict isn't asked.
    """
    of_round = of_round or _round(session, edition, judge)
    if of_round is None:
        return []
    said = exists().where(Declaration.judge_id == judge.id, Declaration.nomination_id == Nomination.id)
    issued = session.execute(
        select(Nomination, said, _kept_out(judge))
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.round == of_round,
            Assignment.state == AssignmentState.ISSUED,
        )
        .order_by(Nomination.reference)
    ).all()
    if issued:
        return [it for it, declared, kept_out in issued if not declared and not kept_out]
    rules = editions.rules_of(session, edition)
    query = select(Nomination).where(
        Nomination.edition_id == edition.id,
        Nomination.state.in_(panels.judged_states(rules, of_round)),
        Nomination.category.in_(editions.open_categories(session, edition)),
        ~said,
        ~_kept_out(judge),
    )
    return [it for it in session.scalars(query.order_by(Nomination.reference)) if judge.reads(it.category)]


def listed(session: Session, edition: Edition, judge: Judge) -> list[Listed]:
    """All that a judge is asked about, has been asked about, or is kept from, by reference."""
    asked = {it.id for it in missing(session, edition, judge)}
    said = {
        it.nomination_id: it
        for it in session.scalars(select(Declaration).where(Declaration.judge_id == judge.id))
    }
    found: dict[int, list[Conflict]] = {}
    for row in session.scalars(
        select(Conflict)
        .where(Conflict.judge_id == judge.id, Conflict.waived_by.is_(None))
        .order_by(Conflict.id)
    ):
        found.setdefault(row.nomination_id, []).append(row)
    rows = session.execute(
        select(Nomination, NominationRevision)
        .join(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == Nomination.submitted_number,
            ),
        )
        .where(
            Nomination.edition_id == edition.id,
            Nomination.state.not_in(NOT_PUT_FORWARD),
            or_(Nomination.id.in_(asked), Nomination.id.in_(said), Nomination.id.in_(found)),
        )
        .order_by(Nomination.reference)
    )
    return [
        _listed(nomination, revision, said.get(nomination.id), found.get(nomination.id, ()))
        for nomination, revision in rows
        if nomination.id in asked or nomination.id in said or judge.reads(nomination.category)
    ]


def declare(
    session: Session,
    edition: Edition,
    judge: Judge,
    interests: Mapping[int, str],
    *,
    seen: Collection[int] | None = None,
    actor: Actor,
    now: datetime,
) -> Declared:
    """Keep what a judge says of the nominations they were asked about.

    `interests` maps nominations, by their rows' numbers, to a reason or to nothing; `seen` are those that stood on
    their page, all that are missing where it isn't said. What was added meanwhile is asked later. An interest binds
    at once, and what was assigned ends; said again it changes nothing, and "none" never takes one back.
    """
    editions.lock(session, edition)
    rows = {it.nomination.id: it for it in listed(session, edition, judge)}
    answered = [
        it for key, it in rows.items() if it.is_asked and (seen is None or key in seen or key in interests)
    ]
    bound = [it for key, it in rows.items() if key in interests and not it.interest]
    clear = [it.nomination.id for it in answered if it.nomination.id not in interests]
    if clear:
        session.execute(
            insert(Declaration),
            [{"judge_id": judge.id, "nomination_id": it, "interest": False, "at": now} for it in clear],
        )
    ended = _bind(
        session,
        edition,
        judge,
        {it.nomination: interests[it.nomination.id] for it in bound},
        actor=actor,
        now=now,
    )
    judge.declared_at = now
    session.flush()
    references = tuple(it.nomination.reference for it in bound)
    if answered or bound:
        _record(session, edition, judge, len(answered), references, ended, actor=actor, now=now)
    return Declared(len(answered), references, ended)


def declare_one(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """A judge has an interest in one nomination, whatever they said before; returns how many assignments ended.

    It binds at once, is never taken back, and said twice changes nothing. What they wrote stays and doesn't count;
    after the close the standing is counted again, and once the finalists are announced it stays as it is.
    """
    editions.lock(session, edition)
    found = session.scalars(
        select(Declaration).where(
            Declaration.judge_id == judge.id, Declaration.nomination_id == nomination.id, Declaration.interest
        )
    ).first()
    if found is not None:
        return 0
    ended = _bind(session, edition, judge, {nomination: reason}, actor=actor, now=now)
    _record(session, edition, judge, 1, (nomination.reference,), ended, actor=actor, now=now)
    return ended


def _round(session: Session, edition: Edition, judge: Judge) -> Round | None:
    """The round of which a judge declares interests: the open one, one reopened for them, the first beforehand."""
    try:
        return panels.open_round(session, edition)
    except RoundNotOpen:
        return Round.FIRST
    except RoundClosed:
        if readings.of_judge(session, judge) is not None:
            return Round.FIRST
        return session.scalars(
            select(Reopening.round).where(
                Reopening.judge_id == judge.id,
                Reopening.approved_at.is_not(None),
                Reopening.ended_at.is_(None),
            )
        ).first()


def _kept_out(judge: Judge) -> ColumnElement[bool]:
    return exists().where(
        Conflict.judge_id == judge.id,
        Conflict.nomination_id == Nomination.id,
        Conflict.waived_by.is_(None),
    )


def _listed(
    nomination: Nomination,
    revision: NominationRevision,
    said: Declaration | None,
    found: Collection[Conflict],
) -> Listed:
    return Listed(
        nomination=nomination,
        title=revision.title,
        titles={language: str(title) for language, title in (revision.titles or {}).items()},
        language=revision.language,
        city=revision.city,
        country=revision.country,
        declared=said is not None,
        interest=said is not None and said.interest,
        found=tuple(found),
    )


def _bind(
    session: Session,
    edition: Edition,
    judge: Judge,
    reasons: Mapping[Nomination, str],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    said = {
        it.nomination_id: it
        for it in session.scalars(
            select(Declaration).where(
                Declaration.judge_id == judge.id, Declaration.nomination_id.in_([it.id for it in reasons])
            )
        )
    }
    for nomination, reason in reasons.items():
        row = said.get(nomination.id)
        if row is None:
            row = Declaration(judge_id=judge.id, nomination_id=nomination.id)
            session.add(row)
        row.interest, row.reason, row.at = True, reason.strip()[:LONGEST_REASON], now
    session.flush()
    rows = [Found(judge.id, it.id, ConflictSource.DECLARED, reason.strip()) for it, reason in reasons.items()]
    if rows:
        barring.store(session, edition, rows, now=now)
    if not rows:
        return 0
    return barring.recuse(session, edition, signed_as="judge", actor=actor, now=now)


def _record(
    session: Session,
    edition: Edition,
    judge: Judge,
    answered: int,
    interests: Collection[str],
    ended: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action="interests.declared",
        subject=edition.key,
        now=now,
        edition=edition,
        after={
            "judge": judge.public_id,
            "answered": answered,
            "interests": list(interests),
            "recused": ended,
        },
    )
