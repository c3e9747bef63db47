"""The form as data: one check for pages and imports."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from awards import cells, fields
from awards.fields import Fault, FaultKind
from judging.programme import FIELD_KINDS
from judging.rules import Field


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


def test_numbers_and_days_are_read_exactly() -> None:
    assert cells.number_of("12 345.60") == Decimal("12345.60")
    assert cells.date_of("2024") == date(2024, 1, 1)
