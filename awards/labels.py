"""What a record calls nominations and judges: their names in the full one, numbers drawn by lot in the public one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import decisions, editions, nominations, standings
from awards.models import Assignment, Award, AwardState, DecisionKind, Edition, Judge, Nomination, RecordLabel
from judging.count import standing_of
from judging.values import RecordScope

JudgeInCategory = tuple[int, str]
PUBLICLY_GIVEN = (AwardState.GIVEN, AwardState.REVOKED)
"""A prize that was revoked was public, so its nomination keeps the name that the record gave it before."""


@dataclass(frozen=True, slots=True)
class Labels:
    """`nominations`: the record's key of each reference; `judges`: of each judge's row and category.

    `named`: references that the record names. `hidden`: those that have no key and stay out of the record.
    """

    nominations: Mapping[str, str]
    judges: Mapping[JudgeInCategory, str]
    named: frozenset[str]
    hidden: frozenset[str]


def full(session: Session, edition: Edition) -> Labels:
    """Every nomination under its reference, every judge under one key in all categories."""
    references = {it.reference for it in nominations.of_edition(session, edition)}
    judges = {pair: judge.public_id for pair, judge in _panel(session, edition).items()}
    return Labels(
        {reference: reference for reference in references}, judges, frozenset(references), frozenset()
    )


def public(session: Session, edition: Edition) -> Labels:
    """Those whom the rules let the public record name under their references, everybody else under a number.

    Numbers are drawn once and kept; judges are numbered anew in each category.
    """
    named = named_in_public(session, edition)
    there = {it.reference: it for it in nominations.of_edition(session, edition)}
    rest = [there[reference] for reference in sorted(judged(session, edition) - named)]
    kept = session.scalars(select(RecordLabel).where(RecordLabel.edition_id == edition.id)).all()
    by_nomination = {label.nomination_id: label.label for label in kept if label.nomination_id}
    numbers = _Numbers(taken={label.label for label in kept} | set(there))
    keys = {reference: reference for reference in named}
    for nomination in rest:
        if nomination.id not in by_nomination:
            by_nomination[nomination.id] = numbers.draw(many=len(rest))
            _keep(session, edition, by_nomination[nomination.id], nomination.category, nomination=nomination)
        keys[nomination.reference] = by_nomination[nomination.id]
    session.flush()
    return Labels(
        keys, _judges(session, edition, kept), frozenset(named), frozenset(there.keys() - keys.keys())
    )


def named_in_public(session: Session, edition: Edition) -> set[str]:
    """The references that the public record names: by default finalists, once signed, who came in for one, winners."""
    scope = editions.rules_of(session, edition).record
    if scope is RecordScope.NUMBERS:
        return set()
    if scope is RecordScope.ALL:
        return judged(session, edition)
    finalists = {
        reference
        for standing in standings.latest(session, edition).values()
        if standing.signed_by is not None
        for reference in standing_of(standing.document).finalists
    }
    came_in = {
        str(reference)
        for it in decisions.of_edition(session, edition, DecisionKind.REPLACEMENT)
        for reference in it.subject["added"]
    }
    return finalists | came_in | _awarded(session, edition)


def judged(session: Session, edition: Edition) -> set[str]:
    """The references that have a place in a standing, or a prize."""
    placed = {
        row.nomination
        for standing in standings.latest(session, edition).values()
        for row in standing_of(standing.document).rows
    }
    return placed | _awarded(session, edition)


def _awarded(session: Session, edition: Edition) -> set[str]:
    return set(
        session.scalars(
            select(Nomination.reference)
            .join(Award, Award.nomination_id == Nomination.id)
            .where(Award.edition_id == edition.id, Award.state.in_(PUBLICLY_GIVEN))
        )
    )


def _panel(session: Session, edition: Edition) -> dict[JudgeInCategory, Judge]:
    """Every judge in every category in which they were given something to read."""
    judges = {
        judge.id: judge for judge in session.scalars(select(Judge).where(Judge.edition_id == edition.id))
    }
    pairs = session.execute(
        select(Assignment.judge_id, Nomination.category)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(Assignment.judge_id.in_(judges))
        .distinct()
    )
    return {(judge, category): judges[judge] for judge, category in pairs}


def _judges(session: Session, edition: Edition, kept: Iterable[RecordLabel]) -> dict[JudgeInCategory, str]:
    found = {(label.judge_id, label.category): label.label for label in kept if label.judge_id}
    of_category: dict[str, list[Judge]] = {}
    for (_, category), judge in sorted(_panel(session, edition).items(), key=lambda item: item[0]):
        of_category.setdefault(category, []).append(judge)
    for category, judges in of_category.items():
        new = [judge for judge in judges if (judge.id, category) not in found]
        taken = {label for (_, of), label in found.items() if of == category}
        free = [
            label
            for number in range(1, len(judges) + len(taken) + 1)
            if (label := f"{category}/judge-{number}") not in taken
        ]
        for judge, label in zip(new, _shuffled(free[: len(new)]), strict=True):
            found[judge.id, category] = label
            _keep(session, edition, label, category, judge=judge)
    session.flush()
    return found


def _keep(
    session: Session,
    edition: Edition,
    label: str,
    category: str,
    *,
    nomination: Nomination | None = None,
    judge: Judge | None = None,
) -> None:
    session.add(
        RecordLabel(
            edition_id=edition.id,
            nomination_id=nomination.id if nomination else None,
            judge_id=judge.id if judge else None,
            category=category,
            label=label,
        )
    )


def _shuffled(items: list[str]) -> list[str]:
    secrets.SystemRandom().shuffle(items)
    return items


@dataclass(slots=True)
class _Numbers:
    taken: set[str]

    def draw(self, *, many: int) -> str:
        """A number that nobody has, long enough that numbers stay apart."""
        digits = max(4, len(str(many)) + 2)
        while (label := f"no-{secrets.randbelow(10**digits):0{digits}d}") in self.taken:
            pass
        self.taken.add(label)
        return label
