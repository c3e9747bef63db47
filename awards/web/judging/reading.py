"""A nomination as its judges read it, in words only, until files are shown in place."""

from __future__ import annotations

from dataclasses import dataclass

from awards import drafts, fields, queues, sections
from awards.extensions import db
from awards.queues import Item
from awards.sections import Section
from awards.web import built_in
from awards.web.judging.routes import Reader
from awards.web.questions import Naming
from awards.web.texts import Text
from judging.rules import Field
from judging.values import Json

HEAD = frozenset(["category", "nominee_kind", "language", "title", "titles", "summary", "summaries"])


@dataclass(frozen=True)
class Part:
    """A section of the form with the answers that judges may read."""

    key: str
    name: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Dossier:
    """What the form says. `translated`: the summary in the working language where it was written in another one."""

    language: str
    summary: str
    translated: str
    working: str
    parts: tuple[Part, ...]
    answers: dict[str, Json]
    names: dict[str, Naming]


def dossier(here: Reader, item: Item) -> Dossier | None:
    """None where a nomination has no text."""
    found = queues.revision(db.session(), item)
    if found is None:
        return None
    rules, texts, said = here.seat.rules, here.seat.texts, drafts.said_by(found)
    form = sections.of_form(rules, texts, said)
    answers = sections.answers(said, rules)
    return Dossier(
        found.language,
        found.summary,
        str(answers["summaries"] or ""),
        rules.working_language,
        tuple(
            Part(it.key, built_in.section_name(texts, it, here.edition.language), asked)
            for it in form
            if (asked := _for_judges(it, answers))
        ),
        answers,
        built_in.namings(texts, rules, form, here.edition.language),
    )


def _for_judges(section: Section, answers: dict[str, Json]) -> tuple[Field, ...]:
    """The answers that the rules let judges read; of its own questions only those that page heads don't show."""
    return tuple(
        it
        for it in section.fields
        if it.judges
        and it.key not in HEAD
        and it.kind not in fields.FILES
        and it.kind != "consent"
        and section.key != sections.ORGANISATION
        and fields.is_given(it, answers.get(it.key))
    )
