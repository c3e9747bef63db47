"""Share images: the picture that a link to a winner shows elsewhere; who won in its own script, what, for what."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from awards.documents import raster
from awards.documents.drawing import draw_branch
from awards.documents.lettering import PLAIN, Face, plain, width, write
from awards.documents.typesetting import Setting, fit

SIZE = (1200, 630)
LOOKS = 2
"""Counted up when the picture changes though its words don't."""
EDGE, GAP, PICTURE = 72.0, 56.0, 400.0
FOOT = 64.0
PAPER, INK, QUIET = HexColor("#fbfaf6"), HexColor("#1c2321"), HexColor("#55605b")
LAUREL, LIGHT = HexColor("#1e5b45"), HexColor("#5f8d7b")
GOLD, LINE = HexColor("#8a6a13"), HexColor("#d9d7cc")
RISE, LEADING = 1.0, 1.22
"""How far below the top of a line its base stands, and how far the next line is, in sizes of the letters."""


TALL, LATIN_MORE = (0x0590, 0x1FFF), (0x1E00, 0x1EFF)
"""Scripts whose letters reach further below the line, and Latin letters that stand among their code points."""


@dataclass(frozen=True, slots=True)
class Share:
    """What stands on a share image, in one language; `picture` is a photograph that may be published, or nothing."""

    language: str
    edition: str
    prize: str
    name: str
    read_as: str
    place: str
    title: str
    site: str
    picture: bytes = b""
    specimen: str = ""
    name_language: str = ""
    title_language: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A text with how it is set: face, size in points and the least, lines at most, space above, colour."""

    text: str
    face: Face
    size: float
    least: float
    most: int
    above: float
    ink: Color
    language: str = ""


def draw_share(share: Share) -> bytes:
    """The image as PNG of 1200 by 630 pixels. Whatever the names' length, nothing runs off it."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=SIZE, invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, *SIZE, stroke=0, fill=1)
    photograph = raster.opened(share.picture)
    measure = SIZE[0] - 2 * EDGE - (PICTURE + GAP - EDGE if photograph else 150)
    if photograph is not None:
        _photograph(canvas, photograph)
    else:
        _branch(canvas)
    _frame(canvas, SIZE[0] - (PICTURE if photograph else 0))
    _stack(canvas, share, measure, most=3 if photograph else 2)
    _foot(canvas, share, measure, site=share.site if photograph is None else "")
    canvas.showPage()
    canvas.save()
    return raster.as_png(raster.draw_page(buffer.getvalue(), SIZE[0]))


def _photograph(canvas: Canvas, image: Image.Image) -> None:
    """The photograph over the right side, cut to its shape around its middle."""
    across, down = int(PICTURE), SIZE[1]
    scale = max(across / image.width, down / image.height)
    image = image.resize((max(round(image.width * scale), across), max(round(image.height * scale), down)))
    left, top = (image.width - across) // 2, (image.height - down) // 2
    cut = image.crop((left, top, left + across, top + down))
    canvas.drawImage(ImageReader(cut), SIZE[0] - across, 0, across, down)


def _branch(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(SIZE[0] - 104, 122)
    canvas.scale(-1.5, 1.5)
    draw_branch(canvas, LAUREL, LIGHT)
    canvas.restoreState()


def _frame(canvas: Canvas, right: float) -> None:
    canvas.setFillColor(LAUREL)
    canvas.rect(0, 0, 14, SIZE[1], stroke=0, fill=1)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(1.2)
    canvas.line(EDGE, FOOT + 34, right - EDGE, FOOT + 34)


def _stack(canvas: Canvas, share: Share, measure: float, *, most: int) -> None:
    """Prize, name, how others read it, title: as large as there is room for."""
    room, top = SIZE[1] - EDGE - FOOT - 58, SIZE[1] - EDGE
    parts = [
        Part(share.prize, Face.SANS_BOLD, 34, 20, 2, 0, GOLD),
        Part(share.name, Face.SERIF_BOLD, 88, 34, most, 16, INK, share.name_language),
        Part(" · ".join(it for it in (share.read_as, share.place) if it), Face.SANS, 27, 18, 2, 16, QUIET),
        Part(share.title, Face.SERIF, 36, 22, 3, 26, INK, share.title_language),
    ]
    shown = [it for it in parts if plain(it.text)]
    scale = 1.0
    while True:
        settings = [_set(it, measure, scale) for it in shown]
        tall = sum(it.above * scale for it in shown[1:]) + sum(map(height, settings))
        if tall <= room:
            break
        scale *= 0.96
    y = top - (room - tall) / 2
    for index, (part, setting) in enumerate(zip(shown, settings, strict=True)):
        y -= part.above * scale if index else 0
        canvas.setFillColor(part.ink)
        for line in setting.lines:
            at = y - RISE * setting.size
            write(
                canvas, line, setting.face, setting.size, EDGE, at, language=part.language or share.language
            )
            y -= step(setting)


def _set(part: Part, measure: float, scale: float) -> Setting:
    size = part.size * scale
    least = min(size, part.least * scale)
    return fit(plain(part.text), part.face, size=size, least=least, measure=measure, most=part.most)


def height(setting: Setting) -> float:
    """How high a text is as it is set."""
    return len(setting.lines) * step(setting)


def step(setting: Setting) -> float:
    """How far one line is from the next."""
    points = [ord(sign) for line in setting.lines for sign in line]
    is_tall = any(TALL[0] <= it <= TALL[1] and not LATIN_MORE[0] <= it <= LATIN_MORE[1] for it in points)
    return (LEADING + 0.24 * is_tall) * setting.size


def _foot(canvas: Canvas, share: Share, measure: float, *, site: str) -> None:
    """The edition, and the site at which this stands; SPECIMEN where it is one."""
    left = " · ".join(it for it in (share.specimen, share.edition) if it)
    taken = width(site, Face.SANS, 20) + 30 if site else 0
    setting = fit(plain(left), Face.SANS_BOLD, size=22, least=13, measure=measure - taken, most=1)
    canvas.setFillColor(LAUREL)
    write(canvas, setting.lines[0], setting.face, setting.size, EDGE, FOOT - 2, language=share.language)
    if site:
        canvas.setFillColor(QUIET)
        write(canvas, site, Face.SANS, 20, SIZE[0] - EDGE - width(site, Face.SANS, 20), FOOT - 2)
