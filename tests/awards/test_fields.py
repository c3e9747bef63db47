"""The form as data: one check for pages and imports."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from awards import cells, fields
from awards.fields import Fault, FaultKind
from judging.programme import FIELD_KINDS
from judging.rules import Column, Field
from judging.values import Json


def field(
    kind: str = "text", *, required: bool = False, limit: int = 0, key: str = "asked", **more: Any
) -> Field:
    return Field(key=key, kind=kind, required=required, public=False, judges=True, limit=limit, **more)


def checked(form: Sequence[Field], cells: Mapping[str, str]) -> tuple[Fault, ...]:
    """The faults of a form whose answers came in the cells of a table."""
    answers = {it.key: fields.answer(it, cells[it.key]) for it in form if it.key in cells}
    return fields.check(form, answers, "en")


@pytest.mark.parametrize("kind", FIELD_KINDS)
def test_a_required_field_left_empty_is_missing_and_another_is_not(kind: str) -> None:
    form = (field(kind, required=True, key="must"), field(kind, key="may"))

    assert checked(form, {"may": " "}) == (Fault("must", FaultKind.MISSING),)


def test_a_consent_refused_is_no_consent() -> None:
    assert checked((field("consent", required=True),), {"asked": "no"}) == (
        Fault("asked", FaultKind.MISSING),
    )
    assert checked((field("consent"),), {"asked": "no"}) == ()


def test_a_limit_counts_words() -> None:
    form = (field(limit=3),)

    assert checked(form, {"asked": "one  two\nthree"}) == ()
    assert checked(form, {"asked": "one two three four"}) == (
        Fault("asked", FaultKind.TOO_MANY_WORDS, limit=3, found=4),
    )


@pytest.mark.parametrize(
    ("kind", "good", "bad", "fault"),
    [
        ("line", "one line", "two\nlines", FaultKind.NOT_ONE_LINE),
        ("number", "1,234,567.5", "many", FaultKind.NOT_A_NUMBER),
        ("number", "10 000", "NaN", FaultKind.NOT_A_NUMBER),
        ("date", "2024-02-29", "2023-02-29", FaultKind.NOT_A_DATE),
        ("date", "2024-05", "soon", FaultKind.NOT_A_DATE),
        ("date", "2024", "20240501", FaultKind.NOT_A_DATE),
        ("consent", "예", "perhaps", FaultKind.NOT_YES_OR_NO),
        (
            "links",
            "https://example.org/a; http://example.org",
            "https://example.org; javascript:alert(1)",
            FaultKind.NOT_A_LINK,
        ),
        ("links", "https://example.org", "http://[", FaultKind.NOT_A_LINK),
    ],
)
def test_each_kind_takes_what_it_asks_for(kind: str, good: str, bad: str, fault: FaultKind) -> None:
    assert checked((field(kind),), {"asked": good}) == ()
    row = {"https": 1, "http:": 0}.get(bad[:5]) if kind == "links" else None
    assert checked((field(kind),), {"asked": bad}) == (Fault("asked", fault, row=row),)


@pytest.mark.parametrize(
    ("kind", "cell", "stored"),
    [
        ("text", " a text ", "a text"),
        ("text", "", ""),
        ("topics", "a", "a"),
        ("choices", "a; b;", ["a", "b"]),
        ("consent", "TRUE", True),
        ("consent", "no", False),
        ("date", "2024. 5.", "2024-05"),
        ("date", "soon", "soon"),
        ("number", "1,5", "1,5"),
    ],
)
def test_answers_are_stored_as_what_they_mean(kind: str, cell: str, stored: object) -> None:
    assert fields.answer(field(kind), cell) == stored


@pytest.mark.parametrize(
    ("language", "text", "more", "fault"),
    [
        ("en", "a b c d", {}, Fault("asked", FaultKind.TOO_MANY_WORDS, limit=3, found=4)),
        ("ko", "하나 둘 셋 넷", {}, Fault("asked", FaultKind.TOO_MANY_WORDS, limit=3, found=4)),
        ("zh", "一二三 四五六七", {}, Fault("asked", FaultKind.TOO_MANY_CHARACTERS, limit=6, found=7)),
        (
            "zh-Hant",
            "一二三四",
            {"characters": 3},
            Fault("asked", FaultKind.TOO_MANY_CHARACTERS, limit=3, found=4),
        ),
        ("th", "ที่นี่", {"characters": 5}, Fault("asked", FaultKind.TOO_MANY_CHARACTERS, limit=5, found=6)),
    ],
)
def test_a_limit_counts_words_where_there_are_spaces_and_characters_where_there_are_none(
    language: str, text: str, more: dict[str, int], fault: Fault
) -> None:
    assert fields.faults_of(field(limit=3, **more), text, language) == (fault,)
    assert fields.faults_of(field(limit=4, **dict.fromkeys(more, 9)), text, language) == ()


def test_a_field_without_a_limit_has_none_in_any_language() -> None:
    assert [fields.limit_of(field(), language) for language in ("en", "zh")] == [None, None]
    assert fields.limit_of(field(characters=9), "en") is None
    assert fields.limit_of(field("links", limit=9), "en") is None


ROWS = field(
    "rows",
    most=2,
    columns=(Column("what", "line", required=True), Column("much", "number", required=False)),
)


def test_a_fault_in_a_row_names_row_and_column() -> None:
    answer: Json = [{"what": "Days", "much": "35"}, {"what": "", "much": "many"}, {"what": "", "much": ""}]

    assert fields.faults_of(ROWS, answer, "en") == (
        Fault("asked", FaultKind.TOO_MANY_ITEMS, limit=2, found=3),
        Fault("asked", FaultKind.COLUMN_MISSING, row=1, column="what"),
        Fault("asked", FaultKind.NOT_A_NUMBER, row=1, column="much"),
    )


def test_a_contact_needs_what_its_columns_say_and_an_address_that_is_one() -> None:
    head = field(
        "contacts", columns=(Column("name", "line", required=True), Column("email", "line", required=False))
    )

    assert fields.faults_of(head, [{"name": "Kim Sample", "email": "kim@example.org"}], "en") == ()
    assert fields.faults_of(head, [{"name": " ", "email": "kim at example.org"}], "en") == (
        Fault("asked", FaultKind.COLUMN_MISSING, row=0, column="name"),
        Fault("asked", FaultKind.NOT_AN_ADDRESS, row=0, column="email"),
    )


def test_a_picture_needs_its_words_and_the_permission() -> None:
    picture: Json = [{"file": "abc", "caption": "A", "alternative": "B", "credit": "C", "permission": False}]

    assert fields.faults_of(field("pictures"), picture, "en") == (
        Fault("asked", FaultKind.COLUMN_MISSING, row=0, column="permission"),
    )


def test_only_options_are_chosen_where_there_are_any() -> None:
    options = ("red", "green")

    assert fields.faults_of(field("choice", options=options), "blue", "en") == (
        Fault("asked", FaultKind.NOT_AN_OPTION),
    )
    assert fields.faults_of(field("choices", options=options), ["green", "blue"], "en") == (
        Fault("asked", FaultKind.NOT_AN_OPTION, row=1),
    )
    assert fields.faults_of(field("choices"), ["blue"], "en") == ()


@pytest.mark.parametrize("kind", ["line", "text", "number", "choice"])
def test_what_cannot_be_stored_is_told_and_can_be_taken_out(kind: str) -> None:
    assert fields.faults_of(field(kind), "a\0b\ud800", "en") == (
        Fault("asked", FaultKind.UNREADABLE, found=2),
    )
    assert fields.storable({"a": ["b\0c", True, None]}) == {"a": ["bc", True, None]}


@pytest.mark.parametrize(("kind", "longest"), [("text", 100_000), ("line", 2_000), ("number", 2_000)])
def test_no_answer_is_longer_than_can_be_saved(kind: str, longest: int) -> None:
    assert fields.faults_of(field(kind), "1" * (longest + 1), "en") == (
        Fault("asked", FaultKind.TOO_LONG, limit=longest, found=longest + 1),
    )
    assert fields.faults_of(field("text"), "1" * 100_000, "en") == ()


@pytest.mark.parametrize("kind", ["line", "text", "number", "date", "choice"])
@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060", "\u3164"])
def test_what_shows_nothing_is_no_answer(kind: str, text: str) -> None:
    assert not fields.is_given(field(kind), text)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1200", "1200"), ("1,200", "1200"), ("1 200 000", "1200000"), ("\u0661\u0662\u066b\u0665", "12.5"),
        ("−3.5", "-3.5"), ("1,5", None), ("1.2.3", None), ("1e9", None), ("NaN", None), ("", None), ("9" * 31, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(cell: str, number: str | None) -> None:
    assert cells.number_of(cell) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2021", "2021"), ("2021-5", "2021-05"), ("2021-05-03", "2021-05-03"), ("2021. 5. 3.", "2021-05-03"),
        ("2021/5/3", "2021-05-03"), ("2021년 5월 3일", "2021-05-03"), ("2021년5월", "2021-05"), (" 2021년 ", "2021"),
        ("20210503", None), ("3.5.2021", None), ("2021-13", None), ("2021-02-30", None), ("0000", None),
        ("2021-W05-1", None), ("202", None), ("May 2021", None),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them_where_the_year_comes_first(cell: str, day: str | None) -> None:
    assert cells.day_of(cell) == day


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://example.org", True), ("http://example.org:8080/a?b=c#d", True), ("https://예시.example/가", True),
        ("HTTPS://EXAMPLE.ORG", True), ("example.org", False), ("javascript:alert(1)", False), ("https://", False),
        ("https://user@example.org", False), ("https://example.org/a b", False), ("https://example.org:port", False),
        ("https://example.org\\@evil.example", False), ("//example.org", False), ("data:text/html,x", False),
    ],
)  # fmt: skip
def test_a_link_is_a_whole_address_that_hides_nothing(text: str, good: bool) -> None:
    assert cells.is_link(text) is good


def test_numbers_and_days_are_read_exactly() -> None:
    assert cells.number_of("12 345.60") == Decimal("12345.60")
    assert cells.date_of("2024") == date(2024, 1, 1)
