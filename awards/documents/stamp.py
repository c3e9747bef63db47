"""Stamps: a picture with somebody's words across all of it, so that it shows by whom it was passed on."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops
from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas

from awards.documents import raster
from awards.documents.lettering import PLAIN, Face, plain, width, write
from awards.documents.share import LEADING

LIGHT, BAND = 0.42, 0.062
"""How strongly the words across cover the picture; how high the band at its foot is, of its width."""
ANGLE = 28


def stamp_picture(content: bytes, words: str) -> bytes:
    """A photograph as JPEG with the words across it, over and over, and once more in a band at its foot.

    Empty where the photograph can't be read: nothing goes out without its stamp.
    """
    image = raster.opened(content)
    if image is None:
        return b""
    mask = _mask(image.width, image.height, words)
    dark = mask.point(lambda level: int(level * LIGHT))
    image.paste("black", ImageChops.offset(dark, 2, 2))
    image.paste("white", (0, 0), mask.point(lambda level: int(level * LIGHT * 1.6)))
    band = _band(image.width, words)
    image.paste(band, (0, image.height - band.height))
    return raster.as_jpeg(image)


@lru_cache(maxsize=16)
def _mask(across: int, down: int, words: str) -> Image.Image:
    """Where the words stand, as grey: white on black, along parallel lines."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(across, down), invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    canvas.setFillColor(black)
    canvas.rect(0, 0, across, down, stroke=0, fill=1)
    canvas.setFillColor(white)
    text = plain(words)
    reach = across + down
    size = max(min(across * 0.034, reach / width(text, Face.SANS_BOLD, 1)), 8.0)
    step = width(text, Face.SANS_BOLD, size) + 2.4 * size
    canvas.rotate(ANGLE)
    for row, y in enumerate(range(-reach, reach, round(size * 5.2))):
        x = -reach - (row % 2) * step / 2
        while x < reach:
            write(canvas, text, Face.SANS_BOLD, size, x, y)
            x += step
    canvas.showPage()
    canvas.save()
    return raster.draw_page(buffer.getvalue(), across).convert("L").resize((across, down))


@lru_cache(maxsize=16)
def _band(across: int, words: str) -> Image.Image:
    text, height = plain(words), max(across * BAND, 18.0)
    size = min(height / LEADING * 0.62, (across - height) / width(text, Face.SANS, 1))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(across, height), invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    canvas.setFillColor(black)
    canvas.rect(0, 0, across, height, stroke=0, fill=1)
    canvas.setFillColor(white)
    write(canvas, text, Face.SANS, size, height / 2, (height - size * 0.72) / 2)
    canvas.showPage()
    canvas.save()
    return raster.draw_page(buffer.getvalue(), across)
