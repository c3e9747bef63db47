"""The form as data: what each field may hold, checked in one place for a page and for an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from urllib.parse import urlsplit

from awards.tables import split
from judging.rules import Field
from judging.values import Json

YES = frozenset(["yes", "true", "1", "x", "예", "네", "동의"])
NO = frozenset(["no", "false", "0", "아니오", "아니요"])
LISTS = frozenset(["choices", "rows", "links", "files", "pictures", "contacts"])
FILES = frozenset(["files", "pictures"])
WRITTEN = frozenset(["line", "text"])


class FaultKind(StrEnum):
    """What can be wrong with an answer."""

    MISSING = "missing"
    TOO_MANY_WORDS = "too_many_words"
    NOT_ONE_LINE = "not_one_line"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_LINK = "not_a_link"
    NOT_YES_OR_NO = "not_yes_or_no"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one field; for too many words the limit and the words found."""

    field: str
    kind: FaultKind
    limit: int = 0
    found: int = 0


def check(fields: Iterable[Field], cells: Mapping[str, str]) -> tuple[Fault, ...]:
    """Every fault of a form, in the fields' order: required ones missing, word limits, kinds."""
    return tuple(fault for field in fields if (fault := fault_of(field, cells.get(field.key, ""))))


def fault_of(field: Field, cell: str) -> Fault | None:
    """What is wrong with the answer to one field, None where nothing is."""
    cell = cell.strip()
    if not is_answered(field, cell) and (field.required or not cell):
        return Fault(field.key, FaultKind.MISSING) if field.required else None
    if field.kind in WRITTEN:
        return _fault_of_text(field, cell)
    wrong = {
        "number": (FaultKind.NOT_A_NUMBER, number_of),
        "date": (FaultKind.NOT_A_DATE, date_of),
        "consent": (FaultKind.NOT_YES_OR_NO, _consent_of),
    }
    if field.kind in wrong:
        kind, reader = wrong[field.kind]
        return Fault(field.key, kind) if reader(cell) is None else None
    if field.kind == "links" and not all(_is_link(item) for item in split(cell)):
        return Fault(field.key, FaultKind.NOT_A_LINK)
    return None


def is_answered(field: Field, cell: str) -> bool:
    """Whether a field was answered; a consent that is refused is no consent."""
    if field.kind == "consent":
        return bool(cell.strip()) and _consent_of(cell) is not False
    return bool(split(cell)) if field.kind in LISTS else bool(cell.strip())


def answer(field: Field, cell: str) -> Json:
    """The answer as it is stored: a list for kinds of many, true or false for consents, text for all others."""
    if field.kind in LISTS:
        return list[Json](split(cell))
    if field.kind == "consent":
        return _consent_of(cell)
    if field.kind == "date":
        found = date_of(cell)
        return found.isoformat() if found else None
    return cell.strip() or None


def words(text: str) -> int:
    """How many words a text has, as the limits count them."""
    return len(text.split())


def date_of(cell: str) -> date | None:
    """A day as ISO 8601 writes it, or a month or a year, which begin on their first day; None for anything else."""
    text = cell.strip()
    whole = text + {4: "-01-01", 7: "-01", 10: ""}.get(len(text), "?")
    try:
        return date.fromisoformat(whole)
    except ValueError:
        return None


def number_of(cell: str) -> Decimal | None:
    """A number, with or without spaces or commas between thousands; None for anything else."""
    try:
        found = Decimal("".join(cell.replace(",", "").split()))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _fault_of_text(field: Field, cell: str) -> Fault | None:
    if field.kind == "line" and len(cell.splitlines()) > 1:
        return Fault(field.key, FaultKind.NOT_ONE_LINE)
    if field.limit and words(cell) > field.limit:
        return Fault(field.key, FaultKind.TOO_MANY_WORDS, field.limit, words(cell))
    return None


def _consent_of(cell: str) -> bool | None:
    word = cell.strip().casefold()
    return True if word in YES else False if word in NO else None


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
