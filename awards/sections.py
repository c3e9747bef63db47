"""The form of a nomination in sections: which questions stand together, what was answered, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from awards import fields
from awards.fields import Fault, FaultKind
from judging.programme import LANGUAGES
from judging.rules import INDIVIDUAL, Field, Rules
from judging.values import Json

BASICS, PROJECT, ORGANISATION, PUBLICATION = "basics", "project", "organisation", "publication"
TITLE_CHARACTERS = 400
SUMMARY_WORDS = 150
LONGEST_TEXT = 100_000
IN_WORKING_LANGUAGE = ("titles", "summaries")
"""Answers that are kept by language; the form asks for the one in the edition's working language."""

WHOSE = ("organisation_name", "city", "country")
WHOSE_OF_INDIVIDUALS = ("country",)


@dataclass(frozen=True, slots=True)
class Section:
    """Some questions that stand on one page. That of the organisation has a page of its own."""

    key: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What keeps a nomination from being submitted: a fault, and the section where it is mended."""

    section: str
    fault: Fault


def of_form(rules: Rules, texts: Mapping[str, Any], said: Mapping[str, Json]) -> tuple[Section, ...]:
    """The sections of a form in order; where a programme's file names none its questions stand in one."""
    grouped: dict[str, list[Field]] = {}
    for field in rules.fields:
        if field.kind != "consent":
            grouped.setdefault(_place(texts, field), []).append(field)
    basics = (*built_in(rules, said), *grouped.pop(BASICS, ()))
    whose = (*_whose(said), *grouped.pop(ORGANISATION, ()))
    last = tuple(grouped.pop(PUBLICATION, ()))
    consents = tuple(field for field in rules.fields if field.kind == "consent")
    return (
        Section(BASICS, basics),
        *(Section(key, tuple(found)) for key, found in grouped.items()),
        Section(ORGANISATION, whose),
        Section(PUBLICATION, (*last, *_kept_back(rules), *consents)),
    )


def _place(texts: Mapping[str, Any], field: Field) -> str:
    return str(texts.get("fields", {}).get(field.key, {}).get("section") or PROJECT)


def built_in(rules: Rules, said: Mapping[str, Json]) -> tuple[Field, ...]:
    """The questions that every form has. Titles are asked twice where it isn't written in the working language."""
    kinds = rules.category(str(said["category"])).nominee_kinds
    found = [
        _question("category", "choice", options=tuple(it.key for it in rules.categories)),
        *([_question("nominee_kind", "choice", options=kinds)] if len(kinds) > 1 else []),
        _question("language", "choice", options=languages(rules)),
        _question("title", "line", characters=TITLE_CHARACTERS),
        _question("summary", "text", limit=SUMMARY_WORDS),
    ]
    if said.get("language") != rules.working_language:
        found[-1:-1] = [_question("titles", "line", required=False, characters=TITLE_CHARACTERS)]
        found.append(_question("summaries", "text", required=False, limit=SUMMARY_WORDS))
    return tuple(found)


def languages(rules: Rules) -> tuple[str, ...]:
    """The languages in which a nomination may be written."""
    return rules.eligibility.languages or tuple(dict.fromkeys((*rules.languages, *LANGUAGES)))


def _whose(said: Mapping[str, Json]) -> tuple[Field, ...]:
    keys = WHOSE_OF_INDIVIDUALS if said.get("nominee_kind") == INDIVIDUAL else WHOSE
    return tuple(_question(key, "line") for key in keys)


def _kept_back(rules: Rules) -> tuple[Field, ...]:
    public = tuple(field.key for field in rules.fields if field.public and field.kind != "consent")
    return (_question("kept_back", "choices", required=False, options=public),) if public else ()


def _question(key: str, kind: str, *, required: bool = True, **more: Any) -> Field:
    return replace(NO_FIELD, key=key, kind=kind, required=required, **_known(more))


def answers(said: Mapping[str, Json], rules: Rules) -> dict[str, Json]:
    """What was answered by the key of the question."""
    found = dict(said)
    for key in IN_WORKING_LANGUAGE:
        texts = said.get(key)
        found[key] = texts.get(rules.working_language, "") if isinstance(texts, dict) else ""
    return found


def changes(given: Mapping[str, Json], said: Mapping[str, Json], rules: Rules) -> dict[str, Json]:
    """Answers as drafts keep them: what is kept by language joins what is there in other ones."""
    found = dict(given)
    for key in IN_WORKING_LANGUAGE:
        if key in given:
            before = said.get(key)
            kept = dict(before) if isinstance(before, dict) else {}
            kept.pop(rules.working_language, None)
            found[key] = kept | ({rules.working_language: given[key]} if given[key] else {})
    return found


def language_of(field: Field, said: Mapping[str, Json], rules: Rules) -> str:
    """The language in which a question is answered, by which its length is measured."""
    return rules.working_language if field.key in IN_WORKING_LANGUAGE else str(said.get("language") or "")


def faults(
    section: Section, said: Mapping[str, Json], rules: Rules, *, missing: bool = True
) -> tuple[Fault, ...]:
    """What is wrong with the answers of a section; `missing`: and what isn't answered yet."""
    given = answers(said, rules)
    found = [
        fault
        for field in section.fields
        for fault in _faults(field, given.get(field.key), language_of(field, said, rules))
    ]
    return tuple(it for it in found if missing or it.kind is not FaultKind.MISSING)


def gaps(rules: Rules, texts: Mapping[str, Any], said: Mapping[str, Json]) -> tuple[Gap, ...]:
    """Everything that keeps a nomination from being submitted, in the order of the form."""
    return tuple(
        Gap(section.key, fault)
        for section in of_form(rules, texts, said)
        for fault in faults(section, said, rules)
    )


def _faults(field: Field, answer: Json, language: str) -> tuple[Fault, ...]:
    options = _options(field)
    if field.kind == "choice" and options and answer and answer not in options:
        return (Fault(field.key, FaultKind.MISSING),)
    return fields.faults_of(field, answer, language)


def storable(field: Field, answer: Json) -> bool:
    """Whether an answer can be kept at all, be it right or wrong."""
    if field.key in ("title", "titles"):
        return isinstance(answer, str) and len(answer) <= TITLE_CHARACTERS
    if field.key in ("category", "language", "nominee_kind"):
        return answer in _options(field)
    return _fits(answer)


def _fits(answer: Json) -> bool:
    if isinstance(answer, str):
        return len(answer) <= LONGEST_TEXT and "\0" not in answer
    if isinstance(answer, list):
        return all(_fits(it) for it in answer)
    if isinstance(answer, dict):
        return all(_fits(it) for it in answer.values())
    return True


def _options(field: Field) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(field, "options", ())
    return found


def _known(more: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name in NO_FIELD.__dataclass_fields__}


NO_FIELD = Field("", "line", required=True, public=True, judges=True, limit=0)
