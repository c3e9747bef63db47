"""What people write into one cell of a form or a table: a number, a day, a link, an address."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from awards.writing import WHITE, unreadable

YES = frozenset(["yes", "true", "1", "x", "예", "네", "동의"])
NO = frozenset(["no", "false", "0", "아니오", "아니요"])
LONGEST_ADDRESS = 254

_SPACES = re.compile(f"[{WHITE}]+")
_SIGNS = str.maketrans({"٬": ",", "，": ",", "٫": ".", "．": ".", "−": "-", "－": "-"})
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3}){1,9}|\d{1,30})(?:\.\d{1,30})?\Z")
_DAY = re.compile(
    r"(\d{4})\s?년?"
    r"(?:(?:\s?[-./]\s?|\s|(?<=년))(\d{1,2})\s?월?(?:(?:\s?[-./]\s?|\s|(?<=월))(\d{1,2})\s?일?)?)?\s?\.?\Z",
    re.ASCII,
)
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\".]+(?:\.[^\s@<>()\[\],;:\\\".]+)+\Z")


def number_of(cell: str) -> Decimal | None:
    """A number in any digits, with or without spaces or commas between thousands; None for anything else.

    A comma before other than three digits is none of those: "1,5" is not fifteen.
    """
    text = _SPACES.sub("", cell[:200]).translate(_SIGNS)
    return Decimal(text.replace(",", "")) if len(cell) <= 200 and _NUMBER.match(text) else None


def day_of(cell: str) -> str | None:
    """A day, a month or a year as ISO 8601 writes it: "2021-05-03", "2021-05", "2021"; None for anything else.

    Parts may be separated as people do where the year comes first: "2021. 5. 3.", "2021/05/03", "2021년 5월 3일".
    """
    found = _DAY.match(_SPACES.sub(" ", cell.strip(WHITE))) if len(cell) <= 200 else None
    if found is None:
        return None
    parts = [int(part) for part in found.groups() if part]
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])])


def date_of(cell: str) -> date | None:
    """The day of `day_of`; a month or a year begins on its first day."""
    day = day_of(cell)
    return date.fromisoformat(day + {4: "-01-01", 7: "-01"}.get(len(day), "")) if day else None


def is_link(text: str) -> bool:
    """Whether a text is the address of a page: http or https, a host, and nothing that hides where it leads."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 (raises where it is none)
    except ValueError:
        return False
    plain = not _SPACES.search(text) and not unreadable(text) and "\\" not in text
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def are_links(text: str) -> bool:
    """Whether a text is one or more links, with white space between them."""
    return all(is_link(part) for part in _SPACES.split(text.strip(WHITE)))


def is_address(text: str) -> bool:
    """Whether mail could be sent to a text, as far as its form tells."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.match(text))


def consent_of(cell: str) -> bool | None:
    """Yes or no in the words that imports use; None for anything else."""
    word = cell.strip(WHITE).casefold()
    return True if word in YES else False if word in NO else None
