"""The questions of the form in words: what is asked, how much, and who sees the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from awards.fields import FILES
from awards.web.texts import Names, Text, choose
from judging.rules import Field, Rules


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `notes` say how long the answer may be, whether it must be given and who sees it."""

    key: str
    kind: str
    label: Text | str
    guidance: Text | str
    notes: tuple[str, ...]
    options: tuple[Text | str, ...] = ()
    columns: tuple[Text | str, ...] = ()
    most: int = 0
    limit: int = 0
    names: Mapping[str, Text | str] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        return self.kind in FILES


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form."""

    title: Text | str
    questions: tuple[Question, ...]


def parts(rules: Rules, names: Names) -> tuple[Part, ...]:
    """The whole form, what the program asks by itself first, then the programme's sections in their order."""
    found = [Part(_("The nomination"), tuple(_basics(rules, names)))]
    sections: dict[str, list[Question]] = {}
    for asked in rules.fields:
        sections.setdefault(_section(names, asked.key), []).append(_question(asked, names))
    for key, questions in sections.items():
        title = names.name("sections", key) if key else _("The project")
        found.append(Part(title, tuple(questions)))
    return tuple(found)


def limit_words(asked: Field) -> str:
    """How long an answer may be, in words; empty where there is no limit."""
    if not asked.limit:
        return ""
    characters = asked.characters or 2 * asked.limit
    return _(
        "At most %(words)d words; in Chinese, Japanese or Thai %(characters)d characters.",
        words=asked.limit,
        characters=characters,
    )


def seen_by(asked: Field) -> str:
    """Who sees the answer to a asked."""
    if asked.public:
        return _("Published if the nomination becomes a finalist, unless you keep it back.")
    if asked.judges:
        return _("For the judges only; not published.")
    return _("For the secretariat only.")


def _section(names: Names, key: str) -> str:
    found = names.texts.get("fields", {}).get(key, {}).get("section")
    return str(found) if found else ""


def _question(asked: Field, names: Names) -> Question:
    texts: Mapping[str, Any] = names.texts.get("fields", {}).get(asked.key, {})
    named = {key: _named(texts.get("options"), key, names) for key in asked.options}
    notes = [_("Required.") if asked.required else _("Optional.")]
    if words := limit_words(asked):
        notes.append(words)
    if asked.most:
        notes.append(ngettext("At most %(num)d item.", "At most %(num)d items.", asked.most))
    if asked.kind == "pictures":
        notes.append(_("JPEG or PNG, 10 MB each, with caption, description and credit."))
    elif asked.kind == "files":
        notes.append(_("PDF, JPEG, PNG, DOCX or XLSX, 10 MB each."))
    notes.append(seen_by(asked))
    return Question(
        key=asked.key,
        kind=asked.kind,
        label=names.name("fields", asked.key),
        guidance=names.name("fields", asked.key, "guidance"),
        notes=tuple(notes),
        options=tuple(named.values()),
        names=named,
        columns=_columns(asked, texts, names),
        most=asked.most,
        limit=asked.limit,
    )


def _columns(asked: Field, texts: Mapping[str, Any], names: Names) -> tuple[Text | str, ...]:
    if asked.kind == "contacts":
        return (
            _("Name as to be printed"),
            _("Name in Latin letters"),
            _("Office"),
            _("E-mail"),
            _("Telephone"),
        )
    return tuple(_named(texts.get("columns"), column.key, names) for column in asked.columns)


def _named(texts: Mapping[str, Any] | None, key: str, names: Names) -> Text | str:
    return choose((texts or {}).get(key, {}).get("name"), names.fallback) or key


def _basics(rules: Rules, names: Names) -> Iterator[Question]:
    required, published = _("Required."), _("Published if the nomination becomes a finalist.")
    yield Question(
        "category",
        "choice",
        _("Category"),
        "",
        (required,),
        options=tuple(names.name("categories", category.key) for category in rules.categories),
    )
    yield Question(
        "title",
        "line",
        _("Title"),
        _("Say in a few words what the project is. It stands on lists, pages and the certificate."),
        (required, published),
    )
    yield Question(
        "summary",
        "text",
        _("Summary"),
        _("Say in three or four sentences what was done, for whom, and what has changed."),
        (required, published),
    )
    yield Question(
        "organisation",
        "line",
        _("Organisation and city"),
        _("The body that is nominated, by the name that it bears now, and the city where it is."),
        (required, published),
    )
