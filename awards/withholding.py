"""Withholding: before the second round opens the chair keeps a prize back, where the rules allow it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from awards import chairs, decisions, editions, results, standings
from awards.audit import Actor
from awards.models import Decision, DecisionKind, Edition
from awards.timetable import Phase
from judging.values import SecondRound


class NotByTheRules(Exception):
    """The rules of this edition do not let a prize be withheld, or have no such prize in the category."""


class WithheldAlready(Exception):
    """This prize is withheld already."""


class NotWithheld(Exception):
    """This prize is not withheld, or is given after all by now."""


class TooLate(Exception):
    """Prizes are withheld between the close of the first round and the opening of the second.

    Where there is no second round, until the winners of the category are signed.
    """


def withhold(
    session: Session, edition: Edition, category: str, prize: str, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Keep a prize of a category back, as the chair. Whoever has a conflict with one that might win it does not.

    Raises NotByTheRules, TooLate, WithheldAlready, NotTheChair, ReasonMissing.
    """
    signed_as = _need(session, edition, category, prize, actor)
    if in_force(session, edition, category).get(prize) is not None:
        raise WithheldAlready(prize)
    return decisions.decide(
        session,
        edition,
        DecisionKind.WITHHELD,
        actor=actor,
        now=now,
        category=category,
        subject={"category": category, "prize": prize},
        reason=decisions.need_reason(reason),
        signed_as=signed_as,
    )


def give_after_all(
    session: Session, edition: Edition, category: str, prize: str, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Take a withholding back, as long as a prize could still be withheld.

    Raises NotByTheRules, TooLate, NotWithheld, NotTheChair, ReasonMissing.
    """
    signed_as = _need(session, edition, category, prize, actor)
    before = in_force(session, edition, category).get(prize)
    if before is None:
        raise NotWithheld(prize)
    return decisions.take_back(
        session,
        edition,
        before,
        reason=decisions.need_reason(reason),
        signed_as=signed_as,
        actor=actor,
        now=now,
    )


def in_force(session: Session, edition: Edition, category: str) -> dict[str, Decision]:
    """The prizes of a category that are withheld, each with its decision."""
    found = decisions.in_force(session, edition, DecisionKind.WITHHELD, category=category)
    return {str(it.subject["prize"]): it for it in found}


def by_category(session: Session, edition: Edition) -> dict[str, dict[str, Decision]]:
    """The prizes that are withheld in each category, each with its decision."""
    found: dict[str, dict[str, Decision]] = {}
    for it in decisions.in_force(session, edition, DecisionKind.WITHHELD):
        found.setdefault(str(it.category), {})[str(it.subject["prize"])] = it
    return found


def is_open(session: Session, edition: Edition, category: str) -> bool:
    """Whether a prize of a category can be withheld now, or given after all."""
    if edition.phase is not Phase.DELIBERATION or category not in standings.latest(session, edition):
        return False
    if editions.rules_of(session, edition).second_round is not SecondRound.NONE:
        return True
    result = results.frozen(session, edition).get(category)
    return result is None or result.signed_by is None


def _need(session: Session, edition: Edition, category: str, prize: str, actor: Actor) -> str:
    editions.lock(session, edition)
    rules = editions.rules_of(session, edition)
    keys = {it.key: [prize.key for prize in rules.prizes_of(it.key)] for it in rules.categories}
    if not rules.withhold or prize not in keys.get(category, ()):
        raise NotByTheRules(f"{category} {prize}")
    if not is_open(session, edition, category):
        raise TooLate(category)
    standing = standings.latest(session, edition)[category]
    judged = standings.judged_in(session, edition, standing)
    return chairs.need(session, edition, judged, category, actor=actor)
