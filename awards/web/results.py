"""Finalists and winners as the pages show them, from publications alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from awards.models import Publication
from awards.web.texts import NOTHING, Names, Text, choose, own
from awards.web.words import country
from judging.rules import Rules

WIDEST, WIDEST_WORD = 24, 10
"""Letters of a name, and of a word of it, that fit a phone in the largest letters."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """Who was put forward, and for what. `name` is in its own script, `read_as` for readers of the page, `latin` in
    Latin letters where neither is.
    """

    reference: str
    name: Text
    read_as: Text
    title: Text
    summary: Text
    city: Text | None
    country: str
    place: int | None = None
    citation: Text = NOTHING
    latin: Text = NOTHING

    @property
    def is_long(self) -> bool:
        """Whether the name is too long, or has a word too long, to be set as large as others."""
        name = self.name.text
        return len(name) > WIDEST or max(map(len, name.split()), default=0) > WIDEST_WORD


@dataclass(frozen=True, slots=True)
class Won:
    """A prize with those that won it; nobody where it was not given, or was `revoked` and nobody moved up."""

    key: str
    name: Text
    nominees: tuple[Nominee, ...]
    first: bool
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    key: str
    name: Text
    nominees: tuple[Nominee, ...] = ()
    prizes: tuple[Won, ...] = ()


def finalists(published: Iterable[Publication], names: Names) -> list[Category]:
    """Finalists by category, in the order of their references: it says nothing of how they stood."""
    return [
        Category(
            found.category,
            names.name("categories", found.category),
            tuple(
                nominee_of(row) for row in sorted(found.document["rows"], key=lambda row: row["reference"])
            ),
        )
        for found in published
    ]


def winners(published: Iterable[Publication], rules: Rules, names: Names) -> list[Category]:
    """Winners by category, its prizes in the order of the rules, the first of each category marked."""
    return [_won(found, rules, names) for found in published]


def _won(found: Publication, rules: Rules, names: Names) -> Category:
    by_prize: dict[str, list[Nominee]] = {}
    for row in sorted(found.document["rows"], key=lambda row: (row.get("place") or 0, row["reference"])):
        by_prize.setdefault(row["prize"], []).append(nominee_of(row))
    not_given = set(found.document.get("not_given", ()))
    shown = sorted(
        (prize.key for prize in rules.prizes if prize.key in by_prize or prize.key in not_given),
        key=rules.is_the_publics,
    )
    revoked = {row["prize"] for row in found.document.get("revoked", ())}
    prizes = tuple(
        Won(
            key,
            names.name("prizes", key),
            tuple(by_prize.get(key, ())),
            first=number == 0,
            revoked=key in revoked,
        )
        for number, key in enumerate(shown)
    )
    return Category(found.category, names.name("categories", found.category), prizes=prizes)


def nominee_of(row: Mapping[str, Any]) -> Nominee:
    """Who stands in a row of a publication."""
    name, read_as = own(row["organisation"], row.get("organisation_names"), row.get("country", ""))
    city = row.get("city", "")
    known = {str(name), str(read_as), row["organisation"]}
    return Nominee(
        reference=row["reference"],
        name=name,
        read_as=read_as,
        title=title_of(row),
        summary=_summary_of(row),
        city=Text(city, "en") if city and city not in known else None,
        country=country(row.get("country", "")),
        place=row.get("place"),
        citation=choose(row.get("citations"), row.get("language", "en")),
        latin=NOTHING
        if row["organisation"] in (str(name), str(read_as))
        else Text(row["organisation"], "en"),
    )


def title_of(row: Mapping[str, Any]) -> Text:
    """The title in the page's language where there is one, else as it was submitted."""
    written_in = row.get("language", "en")
    return choose({written_in: row["title"]} | row.get("titles", {}), written_in)


def _summary_of(row: Mapping[str, Any]) -> Text:
    written_in = row.get("language", "en")
    return choose({written_in: row.get("summary", "")} | row.get("summaries", {}), written_in)
