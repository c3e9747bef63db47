"""Spreadsheets: reading CSV and XLSX into values, every cell as text; writing them so that no cell is a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path

from awards.tables import FileRefused, Line, Reason, Row, Table, check_columns

LARGEST = 64 * 2**20
LARGEST_UNPACKED = 512 * 2**20
DELIMITERS = ",;\t"
ERROR_CELL = "#ERROR!"
LONGEST_CELL = 32767
"""So many characters a cell of a workbook holds."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_WHOLE = re.compile(r"(-?\d+)\.0+\Z")

Cells = list[list[str]]


def read(path: Path, *, required: Sequence[str], optional: Sequence[str] | None = None) -> Table:
    """The table in a CSV or XLSX file: cells trimmed, in NFC, as text; blank rows dropped; rows numbered as shown.

    `optional` None lets any other column pass. Raises FileRefused for what can't be read and for a wrong header.
    """
    cells = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(_content(path))
    rows = [
        (number, [unicodedata.normalize("NFC", cell).strip() for cell in row])
        for number, row in enumerate(cells, start=1)
    ]
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows:
        raise FileRefused([Line(0, "", path.name, Reason.EMPTY_FILE)])
    header = [name.lower() for name in rows[0][1]]
    named = [place for place, name in enumerate(header) if name]
    columns = tuple(header[place] for place in named)
    if lines := check_columns(columns, required=required, optional=optional) + _beyond(header, rows[1:]):
        raise FileRefused(lines)
    if len(rows) == 1:
        raise FileRefused([Line(0, "", path.name, Reason.EMPTY_FILE)])
    return Table(
        columns,
        tuple(Row(number, {header[place]: row[place] for place in named}) for number, row in rows[1:]),
    )


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file in UTF-8 whose cells no spreadsheet program takes for formulas."""
    path.write_bytes(as_csv(columns, rows))


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same as bytes."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([safe(name) for name in columns])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue().encode()


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a workbook of one sheet, every text as text."""
    path.write_bytes(as_xlsx(columns, rows))


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same as bytes."""
    import xlsxwriter  # noqa: PLC0415 (slow to import, and few commands write one)

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((columns, *rows)):
            for place, cell in enumerate(row):
                if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, "" if cell is None else str(cell)[:LONGEST_CELL])
    return file.getvalue()


def safe(cell: object) -> str:
    """A cell of a CSV file: an apostrophe keeps what starts like a formula from being one. Numbers stay."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.match(text) else text


def _refused(
    value: str, reason: Reason = Reason.NOT_READABLE, *, row: int = 0, allowed: str = ""
) -> FileRefused:
    return FileRefused([Line(row, "", value, reason, (allowed,) if allowed else ())])


def _beyond(header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    """Cells that stand in no named column, and cells that a spreadsheet program shows as an error."""
    return [
        Line(number, header[place], cell, Reason.NOT_READABLE if header[place] else Reason.COLUMN_UNKNOWN)
        for number, row in rows
        for place, cell in enumerate(row)
        if cell and (not header[place] or cell == ERROR_CELL)
    ]


def _content(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 where a byte order mark says so."""
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path.name, Reason.TOO_LONG, allowed="64 MiB")
        content = path.read_bytes()
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except OSError as error:
        raise _refused(path.name) from error
    except UnicodeDecodeError as error:
        raise _refused(path.name, allowed="CSV in UTF-8, or XLSX") from error
    if "\0" in text:
        raise _refused(path.name, allowed="CSV in UTF-8, or XLSX")
    return text


def _csv(text: str) -> Cells:
    import pandas as pd  # noqa: PLC0415 (slow to import, and few commands read a file)

    delimiter, width = _shape(text)
    if not width:
        return []
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
        )
    except (ValueError, pd.errors.ParserError) as error:
        begun = re.search(r"EOF inside string starting at row (\d+)", str(error))
        if begun:
            raise _refused('"', row=int(begun[1]) + 1, allowed="a closing quotation mark") from error
        raise _refused(str(error).strip()) from error
    return [[cell if isinstance(cell, str) else "" for cell in row] for row in frame.to_numpy().tolist()]


def _shape(text: str) -> tuple[str, int]:
    """The delimiter, which is the one that parts the header most, and how many cells the widest row has."""
    parted = {}
    reader = None
    try:
        for delimiter in DELIMITERS:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            parted[delimiter] = len(next((row for row in reader if any(row)), ()))
        best = max(parted, key=lambda delimiter: parted[delimiter])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=best)
        return best, max((len(row) for row in reader), default=0)
    except csv.Error as error:
        raise _refused(str(error), row=reader.line_num if reader else 0) from error


def _xlsx(path: Path) -> Cells:
    import pandas as pd  # noqa: PLC0415 (slow to import, and few commands read a file)

    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path.name, Reason.TOO_LONG, allowed="64 MiB")
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise _refused(path.name, Reason.TOO_LONG, allowed="512 MiB unpacked")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pd.read_excel(
                path, header=None, dtype=object, keep_default_na=False, na_filter=False, engine="openpyxl"
            )
    except FileRefused:
        raise
    except Exception as error:  # a damaged workbook makes the reader fail in ways that it does not name
        raise _refused(path.name, allowed="CSV in UTF-8, or XLSX") from error
    return [[_text(cell) for cell in row] for row in frame.to_numpy(dtype=object).tolist()]


def _text(cell: object) -> str:
    """A cell of a workbook as text: whole numbers without a point, dates as ISO writes them."""
    if isinstance(cell, float) and cell != cell:  # noqa: PLR0124 (not a number: the cell shows an error)
        return ERROR_CELL
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    text = "" if cell is None else str(cell)
    whole = _WHOLE.match(text) if isinstance(cell, float) else None
    return whole[1] if whole else text
