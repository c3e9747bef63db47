"""A paragraph of any script as ReportLab lays pages out with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from awards.documents.lettering.breaking import KEEP, chunks, clusters
from awards.documents.lettering.direction import is_rtl, spoken
from awards.documents.lettering.faces import Face, settle
from awards.documents.lettering.writing import width, write


@dataclass(frozen=True)
class Manner:
    """How paragraphs of one kind are set, in points."""

    face: Face
    size: float
    colour: Color
    leading: float
    spaceBefore: float = 0
    spaceAfter: float = 0
    keepWithNext: int = 0


class Passage(Flowable):
    """Text in the language of a paper, or one of the other direction; every line break in it is kept.

    `label` stands before its first line, in `indent` points of room that every line keeps.
    """

    def __init__(
        self, text: str, manner: Manner, language: str, *, label: str = "", indent: float = 0.0
    ) -> None:
        super().__init__()
        self.style = manner
        self.keepWithNext = manner.keepWithNext
        self._text, self._label, self._indent = text, label, indent
        self._paper, self._language = language, spoken(text, language)
        self._lines: tuple[str, ...] | None = None

    def wrap(self, wide: float, _high: float) -> tuple[float, float]:
        if self._lines is None or wide != self.width:
            self.width = wide
            self._lines = lines(self._text, self.style.face, self.style.size, wide - self._indent)
        self.height = len(self._lines) * self.style.leading
        return wide, self.height

    def split(self, wide: float, high: float) -> list[Flowable]:
        """The lines that fit and the rest; nothing where not two lines of it would stand together."""
        self.wrap(wide, high)
        assert self._lines is not None
        fitting = int(high // self.style.leading)
        if len(self._lines) <= fitting:
            return [self]
        if fitting < 2:
            return []
        return [
            self._part(self._lines[:fitting], self._label),
            self._part(self._lines[fitting:], ""),
        ]

    def _part(self, taken: tuple[str, ...], label: str) -> Passage:
        part = Passage("\n".join(taken), self.style, self._paper, label=label, indent=self._indent)
        part._lines, part.width, part._language = taken, self.width, self._language
        return part

    def draw(self) -> None:
        assert self._lines is not None
        canvas: Any = self.canv
        style = self.style
        canvas.setFillColor(style.colour)
        y = self.height - style.size
        if self._label:
            self._write(self._label, 0.0, y)
        for line in self._lines:
            self._write(line, self._indent, y)
            y -= style.leading

    def _begins_right(self) -> bool:
        """A single line stands where the paper's other lines begin, longer text where its own language begins."""
        assert self._lines is not None
        return is_rtl(self._language if len(self._lines) > 1 else self._paper)

    def _write(self, text: str, indent: float, y: float) -> None:
        style = self.style
        if self._begins_right():
            indent = self.width - indent - width(text, style.face, style.size, self._language)
        write(self.canv, text, style.face, style.size, indent, y, self._language)


@lru_cache(maxsize=256)
def lines(text: str, face: Face, size: float, measure: float) -> tuple[str, ...]:
    """Lines filled one after the other; a word that is wider than a line is cut."""
    settled = settle(face, text.replace("\n", ""))
    return tuple(
        line.replace(KEEP, " ")
        for given in text.split("\n")
        for line in _filled(given, settled, size, measure)
    )


def _filled(text: str, face: Face, size: float, measure: float) -> Iterator[str]:
    line, taken = "", 0.0
    for gap, chunk in chunks(text):
        wide = width(chunk, face, size)
        room = width(gap, face, size) if line and gap else 0.0
        if taken + room + wide <= measure:
            line, taken = line + gap + chunk if line else chunk, taken + room + wide
            continue
        if line:
            yield line
        *full, line = _cut(chunk, face, size, measure)
        yield from full
        taken = width(line, face, size)
    yield line


def _cut(word: str, face: Face, size: float, measure: float) -> Iterator[str]:
    piece = ""
    for cluster in clusters(word):
        if piece and width(piece + cluster, face, size) > measure:
            yield piece
            piece = ""
        piece += cluster
    yield piece
