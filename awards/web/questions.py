"""One field of the form as a page asks it and shows it: its words, its cells, its length, what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import fields
from awards.cells import date_of, day_of, number_of
from awards.fields import Fault, Measure, Unit
from awards.web.language import locale
from awards.web.texts import Text, choose
from awards.web.words import lazy as _l
from judging.rules import Column, Field
from judging.values import Json

MOST_RADIOS = 6
PARTS: Mapping[str, str] = {
    "name": _l("Name"),
    "latin_name": _l("Name in Latin letters"),
    "office": _l("Office"),
    "email": _l("E-mail address"),
    "phone": _l("Telephone"),
    "file": _l("File"),
    "caption": _l("Caption"),
    "alternative": _l("Description for those who can't see it"),
    "credit": _l("Who took or made it"),
    "permission": _l("It may be published"),
    "row": _l("Entry"),
}
TYPED: Mapping[str, str] = {"number": "decimal", "links": "url", "email": "email", "phone": "tel"}
"""The keyboard that a phone shows for a kind of cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One input: its name in the form, its id, its words, what stands in it and what is wrong with it."""

    name: str
    id: str
    label: str
    value: str
    keyboard: str
    optional: bool
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> bool:
        """Whether what stands in it has several lines, which an input of one line would lose."""
        return "\n" in self.value


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is, how long it may be, and the sentence of that."""

    count: int
    limit: int
    unit: Unit
    words: str


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    name: Text
    chosen: bool


