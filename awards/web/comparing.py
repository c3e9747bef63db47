"""Two states of the rules beside each other: in words by chapter, and value by value."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from awards.differences import Difference, of_documents
from awards.models import RulesDocument
from awards.web import chapters, face
from awards.web.chapters import Block, Chapter
from awards.web.texts import Names
from judging.clauses import clauses
from judging.rules import Rules
from judging.values import Json

YES_OR_NO: Mapping[bool, object] = {True: _l("yes"), False: _l("no")}


@dataclass(frozen=True, slots=True)
class Told:
    """A chapter in which sentences went or came."""

    title: str
    gone: tuple[str, ...]
    come: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Valued:
    """One value that differs, by its path."""

    path: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A difference of rules as it is shown."""

    chapters: tuple[Told, ...]
    values: tuple[Valued, ...]


@dataclass(frozen=True, slots=True)
class Amended:
    """An amendment as everybody reads it: what stood before it, and what it changed."""

    document: RulesDocument
    before: RulesDocument
    compared: Compared


def amendments(documents: Sequence[RulesDocument], names: Names) -> tuple[Amended, ...]:
    """Every amendment of an edition's rules, the newest first."""
    return tuple(
        Amended(
            after,
            before,
            compared(
                face.read(before), face.read(after), names, of_documents(before.document, after.document)
            ),
        )
        for before, after in reversed(list(pairwise(documents)))
    )


def compared(before: Rules, after: Rules, names: Names, values: Sequence[Difference]) -> Compared:
    """Two states of the rules beside each other, with the names that the texts give."""
    one, other = ({it.title: lines(it) for it in in_words(rules, names.texts)} for rules in (before, after))
    told = (_told(title, one.get(title, []), other.get(title, [])) for title in dict.fromkeys([*one, *other]))
    return Compared(
        tuple(it for it in told if it.gone or it.come),
        tuple(Valued(it.path, value(it.before), value(it.after)) for it in values),
    )


def _told(title: str, before: Sequence[str], after: Sequence[str]) -> Told:
    lines = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    gone = tuple(line[2:] for line in lines if line.startswith("- "))
    return Told(title, gone, tuple(line[2:] for line in lines if line.startswith("+ ")))


def in_words(rules: Rules, texts: Mapping[str, object]) -> tuple[Chapter, ...]:
    """Rules in words, with the names that the texts give."""
    return chapters.chapters(clauses(rules), Names(texts, rules.working_language))


def lines(chapter: Chapter) -> list[str]:
    """A chapter line by line, to be compared with another one."""
    return [line for block in chapter.blocks for line in _lines(block)]


def _lines(block: Block) -> list[str]:
    rows = [" · ".join(str(part) for part in (row.name, row.text, row.figure) if part) for row in block.rows]
    steps = [f"{number}. {step}" for number, step in enumerate(block.steps, start=1)]
    return [line for line in (block.intro, *block.sentences, *steps, *rows) if line]


def value(found: Json) -> str:
    """A value of the rules as a table shows it."""
    if found is None:
        return "–"
    if isinstance(found, bool):
        return str(YES_OR_NO[found])
    if isinstance(found, list):
        return ", ".join(value(item) for item in found) or "–"
    if isinstance(found, dict):
        return ", ".join(f"{name}: {value(item)}" for name, item in found.items())
    return str(found)
