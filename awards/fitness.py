"""How well a judge fits a nomination: what they know, read, have had, and would like; in millionths of the best fit.

A fit is the sum of four shares: expertise 0.50, language 0.20, freshness 0.15, a wish 0.15. A judge who has stated no
expertise has half of its share everywhere. Wishes are bounded: however many a judge states, those of one kind weigh no
more together than FULL_WISHES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import affiliations
from awards.models import Edition, Judge, Nomination, NominationRevision, Preference, Wish
from awards.shapes import is_given
from judging.rules import Rules

Key = tuple[int, int]
"""The rows of a judge and a nomination, in this order."""

EXPERTISE, LANGUAGE, FRESHNESS, WISH = 500_000, 200_000, 150_000, 150_000
EXPERT = 2
"""The level of expertise that makes an expert; 1 is some knowledge, 0 none."""
FULL_WISHES = 5
"""So many nominations a judge can wish for, or away, at full weight."""
TRANSLATION = "translation-"
"""How the key of a form's field begins that holds a translation; what follows is its language."""


class Tongue(StrEnum):
    """How a judge reads a nomination. UNSTATED: the judge names no language, or the nomination states none."""

    FLUENT = "fluent"
    WORKING = "working"
    TRANSLATED = "translated"
    UNSTATED = "unstated"
    FOREIGN = "foreign"


WORTH = {
    Tongue.FLUENT: LANGUAGE,
    Tongue.WORKING: LANGUAGE * 6 // 10,
    Tongue.TRANSLATED: LANGUAGE * 6 // 10,
    Tongue.UNSTATED: LANGUAGE * 6 // 10,
    Tongue.FOREIGN: 0,
}


@dataclass(frozen=True, slots=True)
class Fitness:
    """What is known of how well pairs fit. `regions` by judge, "" where none is known."""

    wishes: Mapping[Key, Wish]
    regions: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, edition: Edition, judges: Mapping[int, Judge]) -> Fitness:
        """After a fixed number of queries."""
        rows = session.execute(
            select(Preference.judge_id, Preference.nomination_id, Preference.wish)
            .join(Judge)
            .where(Judge.edition_id == edition.id, Preference.wish != Wish.NEUTRAL)
        )
        return cls(
            wishes={(judge, nomination): wish for judge, nomination, wish in rows},
            regions=regions(session, judges),
        )

    def scores(
        self,
        judges: Mapping[int, Judge],
        nominations: Mapping[int, Nomination],
        tongues: Mapping[Key, Tongue],
        issued: Collection[Key],
    ) -> dict[Key, int]:
        """The fit of every pair of a judge and a nomination of their categories."""
        base = {
            (row, category): _share_of_expertise(judge, category) + FRESHNESS + WISH // 2
            for row, judge in judges.items()
            for category in {it.category for it in nominations.values()}
            if judge.reads(category)
        }
        category = {key: it.category for key, it in nominations.items()}
        found = {
            (row, key): base[row, category[key]] + WORTH[tongues[row, key]]
            for row in judges
            for key in nominations
            if (row, category[key]) in base
        }
        self._wish(found)
        _freshen(found, nominations, issued)
        return found

    def _wish(self, found: dict[Key, int]) -> None:
        """Move each pair that a wish is of, by no more than half of the share of wishes."""
        many = Counter((judge, wish) for (judge, _nomination), wish in self.wishes.items())
        for pair, wish in self.wishes.items():
            if pair in found:
                weight = WISH // 2 * FULL_WISHES // max(FULL_WISHES, many[pair[0], wish])
                found[pair] += weight if wish is Wish.GLADLY else -weight


def expertise(judge: Judge, category: str) -> int | None:
    """0 none, 1 some, 2 an expert; None where the judge hasn't said."""
    level = judge.expertise.get(category)
    return level if isinstance(level, int) and 0 <= level <= EXPERT else None


def is_expert(judge: Judge, category: str) -> bool:
    return expertise(judge, category) == EXPERT


def tongue(judge: Judge, language: str, translations: Iterable[str] = ()) -> Tongue:
    """How a judge reads a text of a language; translations are those that are attached to it."""
    if not judge.languages or not language:
        return Tongue.UNSTATED
    if language in judge.languages:
        return Tongue.WORKING if language in judge.working_languages else Tongue.FLUENT
    return Tongue.TRANSLATED if any(it in judge.languages for it in translations) else Tongue.FOREIGN


def regions(session: Session, judges: Mapping[int, Judge]) -> dict[int, str]:
    """The region of each judge: the one stated of them, else that of the first organisation they belong to that
    has one.
    """
    found = {row: judge.region for row, judge in judges.items()}
    unstated = {judge.account_id: row for row, judge in judges.items() if not judge.region}
    if unstated:
        accounts = [judge.account for judge in judges.values() if not judge.region]
        for tie in affiliations.holding(session, accounts):
            row = unstated[tie.account_id]
            if tie.organisation is not None and not found[row]:
                found[row] = tie.organisation.region
    return found


def translations(session: Session, edition: Edition, rules: Rules) -> dict[int, frozenset[str]]:
    """The languages into which each nomination is translated: fields of the form whose key says so and that hold
    something in the text that stands. No query where the form asks for none.
    """
    asked = [field for field in rules.fields if field.key.startswith(TRANSLATION)]
    if not asked:
        return {}
    rows = session.execute(
        select(NominationRevision.nomination_id, NominationRevision.content)
        .join(NominationRevision.nomination)
        .where(Nomination.edition_id == edition.id, NominationRevision.number == Nomination.submitted_number)
    )
    found: dict[int, frozenset[str]] = {}
    for nomination, content in rows:
        languages = frozenset(
            field.key.removeprefix(TRANSLATION).casefold()
            for field in asked
            if is_given(field, content.get(field.key))
        )
        if languages:
            found[nomination] = languages
    return found


def _share_of_expertise(judge: Judge, category: str) -> int:
    level = expertise(judge, category)
    return EXPERTISE // 2 if level is None else EXPERTISE * level // EXPERT


def _freshen(found: dict[Key, int], nominations: Mapping[int, Nomination], issued: Collection[Key]) -> None:
    """Take off what a judge lacks in freshness: the share of this nominator's nominations that they have already."""
    of_nominator = Counter(it.nominator_id for it in nominations.values() if it.nominator_id is not None)
    have = Counter(
        (judge, nominations[key].nominator_id)
        for judge, key in issued
        if key in nominations and nominations[key].nominator_id is not None
    )
    theirs: dict[int, list[int]] = {}
    for key, it in nominations.items():
        if it.nominator_id is not None:
            theirs.setdefault(it.nominator_id, []).append(key)
    for (judge, nominator), number in have.items():
        if nominator is None:
            continue
        for key in theirs[nominator]:
            if (judge, key) in found:
                found[judge, key] -= FRESHNESS * number // of_nominator[nominator]
