"""Coverage: whether those who are asked can read what there is, by category and by language, without a conflict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import conflicts, editions, panels
from awards.models import Edition, Judge, JudgeState, Nomination, NominationRevision, NominationState
from judging.values import Round

TO_BE_JUDGED = (NominationState.SUBMITTED, NominationState.RETURNED, NominationState.ELIGIBLE)


class Shortfall(StrEnum):
    """What the panel lacks."""

    NO_JUDGE = "no_judge"
    BELOW_MINIMUM = "below_minimum"
    NOBODY_READS = "nobody_reads"
    FEW_READ = "few_read"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Lack:
    """One warning: about a category or a language, with the numbers that it is about."""

    kind: Shortfall
    about: str
    found: int
    needed: int


@dataclass(frozen=True, slots=True)
class OfCategory:
    """How a category stands. `free`: of the nomination with fewest, the judges who have no conflict with it."""

    category: str
    nominations: int
    invited: int
    accepted: int
    free: int


@dataclass(frozen=True, slots=True)
class OfLanguage:
    """How many nominations are in a language, and how many judges read it; `unsaid` haven't said what they read."""

    language: str
    nominations: int
    invited: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Coverage:
    categories: tuple[OfCategory, ...]
    languages: tuple[OfLanguage, ...]
    unsaid: int
    minimum: int
    lacks: tuple[Lack, ...]


def of(session: Session, edition: Edition) -> Coverage:
    """How the panel covers an edition's nominations, after a fixed number of queries."""
    rules = editions.rules_of(session, edition)
    open_ones = editions.open_categories(session, edition)
    states: Sequence[NominationState] = TO_BE_JUDGED
    if edition.first_closed_at is not None:
        states = panels.judged_states(rules, Round.SECOND)
    nominations = session.execute(
        select(Nomination.id, Nomination.category, NominationRevision.language)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == Nomination.submitted_number),
        )
        .where(Nomination.edition_id == edition.id, Nomination.state.in_(states))
    ).all()
    judges = session.scalars(
        select(Judge).where(
            Judge.edition_id == edition.id, Judge.state.in_((JudgeState.INVITED, JudgeState.ACCEPTED))
        )
    ).all()
    blocked = set(conflicts.blocked(session, edition))
    of_category = defaultdict[str, list[int]](list)
    for nomination, category, _ in nominations:
        of_category[category].append(nomination)
    categories = tuple(_category(key, of_category[key], judges, blocked) for key in open_ones)
    languages = _languages(Counter(language for _, _, language in nominations), judges)
    minimum = rules.sheets.minimum
    return Coverage(
        categories,
        languages,
        sum(not judge.languages for judge in judges),
        minimum,
        (*_lacks(categories, languages, minimum), *_room(judges, len(nominations), minimum)),
    )


def _category(
    key: str, nominations: Sequence[int], judges: Sequence[Judge], blocked: set[tuple[int, int]]
) -> OfCategory:
    readers = [judge for judge in judges if judge.reads(key)]
    accepted = sum(judge.state is JudgeState.ACCEPTED for judge in readers)
    free = [sum((judge.id, it) not in blocked for judge in readers) for it in nominations]
    return OfCategory(
        key, len(nominations), len(readers) - accepted, accepted, min(free, default=len(readers))
    )


def _languages(nominations: Mapping[str, int], judges: Sequence[Judge]) -> tuple[OfLanguage, ...]:
    found = []
    for language, number in sorted(nominations.items(), key=lambda it: (-it[1], it[0])):
        readers = [judge for judge in judges if language in judge.languages]
        accepted = sum(judge.state is JudgeState.ACCEPTED for judge in readers)
        found.append(OfLanguage(language, number, len(readers) - accepted, accepted))
    return tuple(found)


def _lacks(categories: Sequence[OfCategory], languages: Sequence[OfLanguage], minimum: int) -> list[Lack]:
    found = []
    for it in categories:
        if not it.nominations:
            continue
        if not it.invited + it.accepted:
            found.append(Lack(Shortfall.NO_JUDGE, it.category, it.nominations, minimum))
        elif it.free < minimum:
            found.append(Lack(Shortfall.BELOW_MINIMUM, it.category, it.free, minimum))
    for spoken in languages:
        if not spoken.invited + spoken.accepted:
            found.append(Lack(Shortfall.NOBODY_READS, spoken.language, spoken.nominations, minimum))
        elif spoken.invited + spoken.accepted < minimum:
            found.append(Lack(Shortfall.FEW_READ, spoken.language, spoken.invited + spoken.accepted, minimum))
    return found


def _room(judges: Sequence[Judge], nominations: int, minimum: int) -> list[Lack]:
    """Where everybody has said how much they can read, and all together it is less than the minimum of sheets."""
    said = [judge.capacity for judge in judges if judge.capacity is not None]
    if not judges or len(said) < len(judges) or sum(said) >= nominations * minimum:
        return []
    return [Lack(Shortfall.NO_ROOM, "", sum(said), nominations * minimum)]
