"""A line onto ReportLab's canvas."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from awards.documents.lettering.embedding import Embedded
from awards.documents.lettering.faces import Face
from awards.documents.lettering.fonts import Font
from awards.documents.lettering.shaping import Run, line

PLAIN = "lettering"
"""For a canvas's `initialFontName`: a font that is never drawn with, so that none is embedded for nothing."""


class _Unused:
    """Enough of a font for ReportLab to set nothing with it."""

    fontName = PLAIN
    face = SimpleNamespace(name=PLAIN)
    _dynamicFont = 1
    _multiByte = 1
    shapable = False

    def stringWidth(self, *_asked: Any, **_how: Any) -> float:
        return 0.0

    def splitString(self, *_asked: Any) -> tuple[()]:
        return ()


pdfmetrics.registerFont(_Unused())


class _Written:
    """What a canvas takes for a text object."""

    def __init__(self, code: str) -> None:
        self.code = code

    def getCode(self) -> str:
        return self.code


def width(text: str, face: Face, size: float, language: str = "") -> float:
    """How wide the text is as one line, in points."""
    return line(text, face, language).width * size


def write(canvas: Canvas, text: str, face: Face, size: float, x: float, y: float, language: str = "") -> None:
    """The text as one line in the canvas's fill colour, its left end at `x` on the base line `y`."""
    code = ["BT"]
    marks: list[str] = []
    for run in line(text, face, language).runs:
        embedded = embed(canvas, run.font)
        code.append(f"/{embedded.name} {_number(size * run.font.zoom)} Tf")
        code.extend(_marked(run, embedded, size, x, y))
        marks.extend(_drawn(run, size, x, y))
        x += run.width * size
    canvas.drawText(_Written(" ".join((*code, "ET", *marks))))  # type: ignore[arg-type]  # it asks for the code alone


def embed(canvas: Canvas, font: Font) -> Embedded:
    """The font as the canvas's document holds it."""
    document: Any = canvas._doc  # type: ignore[attr-defined]
    fonts: dict[str, Embedded] = document.__dict__.setdefault("lettering", {})
    if font.name not in fonts:
        name = f"F{len(document.fontMapping) + 1}"
        document.fontMapping[f"{PLAIN} {font.name}"] = f"/{name}"
        fonts[font.name] = Embedded(font, name)
        document.delayedFonts.append(fonts[font.name])
    return fonts[font.name]


def _marked(run: Run, embedded: Embedded, size: float, x: float, y: float) -> Iterator[str]:
    em = size * run.font.zoom / 1000
    if run.said:
        said = b"\xfe\xff" + run.said.encode("utf-16-be")
        yield f"/Span <</ActualText <{said.hex().upper()}>>> BDC"
    for stretch in run.stretches:
        parts = (str(part) if isinstance(part, int) else embedded.write(part) for part in stretch.parts)
        at = f"{_number(x + stretch.x * em)} {_number(y + stretch.y * em)}"
        yield f"1 0 0 1 {at} Tm [{' '.join(parts)}] TJ"
    if run.said:
        yield "EMC"


def _drawn(run: Run, size: float, x: float, y: float) -> Iterator[str]:
    """Marks as what they look like: their letters say them."""
    em = size * run.font.zoom / 1000
    scale = _number(size * run.font.zoom / run.font.units, 6)
    for mark in run.marks:
        at = f"{_number(x + mark.x * em)} {_number(y + mark.y * em)}"
        yield f"q {scale} 0 0 {scale} {at} cm {run.font.outline(mark.number)} f Q"


def _number(value: float, places: int = 3) -> str:
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
