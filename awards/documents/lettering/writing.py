"""A line onto ReportLab's canvas."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from awards.documents.lettering.embedding import Embedded
from awards.documents.lettering.faces import Face
from awards.documents.lettering.fonts import Font
from awards.documents.lettering.shaping import Glyph, Run, line

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
    return line(text, face, language).width * size / 1000


def write(canvas: Canvas, text: str, face: Face, size: float, x: float, y: float, language: str = "") -> None:
    """The text as one line in the canvas's fill colour, its left end at `x` on the base line `y`."""
    code = ["BT"]
    for run in line(text, face, language).runs:
        embedded = embed(canvas, run.font)
        code.append(f"/{embedded.name} {_number(size)} Tf")
        code.extend(_marked(run, embedded, size, x, y))
        x += sum(glyph.advance for glyph in run.glyphs) * size / 1000
    code.append("ET")
    canvas.drawText(_Written(" ".join(code)))  # type: ignore[arg-type]  # it asks for the code alone


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


def _marked(run: Run, embedded: Embedded, size: float, x: float, y: float) -> list[str]:
    placed = _placed(run.glyphs, embedded, size, x, y)
    if not run.said:
        return placed
    said = b"\xfe\xff" + run.said.encode("utf-16-be")
    return [f"/Span <</ActualText <{said.hex().upper()}>>> BDC", *placed, "EMC"]


def _placed(glyphs: tuple[Glyph, ...], embedded: Embedded, size: float, x: float, y: float) -> list[str]:
    """Glyphs at one height in one go, each such stretch from where the pen stands."""
    code = []
    for height, group in groupby(glyphs, lambda glyph: glyph.dy):
        level = list(group)
        code.append(
            f"1 0 0 1 {_number(x)} {_number(y + height * size / 1000)} Tm [{_shown(level, embedded)}] TJ"
        )
        x += sum(glyph.advance for glyph in level) * size / 1000
    return code


def _shown(glyphs: list[Glyph], embedded: Embedded) -> str:
    """The glyphs' codes, and between them how far the pen goes back, in thousandths."""
    parts: list[str] = []
    codes, back = "", 0
    for glyph in glyphs:
        back -= glyph.dx
        if back:
            parts.extend((f"<{codes}>", str(back)) if codes else (str(back),))
            codes = ""
        codes += f"{embedded.code(glyph):04X}"
        back = glyph.width - glyph.advance + glyph.dx
    return " ".join((*parts, f"<{codes}>"))


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
