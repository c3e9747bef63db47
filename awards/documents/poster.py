"""Posters: who won, large, with a code that leads a telephone to the page; A4 and A3 upright."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from awards.documents.drawing import draw_branch, draw_qr
from awards.documents.lettering import PLAIN, Face, plain, width, write
from awards.documents.share import GOLD, INK, LAUREL, LIGHT, LINE, PAPER, QUIET, RISE, Part, height, step
from awards.documents.typesetting import Setting, fit

A4 = (595.28, 841.89)
LARGER = 2**0.5
"""How much larger A3 is."""
FRAME, MEASURE, QR = 26.0, 420.0, 150.0
TOP, FOOT = 742.0, 300.0


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a poster, in one language. `call` stands over the code that leads to `address`."""

    language: str
    over: str
    prize: str
    name: str
    read_as: str
    title: str
    call: str
    address: str
    specimen: str = ""
    name_language: str = ""
    title_language: str = ""


def draw_poster(poster: Poster, *, large: bool = False) -> bytes:
    """The poster as PDF, A3 where it is `large`; the same bytes for the same poster."""
    scale = LARGER if large else 1.0
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(A4[0] * scale, A4[1] * scale),
        invariant=1,
        initialFontName=PLAIN,  # type: ignore[arg-type]
        lang=poster.language,
    )
    canvas.setTitle(plain(f"{poster.name or poster.prize} · {poster.over}"))
    canvas.setCreator("Laurels")
    canvas.scale(scale, scale)
    _sheet(canvas)
    _centred(canvas, [Part(poster.over, Face.SANS_BOLD, 17, 10, 2, 0, QUIET)], TOP + 40, TOP - 4)
    _centred(canvas, _parts(poster), TOP - 30, FOOT)
    _code(canvas, poster)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _sheet(canvas: Canvas) -> None:
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, *A4, stroke=0, fill=1)
    canvas.setStrokeColor(LINE)
    for inset, weight in ((FRAME, 1.1), (FRAME + 5, 0.4)):
        canvas.setLineWidth(weight)
        canvas.rect(inset, inset, A4[0] - 2 * inset, A4[1] - 2 * inset)
    for side in (1, -1):
        canvas.saveState()
        canvas.translate(A4[0] / 2 - side * 212, 92)
        canvas.scale(side * 0.72, 0.72)
        draw_branch(canvas, LAUREL, LIGHT)
        canvas.restoreState()


def _parts(poster: Poster) -> list[Part]:
    return [
        Part(poster.prize, Face.SANS_BOLD, 26, 14, 2, 0, GOLD),
        Part(poster.name, Face.SERIF_BOLD, 64, 24, 4, 14, INK, poster.name_language),
        Part(poster.read_as, Face.SANS, 17, 11, 2, 6, QUIET),
        Part(poster.title, Face.SERIF, 25, 13, 5, 26, INK, poster.title_language),
    ]


def _centred(canvas: Canvas, parts: list[Part], top: float, foot: float) -> None:
    """Lines around the middle of the page, as large as there is room for between two heights."""
    shown = [it for it in parts if plain(it.text)]
    scale = 1.0
    while True:
        settings = [_set(it, scale) for it in shown]
        tall = sum(it.above * scale for it in shown[1:]) + sum(map(height, settings))
        if tall <= top - foot:
            break
        scale *= 0.96
    y = top - (top - foot - tall) / 2
    for index, (part, setting) in enumerate(zip(shown, settings, strict=True)):
        y -= part.above * scale if index else 0
        for line in setting.lines:
            at = y - RISE * setting.size
            _middle(canvas, line, setting.face, setting.size, at, part.ink, part.language)
            y -= step(setting)


def _set(part: Part, scale: float) -> Setting:
    size = part.size * scale
    least = min(size, part.least * scale)
    return fit(plain(part.text), part.face, size=size, least=least, measure=MEASURE, most=part.most)


def _middle(
    canvas: Canvas, text: str, face: Face, size: float, y: float, ink: Color, language: str = ""
) -> None:
    canvas.setFillColor(ink)
    x = (A4[0] - width(text, face, size, language=language)) / 2
    write(canvas, text, face, size, x, y, language=language)


def _code(canvas: Canvas, poster: Poster) -> None:
    _middle(canvas, plain(poster.call), Face.SANS_BOLD, 15, 262, INK)
    draw_qr(canvas, poster.address, INK, (A4[0] - QR) / 2, 96, QR)
    shown = poster.address.removeprefix("https://").removeprefix("http://")
    size = min(11.0, MEASURE / width(shown, Face.SANS, 1))
    _middle(canvas, shown, Face.SANS, size, 72, QUIET)
    if poster.specimen:
        _middle(canvas, plain(poster.specimen), Face.SANS_BOLD, 13, 48, QUIET)
