"""Reading a document table by table, collecting every mistake with its place, not only the first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

KEY = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12}|/(?!0+\Z)\d{1,12})?\Z", re.ASCII)
LARGEST = 10**6
_SHOWN = 200

E = TypeVar("E", bound=StrEnum)


class MistakeKind(StrEnum):
    NOT_TOML = "not_toml"
    UNKNOWN_KEY = "unknown_key"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    BAD_KEY = "bad_key"
    DUPLICATE = "duplicate"
    NOT_ABOVE_ZERO = "not_above_zero"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    UPSIDE_DOWN = "upside_down"
    NOT_ONE_OF = "not_one_of"
    NOT_DEFINED = "not_defined"
    EMPTY = "empty"
    MISSING_LANGUAGE = "missing_language"
    MORE_PRIZES_THAN_PLACES = "more_prizes_than_places"
    STEP_NOT_POSSIBLE = "step_not_possible"
    LADDER_CAN_END_UNRESOLVED = "ladder_can_end_unresolved"
    DOES_NOT_APPLY = "does_not_apply"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: its kind, its place ("categories[2].places"), what stands there, what may stand there."""

    kind: MistakeKind
    place: str
    found: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """One table of a document. Each reader takes a key off it; `close` reports the keys nobody asked for."""

    values: Mapping[str, object]
    place: str
    mistakes: list[Mistake]
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, kind: MistakeKind, key: str, found: object = "", allowed: Iterable[object] = ()) -> None:
        self.mistakes.append(
            Mistake(kind, self.at(key), _shown(found), tuple(str(value) for value in allowed))
        )

    def has(self, key: str) -> bool:
        return key in self.values

    def take(self, key: str, default: object = None, *, required: bool = False) -> object:
        self.asked.add(key)
        if key not in self.values and required:
            self.wrong(MistakeKind.MISSING, key)
        return self.values.get(key, default)

    def close(self) -> None:
        for key in sorted(self.values.keys() - self.asked):
            self.wrong(MistakeKind.UNKNOWN_KEY, key, allowed=sorted(self.asked))

    def integer(self, key: str, default: int, *, least: int = 0) -> int:
        """A whole number from `least` to LARGEST; where it is another, `default`, so that nothing else looks wrong."""
        value = self.take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(MistakeKind.WRONG_TYPE, key, value, ["a whole number"])
        elif value < least:
            self.wrong(MistakeKind.TOO_SMALL, key, value, [least])
        elif value > LARGEST:
            self.wrong(MistakeKind.TOO_LARGE, key, value, [LARGEST])
        else:
            return value
        return default

    def fraction(self, key: str, default: Fraction) -> Fraction:
        """A whole number, a decimal or a fraction as text ("3/10"), with up to twelve digits in each part."""
        value = self.take(key, default)
        if isinstance(value, Fraction):
            return value
        if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool):
            text = _shown(value)
            if NUMBER.match(text):
                return Fraction(text)
        self.wrong(MistakeKind.WRONG_TYPE, key, value, ["a number", '"3/10"'])
        return default

    def boolean(self, key: str, default: bool) -> bool:
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.wrong(MistakeKind.WRONG_TYPE, key, value, ["true", "false"])
            return default
        return value

    def string(self, key: str, default: str | None = None) -> str:
        value = self.take(key, default, required=default is None)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(MistakeKind.WRONG_TYPE, key, value, ["text"])
            return default or ""
        return unicodedata.normalize("NFC", value)

    def key(self, key: str) -> str:
        found = self.string(key)
        if found and not KEY.match(found):
            self.wrong(MistakeKind.BAD_KEY, key, found)
        return found

    def one_of(self, key: str, kind: type[E], default: E) -> E:
        found = self.string(key, default.value)
        if found in [member.value for member in kind]:
            return kind(found)
        self.wrong(MistakeKind.NOT_ONE_OF, key, found, [member.value for member in kind])
        return default

    def strings(
        self, key: str, default: Iterable[str] = (), *, of: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """A list of different texts, each one of `of` where that is given."""
        return tuple(text for _, text in self.listed(key, default, of=of))

    def listed(
        self, key: str, default: Iterable[str] = (), *, of: Iterable[str] | None = None
    ) -> tuple[tuple[str, str], ...]:
        """`strings`, each after its own place in this table ("ladder[2]")."""
        value = self.take(key, default := list(default))
        if not isinstance(value, (list, tuple)):
            self.wrong(MistakeKind.WRONG_TYPE, key, value, ["a list"])
            value = default
        allowed = None if of is None else list(of)
        found: dict[str, str] = {}
        for number, item in enumerate(value, start=1):
            name = f"{key}[{number}]"
            if not isinstance(item, str):
                self.wrong(MistakeKind.WRONG_TYPE, name, item, ["text"])
            elif item in found:
                self.wrong(MistakeKind.DUPLICATE, name, item)
            elif allowed is not None and item not in allowed:
                self.wrong(MistakeKind.NOT_DEFINED, name, item, allowed)
            else:
                found[item] = name
        return tuple((name, text) for text, name in found.items())

    def table(self, key: str) -> Table:
        value = self.take(key, {})
        if not isinstance(value, Mapping):
            self.wrong(MistakeKind.WRONG_TYPE, key, value, ["a table"])
            value = {}
        return Table(value, self.at(key), self.mistakes)

    def tables(self, key: str) -> list[Table]:
        value = self.take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.wrong(MistakeKind.WRONG_TYPE, key, type(value).__name__, ["a list of tables"])
            return []
        return [Table(item, f"{self.at(key)}[{n}]", self.mistakes) for n, item in enumerate(value, start=1)]


def _shown(found: object) -> str:
    """What stands in a document, as text of a length that can be shown."""
    text = hex(found) if isinstance(found, int) and abs(found) > LARGEST**3 else str(found)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def unique_keys(tables: Iterable[Table], keys: Iterable[str]) -> None:
    """Report a key that a list of tables gives twice; one that is missing has been reported as such."""
    seen = {""}
    for table, key in zip(tables, keys, strict=True):
        if key and key in seen:
            table.wrong(MistakeKind.DUPLICATE, "key", key)
        seen.add(key)


_HEADER = re.compile(r"\s*\[(\[)?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?\Z")


def locate(text: str, place: str) -> int | None:
    """The line, from 1, of a TOML text where a place such as "categories[2].places" stands, or its table."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, listed = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _header_place(header.group(2), counts, listed=bool(header.group(1)))
            lines.setdefault(table, number)
        elif listed and line.lstrip().startswith("{"):
            counts[listed] = counts.get(listed, 0) + 1
            lines.setdefault(f"{listed}[{counts[listed]}]", number)
        elif "=" in line and not line.lstrip().startswith("#"):
            name = line.split("=", 1)[0].strip().replace('"', "")
            listed = f"{table}.{name}" if table else name
            lines.setdefault(listed, number)
    while place:
        if place in lines:
            return lines[place]
        place = place.rpartition(".")[0] if not place.endswith("]") else place.rpartition("[")[0]
    return None


def _header_place(name: str, counts: dict[str, int], *, listed: bool) -> str:
    """The place of a header, each list of tables in it with the number of its latest table ("a[2].b[1].c")."""
    parts = name.split(".")
    place = ""
    for number, part in enumerate(parts, start=1):
        place = f"{place}.{part}" if place else part
        if listed and number == len(parts):
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = f"{place}[{counts[place]}]"
    return place
