"""The questions of the form in words: what is asked, how much, and who sees the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from awards.fields import FILES, columns_of
from awards.web.questions import Naming
from awards.web.texts import Names, Text
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
    columns: tuple[str, ...] = ()
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


def _section(names: Names, key: str) -> str:
    found = names.texts.get("fields", {}).get(key, {}).get("section")
    return str(found) if found else ""


def _question(asked: Field, names: Names) -> Question:
    naming = Naming(asked, names.texts, names.fallback)
    options = {key: naming.option(key) for key in asked.options}
    notes = [_("Required.") if asked.required else _("Optional."), naming.limit(names.fallback)]
    if asked.kind == "pictures":
        notes.append(_("JPEG or PNG, 10 MB each, with caption, description and credit."))
    elif asked.kind == "files":
        notes.append(_("PDF, JPEG, PNG, DOCX or XLSX, 10 MB each."))
    notes.append(naming.readers())
    return Question(
        key=asked.key,
        kind=asked.kind,
        label=naming.name,
        guidance=naming.guidance,
        notes=tuple(note for note in notes if note),
        options=tuple(options.values()),
        columns=_columns(asked, naming),
        most=asked.most,
        limit=asked.limit,
        names=options,
    )


def _columns(asked: Field, naming: Naming) -> tuple[str, ...]:
    if asked.kind not in ("rows", "contacts"):
        return ()
    return tuple(str(naming.column(column.key)) for column in columns_of(asked))


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
