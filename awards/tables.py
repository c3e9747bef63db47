"""What a spreadsheet holds and what can be wrong with it, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a line of a file was refused."""

    NOT_READABLE = "not_readable"
    EMPTY_FILE = "empty_file"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_TWICE = "column_twice"
    EMPTY = "empty"
    TWICE_IN_FILE = "twice_in_file"
    ALREADY_THERE = "already_there"
    NOT_ONE_OF = "not_one_of"
    NOT_FOUND = "not_found"
    NOT_A_REFERENCE = "not_a_reference"
    NOT_A_DATE = "not_a_date"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_COUNTRY = "not_a_country"
    NOT_A_MARK = "not_a_mark"
    NOT_MARKED_HERE = "not_marked_here"
    NOT_ASSIGNED = "not_assigned"
    IN_CONFLICT = "in_conflict"
    NOT_ELIGIBLE = "not_eligible"
    NOT_ON_SLATE = "not_on_slate"
    NOT_ON_ROLL = "not_on_roll"
    NAMED_TWICE = "named_twice"
    TOO_MANY = "too_many"
    BARRED = "barred"
    TOO_LONG = "too_long"
    AMBIGUOUS = "ambiguous"
    TOO_MANY_BALLOTS = "too_many_ballots"


@dataclass(frozen=True, slots=True)
class Line:
    """One refusal: the row as the spreadsheet numbers it (header = 1, 0 for the file), column, value, reason."""

    row: int
    column: str
    value: str
    reason: Reason
    allowed: tuple[str, ...] = ()


class FileRefused(Exception):
    """A file has lines that can't be taken; nothing of it was."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = tuple(lines)
        super().__init__(f"{len(self.lines)} lines refused")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells as trimmed text, empty where blank."""

    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def has(self, column: str) -> bool:
        return column in self.columns


def split(cell: str) -> list[str]:
    """The items of a list inside a cell, separated by semicolons, blank ones left out."""
    return [item.strip() for item in cell.split(";") if item.strip()]


def check_columns(
    columns: Sequence[str], *, required: Sequence[str], optional: Sequence[str] | None
) -> list[Line]:
    """What is wrong with a header. `optional` None lets any other column pass."""
    lines = [Line(1, name, "", Reason.COLUMN_MISSING) for name in required if name not in columns]
    lines += [
        Line(1, name, "", Reason.COLUMN_TWICE)
        for name in dict.fromkeys(columns)
        if list(columns).count(name) > 1
    ]
    if optional is not None:
        known = (*required, *optional)
        lines += [Line(1, name, "", Reason.COLUMN_UNKNOWN, known) for name in columns if name not in known]
    return lines
