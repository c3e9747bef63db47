"""The words of the questions that every form has, beside those of the programme's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from awards import sections
from awards.sections import Section
from awards.web import questions
from awards.web.language import current
from awards.web.questions import Naming
from awards.web.texts import Text, choose
from awards.web.words import language_name
from judging.rules import INDIVIDUAL, PROJECT, Rules


def namings(
    texts: Mapping[str, Any], rules: Rules, form: Iterable[Section], fallback: str
) -> dict[str, Naming]:
    """The words of every question of a form, by its key."""
    known = {**texts, "fields": {**texts.get("fields", {}), **_built_in(texts, rules)}}
    return questions.namings(known, [it for section in form for it in section.fields], fallback)


def section_name(texts: Mapping[str, Any], section: Section, fallback: str) -> Text:
    """What a section is called: by the programme's file, else by us."""
    ours = {
        sections.BASICS: _("Title and summary"),
        sections.ORGANISATION: _("Organisation and city"),
        sections.PROJECT: _("The project"),
        sections.PUBLICATION: _("Publication and consent"),
    }
    stated = choose(texts.get("sections", {}).get(section.key, {}).get("name"), fallback)
    if stated and not section.built_in:
        return stated
    return Text(ours.get(section.key, section.key), current())


def _built_in(texts: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    here, working = current(), language_name(rules.working_language)
    categories = {
        it.key: {"name": texts.get("categories", {}).get(it.key, {}).get("name", {})}
        for it in rules.categories
    }
    tongues = {tag: {"name": {here: language_name(tag)}} for tag in sections.languages(rules)}
    kinds = {PROJECT: _("a project"), INDIVIDUAL: _("a person")}
    said: dict[str, tuple[str, str]] = {
        "category": (_("Category"), _("One category; you can change it until you submit.")),
        "nominee_kind": (_("Who or what is nominated"), ""),
        "language": (_("Language of the nomination"), _("The language in which you write it.")),
        "title": (_("Title"), _("The name of the project, as it is to be printed.")),
        "titles": (_("Title in %(language)s", language=working), _("The judges read it.")),
        "summary": (
            _("Summary"),
            _("What was done, for whom, and what came of it. It is published of every finalist."),
        ),
        "summaries": (_("Summary in %(language)s", language=working), _("The judges read it.")),
        "nominee_name": (_("Name of the person"), _("As it is to be printed.")),
        "organisation_name": (_("Organisation"), _("Its name as it is to be printed.")),
        "city": (_("City"), ""),
        "country": (_("Country"), ""),
        "kept_back": (
            _("Not for publication"),
            _(
                "Tick what is for the judges and the secretariat only, even if the nomination becomes a finalist."
            ),
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
