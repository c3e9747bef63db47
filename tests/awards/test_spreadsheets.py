"""Spreadsheets come in as text, cell by cell, and go out without a formula."""

import csv
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from awards import spreadsheets
from awards.tables import FileRefused, Line, Reason, Row

COLUMNS = ("reference", "title")


def lines_of(path: Path, **asked: object) -> tuple[Line, ...]:
    with pytest.raises(FileRefused) as refused:
        spreadsheets.read(path, required=COLUMNS, **asked)  # type: ignore[arg-type]
    return refused.value.lines


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "file.xlsx"


def write(path: Path, *rows: tuple[object, ...]) -> None:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    workbook.close()


def test_every_cell_is_text_as_it_stands(file: Path) -> None:
    file.write_text("reference,title\n007,NA\n1.50,null\n", encoding="utf-8")

    table = spreadsheets.read(file, required=COLUMNS)

    assert table.columns == COLUMNS
    assert table.rows == (
        Row(2, {"reference": "007", "title": "NA"}),
        Row(3, {"reference": "1.50", "title": "null"}),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_parts_the_header(file: Path, delimiter: str) -> None:
    file.write_text(
        f"reference{delimiter}title\nA{delimiter}one; two\n".replace("; ", ": "), encoding="utf-8"
    )

    assert spreadsheets.read(file, required=COLUMNS).rows[0]["title"] == "one: two"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_header(file: Path, encoding: str) -> None:
    file.write_text("reference,title\nA,서울\n", encoding=encoding)

    assert spreadsheets.read(file, required=COLUMNS).rows[0]["title"] == "서울"


def test_another_encoding_is_refused_and_says_what_is_read(file: Path) -> None:
    file.write_bytes("reference,title\nA,서울\n".encode("cp949"))

    assert lines_of(file) == (Line(0, "", "file.csv", Reason.NOT_READABLE, ("CSV in UTF-8, or XLSX",)),)


def test_text_is_composed_and_trimmed(file: Path) -> None:
    file.write_text("reference,title\n A ,\u1109\u1165\u110b\u116e\u11af\u00a0\n", encoding="utf-8")

    assert spreadsheets.read(file, required=COLUMNS).rows[0].values == {"reference": "A", "title": "서울"}


def test_blank_rows_are_dropped_and_the_others_keep_their_numbers(file: Path) -> None:
    file.write_text('reference,title\n\nA,"two\nlines"\n , \nB,b\n', encoding="utf-8")

    rows = spreadsheets.read(file, required=COLUMNS).rows

    assert [(row.number, row["reference"], row["title"]) for row in rows] == [
        (3, "A", "two\nlines"),
        (5, "B", "b"),
    ]


def test_a_short_row_has_empty_cells_and_empty_columns_beyond_the_header_are_nothing(file: Path) -> None:
    file.write_text("reference,title,,\nA\nB,b,,,\n", encoding="utf-8")

    table = spreadsheets.read(file, required=COLUMNS, optional=())

    assert [row["title"] for row in table.rows] == ["", "b"]


def test_a_cell_beyond_the_header_is_refused(file: Path) -> None:
    file.write_text("reference,title\nA,a,more\n", encoding="utf-8")

    assert lines_of(file) == (Line(2, "", "more", Reason.COLUMN_UNKNOWN),)


def test_all_faults_of_a_header_are_told_at_once(file: Path) -> None:
    file.write_text("reference,Reference,colour\nA,B,red\n", encoding="utf-8")

    assert lines_of(file, optional=("city",)) == (
        Line(1, "title", "", Reason.COLUMN_MISSING),
        Line(1, "reference", "", Reason.COLUMN_TWICE),
        Line(1, "colour", "", Reason.COLUMN_UNKNOWN, ("reference", "title", "city")),
    )


@pytest.mark.parametrize("content", ["", "\n \n", "reference,title\n", "reference,title\n,\n"])
def test_a_file_without_rows_is_refused(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")

    assert [line.reason for line in lines_of(file)] == [Reason.EMPTY_FILE]


@pytest.mark.parametrize(
    "content",
    [b"reference,title\nA,\0\n", b'reference,title\nA,"open\n', b"PK\x03\x04\xff\xfe", b"r" * 200_000],
)
def test_what_is_no_table_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert {line.reason for line in lines_of(file)} <= {Reason.NOT_READABLE, Reason.COLUMN_MISSING}


def test_a_missing_file_and_a_file_too_large_are_refused(
    file: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [line.reason for line in lines_of(file)] == [Reason.NOT_READABLE]
    assert [line.reason for line in lines_of(book)] == [Reason.NOT_READABLE]

    file.write_text("reference,title\nA,a\n", encoding="utf-8")
    write(book, COLUMNS, ("A", "a"))
    monkeypatch.setattr(spreadsheets, "LARGEST_UNPACKED", 10)
    assert [line.allowed for line in lines_of(book)] == [("512 MiB unpacked",)]
    monkeypatch.setattr(spreadsheets, "LARGEST", 10)
    assert [line.allowed for line in (*lines_of(file), *lines_of(book))] == [("64 MiB",), ("64 MiB",)]


def test_a_workbook_gives_the_text_that_its_cells_mean(book: Path) -> None:
    write(
        book,
        COLUMNS,
        ("007", 8.0),
        (8, 8.5),
        ("NA", datetime(2026, 3, 31, 9, 30)),  # noqa: DTZ001 (a workbook has no zones)
        ("day", date(2026, 3, 31)),
        (None, None),
        (True, time(9, 30)),
    )

    rows = spreadsheets.read(book, required=COLUMNS).rows

    assert [(row.number, row["reference"], row["title"]) for row in rows] == [
        (2, "007", "8"),
        (3, "8", "8.5"),
        (4, "NA", "2026-03-31T09:30:00"),
        (5, "day", "2026-03-31"),
        (7, "yes", "09:30:00"),
    ]


def test_a_workbook_whose_cell_shows_an_error_is_refused(book: Path) -> None:
    write(book, COLUMNS, ("A", "#REF!"))

    assert [(line.row, line.column, line.reason) for line in lines_of(book)] == [
        (2, "title", Reason.NOT_READABLE)
    ]


def test_a_text_that_calls_itself_a_workbook_is_refused(book: Path) -> None:
    book.write_text("reference,title\nA,a\n", encoding="utf-8")

    assert [line.reason for line in lines_of(book)] == [Reason.NOT_READABLE]


RISKY = ("=1+1", "+82 2 120", "-cmd", "@SUM(A1)", "\t=1", "＝1", "-5", "+3.5", "plain", "", "서울")


def test_no_cell_of_a_written_file_is_a_formula_and_numbers_stay(file: Path) -> None:
    spreadsheets.write_csv(file, ("cell",), [(cell,) for cell in RISKY])

    with file.open(encoding="utf-8", newline="") as written:
        cells = [row[0] if row else "" for row in csv.reader(written)][1:]
    assert cells == [
        "'=1+1", "'+82 2 120", "'-cmd", "'@SUM(A1)", "'\t=1", "'＝1", "-5", "+3.5", "plain", "", "서울",
    ]  # fmt: skip


def test_no_cell_of_a_written_workbook_is_a_formula(book: Path) -> None:
    spreadsheets.write_xlsx(book, ("cell", "number"), [(cell, 7) for cell in RISKY])

    workbook = openpyxl.load_workbook(book)
    cells = list(workbook.active.iter_rows(min_row=2))
    assert [row[0].value or "" for row in cells] == list(RISKY)
    assert {row[0].data_type for row in cells} == {"s"}
    assert [row[1].value for row in cells] == [7] * len(RISKY)
    workbook.close()
