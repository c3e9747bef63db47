"""Names and texts of a prize as they are to stand: which can be changed, and what a change would make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from awards.models.base import Document
from awards.web.language import locale
from judging.rules import INDIVIDUAL

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """One name: its key in the names of a prize, what it is called, how it stands, in which language it is."""

    key: str
    label: str
    value: str
    language: str


def places(names: Document, languages: tuple[str, ...]) -> Iterator[Place]:
    """The names that a winner confirms or asks to be changed."""
    person = names["nominee_kind"] == INDIVIDUAL
    who = _("Name of the person") if person else _("Name of the city or organisation")
    yield Place("organisation", who, str(names["organisation"]), "en")
    written = str(names.get("language") or "en")
    if not person:
        known: Mapping[str, Any] = names.get("organisation_names") or {}
        for tag in dict.fromkeys((*known, *languages)):
            if tag != "en":
                label = _("The same in %(language)s", language=spoken(tag))
                yield Place(f"organisation_names.{tag}", label, str(known.get(tag) or ""), tag)
        yield Place("city", _("City"), str(names.get("city") or ""), "en")
    yield Place("title", _("Title"), str(names["title"]), written)
    titles: Mapping[str, Any] = names.get("titles") or {}
    for tag in dict.fromkeys((*titles, *languages)):
        if tag != written:
            label = _("The title in %(language)s", language=spoken(tag))
            yield Place(f"titles.{tag}", label, str(titles.get(tag) or ""), tag)


def changes(names: Document, wanted: Mapping[str, Any]) -> list[tuple[Place, str]]:
    """What is asked to be changed: each name as it stands, and as it is to stand."""
    languages = tuple(dict.fromkeys(key.partition(".")[2] for key in wanted if "." in key))
    return [
        (it, str(wanted[it.key]))
        for it in places(names, languages)
        if it.key in wanted and wanted[it.key] != it.value
    ]


def spoken(tag: str) -> str:
    """The name of a language in that of the page."""
    return str(locale().languages.get(tag.partition("-")[0], tag))
