"""A paper as PDF: A4 upright, the embedded fonts only, the same bytes for the same paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from awards.documents import paper as blocks
from awards.documents.lettering import PLAIN, Face, draws, plain, width, write
from awards.documents.lettering.passage import Manner, Passage
from awards.documents.paper import (
    Block,
    Boxes,
    Facts,
    Finalist,
    Fingerprint,
    Grid,
    Heading,
    Label,
    Paper,
    Scale,
    Signatures,
    Space,
    Steps,
    Words,
)
from awards.documents.squares import MarkBoxes, Square

PAGE = (595.28, 841.89)
MARGIN, FOOT = 62.0, 58.0
MEASURE = PAGE[0] - 2 * MARGIN
GAP = 24.0
PICTURE, PIXELS = (150.0, 112.0), 480
"""The room for a picture in points, and how many pixels it has on its longer side."""
INK, QUIET, HAIRLINE = HexColor("#1c2321"), HexColor("#55605b"), HexColor("#b9b7ab")
LAUREL, WATERMARK = HexColor("#1e5b45"), HexColor("#eceae0")
OWN_FONT = ("FONT", (0, 0), (-1, -1), PLAIN)
UNPRINTED = "\u25a1"
"""What stands for a character that no embedded font draws."""


class _Pages(Canvas):
    """A canvas that knows on the last page how many there are."""

    def __init__(self, *arguments: Any, finish: Callable[[Canvas, int], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._finish = finish
        self._waiting: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._waiting.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        count = len(self._waiting)
        for state in self._waiting:
            self.__dict__.update(state)
            self._finish(self, count)
            super().showPage()
        super().save()


def print_paper(paper: Paper) -> bytes:
    """The paper as PDF. Characters that no embedded font draws stand as boxes, and the paper says so."""
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 12,
        invariant=1,
        pageCompression=1,
        initialFontName=PLAIN,
        title=_printable(paper.title),
        author=_printable(paper.author),
        subject=_printable(paper.over),
        creator="Laurels",
        lang=paper.language,
    )
    frame = Frame(MARGIN, MARGIN, MEASURE, PAGE[1] - 2 * MARGIN, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame], onPage=partial(_watermark, paper)))
    template.build(list(_flow(paper)), canvasmaker=partial(_Pages, finish=partial(_foot, paper)))
    return buffer.getvalue()


def _flow(paper: Paper) -> Iterator[Flowable]:
    setter = _Setter(paper.language)
    if paper.titled and paper.over:
        yield setter.words(paper.over, "over")
    if paper.titled:
        yield setter.words(paper.title, "title")
    for block in paper.blocks:
        yield from setter.block(block)
    if setter.missing:
        yield Spacer(0, 14)
        yield setter.words(paper.missing, "quiet")


def _printable(text: str) -> str:
    return "".join(c if draws(c) or c in " \n" else UNPRINTED for c in plain(text))


def _watermark(paper: Paper, canvas: Canvas, _template: object) -> None:
    if not paper.specimen:
        return
    canvas.saveState()
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(54)
    canvas.setFillColor(WATERMARK)
    face = Face.SANS_BOLD
    size = min(150.0, 620 / width(paper.specimen, face, 1))
    write(canvas, paper.specimen, face, size, -width(paper.specimen, face, size) / 2, -0.36 * size)
    canvas.restoreState()


def _foot(paper: Paper, canvas: Canvas, count: int) -> None:
    number = paper.page.format(number=canvas.getPageNumber(), count=count)
    canvas.setStrokeColor(HAIRLINE)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, FOOT - 8, PAGE[0] - MARGIN, FOOT - 8)
    canvas.setFillColor(QUIET)
    size = 8.0
    room = MEASURE - width(number, Face.SANS, size) - 12
    text = _printable(paper.foot)
    while width(text, Face.SANS, size) > room:
        text = f"{text[:-2].rstrip()}\u2026"
    write(canvas, text, Face.SANS, size, MARGIN, FOOT - 20, paper.language)
    write(canvas, number, Face.SANS, size, PAGE[0] - MARGIN - width(number, Face.SANS, size), FOOT - 20)


def _manner(face: Face, size: float, colour: Color = INK, *, leading: float = 0, **space: Any) -> Manner:
    return Manner(face, size, colour, leading or size * 1.42, **space)


MANNERS: Mapping[str, Manner] = {
    "over": _manner(Face.SANS, 10.5, QUIET, spaceAfter=4),
    "title": _manner(Face.SERIF_BOLD, 23, leading=29, spaceAfter=16),
    "chapter": _manner(Face.SERIF_BOLD, 14.5, leading=19, spaceBefore=17, spaceAfter=6, keepWithNext=1),
    "part": _manner(Face.SANS_BOLD, 10.5, spaceBefore=10, spaceAfter=2, keepWithNext=1),
    "words": _manner(Face.SANS, 10, spaceAfter=5),
    "quiet": _manner(Face.SANS, 9, QUIET, spaceAfter=4),
    "cell": _manner(Face.SANS, 9.5),
    "strong": _manner(Face.SANS_BOLD, 9.5),
    "head": _manner(Face.SANS, 8.5, QUIET),
    "code": _manner(Face.SANS_BOLD, 30, leading=36, spaceAfter=2),
    "name": _manner(Face.SERIF_BOLD, 13.5, leading=18, keepWithNext=1),
    "titled": _manner(Face.SANS_BOLD, 10.5, spaceAfter=4),
    "credit": _manner(Face.SANS, 7, QUIET),
    "hash": _manner(Face.SANS, 8.5, leading=13, spaceAfter=6),
}


class _Setter:
    """Blocks as ReportLab's flowables; `missing` once a character could not be printed."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.missing = False

    def words(self, text: str, manner: str, *, label: str = "", indent: float = 0.0) -> Passage:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        shown = "\n".join(self._shown(line) for line in lines)
        return Passage(shown, MANNERS[manner], self.language, label=label, indent=indent)

    def _shown(self, text: str) -> str:
        clean = plain(text)
        shown = "".join(c if draws(c) else UNPRINTED for c in clean)
        self.missing = self.missing or shown != clean
        return shown

    def block(self, block: Block) -> Iterator[Flowable]:
        match block:
            case Heading(text, level):
                yield self.words(text, "chapter" if level == 1 else "part")
            case Words(text, quiet, keep):
                found = self.words(text, "quiet" if quiet else "words")
                found.keepWithNext = int(keep)
                yield found
            case Fingerprint(text):
                yield self.words(" ".join(text[i : i + 8] for i in range(0, len(text), 8)), "hash")
            case Steps(items):
                yield from self.steps(items)
            case Facts(pairs):
                rows = [[self.words(name, "head"), self.words(value, "cell")] for name, value in pairs]
                yield self.table(rows, [MEASURE * 0.3, MEASURE * 0.7], heads=False)
                yield Spacer(0, 6)
            case Grid():
                yield self.grid(block)
                yield Spacer(0, 6)
            case Space(lines):
                ruled = Table([[""]] * lines, [MEASURE], [20.0] * lines)
                ruled.setStyle(TableStyle([OWN_FONT, ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIRLINE)]))
                yield ruled
                yield Spacer(0, 6)
            case Boxes(options):
                yield self.boxes(options)
            case Signatures(labels, room):
                yield KeepTogether([Spacer(0, room), self.signatures(labels), Spacer(0, room / 4)])
            case blocks.PageBreak():
                yield PageBreak()
            case Label() | Finalist():
                yield from self.apart(block)
            case Scale(name, asks, marks):
                said = [self.words(name, "strong"), *([self.words(asks, "quiet")] if asks else [])]
                yield KeepTogether([*said, MarkBoxes(marks, MEASURE), Spacer(0, 4)])

    def steps(self, items: tuple[str, ...]) -> Iterator[Passage]:
        for number, item in enumerate(items, 1):
            yield self.words(item, "words", label=str(number), indent=18)

    def grid(self, block: Grid) -> Table:
        columns = max(1, len(block.heads))
        rows = [[self.words(head, "head") for head in block.heads]]
        rows += [
            [self.words(cell, "strong" if place == 0 else "cell") for place, cell in enumerate(row)]
            for row in block.rows
        ]
        rows += [[self.words(" ", "cell")] * columns for _ in range(block.blank)]
        heights = [None] * (1 + len(block.rows)) + [26.0] * block.blank
        return self.table(rows, self.widths(block, columns), heads=True, heights=heights)

    def widths(self, block: Grid, columns: int) -> list[float]:
        """Columns by the length of what stands in them; no word is broken that fits into an even share."""
        texts = [
            [row[place] for row in (block.heads, *block.rows) if place < len(row)] for place in range(columns)
        ]
        lengths = [max((min(len(text), 60) for text in column), default=1) or 1 for column in texts]
        floors = [min(_longest_word(column) + 14, MEASURE / columns) for column in texts]
        spare = MEASURE - sum(floors)
        return [floor + spare * length / sum(lengths) for floor, length in zip(floors, lengths, strict=True)]

    def table(
        self,
        rows: list[list[Passage]],
        widths: list[float],
        *,
        heads: bool,
        heights: list[float | None] | None = None,
    ) -> Table:
        found = Table(rows, widths, heights, repeatRows=1 if heads else 0)
        found.setStyle(
            TableStyle(
                [
                    OWN_FONT,
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIRLINE),
                    ("LEFTPADDING", (0, 0), (0, -1), 0),
                    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 4),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ]
            )
        )
        return found

    def label(self, block: Label) -> Table:
        """The code beside its square."""
        square = Square(block.code, 62.0)
        said = [self.words(block.code, "code"), self.words(block.words, "quiet")]
        found = Table([[said, square]], [MEASURE - 70, 70])
        pads = [(side, (0, 0), (-1, -1), 0) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING")]
        found.setStyle(TableStyle([OWN_FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *pads]))
        return found

    def apart(self, block: Label | Finalist) -> Iterator[Flowable]:
        """What stands beside a picture or a square."""
        if isinstance(block, Label):
            yield self.label(block)
        else:
            yield from self.finalist(block)

    def finalist(self, block: Finalist) -> Iterator[Flowable]:
        """Name, place and title beside the picture; the summary below, which may go on over the page."""
        said = [
            self.words(block.name, "name"),
            self.words(block.about, "quiet"),
            self.words(block.title, "titled"),
        ]
        if block.picture is None:
            head: Flowable = KeepTogether([*said, Spacer(0, 1)])
        else:
            picture = _picture(*block.picture)
            side = [picture, *([self.words(block.credit, "credit")] if block.credit else [])]
            head = Table([[side, said]], [picture.drawWidth + 14, MEASURE - picture.drawWidth - 14])
            pads = [(side, (0, 0), (-1, -1), 0) for side in ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING")]
            head.setStyle(TableStyle([OWN_FONT, ("VALIGN", (0, 0), (-1, -1), "TOP"), *pads]))
        head.keepWithNext = 1
        yield Spacer(0, 8)
        yield head
        if block.summary:
            yield self.words(block.summary, "words")
        yield Spacer(0, 10)

    def boxes(self, options: tuple[str, ...]) -> Table:
        rows = [["", self.words(option, "cell")] for option in options]
        marks = [
            OWN_FONT,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        return _Ticked(rows, [18.0, MEASURE - 18], style=TableStyle(marks))

    def signatures(self, labels: tuple[str, ...]) -> Table:
        """Lines side by side, each with room between it and the next."""
        cell = (MEASURE - GAP * (len(labels) - 1)) / max(1, len(labels))
        row: list[Passage | str] = []
        for label in labels:
            row += [self.words(label, "head"), ""]
        found = Table([row[:-1]], [cell if place % 2 == 0 else GAP for place in range(len(row) - 1)])
        lines = [("LINEABOVE", (i, 0), (i, 0), 0.6, INK) for i in range(0, len(row) - 1, 2)]
        pads = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 5)]
        found.setStyle(TableStyle([OWN_FONT, *lines, *pads]))
        return found


def _picture(path: str, wide: int, high: int) -> Image:
    """A picture as JPEG, light enough for a booklet, in the room there is for it."""
    from PIL import Image as Opened  # noqa: PLC0415 (few papers have pictures)

    scale = min(PICTURE[0] / max(1, wide), PICTURE[1] / max(1, high))
    buffer = BytesIO()
    with Opened.open(path) as opened:
        opened.thumbnail((PIXELS, PIXELS))
        opened.convert("RGB").save(buffer, "JPEG", quality=72)
    buffer.seek(0)
    found = Image(buffer, wide * scale, high * scale)
    found.hAlign = "LEFT"
    return found


def _longest_word(texts: Sequence[str]) -> float:
    return max((width(word, Face.SANS, 9.5) for text in texts for word in text.split()), default=0)


class _Ticked(Table):
    """A table whose first column is drawn as boxes to tick."""

    def draw(self) -> None:
        super().draw()
        canvas: Canvas = self.canv
        canvas.setStrokeColor(QUIET)
        canvas.setLineWidth(0.7)
        top = self._height  # type: ignore[attr-defined]
        for height in self._rowHeights:  # type: ignore[attr-defined]
            canvas.rect(1, top - 14.5, 9, 9)
            top -= height
