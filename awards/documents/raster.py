"""Pages of our own PDFs as pictures. Never for files of others: those are drawn in a process with limits."""

from __future__ import annotations

import threading
from io import BytesIO

import pypdfium2
from PIL import Image

DRAWING = threading.Lock()
"""PDFium draws for one thread at a time."""
PHOTO = 400_000
"""Bytes from which a PNG is kept in fewer colours."""


def draw_page(pdf: bytes, width: int) -> Image.Image:
    """The first page of a PDF that we made, so many pixels wide."""
    with DRAWING:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        drawn = page.render(scale=width / page.get_size()[0], may_draw_forms=False, rev_byteorder=True)
        image: Image.Image = drawn.to_pil().convert("RGB").copy()
        drawn.close()
        page.close()
        document.close()
    return image


def opened(content: bytes) -> Image.Image | None:
    """A picture that was drawn here before; None where its file is gone or broken."""
    try:
        with Image.open(BytesIO(content), formats=("WEBP", "JPEG", "PNG")) as found:
            return found.convert("RGB")
    except (OSError, ValueError, SyntaxError):
        return None


def as_png(image: Image.Image) -> bytes:
    """A picture as PNG; one with a photograph in 256 colours, so that it stays light."""
    content = _saved(image)
    return content if len(content) <= PHOTO else _saved(image.quantize(256))


def _saved(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def as_jpeg(image: Image.Image) -> bytes:
    """A photograph as JPEG."""
    target = BytesIO()
    image.save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()
