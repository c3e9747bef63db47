"""Reading files of sheets and of pairs that strangers send."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from pathlib import Path

from judging.calibration.values import Sheet

NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?\Z", re.ASCII)
ABSENT = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
LARGEST_CELL = 10_000


class FileFault(Exception):
    """A file that can't be used; the text says why, naming the line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair to be predicted, as it was written; `category` is empty where the file doesn't say."""

    judge: str
    nomination: str
    category: str


@dataclass(frozen=True, slots=True)
class Read:
    """Sheets, those of one judge and nomination made one by their mean; how many those were; rows without a value."""

    sheets: tuple[Sheet, ...]
    repeated: int
    empty: int


def read_sheets(path: Path) -> Read:
    """Sheets of a CSV file with the columns judge, nomination, value, and category if there is one. FileFault."""
    values: dict[tuple[str, str, str], list[Fraction]] = {}
    empty = 0
    for line, row in _rows(path, ("judge", "nomination", "value")):
        value = _value(row["value"], line)
        judge, nomination = _named(row, "judge", line), _named(row, "nomination", line)
        if value is None:
            empty += 1
        else:
            values.setdefault((judge, nomination, row.get("category", "")), []).append(value)
    if not values:
        raise FileFault("The file has no sheet with a value.")
    return Read(
        tuple(Sheet(*name, sum(found, Fraction(0)) / len(found)) for name, found in values.items()),
        sum(len(found) - 1 for found in values.values()),
        empty,
    )


def read_pairs(path: Path) -> tuple[Asked, ...]:
    """Pairs of a CSV file with the columns judge and nomination, and category if there is one. FileFault."""
    return tuple(
        Asked(_named(row, "judge", line), _named(row, "nomination", line), row.get("category", ""))
        for line, row in _rows(path, ("judge", "nomination"))
    )


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by column name, each with the number of its line."""
    text = _text(path)
    reader = csv.reader(StringIO(text, newline="\n"), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        for name in needed:
            if header.count(name) != 1:
                raise FileFault(f"Line 1: a column “{name}” is needed once; there are {header.count(name)}.")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise FileFault(
                    f"Line {reader.line_num}: {len(cells)} cells, where line 1 has {len(header)}."
                )
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise FileFault(f"Line {reader.line_num}: this is not CSV ({error}).") from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileFault(f"{path}: {error.strerror}.") from error
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileFault(f"Line {line}: the text is not UTF-8.") from error
    if "\0" in text:
        raise FileFault(
            f"Line {text[: text.index(chr(0))].count(chr(10)) + 1}: a character that no text has."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return next((mark for mark in (",", ";", "\t") if mark in first), ",")


def _named(row: dict[str, str], column: str, line: int) -> str:
    name = row[column]
    if not name:
        raise FileFault(f"Line {line}: no {column} is named.")
    if len(name) > LARGEST_CELL:
        raise FileFault(f"Line {line}: the name of the {column} is longer than {LARGEST_CELL} characters.")
    return name


def _value(cell: str, line: int) -> Fraction | None:
    """A number with a decimal point (or a comma, in a quoted cell or a file with semicolons)."""
    if cell.lower() in ABSENT:
        return None
    text = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
    if not NUMBER.match(text):
        raise FileFault(f"Line {line}: “{cell[:40]}” is not a number.")
    return Fraction(text)
