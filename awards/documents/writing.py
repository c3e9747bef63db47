"""A paper as DOCX, to be filled in with a word processor."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.document import Document as DocxDocument
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from awards.documents.paper import (
    Block,
    Boxes,
    Facts,
    Finalist,
    Fingerprint,
    Grid,
    Heading,
    Label,
    PageBreak,
    Paper,
    Scale,
    Signatures,
    Space,
    Steps,
    Words,
)

QUIET = RGBColor(0x55, 0x60, 0x5B)
EAST_ASIAN = {"ko": "Malgun Gothic", "zh": "Microsoft YaHei", "ja": "Yu Gothic"}
TAGS = {"en": "en-GB", "ko": "ko-KR"}


def write_paper(paper: Paper) -> bytes:
    """The paper as a DOCX file."""
    document = docx.Document()
    _set_up(document, paper)
    if paper.over:
        document.add_paragraph(_clean(paper.over)).runs[0].font.color.rgb = QUIET
    document.add_heading(_clean(paper.title), level=0)
    for block in paper.blocks:
        _add(document, block)
    document.sections[0].footer.paragraphs[0].text = _clean(paper.foot)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: DocxDocument, paper: Paper) -> None:
    properties = document.core_properties
    properties.title, properties.author = _clean(paper.title)[:255], _clean(paper.author)[:255]
    properties.subject, properties.language = (
        _clean(paper.over)[:255],
        TAGS.get(paper.language, paper.language),
    )
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    for name in ("Normal", "Heading 1", "Heading 2", "Title"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:ascii"), "Calibri")
        fonts.set(qn("w:hAnsi"), "Calibri")
        fonts.set(qn("w:eastAsia"), EAST_ASIAN.get(paper.language, "Malgun Gothic"))
    language = OxmlElement("w:lang")
    tag = TAGS.get(paper.language, paper.language)
    language.set(qn("w:val"), tag)
    language.set(qn("w:eastAsia"), tag)
    normal.element.get_or_add_rPr().append(language)


def _add(document: DocxDocument, block: Block) -> None:
    match block:
        case Heading(text, level):
            document.add_heading(_clean(text), level=level)
        case Words(text, quiet, keep):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = keep
            run = paragraph.add_run(_clean(text))
            if quiet:
                run.font.color.rgb = QUIET
                run.font.size = Pt(9.5)
        case Fingerprint(text):
            document.add_paragraph().add_run(_clean(text)).font.size = Pt(8)
        case Steps(items):
            for item in items:
                document.add_paragraph(_clean(item), style="List Number")
        case Facts(pairs):
            _table(document, [(name, value) for name, value in pairs], bold=0)
        case Grid(heads, rows, blank):
            _table(document, [heads, *rows, *[("",) * len(heads)] * blank], bold=None, header=True)
        case Space(lines):
            table = _table(document, [("\n" * max(0, lines - 1),)], bold=None)
            table.rows[0].cells[0].paragraphs[0].paragraph_format.space_after = Pt(6)
        case Boxes(options):
            for option in options:
                document.add_paragraph(f"\u2610 {_clean(option)}")
        case _:
            _add_to_mark(document, block)


def _add_to_mark(document: DocxDocument, block: Block) -> None:
    """What is signed, and what score sheets are made of."""
    match block:
        case Signatures(labels):
            document.add_paragraph()
            _table(document, [("\n\n",) * len(labels), labels], bold=None)
        case PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case Label(code, words):
            document.add_paragraph().add_run(_clean(code)).font.size = Pt(26)
            document.add_paragraph(_clean(words))
        case Finalist():
            document.add_heading(_clean(block.name), level=2)
            for text in (block.about, block.title, block.summary):
                document.add_paragraph(_clean(text))
        case Scale(name, asks, marks):
            document.add_paragraph().add_run(_clean(name)).bold = True
            document.add_paragraph(_clean(asks))
            document.add_paragraph("   ".join(f"\u2610 {mark}" for mark in marks) or "______")


def _table(
    document: DocxDocument, rows: list[tuple[str, ...]], *, bold: int | None, header: bool = False
) -> Any:
    table = document.add_table(rows=0, cols=max(1, max((len(row) for row in rows), default=1)))
    table.style = "Table Grid"
    for number, row in enumerate(rows):
        cells = table.add_row().cells
        for place, text in enumerate(row):
            run = cells[place].paragraphs[0].add_run(_clean(text))
            run.bold = place == bold or (header and number == 0)
    document.add_paragraph()
    return table


def _clean(text: str) -> str:
    """Without the control characters that XML can't hold."""
    return "".join(
        c
        for c in text
        if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
    )
