"""The embedded fonts: which of them draws a character, and how wide a text is."""

import threading
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).with_name("fonts")

LOADING = threading.Lock()


class Face(StrEnum):
    SANS = "sans"
    SANS_BOLD = "sans bold"
    SERIF = "serif"
    SERIF_BOLD = "serif bold"


STACKS = {
    Face.SANS: ("NotoSans-Regular", "NotoSansKR-Regular"),
    Face.SANS_BOLD: ("NotoSans-Bold", "NotoSansKR-Bold"),
    Face.SERIF: ("NotoSerif-Regular",),
    Face.SERIF_BOLD: ("NotoSerif-Bold",),
}
SANS_OF = {Face.SERIF: Face.SANS, Face.SERIF_BOLD: Face.SANS_BOLD}

CONJOINING_JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
"""Left over after NFC only where they form old syllables, which need a shaper to be drawn as one."""

BASIC_PLANE_END = 0xFFFF
"""ReportLab writes text beyond it so that it can't be read back."""

ABOVE = 230
"""Unicode's combining class of marks above."""
TALL = "bdfhklßþđħł"
TALL_RISE = 0.178
"""Height of capitals less that of small letters in Noto Sans and Noto Serif."""


@cache
def glyphs_of(font: str) -> frozenset[int]:
    """The code points that the font draws; registers it with ReportLab at the first call."""
    with LOADING:
        if font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(font, str(FOLDER / f"{font}.ttf")))
        loaded = pdfmetrics.getFont(font)
        assert isinstance(loaded, TTFont)
        return frozenset(point for point in loaded.face.charToGlyph if point <= BASIC_PLANE_END)


def draws(character: str) -> bool:
    """Whether every weight of the sans stack can draw the character by itself."""
    point = ord(character)
    if any(first <= point <= last for first, last in CONJOINING_JAMO):
        return False
    return all(any(point in glyphs_of(font) for font in STACKS[face]) for face in (Face.SANS, Face.SANS_BOLD))


def settle(face: Face, text: str) -> Face:
    """The face itself, or the sans of its weight where the serif lacks a character: no line mixes the two."""
    if face in SANS_OF and not all(ord(c) in glyphs_of(STACKS[face][0]) for c in text):
        return SANS_OF[face]
    return face


def runs(text: str, face: Face) -> Iterator[tuple[str, str, float]]:
    """Font, text and rise (in ems) of each stretch that one font draws on one line."""
    for (font, rise), pieces in groupby(placed(text, face), lambda piece: piece[1:]):
        yield font, "".join(character for character, _, _ in pieces), rise


def placed(text: str, face: Face) -> Iterator[tuple[str, str, float]]:
    """Character, font and rise: marks above that did not compose are lifted off a tall letter."""
    base = ""
    for character in text:
        above = unicodedata.combining(character) == ABOVE
        base = base if unicodedata.combining(character) else character
        rise = TALL_RISE if above and (base.isupper() or base in TALL) else 0.0
        yield character, font_of(character, face), rise


@cache
def font_of(character: str, face: Face) -> str:
    """The first font of the stack that has the character; the first of all where none has."""
    stack = STACKS[face]
    return next((font for font in stack if ord(character) in glyphs_of(font)), stack[0])


@cache
def advance(character: str, face: Face) -> float:
    """Width in ems of 1/1000."""
    return float(pdfmetrics.stringWidth(character, font_of(character, face), 1000))


def width(text: str, face: Face, size: float) -> float:
    """Width in points; ReportLab sets these fonts without kerning, so the characters' widths add up."""
    return ems(text, face) * size


@lru_cache(maxsize=4096)
def ems(text: str, face: Face) -> float:
    return sum(advance(character, face) for character in text) / 1000
