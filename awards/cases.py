"""The library of cases: every winner and finalist that is public now, over all editions, searched and filtered.

What stands in a publication never changes, so what was read of one is kept in memory. Whether it may be shown, and what
its people have withdrawn, is asked at every request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from babel import Locale
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from awards import consents, publication
from awards.folding import fold
from awards.models import Publication, PublicationKind
from awards.publication import Sighting
from awards.regions import region_of

TOPICS, GOALS = "topics", "sdgs"
"""Questions of the form whose options the library filters by."""
FINALIST = "finalist"
"""What is said in the place of a prize."""
LIGHT = (
    "reference", "nominee_kind", "title", "titles", "language", "summary", "summaries", "organisation",
    "organisation_names", "city", "country", "partners", "prize", "place", "by_decision", "citations",
)  # fmt: skip
"""What of a row is kept in memory."""


@dataclass(frozen=True, slots=True)
class Case:
    """A nomination as the library lists it: `prizes` by key, none of a finalist; `text` is what is searched, folded."""

    edition: int
    category: str
    prizes: tuple[str, ...]
    row: Mapping[str, Any]
    region: str
    topics: tuple[str, ...]
    goals: tuple[str, ...]
    text: str

    @property
    def reference(self) -> str:
        return str(self.row["reference"])

    @property
    def country(self) -> str:
        return str(self.row.get("country") or "")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: words, and a value of each filter; empty is any."""

    words: str = ""
    category: str = ""
    region: str = ""
    country: str = ""
    year: str = ""
    topic: str = ""
    goal: str = ""
    prize: str = ""


Years = Mapping[int, str]
FILTERS: Mapping[str, Callable[[Case, Years], tuple[str, ...]]] = {
    "category": lambda case, _years: (case.category,),
    "region": lambda case, _years: (case.region,) if case.region else (),
    "country": lambda case, _years: (case.country,) if case.country else (),
    "year": lambda case, years: (years[case.edition],) if years.get(case.edition) else (),
    "topic": lambda case, _years: case.topics,
    "goal": lambda case, _years: case.goals,
    "prize": lambda case, _years: case.prizes or (FINALIST,),
}
"""What a case has of each filter."""


@dataclass(frozen=True, slots=True)
class Found:
    """The cases that a wish finds, and of each filter how many there would be with each of its values."""

    cases: tuple[Case, ...]
    counts: Mapping[str, Mapping[str, int]]


def find(cases: Iterable[Case], wish: Wish, years: Years) -> Found:
    """`years` are those of the editions, by row number. A count leaves the filter that it belongs to out."""
    words = fold(wish.words).split() if wish.words.strip() else []
    wanted = {key: getattr(wish, key) for key in FILTERS}
    counts: dict[str, dict[str, int]] = {key: {} for key in FILTERS}
    found = []
    for case in cases:
        if not all(word in case.text for word in words):
            continue
        has = {key: of(case, years) for key, of in FILTERS.items()}
        missed = [key for key, value in wanted.items() if value and value not in has[key]]
        if not missed:
            found.append(case)
        if len(missed) < 2:
            for key in missed or FILTERS:
                for value in has[key]:
                    counts[key][value] = counts[key].get(value, 0) + 1
    return Found(tuple(found), counts)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a publication: its cases, and the references of those whose prize was revoked."""

    cases: tuple[Case, ...]
    revoked: frozenset[str]


Known = dict[tuple[int, datetime], Read]
_known: WeakKeyDictionary[Engine, Known] = WeakKeyDictionary()


def public(session: Session, now: datetime) -> list[Case]:
    """Every case that may be shown now, winners before finalists; after a constant number of queries."""
    sightings = publication.sightings(session, now)
    known = _known.setdefault(_engine(session), {})
    missing = [it.row for it in sightings if it.key not in known]
    for it in publication.frozen(session, missing):
        known[it.id, it.visible_from] = _read(it)
    withdrawn = consents.of_editions(session, {it.edition for it in sightings})
    return _merged(sightings, known, withdrawn)


def _engine(session: Session) -> Engine:
    return session.connection().engine


def _read(it: Publication) -> Read:
    return Read(
        tuple(_case(it.edition_id, it.category, row) for row in it.document["rows"]),
        frozenset(str(row["reference"]) for row in it.document.get("revoked", ())),
    )


def _merged(
    sightings: Iterable[Sighting],
    known: Known,
    withdrawn: Mapping[tuple[int, str], frozenset[str]],
) -> list[Case]:
    """One case of each nomination: with all its prizes, a finalist only where it has none and lost none."""
    found: dict[tuple[int, str], Case] = {}
    lost: set[tuple[int, str]] = set()
    for sighting in sorted(sightings, key=lambda it: it.kind is PublicationKind.FINALISTS):
        lost |= {(sighting.edition, reference) for reference in known[sighting.key].revoked}
        for case in known[sighting.key].cases:
            key = (case.edition, case.reference)
            if key not in found and (case.prizes or key not in lost):
                found[key] = _left(case, withdrawn.get(key, frozenset()))
            elif case.prizes:
                found[key] = replace(found[key], prizes=(*found[key].prizes, *case.prizes))
    return list(found.values())


def _left(case: Case, withdrawn: frozenset[str]) -> Case:
    """A case without what was withdrawn: it is not shown, and not searched either."""
    if not withdrawn:
        return case
    answers = {TOPICS: list(case.topics), GOALS: list(case.goals)}
    return _case(case.edition, case.category, consents.leaves({**case.row, "answers": answers}, withdrawn))


def _case(edition: int, category: str, row: Mapping[str, Any]) -> Case:
    answers = row.get("answers") or {}
    light = {key: row[key] for key in LIGHT if row.get(key) not in (None, "", {}, [])}
    light |= {
        "reference": row["reference"],
        "title": row.get("title", ""),
        "organisation": row["organisation"],
    }
    return Case(
        edition,
        category,
        (row["prize"],) if row.get("prize") else (),
        light,
        region_of(str(row.get("country") or "")),
        _options(answers.get(TOPICS)),
        _options(answers.get(GOALS)),
        _searched(light),
    )


def _options(answer: Any) -> tuple[str, ...]:
    return tuple(str(it) for it in answer) if isinstance(answer, list) else ()


def _searched(row: Mapping[str, Any]) -> str:
    texts = [row["organisation"], row["title"], row.get("city", ""), row.get("summary", ""), row["reference"]]
    for key in ("organisation_names", "titles", "summaries", "citations"):
        texts += [str(it) for it in (row.get(key) or {}).values()]
    return fold(
        " ".join([*texts, *map(str, row.get("partners") or ()), _country_names(row.get("country", ""))])
    )


@lru_cache(maxsize=512)
def _country_names(code: str) -> str:
    return " ".join(str(Locale(tag).territories.get(code, "")) for tag in ("en", "ko"))
