"""The shapes in which answers are stored, and how to read whatever is: older imports left plain texts in lists."""

from __future__ import annotations

from awards.writing import cleaned, says_something, unreadable
from judging.programme import CONTACT_PARTS
from judging.rules import Column, Field
from judging.values import Json

FILES = frozenset(["files", "pictures"])
GROUPS = frozenset(["rows", "contacts", "pictures"])
LISTS = frozenset(["choices", "links", "files"]) | GROUPS
WRITTEN = frozenset(["line", "text"])

PICTURE_PARTS = ("file", "caption", "alternative", "credit", "permission")
PICTURE = tuple(Column(part, "line", part != "file") for part in PICTURE_PARTS)
CONTACT = tuple(Column(part, "line", part == "name") for part in CONTACT_PARTS)
CONTACT_CELLS = ("name", "office", "email", "phone", "latin_name")
"""The order of a contact's parts in a cell of an import: "name | office | email"."""


def is_given(field: Field, answer: Json) -> bool:
    """Whether there is an answer: a consent that is refused is none, nor are rows of empty cells."""
    if field.kind == "consent":
        return answer is True
    if field.kind in GROUPS:
        return any(says_something(text_of(cell)) for row in rows_of(field, answer) for cell in row.values())
    if field.kind in LISTS:
        return any(says_something(item) for item in items_of(answer))
    return says_something(text_of(answer))


def columns_of(field: Field) -> tuple[Column, ...]:
    """What each row of a field asks for; empty for kinds without rows."""
    usual = {"contacts": CONTACT, "pictures": PICTURE, "rows": (Column("row", "line", False),)}
    return field.columns or usual.get(field.kind, ())


def rows_of(field: Field, answer: Json) -> list[dict[str, Json]]:
    """The rows of an answer, each with every column of the field; a text that stands for a row is its first cell."""
    columns = [column.key for column in columns_of(field)]
    found = answer if isinstance(answer, list) else [answer] if answer else []
    return [
        {key: said if (said := item.get(key)) is True else text_of(said) for key in columns}
        if isinstance(item, dict)
        else {key: text_of(item) if key == columns[0] else "" for key in columns}
        for item in found
    ]


def items_of(answer: Json) -> list[str]:
    """The texts of a list, also where a single text stands in its place."""
    return [text for item in (answer if isinstance(answer, list) else [answer]) if (text := text_of(item))]


def text_of(answer: Json) -> str:
    """An answer that is one text; nothing where something else is stored."""
    return answer if isinstance(answer, str) else str(answer) if type(answer) is int else ""


def storable(answer: Json) -> Json:
    """An answer without the characters that can't be stored; everything else stays."""
    if isinstance(answer, str):
        return cleaned(answer) if unreadable(answer) else answer
    if isinstance(answer, list):
        return [storable(item) for item in answer]
    if isinstance(answer, dict):
        return {key: storable(item) for key, item in answer.items()}
    return answer
