"""Which font draws a character of a line, by face, by language and by what stands beside it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache

from awards.documents.lettering.fonts import FAMILIES, HAN, Font, font


class Face(StrEnum):
    SANS = "sans"
    SANS_BOLD = "sans bold"
    SERIF = "serif"
    SERIF_BOLD = "serif bold"


SANS_OF = {Face.SERIF: Face.SANS, Face.SERIF_BOLD: Face.SANS_BOLD}
WEIGHTS = {Face.SANS: "Regular", Face.SERIF: "Regular", Face.SANS_BOLD: "Bold", Face.SERIF_BOLD: "Bold"}

EAST_ASIAN = {"zh": "NotoSansSC", "ja": "NotoSansJP", "ko": "NotoSansKR"}
OTHERS = tuple(name for name in FAMILIES if name.startswith("NotoSans") and name != "NotoSans")
SERIFS = tuple(name for name in FAMILIES if name.startswith("NotoSerif"))
COMMON = "NotoNaskhArabic"
"""Stands well beside either kind."""

CONJOINING_JAMO = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
"""Left over after NFC only where they form old syllables, which no font of ours draws as one."""
JOINERS = "\u200c\u200d"
"""No ink of their own, but they part and join letters."""
JOINED = re.compile(r"(?<=[\u0600-\u08ff\u0900-\u0dff])[\u200c\u200d]+(?=[\u0600-\u08ff\u0900-\u0dff])")

KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff]")
HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
IDEOGRAPH = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN) + "]")


def plain(text: str | None) -> str:
    """NFC, one space between words, and none of the format characters but the joiners between letters they join."""
    composed = unicodedata.normalize("NFC", text or "")
    if composed.isprintable():
        return " ".join(composed.split())
    kept = {at for match in JOINED.finditer(composed) for at in range(*match.span())}
    shown = (c for at, c in enumerate(composed) if at in kept or unicodedata.category(c) != "Cf")
    return " ".join("".join(shown).split())


@cache
def draws(character: str) -> bool:
    """Whether the sans of either weight can draw the character by itself."""
    point = ord(character)
    if any(first <= point <= last for first, last in CONJOINING_JAMO):
        return False
    return all(
        any(font(name).draws(character) for name in stack(face, "")) for face in (Face.SANS, Face.SANS_BOLD)
    )


def unprintable(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters that no font of ours draws, each once, in the order of the texts."""
    return tuple(dict.fromkeys(c for text in texts for c in plain(text) if not draws(c)))


def settle(face: Face, text: str) -> Face:
    """The face itself, or the sans of its weight where the serif lacks a character: no line mixes the two."""
    if face in SANS_OF and not all(any(font(name).draws(c) for name in stack(face, "")) for c in set(text)):
        return SANS_OF[face]
    return face


@cache
def stack(face: Face, east: str) -> tuple[str, ...]:
    """The fonts of the face, first choice first; `east` is the language whose ideographs come first."""
    weight = WEIGHTS[face]
    if face in SANS_OF:
        families = (*SERIFS, COMMON)
        return tuple(f"{family}-{weight}" for family in families)
    first = (EAST_ASIAN[east],) if east else ()
    families = ("NotoSans", *first, *(name for name in OTHERS if name not in first), COMMON)
    lighter = ("NotoSansSC-Regular", "NotoSansJP-Regular") if weight == "Bold" else ()
    return (*(f"{family}-{weight}" for family in families), *lighter)


def east_of(text: str, language: str) -> str:
    """Whose ideographs the text wants: kana and Hangul say it, then the language; else they are Chinese."""
    if KANA.search(text):
        return "ja"
    if HANGUL.search(text):
        return "ko"
    spoken = language.partition("-")[0]
    return spoken if spoken in EAST_ASIAN else "zh"


def assign(text: str, face: Face, language: str) -> Iterator[Font]:
    """The font of each character of a settled line.

    Marks, spaces and points stay with the letters before them, in scripts that are neither European nor East Asian;
    in Chinese and Japanese dashes and quotation marks are as wide as the ideographs.
    """
    east = east_of(text, language)
    wide = east != "ko" and IDEOGRAPH.search(text) is not None
    first = last = font(stack(face, east)[0])
    for character in text:
        if last is not first and _stays(character) and ord(character) in last.points:
            yield last
            continue
        found = font_of(character, face, east, wide=wide)
        last = first if found.family in EAST_ASIAN.values() else found
        yield found


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "MPZ" or category == "Cf"


@cache
def font_of(character: str, face: Face, east: str, *, wide: bool = False) -> Font:
    """The first font of the stack that has the character; the first of all where none has."""
    names = stack(face, east)
    if wide and "\u2010" <= character <= "\u203b":
        names = (*names[1:], names[0])
    return next((found for found in map(font, names) if found.draws(character)), font(names[0]))
