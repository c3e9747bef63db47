"""Ink on the page: ReportLab's canvas, the embedded fonts only."""

from io import BytesIO
from itertools import groupby
from math import atan, degrees

import segno
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from awards.documents.citation import Citation, printed, texts_of
from awards.documents.laurel import Curve, Leaf, grow
from awards.documents.layout import CENTRE, FRAME, PAGE, Ink, Line, arrange
from awards.documents.lettering import PLAIN, Face, draws, settle, width, write
from awards.documents.wording import CATALOGUE

PAPER, HAIRLINE, WATERMARK = HexColor("#fbfaf6"), HexColor("#d9d7cc"), HexColor("#eae8de")
INKS = {
    Ink.INK: HexColor("#1c2321"),
    Ink.QUIET: HexColor("#55605b"),
    Ink.LAUREL: HexColor("#1e5b45"),
    Ink.GOLD: HexColor("#8a6a13"),
}
LEAF_SHADE = HexColor("#5f8d7b")

BRANCH_INSET, BRANCH_FOOT = 74.0, 166.0


class UnprintableText(Exception):
    """The citation holds characters that none of the embedded fonts draws."""

    def __init__(self, characters: tuple[str, ...], fields: tuple[str, ...]) -> None:
        super().__init__(characters, fields)
        self.characters = characters
        self.fields = fields


def unprintable(citation: Citation) -> tuple[str, ...]:
    """The characters that no embedded font draws, each once, in the order of the page."""
    return tuple(dict.fromkeys(c for _, text in texts_of(citation) for c in text if not draws(c)))


def render_certificate(citation: Citation) -> bytes:
    """The certificate as PDF: one A4 page across, the same bytes for the same citation.

    Raises `UnprintableText`; a language that has no wording is a KeyError.
    """
    wording = CATALOGUE[citation.language]
    if characters := unprintable(citation):
        fields = dict.fromkeys(field for field, text in texts_of(citation) if set(text) & set(characters))
        raise UnprintableText(characters, tuple(fields))
    page = arrange(citation)
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=PAGE,
        invariant=1,
        pageCompression=1,
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stub takes it for a number
        lang=wording.tag,
    )
    canvas.setTitle(wording.heading(citation))
    canvas.setAuthor(printed(citation.association))
    canvas.setSubject(printed(citation.project))
    canvas.setKeywords(printed(citation.code))
    canvas.setCreator("Laurels")
    draw_sheet(canvas)
    if citation.specimen:
        draw_watermark(canvas, wording.specimen)
    draw_laurels(canvas)
    for line in page.lines:
        draw_line(canvas, line)
    canvas.setStrokeColor(INKS[Ink.QUIET])
    canvas.setLineWidth(0.5)
    for left, right, y in page.rules:
        canvas.line(left, y, right, y)
    draw_qr(canvas, printed(citation.verify_url), *page.qr)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_sheet(canvas: Canvas) -> None:
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, *PAGE, stroke=0, fill=1)
    canvas.setStrokeColor(HAIRLINE)
    for inset, weight in ((FRAME, 0.9), (FRAME + 4, 0.35)):
        canvas.setLineWidth(weight)
        canvas.rect(inset, inset, PAGE[0] - 2 * inset, PAGE[1] - 2 * inset)


def draw_watermark(canvas: Canvas, word: str) -> None:
    """The word along the diagonal, behind everything that is to be read."""
    face = settle(Face.SERIF_BOLD, word)
    size = min(176.0, 640 / width(word, face, 1))
    canvas.saveState()
    canvas.translate(CENTRE, PAGE[1] / 2)
    canvas.rotate(degrees(atan(PAGE[1] / PAGE[0])))
    canvas.setFillColor(WATERMARK)
    write(canvas, word, face, size, -width(word, face, size) / 2, -0.36 * size)
    canvas.restoreState()


def draw_line(canvas: Canvas, line: Line) -> None:
    canvas.setFillColor(INKS[line.ink])
    write(canvas, line.text, line.face, line.size, line.x, line.y)


def draw_laurels(canvas: Canvas) -> None:
    """A branch on either side."""
    for mirrored in (False, True):
        canvas.saveState()
        if mirrored:
            canvas.translate(PAGE[0], 0)
            canvas.scale(-1, 1)
        canvas.translate(BRANCH_INSET, BRANCH_FOOT)
        draw_branch(canvas)
        canvas.restoreState()


def draw_branch(canvas: Canvas) -> None:
    branch = grow()
    canvas.setLineCap(1)
    canvas.setStrokeColor(INKS[Ink.LAUREL])
    canvas.setLineWidth(1.1)
    stem = canvas.beginPath()
    trace(stem, branch.stem)
    canvas.drawPath(stem, stroke=1, fill=0)
    for leaf in branch.leaves:
        draw_leaf(canvas, leaf)


def draw_leaf(canvas: Canvas, leaf: Leaf) -> None:
    """One half in the leaf's colour, the other lighter, as if light fell from one side."""
    vein = Curve(leaf.left.start, middle(leaf, 1), middle(leaf, 2), leaf.left.end)
    for edge, colour in ((leaf.left, INKS[Ink.LAUREL]), (leaf.right, LEAF_SHADE)):
        half = canvas.beginPath()
        trace(half, edge)
        half.curveTo(*vein.push, *vein.pull, *vein.start)
        half.close()
        canvas.setFillColor(colour)
        canvas.drawPath(half, stroke=0, fill=1)


def middle(leaf: Leaf, handle: int) -> tuple[float, float]:
    a, b = (leaf.left.pull, leaf.right.pull) if handle == 1 else (leaf.left.push, leaf.right.push)
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def trace(path: PDFPathObject, curve: Curve) -> None:
    path.moveTo(*curve.start)
    path.curveTo(*curve.pull, *curve.push, *curve.end)


def draw_qr(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The matrix as one path of bars; the paper around it is its quiet zone."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    module = side / len(rows)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        column = 0
        for dark, cells in groupby(row):
            length = len(list(cells))
            if dark:
                path.rect(x + column * module, y + side - (number + 1) * module, length * module, module)
            column += length
    canvas.setFillColor(INKS[Ink.INK])
    canvas.drawPath(path, stroke=0, fill=1)