class Naming:
    """The words of one field, out of the texts of an edition."""

    def __init__(self, field: Field, texts: Mapping[str, Any], fallback: str = "en") -> None:
        self.field, self.fallback = field, fallback
        self.texts: Mapping[str, Any] = texts.get("fields", {}).get(field.key, {})
        self.name = choose(self.texts.get("name"), fallback) or Text(field.key, "")
        self.guidance = choose(self.texts.get("guidance"), fallback)
        self.files_at = f"files/{field.key}"

    def option(self, said: Json) -> Text:
        """The name of an option; the key itself where it has none."""
        key = fields.text_of(said)
        texts = self.texts.get("options", {}).get(key, {}).get("name")
        return choose(texts, self.fallback) or Text(key, "")

    def column(self, key: str) -> Text:
        """The name of a column, a part of a contact or of a picture."""
        texts = self.texts.get("columns", {}).get(key, {}).get("name")
        return choose(texts, self.fallback) or Text(str(PARTS.get(key, key)), "")

    def readers(self) -> str:
        """Who sees the answer."""
        if self.field.public:
            return _("May be published.")
        if self.field.judges:
            return _("For the judges. Not published.")
        return _("For the secretariat only. Neither judges nor the public see it.")

    def limit(self, language: str) -> str:
        """How long the answer may be, or of how many items it may be."""
        limit = fields.limit_of(self.field, language)
        if limit is not None:
            return self._length_limit(limit)
        if self.field.most > 1 and self.field.kind in fields.LISTS:
            return _("At most %(limit)s.", limit=_figure(self.field.most))
        return ""

    @staticmethod
    def _length_limit(limit: Measure) -> str:
        if limit.unit is Unit.WORDS:
            return _("At most %(limit)s words.", limit=_figure(limit.count))
        return _("At most %(limit)s characters, spaces not counted.", limit=_figure(limit.count))

    def length(self, answer: Json, language: str) -> Length | None:
        """How long the answer is, beside its limit."""
        limit = fields.limit_of(self.field, language)
        if limit is None:
            return None
        count = fields.measure(fields.text_of(answer), language).count
        said = {"count": _figure(count), "limit": _figure(limit.count)}
        words = (
            _("%(count)s of %(limit)s words", **said)
            if limit.unit is Unit.WORDS
            else _("%(count)s of %(limit)s characters", **said)
        )
        return Length(count, limit.count, limit.unit, words)

    def options(self, answer: Json) -> list[Option]:
        """All options, and whatever was chosen that is none any more."""
        chosen = fields.items_of(answer)
        gone = [key for key in chosen if key not in self.field.options]
        return [Option(key, self.option(key), key in chosen) for key in (*self.field.options, *gone)]

    def few(self) -> bool:
        """Whether the options are few enough to show them all."""
        return len(self.field.options) <= MOST_RADIOS

    def cell(self, answer: Json, faults: Sequence[Fault]) -> Cell:
        """The one input of a field that is no list."""
        key = self.field.key
        keyboard = TYPED.get(self.field.kind, "")
        value = fields.text_of(answer)
        return Cell(
            key, f"field-{key}", str(self.name), value, keyboard, not self.field.required, tuple(faults)
        )

    def rows(self, answer: Json, faults: Sequence[Fault], *, more: bool = False) -> list[list[Cell]]:
        """The inputs of rows or contacts: what there is, then empty ones, up to as many as are taken."""
        found = fields.rows_of(self.field, answer)
        columns = fields.columns_of(self.field)
        empty: dict[str, Json] = dict.fromkeys([column.key for column in columns], "")
        found += [empty] * self._spare(len(found), more=more)
        return [
            [self._cell_of_row(place, column, row, faults) for column in columns]
            for place, row in enumerate(found)
        ]

    def links(self, answer: Json, faults: Sequence[Fault], *, more: bool = False) -> list[Cell]:
        """The inputs of links."""
        found = fields.items_of(answer)
        found += [""] * self._spare(len(found), more=more)
        key = self.field.key
        return [
            Cell(
                f"{key}-{place}", f"field-{key}-{place}", _("Link %(number)d", number=place + 1), link, "url",
                False, tuple(it for it in faults if it.row == place),
            )
            for place, link in enumerate(found)
        ]  # fmt: skip

    def is_group(self) -> bool:
        """Whether the rows of the answer are told apart by their numbers."""
        return self.field.kind in ("links", *fields.GROUPS)

    def can_grow(self, count: int) -> bool:
        """Whether there may be more rows than are shown."""
        return not self.field.most or count < self.field.most

    def kept(self, answer: Json) -> list[tuple[str, str]]:
        """What a form must carry along so that an answer which it doesn't ask for stays: names and values."""
        key = self.field.key
        if self.field.kind == "files":
            return [(key, item) for item in fields.items_of(answer)]
        return [
            (f"{key}-{place}-{part}", "yes" if said is True else str(said))
            for place, row in enumerate(fields.rows_of(self.field, answer))
            for part, said in row.items()
            if said
        ]

    def attached(self, answer: Json) -> str:
        """How many files there are."""
        number = len(answer) if isinstance(answer, list) else 0
        return (
            ngettext("There is one file.", "There are %(num)d files.", number)
            if number
            else _("No file yet.")
        )

    def whole(self, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """The faults of the field itself, not of one of its cells."""
        return tuple(it for it in faults if it.row is None or self.field.kind in ("choices", *fields.FILES))

    def words_of(self, column: Column | str, said: Json) -> str:
        """A cell as it is read: days and numbers as the page's language writes them."""
        cell = fields.text_of(said)
        kind = column if isinstance(column, str) else column.kind
        if kind == "date":
            return _day(cell)
        number = number_of(cell) if kind == "number" else None
        return (
            cell
            if number is None
            else str(format_decimal(number, locale=locale(), decimal_quantization=False))
        )

    def is_table(self, answer: Json) -> bool:
        """Whether rows say more than their first cells."""
        return any(cell for row in fields.rows_of(self.field, answer) for cell in list(row.values())[1:])

    def _spare(self, there: int, *, more: bool) -> int:
        """How many empty rows are shown below those that there are."""
        wanted = (1 if there else 2) + more
        if self.field.kind == "contacts" and not there and self.field.most:
            wanted = self.field.most
        return min(wanted, max(self.field.most - there, 0)) if self.field.most else wanted

    def _cell_of_row(
        self, place: int, column: Column, row: Mapping[str, Json], faults: Sequence[Fault]
    ) -> Cell:
        key = self.field.key
        kind = column.key if self.field.kind == "contacts" else column.kind
        return Cell(
            name=f"{key}-{place}-{column.key}",
            id=f"field-{key}-{place}-{column.key}",
            label=str(self.column(column.key)),
            value=fields.text_of(row[column.key]),
            keyboard=TYPED.get(kind, ""),
            optional=not column.required,
            faults=tuple(it for it in faults if it.row == place and it.column == column.key),
        )


def namings(texts: Mapping[str, Any], asked: Sequence[Field], fallback: str = "en") -> dict[str, Naming]:
    """The words of every field, by its key."""
    return {field.key: Naming(field, texts, fallback) for field in asked}


def target(fault: Fault, field: Field) -> str:
    """The id of the input that a fault is about, for a link to it."""
    if field.kind in ("choices", *fields.FILES):
        return f"field-{fault.field}"
    row = "" if fault.row is None else f"-{fault.row}"
    return f"field-{fault.field}{row}" + (f"-{fault.column}" if fault.column else "")


def _figure(number: int) -> str:
    return str(format_decimal(number, locale=locale()))


def _day(cell: str) -> str:
    day, first = day_of(cell), date_of(cell)
    if day is None or first is None:
        return cell
    if len(day) == len("2021"):
        return str(first.year)
    pattern = "long" if len(day) > len("2021-05") else {"ko": "y년 M월"}.get(locale().language, "MMMM y")
    return str(format_date(first, pattern, locale=locale()))
