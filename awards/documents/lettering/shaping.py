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

Glyph = tuple[int, str]
"""Its number in the font and what it stands for."""


class Stretch(NamedTuple):
    """Glyphs drawn in one go from a place on, with how far the pen goes back between them."""

    x: int
    y: int
    parts: tuple[tuple[Glyph, ...] | int, ...]


class Mark(NamedTuple):
    """A glyph that its letter says, from a place on."""

    x: int
    y: int
    number: int


class Run(NamedTuple):
    """Stretches of one font, and the marks over them, measured in thousandths of the size it is set in.

    `said` is their text where the glyphs one after the other don't spell it.
    """

    font: Font
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    advance: int
    said: str

    @property
    def width(self) -> float:
        """In parts of the line's size."""
        return self.advance * self.font.zoom / 1000


class Line(NamedTuple):
    """`width` in parts of the size."""

    runs: tuple[Run, ...]
    width: float


@lru_cache(maxsize=4096)
def line(text: str, face: Face, language: str) -> Line:
    """Format characters but the joiners are left out; what breaks lines is set as a space."""
    if not text.isprintable():
        text = "".join(map(_inked, text))
    fonts = tuple(assign(text, settle(face, text), language))
    runs = tuple(
        _shape(text[first:last], fonts[first], language, leftward=leftward)
        for start, end, leftward in direction.runs(text, language)
        for first, last in _pieces(fonts, start, end, leftward=leftward)
    )
    return Line(runs, sum(run.width for run in runs))


def _inked(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" and character not in JOINERS:
        return ""
    return " " if category in ("Cc", "Zl", "Zp") else character


def _pieces(fonts: tuple[Font, ...], start: int, end: int, *, leftward: bool) -> Iterator[tuple[int, int]]:
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
    placed = _Placed(font, leftward=leftward)
    for info, at, said in zip(infos, positions, says, strict=True):
        placed.add(info.codepoint, said, at.position)
    spelt = leftward or not (font.reorders or "" in says)
    return Run(font, placed.stretches(), tuple(placed.marks), placed.x, "" if spelt else text)


class _Placed:
    """Letters in one go where they stand at one height.

    Marks of a line that runs leftward are kept apart: readers would see words part at them.
    """

    def __init__(self, font: Font, *, leftward: bool) -> None:
        self.x = 0
        self.marks: list[Mark] = []
        self._font, self._leftward = font, leftward
        self._done: list[Stretch] = []
        self._start: tuple[int, int] | None = None
        self._parts: list[tuple[Glyph, ...] | int] = []
        self._glyphs: list[Glyph] = []
        self._back = 0

    def add(self, number: int, said: str, position: tuple[int, int, int, int]) -> None:
        """The next glyph from the left; `position` in the font's units: offsets and advances."""
        dx, dy, advance, _ = self._font.scaled(position)
        if self._leftward and not advance and not said:
            self.marks.append(Mark(self.x + dx, dy, number))
            return
        if self._start is None or self._start[1] != dy:
            self._end()
            self._start, self._back = (self.x + dx, dy), 0
        elif back := self._back - dx:
            self._parts += (tuple(self._glyphs), back)
            self._glyphs = []
        self._glyphs.append((number, said))
        self._back = self._font.width(number) - advance + dx
        self.x += advance

    def stretches(self) -> tuple[Stretch, ...]:
        self._end()
        return tuple(self._done)

    def _end(self) -> None:
        if self._start is not None:
            self._done.append(Stretch(*self._start, (*self._parts, tuple(self._glyphs))))
        self._parts, self._glyphs = [], []


def _texts(text: str, clusters: list[int], *, leftward: bool) -> list[str]:
    """What each glyph stands for: the first of a letter with its marks for all of them, the others for nothing.

    Readers turn what runs leftward round, letter by letter and bracket by bracket; so it is given to them turned.
    """
    if not leftward and clusters == list(range(len(text))):
        plain = list(text)
        if not any(unicodedata.combining(character) for character in plain):
            return plain
    starts = [
        at for at in sorted(set(clusters)) if at == 0 or not unicodedata.category(text[at]).startswith("M")
    ]
    ends = dict(pairwise((*starts, len(text))))
    says = [""] * len(clusters)
    for place in reversed(range(len(clusters))) if leftward else range(len(clusters)):
        cluster = clusters[place]
        if cluster in ends:
            said = text[cluster : ends.pop(cluster)]
            says[place] = "".join(MIRRORED.get(c, c) for c in reversed(said)) if leftward else said
    return says
