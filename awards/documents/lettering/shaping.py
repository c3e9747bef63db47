"""A text as one line of placed glyphs from its left end to its right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

import uharfbuzz as hb
from bidi.mirror import MIRRORED

from awards.documents.lettering import direction
from awards.documents.lettering.faces import JOINERS, Face, assign, settle
from awards.documents.lettering.fonts import Font

UNSAID = "\u200f"
"""Stands for a mark that its letter says: readers pass it over where a line runs leftward, and make nothing up."""


class Glyph(NamedTuple):
    """`text`: what it stands for; `dx` and `dy` move its ink, `advance` the pen; `width` is the font's own advance."""

    number: int
    text: str
    advance: int
    dx: int
    dy: int
    width: int

    @property
    def floats(self) -> bool:
        """Whether it is ink over another glyph, which says it too."""
        return self.text in ("", UNSAID) and not self.advance


class Run(NamedTuple):
    """Glyphs of one font, measured in thousandths of the size it is set in.

    `said` is their text where the glyphs one after the other don't spell it.
    """

    font: Font
    glyphs: tuple[Glyph, ...]
    said: str

    @property
    def width(self) -> float:
        """In parts of the line's size."""
        return sum(glyph.advance for glyph in self.glyphs) * self.font.zoom / 1000


class Line(NamedTuple):
    """`width` in parts of the size."""

    runs: tuple[Run, ...]
    width: float


@lru_cache(maxsize=4096)
def line(text: str, face: Face, language: str) -> Line:
    """Format characters but the joiners are left out; what breaks lines is set as a space."""
    if not text.isprintable():
        text = "".join(map(_inked, text))
    settled = settle(face, text)
    fonts = tuple(assign(text, settled, language))
    runs = tuple(
        _shape(text[first:last], fonts[first], language, leftward=leftward)
        for start, end, leftward in direction.runs(text, language)
        for first, last in _stretches(fonts, start, end, leftward=leftward)
    )
    return Line(runs, sum(run.width for run in runs))


def _inked(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" and character not in JOINERS:
        return ""
    return " " if category in ("Cc", "Zl", "Zp") else character


def _stretches(fonts: tuple[Font, ...], start: int, end: int, *, leftward: bool) -> Iterator[tuple[int, int]]:
    """Where one font follows another, from the left."""
    groups = [list(group) for _, group in groupby(range(start, end), fonts.__getitem__)]
    for group in reversed(groups) if leftward else groups:
        yield group[0], group[-1] + 1


def _shape(text: str, font: Font, language: str, *, leftward: bool) -> Run:
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if leftward else "ltr"
    buffer.language = language or "und"
    hb.shape(font.shaper, buffer)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    assert infos is not None
    assert positions is not None
    says = _texts(text, [info.cluster for info in infos], leftward=leftward)
    scale = font.scale
    glyphs = [
        Glyph(
            info.codepoint,
            said,
            round(at.x_advance * scale),
            round(at.x_offset * scale),
            round(at.y_offset * scale),
            round(font.advance(info.codepoint) * scale),
        )
        for info, at, said in zip(infos, positions, says, strict=True)
    ]
    spelt = leftward or not (font.reorders or any(not glyph.text for glyph in glyphs))
    return Run(font, tuple(glyphs), "" if spelt else text)


def _texts(text: str, clusters: list[int], *, leftward: bool) -> list[str]:
    """What each glyph stands for: the first of a letter with its marks for all of them, the others for nothing.

    Readers turn what runs leftward round, letter by letter and bracket by bracket; so it is given to them turned.
    """
    starts = [
        at for at in sorted(set(clusters)) if at == 0 or not unicodedata.category(text[at]).startswith("M")
    ]
    ends = dict(pairwise((*starts, len(text))))
    says = [UNSAID if leftward else ""] * len(clusters)
    for place in reversed(range(len(clusters))) if leftward else range(len(clusters)):
        cluster = clusters[place]
        if cluster in ends:
            said = text[cluster : ends.pop(cluster)]
            says[place] = "".join(MIRRORED.get(c, c) for c in reversed(said)) if leftward else said
    return says
