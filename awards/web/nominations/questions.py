"""The words of the form: what the programme's file says, and the questions that every form has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from awards import sections
from awards.fields import Fault, FaultKind
from awards.sections import Section
from awards.web.language import current
from awards.web.texts import Names, Text
from awards.web.words import country, language_name
from judging.rules import INDIVIDUAL, PROJECT, Field, Rules


def names_of(texts: Mapping[str, Any], rules: Rules, fallback: str) -> Names:
    """The names of a programme's questions and of the built-in ones."""
    known = {**_built_in(texts, rules), **texts.get("fields", {})}
    return Names({**texts, "fields": known}, fallback)


def section_name(names: Names, section: Section) -> Text:
    """What a section is called: by the programme's file, else by us."""
    ours = {
        sections.BASICS: _("Title and summary"),
        sections.ORGANISATION: _("Organisation and city"),
        sections.PROJECT: _("The project"),
        sections.PUBLICATION: _("Publication and consent"),
    }
    if section.key in names.texts.get("sections", {}) and not (
        section.built_in and section.key == sections.ORGANISATION
    ):
        return names.name("sections", section.key)
    return Text(ours.get(section.key, section.key), current())


def _built_in(texts: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    here, working = current(), language_name(rules.working_language)
    categories = {
        it.key: {"name": texts.get("categories", {}).get(it.key, {}).get("name", {})} for it in rules.categories
    }
    tongues = {tag: {"name": {here: language_name(tag)}} for tag in sections.languages(rules)}
    kinds = {PROJECT: _("a project"), INDIVIDUAL: _("a person")}
    said: dict[str, tuple[str, str]] = {
        "category": (_("Category"), _("One category; you can change it until you submit.")),
        "nominee_kind": (_("Who or what is nominated"), ""),
        "language": (_("Language of the nomination"), _("The language in which you write it.")),
        "title": (_("Title"), _("The name of the project, as it is to be printed.")),
        "titles": (_("Title in %(language)s", language=working), _("Where you have one.")),
        "summary": (_("Summary"), _("What was done, for whom, and what came of it. It is published of every finalist.")),
        "summaries": (_("Summary in %(language)s", language=working), _("Where you have one.")),
        "organisation_name": (_("Organisation"), _("Its name as it is to be printed.")),
        "city": (_("City"), ""),
        "country": (_("Country"), ""),
        "kept_back": (
            _("Not for publication"),
            _("Tick what is for the judges and the secretariat only, even if the nomination becomes a finalist."),
        ),
    }
    found: dict[str, Any] = {
        key: {"name": {here: name}, "guidance": {here: guidance} if guidance else {}}
        for key, (name, guidance) in said.items()
    }
    found["category"]["options"] = categories
    found["language"]["options"] = tongues
    found["nominee_kind"]["options"] = {key: {"name": {here: name}} for key, name in kinds.items()}
    found["kept_back"]["options"] = {
        key: {"name": text.get("name", {})} for key, text in texts.get("fields", {}).items()
    }
    return found


def option_name(names: Names, key: str, option: str) -> Text:
    """What an option of a question is called."""
    options = names.texts.get("fields", {}).get(key, {}).get("options", {})
    return Names({"options": options}, names.fallback).name("options", option)


def in_words(fault: Fault) -> str:
    """What is wrong with an answer, as a sentence that stands after the name of its question."""
    if fault.kind in (FaultKind.TOO_MANY_WORDS, FaultKind.TOO_MANY_CHARACTERS, FaultKind.TOO_LONG):
        return _too_long(fault)
    sentences = {
        FaultKind.MISSING: _("not answered yet"),
        FaultKind.COLUMN_MISSING: _("part of a row is not answered yet"),
        FaultKind.NOT_ONE_LINE: _("one line only"),
        FaultKind.NOT_A_NUMBER: _("not a number"),
        FaultKind.NOT_A_DATE: _("not a date; write it as 2025-03-31"),
        FaultKind.NOT_A_LINK: _("not a full web address; it begins with https://"),
        FaultKind.NOT_AN_ADDRESS: _("not an e-mail address"),
        FaultKind.NOT_AN_OPTION: _("choose one of those listed"),
        FaultKind.TOO_MANY_ITEMS: _("%(found)s given; no more than %(limit)s", found=fault.found, limit=fault.limit),
        FaultKind.UNREADABLE: _("holds characters that can't be kept"),
    }
    return sentences.get(fault.kind, _("look at the answer again"))


def _too_long(fault: Fault) -> str:
    if fault.kind is FaultKind.TOO_MANY_WORDS:
        return ngettext(
            "%(num)s word; the limit is %(limit)s", "%(num)s words; the limit is %(limit)s", fault.found, limit=fault.limit
        )
    return ngettext(
        "%(num)s character; the limit is %(limit)s",
        "%(num)s characters; the limit is %(limit)s",
        fault.found,
        limit=fault.limit,
    )


def shown_country(code: str) -> str:
    return country(code) if code else ""


def readers(field: Field) -> str:
    """Who sees an answer, as a sentence."""
    if field.public:
        return _("Judges read it. Of finalists it is published, unless you keep it back.")
    if field.judges:
        return _("Judges read it. It is not published.")
    return _("For the secretariat only.")
