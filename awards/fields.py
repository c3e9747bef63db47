"""The form as data: what each field may hold, checked in one place for a page and for an import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

from awards.cells import are_links, consent_of, date_of, day_of, is_address, is_link, number_of
from awards.shapes import (
    CONTACT,
    CONTACT_CELLS,
    FILES,
    GROUPS,
    LISTS,
    PICTURE,
    WRITTEN,
    columns_of,
    is_given,
    items_of,
    rows_of,
    storable,
    text_of,
)
from awards.tables import split
from awards.writing import (
    LONGEST,
    WHITE,
    Measure,
    Unit,
    cleaned,
    measure,
    says_something,
    tidy,
    unit_of,
    unreadable,
)
from judging.rules import Field
from judging.values import Json

LONGEST_LINE = 2_000


class FaultKind(StrEnum):
    """What can be wrong with an answer."""

    MISSING = "missing"
    TOO_MANY_WORDS = "too_many_words"
    TOO_MANY_CHARACTERS = "too_many_characters"
    TOO_LONG = "too_long"
    NOT_ONE_LINE = "not_one_line"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_LINK = "not_a_link"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_AN_OPTION = "not_an_option"
    NOT_YES_OR_NO = "not_yes_or_no"
    TOO_MANY_ITEMS = "too_many_items"
    COLUMN_MISSING = "column_missing"
    UNREADABLE = "unreadable"


UNSAVED = frozenset([FaultKind.TOO_LONG, FaultKind.UNREADABLE])
"""With these not even a draft is saved; with all others it is."""

NOTHING = frozenset([FaultKind.MISSING, FaultKind.COLUMN_MISSING])
"""Something that is not there yet, rather than something wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one field: in a list its row, from 0, and column; about a length or number, limit and found."""

    field: str
    kind: FaultKind
    limit: int = 0
    found: int = 0
    row: int | None = None
    column: str = ""


class Form(Protocol):
    """A posted form, such as werkzeug's MultiDict."""

    def getlist(self, key: str, /) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


def posted(field: Field, form: Form) -> Json:
    """The answer that a form holds, as it is stored: tidied, and otherwise as typed, also where it is faulty.

    Names: the field's key; `key-0` in links; `key-0-column` in rows, contacts and pictures. Empty rows are left out.
    """
    if field.kind in GROUPS:
        found = [_row(field, form, number) for number in _numbers(field, form)]
        return [row for row in found if any(row.values())]
    if field.kind == "links":
        links = [_one(form, f"{field.key}-{number}") for number in _numbers(field, form)]
        return [link for link in links if link]
    if field.kind in LISTS:
        return list[Json](dict.fromkeys(text for item in form.getlist(field.key) if (text := tidy(item))))
    if field.kind == "consent":
        return "yes" in form.getlist(field.key)
    text = _one(form, field.key)
    return (day_of(text) or text) if field.kind == "date" else text


def answer(field: Field, cell: str, names: Mapping[str, Iterable[str]] | None = None) -> Json:
    """The answer in a cell of an import, in the same shape; what can't be read stays as it is written.

    Items of a list are separated by semicolons, the cells of a row or the parts of a contact by bars. An option is
    given by its key or any of its `names`, by key.
    """
    text = tidy(cell)
    if field.kind in ("rows", "contacts"):
        return [row for item in split(text) if any((row := _imported_row(field, item)).values())]
    if field.kind in ("choice", "choices"):
        keys = {name.casefold(): key for key in field.options for name in (names or {}).get(key, ())}
        keys |= {key: key for key in field.options}
        found = [keys.get(item.casefold(), item) for item in split(text)]
        return (
            list[Json](dict.fromkeys(found)) if field.kind == "choices" else keys.get(text.casefold(), text)
        )
    if field.kind in LISTS:
        return list[Json](split(text))
    if field.kind == "consent":
        said = consent_of(text)
        return text if said is None else said
    return (day_of(text) or text) if field.kind == "date" else text


def check(fields: Iterable[Field], answers: Mapping[str, Json], language: str) -> tuple[Fault, ...]:
    """Every fault of a form, in the fields' order."""
    return tuple(fault for field in fields for fault in faults_of(field, answers.get(field.key), language))


def faults_of(field: Field, answer: Json, language: str) -> tuple[Fault, ...]:
    """Everything that is wrong with the stored answer to one field, written in `language`."""
    wrong = tuple(_wrong(field, answer, language))
    if not wrong and field.required and not is_given(field, answer):
        return (Fault(field.key, FaultKind.MISSING),)
    return wrong


def limit_of(field: Field, language: str) -> Measure | None:
    """How long an answer in a language may be, None where there is no limit."""
    unit = unit_of(language)
    limit = field.limit if unit is Unit.WORDS else field.characters or field.limit * 2
    return Measure(limit, unit) if limit and field.kind in WRITTEN else None


def _one(form: Form, name: str) -> str:
    return tidy(next(iter(form.getlist(name)), ""))


def _numbers(field: Field, form: Form) -> list[int]:
    """The numbers of the rows that a form holds for a field."""
    columns = "|".join(re.escape(column.key) for column in columns_of(field))
    name = re.compile(
        re.escape(field.key) + r"-([0-9]{1,6})" + (f"-(?:{columns})" if columns else "") + r"\Z"
    )
    return sorted({int(found.group(1)) for given in form if (found := name.match(given))})


