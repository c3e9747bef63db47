"""The form of a nomination in sections: which questions stand together, what was answered, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from awards import fields
from awards.fields import Fault, FaultKind
from judging.programme import LANGUAGES
from judging.rules import INDIVIDUAL, Field, Rules
from judging.values import Json

BASICS, PROJECT, ORGANISATION, PUBLICATION = "basics", "project", "organisation", "publication"
TITLE_CHARACTERS = 400
SUMMARY_WORDS = 150
CHOSEN = ("category", "nominee_kind", "language")
IN_WORKING_LANGUAGE = ("titles", "summaries")
"""Answers that are kept by language; the form asks for the one in the edition's working language."""

WHOSE = ("organisation_name", "city", "country")
WHOSE_OF_INDIVIDUALS = ("nominee_name", "country")


TOGETHER: Mapping[str, tuple[str, ...]] = {
    "title": ("titles",),
    "summary": ("summaries",),
    "organisation_name": ("organisation_id",),
}
"""What is written in the same place of the form, and opens with it where a nomination is returned."""

PAGES = frozenset(
    "preview submit receipt late withdraw again people partners nominee invitations "
    "organisation city approval-letter files appeal".split()
)
"""Pages of a nomination whose names no section takes."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some questions that stand on one page. That of the organisation has a page of its own."""

    key: str
    fields: tuple[Field, ...]
    built_in: bool = False

    @property
    def page(self) -> str:
        """The last part of its address."""
        return self.key if self.built_in or self.key not in PAGES else f"{self.key}-more"


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
    last = tuple(grouped.pop(PUBLICATION, ()))
    consents = tuple(field for field in rules.fields if field.kind == "consent")
    return (
        Section(BASICS, basics, built_in=True),
        Section(ORGANISATION, _whose(said), built_in=True),
        *(Section(key, tuple(found)) for key, found in grouped.items()),
        Section(PUBLICATION, (*last, *_kept_back(rules), *consents), built_in=True),
    )


def _place(texts: Mapping[str, Any], field: Field) -> str:
    return str(texts.get("fields", {}).get(field.key, {}).get("section") or PROJECT)


def named(opened: Iterable[str]) -> list[str]:
    """Of the keys that are open those that somebody named; the rest opens with them."""
    along = {other for others in TOGETHER.values() for other in others}
    return [key for key in opened if key not in along]


def built_in(rules: Rules, said: Mapping[str, Json]) -> tuple[Field, ...]:
    """The questions that every form has. Titles are asked twice where it isn't written in the working language.

    What is nominated is asked where the category leaves a choice, or where what was chosen isn't for it.
    """
    kinds = rules.category(str(said["category"])).nominee_kinds
    not_its_kind = bool(said.get("nominee_kind")) and said["nominee_kind"] not in kinds
    found = [
        _question("category", "choice", options=tuple(it.key for it in rules.categories)),
        *([_question("nominee_kind", "choice", options=kinds)] if len(kinds) > 1 or not_its_kind else []),
        _question("language", "choice", options=languages(rules)),
        _question("title", "line"),
        _question("summary", "text", limit=SUMMARY_WORDS),
    ]
    tongues = languages(rules)
    others = ("", *(tag for tag in tongues if tag != rules.working_language))
    if said.get("language") in others and tongues != (rules.working_language,):
        found[-1:-1] = [_question("titles", "line")]
        found.append(_question("summaries", "text", limit=SUMMARY_WORDS))
    return tuple(found)


def languages(rules: Rules) -> tuple[str, ...]:
    """The languages in which a nomination may be written."""
    return rules.eligibility.languages or tuple(dict.fromkeys((*rules.languages, *LANGUAGES)))


def _whose(said: Mapping[str, Json]) -> tuple[Field, ...]:
    keys = WHOSE_OF_INDIVIDUALS if said.get("nominee_kind") == INDIVIDUAL else WHOSE
    return tuple(_question(key, "line") for key in keys)


def _kept_back(rules: Rules) -> tuple[Field, ...]:
    public = tuple(field.key for field in rules.fields if field.public and field.kind != "consent")
    if not public:
        return ()
    return (Field("kept_back", "choices", False, public=False, judges=False, limit=0, options=public),)


def _question(
    key: str, kind: str, *, required: bool = True, limit: int = 0, options: tuple[str, ...] = ()
) -> Field:
    return Field(key, kind, required=required, public=True, judges=True, limit=limit, options=options)


def answers(said: Mapping[str, Json], rules: Rules) -> dict[str, Json]:
    """What was answered by the key of the question."""
    found = dict(said)
    found["nominee_name"] = said.get("organisation_name")
    for key in IN_WORKING_LANGUAGE:
        texts = said.get(key)
        found[key] = texts.get(rules.working_language, "") if isinstance(texts, dict) else ""
    return found


def changes(given: Mapping[str, Json], said: Mapping[str, Json], rules: Rules) -> dict[str, Json]:
    """Answers as drafts keep them: what is kept by language joins what is there in other ones.

    A category for one kind of nominee settles the kind.
    """
    found = dict(given)
    kinds = {it.key: it.nominee_kinds for it in rules.categories}.get(str(given.get("category")), ())
    if len(kinds) == 1:
        found["nominee_kind"] = kinds[0]
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
    return tuple(it for it in found if missing or it.kind not in fields.NOTHING)


def gaps(
    rules: Rules,
    texts: Mapping[str, Any],
    said: Mapping[str, Json],
    *,
    only: Collection[str] | None = None,
    besides: Collection[str] = (),
) -> tuple[Gap, ...]:
    """Everything that keeps a nomination from being submitted, in the order of the form.

    `only`: the fields that are open in a returned one; what lacks elsewhere can't be mended now and blocks nothing.
    `besides`: optional fields that the rules ask of this nominee.
    """
    given = answers(said, rules)
    found = []
    for section in of_form(rules, texts, said):
        wrong = list(faults(section, said, rules))
        wrong += [
            Fault(field.key, FaultKind.MISSING)
            for field in section.fields
            if field.key in besides and not fields.is_given(field, given.get(field.key))
        ]
        found += [Gap(section.page, fault) for fault in wrong if only is None or fault.field in only]
    return tuple(found)


def _faults(field: Field, answer: Json, language: str) -> tuple[Fault, ...]:
    if field.key in ("title", "titles") and isinstance(answer, str) and len(answer) > TITLE_CHARACTERS:
        return (Fault(field.key, FaultKind.TOO_LONG, TITLE_CHARACTERS, len(answer)),)
    return fields.faults_of(field, answer, language)


def unstorable(field: Field, answer: Json, language: str) -> tuple[Fault, ...]:
    """What keeps an answer from being saved even in a draft."""
    found = _faults(field, answer, language)
    chosen = field.key in CHOSEN
    return tuple(it for it in found if chosen or it.kind in fields.UNSAVED)
