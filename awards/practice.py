"""Practice nominations: judges try the criteria on them before the real ones or beside them, and see what a panel gave.

What is marked here counts for nothing and is read by nobody but its judge: no progress, record or average knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from awards import audit, editions
from awards.audit import Actor
from awards.models import Edition, Judge, PracticeNomination, PracticeSheet
from awards.timetable import ORDER, Phase
from awards.writing import cleaned
from judging.rules import Rules

LONGEST_TITLE, LONGEST_TEXT = 200, 10_000
FEWEST_JUDGES, MOST_JUDGES = 2, 20


class Fault(StrEnum):
    """What is wrong with a part of a practice nomination."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_MARKS = "not_marks"
    UNEVEN = "uneven"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"


class NotOffered(Exception):
    """The rules of this edition offer no practice, or its first round is closed."""


class Unfit(Exception):
    """Something is wrong with a practice nomination. `faults`: by part, such as "title-en" or "panel-services"."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class MarkedAlready(Exception):
    """A judge has marked it: it stays as that judge read it, until it is ended."""


class Incomplete(Exception):
    """What the panel gave is shown after all of one's own marks. `keys`: the criteria without one."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Draft:
    """A practice nomination as it is written: texts by language, and of each criterion what the panel gave, judge by
    judge; None for what is no list of whole numbers.
    """

    category: str
    titles: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    panel: Mapping[str, tuple[int, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a panel gave on one criterion, beside one's own mark."""

    criterion: str
    mine: int
    given: tuple[int, ...]

    @property
    def mean(self) -> Fraction:
        return Fraction(sum(self.given), len(self.given))

    @property
    def lowest(self) -> int:
        return min(self.given)

    @property
    def highest(self) -> int:
        return max(self.given)

    @property
    def is_within(self) -> bool:
        """Whether one's own mark lies where the panel's do."""
        return self.lowest <= self.mine <= self.highest


def is_open(edition: Edition, rules: Rules) -> bool:
    """Whether judges may practise now: where the rules offer it, until the first round is closed."""
    early = ORDER.index(edition.phase) <= ORDER.index(Phase.FIRST_ROUND)
    return rules.practice and early and edition.first_closed_at is None


def of_edition(session: Session, edition: Edition) -> Sequence[PracticeNomination]:
    """Those that are not ended, in order."""
    return session.scalars(
        select(PracticeNomination)
        .where(PracticeNomination.edition_id == edition.id, PracticeNomination.ended_at.is_(None))
        .order_by(PracticeNomination.position, PracticeNomination.id)
    ).all()


def find(session: Session, edition: Edition, public_id: str) -> PracticeNomination | None:
    return session.scalars(
        select(PracticeNomination).where(
            PracticeNomination.edition_id == edition.id,
            PracticeNomination.public_id == public_id,
            PracticeNomination.ended_at.is_(None),
        )
    ).first()


def is_marked(session: Session, practice: PracticeNomination) -> bool:
    """Whether any judge has marked it; by whom nobody is told."""
    return bool(session.scalar(select(exists().where(PracticeSheet.practice_id == practice.id))))


def marked(session: Session, edition: Edition) -> set[int]:
    """Those of an edition, by row, that a judge has marked."""
    return set(
        session.scalars(
            select(PracticeSheet.practice_id)
            .join(PracticeNomination, PracticeNomination.id == PracticeSheet.practice_id)
            .where(PracticeNomination.edition_id == edition.id)
            .distinct()
        )
    )


def for_judge(
    session: Session, edition: Edition, judge: Judge
) -> list[tuple[PracticeNomination, PracticeSheet | None]]:
    """The practice nominations of the categories that a judge reads, each with their own marks, after one query."""
    rows = session.execute(
        select(PracticeNomination, PracticeSheet)
        .outerjoin(
            PracticeSheet,
            (PracticeSheet.practice_id == PracticeNomination.id) & (PracticeSheet.judge_id == judge.id),
        )
        .where(PracticeNomination.edition_id == edition.id, PracticeNomination.ended_at.is_(None))
        .order_by(PracticeNomination.position, PracticeNomination.id)
    )
    return [(it, sheet) for it, sheet in rows if judge.reads(it.category)]


def make(
    session: Session, edition: Edition, draft: Draft, *, actor: Actor, now: datetime
) -> PracticeNomination:
    """Write a practice nomination. Raises NotOffered, Unfit."""
    editions.lock(session, edition)
    rules = _need_offer(session, edition)
    check(rules, draft)
    last = session.scalar(
        select(func.max(PracticeNomination.position)).where(PracticeNomination.edition_id == edition.id)
    )
    made = PracticeNomination(edition_id=edition.id, position=(last or 0) + 1, category="", at=now)
    _fill(made, rules, draft)
    session.add(made)
    session.flush()
    _record(session, edition, made, "practice.made", actor, now)
    return made


def edit(
    session: Session,
    edition: Edition,
    practice: PracticeNomination,
    draft: Draft,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what no judge has marked yet. Raises NotOffered, MarkedAlready, Unfit."""
    editions.lock(session, edition)
    rules = _need_offer(session, edition)
    if is_marked(session, practice):
        raise MarkedAlready(practice.public_id)
    check(rules, draft)
    _fill(practice, rules, draft)
    session.flush()
    _record(session, edition, practice, "practice.changed", actor, now)


def end(
    session: Session, edition: Edition, practice: PracticeNomination, *, actor: Actor, now: datetime
) -> None:
    """Show it to nobody any more. Twice changes nothing."""
    editions.lock(session, edition)
    session.refresh(practice)
    if practice.ended_at is None:
        practice.ended_at = now
        session.flush()
        _record(session, edition, practice, "practice.ended", actor, now)


def mark(
    session: Session,
    edition: Edition,
    practice: PracticeNomination,
    judge: Judge,
    marks: Mapping[str, int],
    *,
    now: datetime,
) -> PracticeSheet:
    """Keep a judge's own marks in place of those before. Raises NotOffered, Incomplete.

    `marks` lie on the scale. Nothing of it is recorded anywhere else.
    """
    editions.hold(session, edition)
    rules = _need_offer(session, edition)
    session.refresh(practice, with_for_update=True)
    if practice.ended_at is not None:
        raise NotOffered(practice.public_id)
    asked = rules.category(practice.category).criteria
    if lacking := tuple(key for key in asked if key not in marks):
        raise Incomplete(lacking)
    sheet = session.scalars(
        select(PracticeSheet).where(
            PracticeSheet.practice_id == practice.id, PracticeSheet.judge_id == judge.id
        )
    ).first()
    if sheet is None:
        sheet = PracticeSheet(practice_id=practice.id, judge_id=judge.id)
        session.add(sheet)
    sheet.marks, sheet.at = {key: marks[key] for key in asked}, now
    session.flush()
    return sheet


def told(rules: Rules, practice: PracticeNomination, sheet: PracticeSheet) -> list[Told]:
    """What the panel gave, criterion by criterion; of criteria that the rules have got since nothing."""
    return [
        Told(key, int(sheet.marks[key]), given)
        for key in rules.category(practice.category).criteria
        if key in sheet.marks and (given := tuple(int(it[key]) for it in practice.panel if key in it))
    ]


def draft_of(practice: PracticeNomination) -> Draft:
    """A practice nomination as it was written."""
    keys = list(practice.panel[0]) if practice.panel else []
    return Draft(
        practice.category,
        {tag: str(it["title"]) for tag, it in practice.texts.items()},
        {tag: str(it["body"]) for tag, it in practice.texts.items()},
        {tag: str(it) for tag, it in practice.comments.items()},
        {key: tuple(int(it[key]) for it in practice.panel) for key in keys},
    )


def check(rules: Rules, draft: Draft) -> None:
    """Raises Unfit with everything that is wrong. It is written whole in the working language at least."""
    if faults := dict(_faults(rules, draft)):
        raise Unfit(faults)


def _faults(rules: Rules, draft: Draft) -> Iterator[tuple[str, Fault]]:
    if draft.category not in [it.key for it in rules.categories]:
        yield "category", Fault.MISSING
        return
    for tag in rules.languages:
        title, body = cleaned(draft.titles.get(tag, "")), cleaned(draft.bodies.get(tag, ""))
        wanted = tag == rules.working_language or bool(title or body)
        for name, said, longest in (("title", title, LONGEST_TITLE), ("body", body, LONGEST_TEXT)):
            if wanted and not said:
                yield f"{name}-{tag}", Fault.MISSING
            elif len(said) > longest:
                yield f"{name}-{tag}", Fault.TOO_LONG
        why = cleaned(draft.comments.get(tag, ""))
        if tag == rules.working_language and not why:
            yield f"comment-{tag}", Fault.MISSING
        elif len(why) > LONGEST_TEXT:
            yield f"comment-{tag}", Fault.TOO_LONG
    yield from _panel_faults(rules, draft)


def _panel_faults(rules: Rules, draft: Draft) -> Iterator[tuple[str, Fault]]:
    asked = rules.category(draft.category).criteria
    number = len(draft.panel.get(asked[0]) or ())
    for key in asked:
        given = draft.panel.get(key, ())
        if given is None or any(not rules.scale.lowest <= it <= rules.scale.highest for it in given):
            yield f"panel-{key}", Fault.NOT_MARKS
        elif not given:
            yield f"panel-{key}", Fault.MISSING
        elif len(given) < FEWEST_JUDGES:
            yield f"panel-{key}", Fault.TOO_FEW
        elif len(given) > MOST_JUDGES:
            yield f"panel-{key}", Fault.TOO_MANY
        elif number and len(given) != number:
            yield f"panel-{key}", Fault.UNEVEN


def _fill(practice: PracticeNomination, rules: Rules, draft: Draft) -> None:
    asked = rules.category(draft.category).criteria
    given = {key: draft.panel[key] or () for key in asked}
    practice.category = draft.category
    practice.texts = {
        tag: {"title": title, "body": cleaned(draft.bodies.get(tag, ""))}
        for tag in rules.languages
        if (title := cleaned(draft.titles.get(tag, "")))
    }
    practice.comments = {
        tag: said for tag in rules.languages if (said := cleaned(draft.comments.get(tag, "")))
    }
    number = len(given[asked[0]])
    practice.panel = [{key: given[key][judge] for key in asked} for judge in range(number)]


def _need_offer(session: Session, edition: Edition) -> Rules:
    """The rules in force. Raises NotOffered."""
    rules = editions.rules_of(session, edition)
    if not is_open(edition, rules):
        raise NotOffered(edition.key)
    return rules


def _record(
    session: Session, edition: Edition, practice: PracticeNomination, action: str, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=practice.public_id,
        now=now,
        edition=edition,
        after={"category": practice.category},
    )
