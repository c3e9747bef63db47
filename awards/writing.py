"""Text as people type it: put in order for storing, counted by one rule, and searched for what can't be stored.

static/js/counter.js counts by the same rule; a test runs one corpus through both.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 100_000
"""Characters that one answer may have, whatever its limit: what is longer is not saved."""

WHITE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What separates words: the characters of Unicode's property White_Space, and no others."""

UNSPACED = frozenset(["bo", "dz", "ja", "km", "lo", "my", "th", "yue", "zh"])
"""Languages that put no space between words. Korean does."""

_WORD = re.compile(f"[^{WHITE}]+")
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SHOWN = re.compile(
    f"[^{WHITE}\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PIECE = re.compile(
    "[\x00-\x7f\u3001-\u3029\u3041-\u3093\u30a1-\u30f3\u4e00-\u9fff\uac00-\ud7a3]?"
    "[^\x00-\x7f\u3001-\u3029\u3041-\u3093\u30a1-\u30f3\u4e00-\u9fff\uac00-\ud7a3]*"
)
_LONGEST_PIECE = 1_000


class Unit(StrEnum):
    """What the length of a text is counted in."""

    WORDS = "words"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Measure:
    """A length, or a limit, with its unit."""

    count: int
    unit: Unit


def unit_of(language: str) -> Unit:
    """What texts in a language are counted in, by its tag ("zh-Hant" as "zh")."""
    main = re.split("[-_]", language, maxsplit=1)[0].lower()
    return Unit.CHARACTERS if main in UNSPACED else Unit.WORDS


def measure(text: str, language: str) -> Measure:
    """How long a text is.

    Words are the runs between white space (WHITE), so that a hyphen, an apostrophe or a zero-width space joins.
    In languages without spaces every code point counts that isn't white space. Code points are no graphemes: in Thai
    a vowel or tone mark counts by itself, and so does each part of a joined emoji.
    """
    unit = unit_of(language)
    if unit is Unit.WORDS:
        return Measure(sum(1 for _ in _WORD.finditer(text)), unit)
    return Measure(len(text) - sum(text.count(character) for character in WHITE), unit)


def tidy(text: str) -> str:
    """A text as it is kept: lines end with LF and without spaces, blank ends are off, and it is composed (NFC).

    Nothing else changes. What is longer than LONGEST is not composed, and neither is a run of more than 1,000
    characters of which any might compose with the one before: composing takes the square of their number.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip(WHITE).split("\n")
    text = "\n".join(line.rstrip(WHITE) for line in lines)
    if text.isascii() or len(text) > LONGEST:
        return text
    pieces = _PIECE.findall(text)
    return "".join(
        unicodedata.normalize("NFC", piece) if len(piece) <= _LONGEST_PIECE else piece for piece in pieces
    )


def unreadable(text: str) -> int:
    """How many characters no document or database takes.

    These are controls but tab, line end and U+0085, lone surrogates, U+FFFE and U+FFFF.
    """
    return sum(1 for _ in _UNREADABLE.finditer(text)) if not text.isprintable() else 0


def cleaned(text: str) -> str:
    """A text without the characters that `unreadable` counts, otherwise as `tidy` leaves it."""
    return tidy(_UNREADABLE.sub("", text))


def says_something(text: str) -> bool:
    """Whether there is anything to read: white space, controls and characters that show nothing say nothing."""
    return _SHOWN.search(text) is not None
