"""The glyphs of a document's lines as its fonts: each cut to what is drawn, each with what its glyphs stand for."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import uharfbuzz as hb
from reportlab.pdfbase import pdfdoc

from awards.documents.lettering.fonts import Font
from awards.documents.lettering.shaping import Glyph

KEPT = frozenset(("glyf", "head", "hhea", "hmtx", "loca", "maxp"))
SYMBOLIC = 4
STEM = 80
"""Thickness of upright strokes, which no reader uses where the font is embedded."""
CHUNK = 100
"""Entries of a ToUnicode table in one go, at most."""

CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{chunks}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


class Embedded:
    """One font in one document: glyphs get codes as they are drawn, and the font is cut when the file is written."""

    def __init__(self, font: Font, name: str) -> None:
        self.font = font
        self.name = name
        self._codes: dict[Glyph, int] = {}
        self._written: dict[Glyph, str] = {}

    def write(self, glyphs: tuple[Glyph, ...]) -> str:
        """The glyphs' codes as they stand in a page."""
        written = self._written
        for glyph in glyphs:
            if glyph not in written:
                self._codes[glyph] = len(self._codes) + 1
                written[glyph] = f"{self._codes[glyph]:04X}"
        return f"<{''.join(map(written.__getitem__, glyphs))}>"

    def addObjects(self, document: Any) -> None:
        """Called by ReportLab when it writes the file."""
        base = f"{self._tag()}+{self.font.name}"
        descendant = self._object(document, self._descendant(document, base), "descendant")
        font = {
            "Type": pdfdoc.PDFName("Font"),
            "Subtype": pdfdoc.PDFName("Type0"),
            "BaseFont": pdfdoc.PDFName(base),
            "Encoding": pdfdoc.PDFName("Identity-H"),
            "DescendantFonts": pdfdoc.PDFArray([descendant]),
            "ToUnicode": self._stream(document, self._spelling().encode(), "spelling"),
        }
        document.idToObject["BasicFonts"].dict[self.name] = self._object(document, font, "font")

    def _descendant(self, document: Any, base: str) -> dict[str, Any]:
        numbers = [0, *(number for number, _ in self._codes)]
        data, places = cut(self.font, frozenset(numbers))
        mapping = struct.pack(f">{len(numbers)}H", *(places[number] for number in numbers))
        widths = [self.font.width(number) for number in numbers]
        present = int("1" * len(numbers) + "0" * (-len(numbers) % 8), 2).to_bytes(
            (len(numbers) + 7) // 8, "big"
        )
        descriptor = {
            "Type": pdfdoc.PDFName("FontDescriptor"),
            "FontName": pdfdoc.PDFName(base),
            "Flags": SYMBOLIC,
            "FontBBox": pdfdoc.PDFArray(list(self.font.box)),
            "ItalicAngle": 0,
            "Ascent": self.font.heights[0],
            "Descent": self.font.heights[1],
            "CapHeight": self.font.heights[0],
            "StemV": STEM,
            "FontFile2": self._stream(document, data, "file", Length1=len(data)),
            "CIDSet": self._stream(document, present, "present"),
        }
        system = {
            "Registry": pdfdoc.PDFString("Adobe"),
            "Ordering": pdfdoc.PDFString("Identity"),
            "Supplement": 0,
        }
        return {
            "Type": pdfdoc.PDFName("Font"),
            "Subtype": pdfdoc.PDFName("CIDFontType2"),
            "BaseFont": pdfdoc.PDFName(base),
            "CIDSystemInfo": pdfdoc.PDFDictionary(system),
            "FontDescriptor": self._object(document, descriptor, "descriptor"),
            "CIDToGIDMap": self._stream(document, mapping, "mapping"),
            "DW": 1000,
            "W": pdfdoc.PDFArray([0, pdfdoc.PDFArray(widths)]),
        }

    def _object(self, document: Any, entries: dict[str, Any], kind: str) -> Any:
        return document.Reference(pdfdoc.PDFDictionary(entries), f"{kind}:{self.name}")

    def _stream(self, document: Any, content: bytes, kind: str, **entries: int) -> Any:
        stream = pdfdoc.PDFStream(
            pdfdoc.PDFDictionary({**entries, "Filter": pdfdoc.PDFName("FlateDecode")}),
            zlib.compress(content, 9),
        )
        return document.Reference(stream, f"{kind}:{self.name}")

    def _spelling(self) -> str:
        said = [(code, text) for (_, text), code in self._codes.items() if text]
        return CMAP.format(chunks="\n".join(_chunks(said)))

    def _tag(self) -> str:
        """Six letters that tell two cuts of one font apart."""
        number = zlib.crc32(repr(sorted(self._codes)).encode())
        return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _chunks(said: list[tuple[int, str]]) -> Iterator[str]:
    for first in range(0, len(said), CHUNK):
        chunk = said[first : first + CHUNK]
        lines = (f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in chunk)
        yield "\n".join((f"{len(chunk)} beginbfchar", *lines, "endbfchar"))


def cut(font: Font, glyphs: frozenset[int]) -> tuple[bytes, dict[int, int]]:
    """The font with these glyphs only, and the new number of each."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    )
    wanted.drop_table_tag_set.update(hb_tag(tag) for tag in font.tables - KEPT)
    plan = hb.SubsetPlan(font.face, wanted)
    return bytes(plan.execute().blob.data), dict(plan.old_to_new_glyph_mapping)


def hb_tag(tag: str) -> int:
    return int.from_bytes(tag.encode(), "big")
