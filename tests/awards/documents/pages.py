"""Lines of text as pages of a PDF, and how other people's programs read and see them."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from awards.documents.lettering import PLAIN, Face, width, write

SIZE = 24.0
UNSEEN = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that give a direction and have no ink."""


def pages_of(lines: Iterable[tuple[str, str]], face: Face = Face.SANS) -> bytes:
    """One page for each language and text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    for language, text in lines:
        canvas.setPageSize((width(text, face, SIZE, language) + 40, 60))
        write(canvas, text, face, SIZE, 20, 20, language)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read_by_poppler(pdf: bytes) -> list[str]:
    found = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return [read(page) for page in found.decode().split("\f")[:-1]]


def read_by_pdfium(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [read(page.get_textpage().get_text_range()) for page in opened]


def read(text: str) -> str:
    """As letters compare: NFKC, without marks of direction, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(UNSEEN)).split())


def picture_of(pdf: bytes, *, scale: float = 4) -> Image.Image:
    """The first page in grey."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return opened[0].render(scale=scale, grayscale=True).to_pil()


def read_by_tesseract(pdf: bytes, language: str, folder: Path) -> str:
    path = folder / "line.png"
    picture_of(pdf, scale=6).save(path)
    found = subprocess.run(
        ["tesseract", path, "-", "-l", language, "--psm", "7"], capture_output=True, check=True
    )
    return read(found.stdout.decode())
