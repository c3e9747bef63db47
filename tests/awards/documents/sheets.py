"""A small sheet with every kind of mark, archived; what certificates are drawn by is tested elsewhere."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from awards.documents.archival import archive
from awards.documents.lettering import PLAIN, Face, write
from awards.documents.structure import Structure

PAGE = (841.89, 595.28)
CODE = "K7QM2XR9TBWHA23C"
TITLE = "Grand Prize & thanks: 서울특별시 <Seoul>"


@cache
def drawn(*, tagged: bool = True, title: str = TITLE) -> bytes:
    """The archived sheet: a heading, a Korean paragraph, a picture, an ornament."""
    buffer, structure = BytesIO(), Structure()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    with structure.artefact(canvas):
        canvas.setFillColor(HexColor("#fbfaf6"))
        canvas.rect(0, 0, *PAGE, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#1c2321"))
    with structure.mark(canvas, "H1"):
        write(canvas, "Grand Prize", Face.SANS, 30, 100, 400)
    with structure.mark(canvas, "P", language="ko"):
        write(canvas, "서울특별시", Face.SANS, 20, 100, 300, language="ko")
    with structure.mark(canvas, "Figure", alt="A square"):
        canvas.rect(600, 100, 40, 40, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return archive(
        buffer.getvalue(),
        title=title,
        author="League of Riverside Cities",
        subject="Open budget portal",
        keywords=CODE,
        language="en",
        structure=structure if tagged else None,
    )
