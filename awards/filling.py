"""Workbooks to be filled in: locked but for some cells, and read back in bounds, without reckoning any formula."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_CELL = 32767
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 60, 5000, 80
ABOUT = "laurels"
"""The hidden sheet that says what the workbook is."""
KEYS = 3
"""The row, counted from 1, that holds the keys of the columns; hidden. The heads are in the next, rows follow."""
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31


class NotAWorkbook(Exception):
    """The file can't be read as a workbook of ours."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its key. `whole` are the lowest and highest whole number that its cells take, said in `hint`."""

    key: str
    head: str
    width: float
    hidden: bool = False
    open: bool = False
    whole: tuple[int, int] | None = None
    hint: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet of a workbook to be written; `says` stands above the table."""

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it came back: the sheet, its number there, its cells by key, and the keys of cells with formulas."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    formulas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    about: Mapping[str, str]
    rows: tuple[Filled, ...]


def write(about: Mapping[str, str], leaves: Sequence[Leaf]) -> bytes:
    """A workbook in which only the open cells are written; `about` comes back as it was."""
    import xlsxwriter  # noqa: PLC0415 (slow to import, and few pages write one)

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        plain = {"text_wrap": True, "valign": "top"}
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "says": book.add_format(plain | {"font_color": "#55605B"}),
            "head": book.add_format(plain | {"bold": True, "bottom": 1, "bg_color": "#EEF3F0"}),
            "locked": book.add_format(plain | {"bottom": 4}),
            "open": book.add_format(plain | {"bottom": 4, "locked": False, "bg_color": "#FFFBEA"}),
            "number": book.add_format(
                plain | {"bottom": 4, "locked": False, "bg_color": "#FFFBEA", "align": "center"}
            ),
        }
        taken: set[str] = set()
        for leaf in leaves:
            _write_leaf(book.add_worksheet(_name(leaf.name, taken)), leaf, formats)
        hidden = book.add_worksheet(ABOUT)
        for number, (key, value) in enumerate(about.items()):
            hidden.write_string(number, 0, key)
            hidden.write_string(number, 1, value)
        hidden.protect()
        hidden.very_hidden()
    return file.getvalue()


def read(content: bytes) -> Returned:
    """What came back. Only a file that `uploads.inspect` has taken may be given. Raises NotAWorkbook."""
    import openpyxl  # noqa: PLC0415 (slow to import, and few pages read one)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=False, keep_links=False
            )
            try:
                return _read(book)
            finally:
                book.close()
    except NotAWorkbook:
        raise
    except Exception as error:  # a damaged workbook makes the reader fail in ways that it does not name
        raise NotAWorkbook from error


def _name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet can have: short, without some signs, not there twice."""
    clean = NOT_IN_A_NAME.sub(" ", wanted).strip().strip("'")[:LONGEST_NAME] or "1"
    number = 1
    found = clean
    while found.casefold() in taken or found.casefold() in (ABOUT, "history"):
        number += 1
        found = f"{clean[: LONGEST_NAME - 4]} {number}"
    taken.add(found.casefold())
    return found


def _write_leaf(sheet: Any, leaf: Leaf, formats: Mapping[str, Any]) -> None:
    shown = next(place for place, column in enumerate(leaf.columns) if not column.hidden)
    last = len(leaf.columns) - 1
    sheet.write_string(0, shown, leaf.title, formats["title"])
    sheet.merge_range(1, shown, 1, last, leaf.says, formats["says"])
    sheet.set_row(1, 96)
    first = KEYS + 1
    for place, column in enumerate(leaf.columns):
        sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
        sheet.write_string(KEYS - 1, place, column.key)
        sheet.write_string(KEYS, place, column.head, formats["head"])
        if column.whole and leaf.rows:
            lowest, highest = column.whole
            sheet.data_validation(
                first,
                place,
                first + len(leaf.rows) - 1,
                place,
                {
                    "validate": "integer",
                    "criteria": "between",
                    "minimum": lowest,
                    "maximum": highest,
                    "error_title": column.hint[0][:32],
                    "error_message": column.hint[1][:255],
                },
            )
    sheet.set_row(KEYS - 1, None, None, {"hidden": True})
    for number, row in enumerate(leaf.rows, start=first):
        for place, (column, cell) in enumerate(zip(leaf.columns, row, strict=True)):
            look = formats["number" if column.whole else "open" if column.open else "locked"]
            if isinstance(cell, int):
                sheet.write_number(number, place, cell, look)
            elif cell:
                sheet.write_string(number, place, cell[:LONGEST_CELL], look)
            else:
                sheet.write_blank(number, place, None, look)
    sheet.freeze_panes(first, shown + 2)
    sheet.protect("", {"format_rows": True, "format_columns": True, "sort": True})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _read(book: Any) -> Returned:
    if len(book.worksheets) > MOST_SHEETS or ABOUT not in book.sheetnames:
        raise NotAWorkbook
    about = {
        _text(row[0].value): _text(row[1].value)
        for row in book[ABOUT].iter_rows(max_row=20, max_col=2)
        if len(row) == 2
    }
    rows: list[Filled] = []
    for sheet in book.worksheets:
        if sheet.title != ABOUT:
            rows += _rows(sheet)
    return Returned(about, tuple(rows))


def _rows(sheet: Any) -> list[Filled]:
    """The rows below the one that holds the keys, wherever it stands now."""
    keys: list[str] = []
    found: list[Filled] = []
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS), start=1):
        if not keys:
            texts = [_text(cell.value) for cell in row]
            keys = texts if "code" in texts and "base" in texts else []
            head = number + 1
            continue
        if number == head or all(cell.value is None for cell in row):
            continue
        cells = {key: cell for key, cell in zip(keys, row, strict=False) if key}
        found.append(
            Filled(
                sheet.title,
                number,
                {key: _text(cell.value) for key, cell in cells.items()},
                tuple(key for key, cell in cells.items() if getattr(cell, "data_type", "") == "f"),
            )
        )
    return found


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
        return str(int(value))
    return str(value)[:LONGEST_CELL]