def _row(field: Field, form: Form, number: int) -> dict[str, Json]:
    row: dict[str, Json] = {}
    for column in columns_of(field):
        text = _one(form, f"{field.key}-{number}-{column.key}")
        if column.key == "permission":
            row[column.key] = text == "yes"
        else:
            row[column.key] = (day_of(text) or text) if column.kind == "date" else text
    return row


def _imported_row(field: Field, item: str) -> dict[str, Json]:
    keys = [column.key for column in columns_of(field)]
    if field.kind == "contacts":
        keys.sort(key=CONTACT_CELLS.index)
    dates = {column.key for column in columns_of(field) if column.kind == "date"}
    cells = [cell.strip(WHITE) for cell in item.split("|", len(keys) - 1)]
    cells += [""] * (len(keys) - len(cells))
    return {
        key: (day_of(cell) or cell) if key in dates else cell for key, cell in zip(keys, cells, strict=True)
    }


def _wrong(field: Field, answer: Json, language: str) -> Iterable[Fault]:
    """What is wrong with what is there."""
    if field.kind == "consent":
        return [Fault(field.key, FaultKind.NOT_YES_OR_NO)] if text_of(answer) else []
    return _of_list(field, answer) if field.kind in LISTS else _of_one(field, text_of(answer), language)


_Make = Callable[..., Fault]
_READERS: Mapping[str, tuple[FaultKind, Callable[[str], object]]] = {
    "number": (FaultKind.NOT_A_NUMBER, number_of),
    "date": (FaultKind.NOT_A_DATE, date_of),
    "link": (FaultKind.NOT_A_LINK, is_link),
    "links": (FaultKind.NOT_A_LINK, are_links),
    "email": (FaultKind.NOT_AN_ADDRESS, is_address),
}


def _of_one(field: Field, text: str, language: str) -> Iterator[Fault]:
    wrong = list(_of_cell(partial(Fault, field.key), field.kind, text))
    yield from wrong
    limit = limit_of(field, language)
    if limit and not wrong and (length := measure(text, language)).count > limit.count:
        words = limit.unit is Unit.WORDS
        kind = FaultKind.TOO_MANY_WORDS if words else FaultKind.TOO_MANY_CHARACTERS
        yield Fault(field.key, kind, limit.count, length.count)
    if field.kind == "choice" and field.options and text and text not in field.options and not wrong:
        yield Fault(field.key, FaultKind.NOT_AN_OPTION)


def _of_list(field: Field, answer: Json) -> Iterator[Fault]:
    number = len(rows_of(field, answer)) if field.kind in GROUPS else len(items_of(answer))
    if field.most and number > field.most:
        yield Fault(field.key, FaultKind.TOO_MANY_ITEMS, field.most, number)
    if field.kind in GROUPS:
        for place, row in enumerate(rows_of(field, answer)):
            yield from _of_row(field, place, row)
        return
    for place, item in enumerate(items_of(answer)):
        kind = "link" if field.kind == "links" else "line"
        wrong = list(_of_cell(partial(Fault, field.key, row=place), kind, item))
        yield from wrong
        if field.kind == "choices" and field.options and item not in field.options and not wrong:
            yield Fault(field.key, FaultKind.NOT_AN_OPTION, row=place)


def _of_row(field: Field, place: int, row: Mapping[str, Json]) -> Iterator[Fault]:
    if not any(row.values()):
        return
    for column in columns_of(field):
        make = partial(Fault, field.key, row=place, column=column.key)
        cell = row[column.key]
        if column.required and not says_something(text_of(cell)) and cell is not True:
            yield make(FaultKind.COLUMN_MISSING)
        kind = "email" if field.kind == "contacts" and column.key == "email" else column.kind
        yield from _of_cell(make, kind, text_of(cell))


def _of_cell(make: _Make, kind: str, text: str) -> Iterator[Fault]:
    """What is wrong with one text of a kind, whatever its field's limits; at most one thing."""
    longest = LONGEST if kind == "text" else LONGEST_LINE
    if len(text) > longest:
        yield make(FaultKind.TOO_LONG, longest, len(text))
    elif strange := unreadable(text):
        yield make(FaultKind.UNREADABLE, found=strange)
    elif kind != "text" and len(text.splitlines()) > 1:
        yield make(FaultKind.NOT_ONE_LINE)
    elif text and kind in _READERS:
        fault, reader = _READERS[kind]
        found = reader(text)
        if found is None or found is False:
            yield make(fault)


__all__ = [
    "CONTACT", "FILES", "GROUPS", "LISTS", "LONGEST", "LONGEST_LINE", "NOTHING", "PICTURE", "UNSAVED", "WRITTEN",
    "Fault", "FaultKind", "Form", "Measure", "Unit",
    "answer", "check", "cleaned", "columns_of", "date_of", "faults_of", "is_given", "items_of", "limit_of", "measure",
    "number_of", "posted", "rows_of", "storable", "text_of", "tidy",
]  # fmt: skip
