"""Results as people write them, before and now: where both can be drawn on one scale, how far each of them reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from awards.cells import number_of
from awards.folding import fold

WHOLE = 1000
"""The length of the scale."""
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f,]\d{3})*(?:\.\d+)?")
_PERCENT = re.compile(r"%|٪|％|per ?cent|퍼센트", re.IGNORECASE)
_UNCLEAR = re.compile(r"#[.,]#|\(")
"""A decimal comma, or a remark in brackets: what is a figure and what isn't can't be told."""


@dataclass(frozen=True, slots=True)
class Change:
    """How far the values before and now reach, of WHOLE; `of_whole`: the scale ends at all there is, as 100 %."""

    before: int
    now: int
    of_whole: bool


@dataclass(frozen=True, slots=True)
class _Read:
    words: str
    numbers: tuple[Fraction, ...]
    percent: bool


def change(before: str, now: str) -> Change | None:
    """Two values of the same unit on one scale: "31 of 100" and "92 of 100", "4 days" and "1 day"; None for others."""
    first, second = _read(before), _read(now)
    if first is None or second is None or first.words != second.words:
        return None
    was, known, top = _of_a_whole(first, second)
    if top is None or top <= 0 or was < 0 or known < 0 or max(was, known) > top:
        return None
    of_whole = len(first.numbers) == 2 or (first.percent and top == 100)
    return Change(_length(was, top), _length(known, top), of_whole=of_whole)


def _read(text: str) -> _Read | None:
    found = [number_of(it) for it in _NUMBER.findall(text[:200])]
    skeleton = _NUMBER.sub("#", text[:200])
    if not found or None in found or "-#" in skeleton or "−#" in skeleton or _UNCLEAR.search(skeleton):
        return None
    words = " ".join(
        it.removesuffix("s") if len(it) > 2 else it for it in fold(skeleton.replace("#", " 0 ")).split()
    )
    return _Read(
        words, tuple(Fraction(it) for it in found if it is not None), bool(_PERCENT.search(skeleton))
    )


def _of_a_whole(first: _Read, second: _Read) -> tuple[Fraction, Fraction, Fraction | None]:
    """Both values, and where their scale ends."""
    a, b = first.numbers, second.numbers
    if len(a) == len(b) == 1:
        is_share = first.percent and max(a[0], b[0]) <= 100
        return a[0], b[0], Fraction(100) if is_share else max(a[0], b[0])
    if len(a) == len(b) == 2:
        if a[1] == b[1] and max(a[0], b[0]) <= a[1]:
            return a[0], b[0], a[1]
        if a[0] == b[0] and max(a[1], b[1]) <= a[0]:
            return a[1], b[1], a[0]
    return Fraction(0), Fraction(0), None


def _length(value: Fraction, top: Fraction) -> int:
    """Something is seen of whatever is more than nothing."""
    return max(round(value / top * WHOLE), 6) if value else 0
