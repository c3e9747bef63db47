"""Ink on the page: ReportLab's canvas, the embedded fonts only."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from math import atan, degrees, hypot, sqrt
from typing import Any

import segno
from PIL import Image, ImageChops
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from awards.documents.archival import archive
from awards.documents.citation import Citation, printed, texts_of
from awards.documents.laurel import Curve, Leaf, grow
from awards.documents.layout import FRAME, Ink, Page, arrange
from awards.documents.lettering import PLAIN, Face, draws, settle, width, write
from awards.documents.structure import Structure
from awards.documents.template import Design, design_in
from awards.documents.wording import heading_of, said_in, words_of

WRONG = "#c4161c"
MILLIMETRE = 72 / 25.4
BRANCH_INSET, BRANCH_FOOT = 74.0, 166.0
WREATH = 0.36
"""The size of the branches above an upright page, where they meet at their feet."""
LARGER = sqrt(2)
"""A3 is A4 so many times as wide and as high."""
SIGNATURE = (0.8, 38.0)
"""The room for the image of a signature: so much of its line's width, and so many points of height."""
BLEED, MARGIN, CROP = 3 * MILLIMETRE, 15 * MILLIMETRE, 6 * MILLIMETRE
"""Of a print form: the colour beyond the edge, the paper around it, and the length of a crop mark."""

ROLES = {"title": "H1", "honour": "H2", "nominee": "H2"}
"""What a part of the page is to who has it read out; every other is a paragraph."""

Images = Mapping[str, bytes]
"""The images that a citation's design names, by their SHA-256."""


class UnprintableText(Exception):
    """The citation holds characters that none of the embedded fonts draws."""

    def __init__(self, characters: tuple[str, ...], fields: tuple[str, ...]) -> None:
        super().__init__(characters, fields)
        self.characters = characters
        self.fields = fields


class ImageMissing(Exception):
    """An image that the design names is not among those given."""


def unprintable(citation: Citation) -> tuple[str, ...]:
    """The characters that no embedded font draws, each once, in the order of the page."""
    return tuple(dict.fromkeys(c for _, text in _said(citation) for c in text if not draws(c)))


def _said(citation: Citation) -> tuple[tuple[str, str], ...]:
    """Everything that is to be drawn: what changes from one certificate to the next, then what the template says."""
    own = (*texts_of(citation), *words_of(citation))
    own = tuple((field, text.replace("\u00a0", " ")) for field, text in own)
    return own if citation.second is None else (*own, *_said(citation.second))


def render_certificate(citation: Citation, *, images: Images | None = None) -> bytes:
    """The certificate as PDF, one page, unsigned, to be kept and read aloud: the same bytes for the same citation.

    Raises `UnprintableText`, `ImageMissing`; a language that has no wording is a KeyError.
    """
    return _rendered(citation, images or {})


def render_print_form(citation: Citation, *, images: Images | None = None, paper: str = "A4") -> bytes:
    """The page for a printer's shop, in A4 or A3: blank lines to sign on by hand, colour beyond the edge, crop marks.

    Raises as `render_certificate` does.
    """
    design = {**design_in(citation), "paper": paper, "signatures": []}
    return _rendered(replace(citation, design=design), images or {}, cropped=True)


def _rendered(citation: Citation, images: Images, *, cropped: bool = False) -> bytes:
    design = design_in(citation)
    citation = replace(citation, design=design)
    if characters := unprintable(citation):
        fields = dict.fromkeys(field for field, text in _said(citation) if set(text) & set(characters))
        raise UnprintableText(characters, tuple(fields))
    page = arrange(citation)
    scale = LARGER if design["paper"] == "A3" else 1.0
    around = MARGIN if cropped else 0.0
    across, high = (side * scale + 2 * around for side in page.size)
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(across, high),
        invariant=1,
        pageCompression=1,
        initialFontName=PLAIN,  # type: ignore[arg-type]  # the stub takes it for a number
        lang=citation.language,
    )
    structure = Structure()
    if cropped:
        with structure.artefact(canvas):
            draw_crop_marks(canvas, (page.size[0] * scale, page.size[1] * scale))
    canvas.saveState()
    canvas.translate(around, around)
    canvas.scale(scale, scale)
    _Sheet(canvas, structure, design, page, images).draw(citation, bleed=BLEED / scale if cropped else 0.0)
    canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return archive(
        buffer.getvalue(),
        title=heading_of(citation),
        author=printed(citation.association),
        subject=printed(citation.project),
        keywords=printed(citation.code),
        language=citation.language,
        structure=structure,
    )


def draw_crop_marks(canvas: Canvas, size: tuple[float, float]) -> None:
    """Where the sheet is to be cut, at every corner."""
    canvas.setStrokeColor(HexColor("#000000"))
    canvas.setLineWidth(0.25)
    away = MARGIN - BLEED - 2
    for x, outward in ((MARGIN, -1), (MARGIN + size[0], 1)):
        for y, upward in ((MARGIN, -1), (MARGIN + size[1], 1)):
            start = MARGIN - away
            canvas.line(x + outward * start, y, x + outward * (start + CROP), y)
            canvas.line(x, y + upward * start, x, y + upward * (start + CROP))


