"""What people say of pairs before the assignment is drawn: this judge is to read it, that one is not to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import audit, decisions, editions, stages
from awards.audit import Actor
from awards.models import AssignmentRun, Edition, Judge, Nomination, PairRule, PairRuleKind
from awards.pairing import Pairs
from judging.values import Round

LONGEST_REASON = 400


class AlreadyRuled(Exception):
    """The pair is pinned or forbidden already; end that rule first."""


class DoesNotRead(Exception):
    """The judge reads other categories, or doesn't know the language; a pin would ask for what can't be made."""


class EndedBefore(Exception):
    """The judge had this nomination before and it ended; it is given again by hand only."""


class RuleEnded(Exception):
    """The rule has ended already."""


def standing(session: Session, edition: Edition, of_round: Round) -> Sequence[PairRule]:
    """The rules that hold in a round, the newest first, with nomination, judge and account."""
    return session.scalars(
        select(PairRule)
        .join(PairRule.judge)
        .where(Judge.edition_id == edition.id, PairRule.round == of_round, PairRule.ended_at.is_(None))
        .order_by(PairRule.id.desc())
        .options(joinedload(PairRule.nomination), joinedload(PairRule.judge).joinedload(Judge.account))
    ).all()


def pin(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PairRule:
    """Have every run that follows give this nomination to this judge; nothing is issued yet.

    Raises ReasonMissing, AlreadyRuled, DoesNotRead, EndedBefore, RoundNotOpen, RoundClosed, and what `Pairs.need`
    raises: a pair in conflict is refused with what the conflict is.
    """
    of_round, pairs = _opened(session, edition)
    pair = (judge.id, nomination.id)
    if pair in pairs.rules:
        raise AlreadyRuled
    pairs.need(pair)
    if pair in pairs.states:
        raise EndedBefore
    if not judge.reads(nomination.category) or not pairs.understands(pair):
        raise DoesNotRead
    return _rule(
        session, edition, judge, nomination, of_round, PairRuleKind.PINNED, reason, actor=actor, now=now
    )


def forbid(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PairRule:
    """Keep this nomination from this judge, at every door, until somebody ends that; no conflict is recorded.

    Raises ReasonMissing, AlreadyRuled, RoundNotOpen, RoundClosed, NotOnThePanel, NotJudged, and AlreadyIssued: what is
    issued is taken back first.
    """
    of_round, pairs = _opened(session, edition)
    pair = (judge.id, nomination.id)
    if pair in pairs.rules:
        raise AlreadyRuled
    pairs.need_here(pair)
    return _rule(
        session, edition, judge, nomination, of_round, PairRuleKind.FORBIDDEN, reason, actor=actor, now=now
    )


def end(session: Session, edition: Edition, rule: PairRule, *, actor: Actor, now: datetime) -> None:
    """Let a rule no longer hold; what was issued by it stays. Raises RuleEnded, RoundNotOpen, RoundClosed."""
    _opened(session, edition)
    session.refresh(rule)
    if rule.ended_at is not None:
        raise RuleEnded
    rule.ended_at = now
    session.flush()
    _record(session, edition, rule, "pair_rule.ended", actor=actor, now=now)


def changed_since(session: Session, edition: Edition, run: AssignmentRun) -> bool:
    """Whether a pair was pinned or forbidden, or a rule ended, after a proposal was drawn."""
    later = (
        select(PairRule.id)
        .join(PairRule.judge)
        .where(
            Judge.edition_id == edition.id,
            PairRule.round == Round(run.document["round"]),
            (PairRule.at > run.at) | (PairRule.ended_at > run.at),
        )
        .limit(1)
    )
    return session.scalar(later) is not None


def _opened(session: Session, edition: Edition) -> tuple[Round, Pairs]:
    editions.lock(session, edition)
    of_round = stages.open_round(session, edition)
    return of_round, Pairs.of(session, edition, of_round)


def _rule(
    session: Session,
    edition: Edition,
    judge: Judge,
    nomination: Nomination,
    of_round: Round,
    kind: PairRuleKind,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> PairRule:
    rule = PairRule(
        judge_id=judge.id,
        nomination_id=nomination.id,
        round=of_round,
        kind=kind,
        reason=decisions.need_reason(reason)[:LONGEST_REASON],
        by_id=actor.account.id,
        at=now,
    )
    session.add(rule)
    session.flush()
    _record(session, edition, rule, f"pair_rule.{kind.value}", actor=actor, now=now)
    return rule


def _record(
    session: Session, edition: Edition, rule: PairRule, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=rule.nomination.reference,
        now=now,
        edition=edition,
        after={"judge": rule.judge.public_id, "round": rule.round.value, "reason": rule.reason},
    )