class _Sheet:
    """A canvas in the colours of a design."""

    def __init__(
        self, canvas: Canvas, structure: Structure, design: Design, page: Page, images: Images
    ) -> None:
        self.canvas, self.structure = canvas, structure
        self.design, self.page, self.images = design, page, images
        self.width, self.height = page.size
        self.colours = {name: HexColor(value) for name, value in design["colours"].items()}
        self.inks = {ink: self.colours.get(ink.value, HexColor(WRONG)) for ink in Ink}

    def draw(self, citation: Citation, *, bleed: float) -> None:
        with self.structure.artefact(self.canvas):
            self.ground(bleed)
            if citation.specimen:
                self.watermark(said_in(citation, "specimen"), citation.language)
            if self.design["ornament"] == "laurels":
                self.laurels()
        for image in self.design["images"]:
            across = image["width"] * MILLIMETRE
            self.image(image, image["x"] * MILLIMETRE, image["y"] * MILLIMETRE, across)
        self.lines(citation)
        self.signatures()
        address = printed(citation.verify_url)
        with self.structure.mark(self.canvas, "Figure", alt=address):
            draw_qr(self.canvas, address, self.inks[Ink.INK], *self.page.qr)

    def lines(self, citation: Citation) -> None:
        """The text, part by part."""
        for (part, language), lines in groupby(self.page.lines, lambda it: (it.part, it.language)):
            other = language if language != citation.language else ""
            with self.structure.mark(self.canvas, ROLES.get(part, "P"), language=other):
                for line in lines:
                    self.canvas.setFillColor(self.inks[line.ink])
                    write(self.canvas, line.text, line.face, line.size, line.x, line.y, line.language)

    def ground(self, bleed: float) -> None:
        self.canvas.setFillColor(self.colours["paper"])
        self.canvas.rect(-bleed, -bleed, self.width + 2 * bleed, self.height + 2 * bleed, stroke=0, fill=1)
        self.canvas.setStrokeColor(self.colours["border"])
        borders = {"double": ((FRAME, 0.9), (FRAME + 4, 0.35)), "single": ((FRAME, 0.9),), "none": ()}
        for inset, weight in borders[self.design["border"]]:
            self.canvas.setLineWidth(weight)
            self.canvas.rect(inset, inset, self.width - 2 * inset, self.height - 2 * inset)

    def watermark(self, word: str, language: str) -> None:
        """The word along the diagonal, behind everything that is to be read."""
        canvas, face = self.canvas, settle(Face.SERIF_BOLD, word)
        room = 0.62 * hypot(self.width, self.height)
        size = min(176.0, room / width(word, face, 1, language))
        canvas.saveState()
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(degrees(atan(self.height / self.width)))
        canvas.setFillColor(self.colours["watermark"])
        write(canvas, word, face, size, -width(word, face, size, language) / 2, -0.36 * size, language)
        canvas.restoreState()

    def signatures(self) -> None:
        """The lines to sign on, and the images of signatures above those that have one."""
        self.canvas.setStrokeColor(self.inks[Ink.QUIET])
        self.canvas.setLineWidth(0.5)
        known = [*self.design["signatures"], *({} for _ in self.page.rules)]
        for (left, right, y), image in zip(self.page.rules, known, strict=False):
            with self.structure.artefact(self.canvas):
                self.canvas.line(left, y, right, y)
            if image:
                shape = image["high"] / image["wide"]
                across = min(SIGNATURE[0] * (right - left), SIGNATURE[1] / shape)
                self.image(image, (left + right - across) / 2, y + 1, across)

    def image(self, image: Mapping[str, Any], x: float, y: float, across: float) -> None:
        """An image as if printed on the paper: its white is the paper's colour."""
        content = self.images.get(image["sha256"])
        if content is None:
            raise ImageMissing(image["sha256"])
        picture = on_paper(content, self.design["colours"]["paper"])
        high = across * image["high"] / image["wide"]
        with self.structure.mark(self.canvas, "Figure", alt=image["name"]):
            self.canvas.drawImage(ImageReader(picture), x, y, across, high)

    def laurels(self) -> None:
        """A branch on either side; above an upright page both together."""
        for mirrored in (False, True):
            self.canvas.saveState()
            if mirrored:
                self.canvas.translate(self.width, 0)
                self.canvas.scale(-1, 1)
            if self.design["upright"]:
                self.canvas.translate(self.width / 2 - 70 * WREATH - 8, self.height - 170)
                self.canvas.scale(WREATH, WREATH)
            else:
                self.canvas.translate(BRANCH_INSET, BRANCH_FOOT)
            draw_branch(self.canvas, self.inks[Ink.LAUREL], self.colours["light"])
            self.canvas.restoreState()


def on_paper(content: bytes, paper: str) -> Image.Image:
    """A picture whose white has become the colour of the paper."""
    with Image.open(BytesIO(content), formats=("PNG",)) as opened:
        picture = opened.convert("RGB")
    return ImageChops.multiply(picture, Image.new("RGB", picture.size, paper))


def draw_branch(canvas: Canvas, dark: Color, light: Color) -> None:
    branch = grow()
    canvas.setLineCap(1)
    canvas.setStrokeColor(dark)
    canvas.setLineWidth(1.1)
    stem = canvas.beginPath()
    trace(stem, branch.stem)
    canvas.drawPath(stem, stroke=1, fill=0)
    for leaf in branch.leaves:
        draw_leaf(canvas, leaf, dark, light)


def draw_leaf(canvas: Canvas, leaf: Leaf, dark: Color, light: Color) -> None:
    """One half in the leaf's colour, the other lighter, as if light fell from one side."""
    vein = Curve(leaf.left.start, middle(leaf, 1), middle(leaf, 2), leaf.left.end)
    for edge, colour in ((leaf.left, dark), (leaf.right, light)):
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


def draw_qr(canvas: Canvas, text: str, ink: Color, x: float, y: float, side: float) -> None:
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
    canvas.setFillColor(ink)
    canvas.drawPath(path, stroke=0, fill=1)
