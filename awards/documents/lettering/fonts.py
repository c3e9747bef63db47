"""The fonts that are embedded: what each draws, and its file, unpacked once beside the light one of the repository."""

from __future__ import annotations

import os
import struct
import tempfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.ttLib import TTFont

THOUSAND = 1000
PACKED = Path(__file__).parents[1] / "fonts"
UNPACKED = PACKED / "unpacked"

HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
CJK_SIGNS = (
    (0x2010, 0x203B),
    (0x2460, 0x24FF),
    (0x25A0, 0x25FF),
    (0x3000, 0x303F),
    (0x3200, 0x33FF),
    (0xFF00, 0xFFEF),
)
EUROPEAN = (
    (0, 0x058F),
    (0x1AB0, 0x1AFF),
    (0x1C80, 0x2FFF),
    (0xA640, 0xA7FF),
    (0xAB30, 0xAB6F),
    (0xFB00, 0xFFFF),
)

FAMILIES: dict[str, tuple[tuple[int, int], ...]] = {
    "NotoSans": EUROPEAN,
    "NotoSerif": EUROPEAN,
    "NotoSansKR": (
        *HAN,
        *CJK_SIGNS,
        (0x1100, 0x11FF),
        (0x2000, 0x2FFF),
        (0x3130, 0x318F),
        (0xA960, 0xA97F),
        (0xAC00, 0xD7FF),
    ),
    "NotoSansSC": (*HAN, *CJK_SIGNS, (0x3100, 0x312F), (0x31A0, 0x31BF)),
    "NotoSansJP": (*HAN, *CJK_SIGNS, (0x3040, 0x30FF), (0x31F0, 0x31FF)),
    "NotoNaskhArabic": (
        (0x0600, 0x06FF),
        (0x0750, 0x077F),
        (0x08A0, 0x08FF),
        (0xFB50, 0xFDFF),
        (0xFE70, 0xFEFF),
    ),
    "NotoSansHebrew": ((0x0590, 0x05FF), (0xFB1D, 0xFB4F)),
    "NotoSansThaana": ((0x0780, 0x07BF),),
    "NotoSansArmenian": ((0x0530, 0x058F), (0xFB13, 0xFB17)),
    "NotoSerifArmenian": ((0x0530, 0x058F), (0xFB13, 0xFB17)),
    "NotoSansGeorgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "NotoSerifGeorgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "NotoSansEthiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    "NotoSerifEthiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    "NotoSansDevanagari": ((0x0900, 0x097F), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)),
    "NotoSerifDevanagari": ((0x0900, 0x097F), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)),
    "NotoSansBengali": ((0x0980, 0x09FF),),
    "NotoSerifBengali": ((0x0980, 0x09FF),),
    "NotoSansGurmukhi": ((0x0A00, 0x0A7F),),
    "NotoSansGujarati": ((0x0A80, 0x0AFF),),
    "NotoSansTamil": ((0x0B80, 0x0BFF),),
    "NotoSansTelugu": ((0x0C00, 0x0C7F),),
    "NotoSansKannada": ((0x0C80, 0x0CFF),),
    "NotoSansMalayalam": ((0x0D00, 0x0D7F),),
    "NotoSansSinhala": ((0x0D80, 0x0DFF),),
    "NotoSansThai": ((0x0E00, 0x0E7F),),
    "NotoSerifThai": ((0x0E00, 0x0E7F),),
    "NotoSansLao": ((0x0E80, 0x0EFF),),
    "NotoSansMyanmar": ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    "NotoSansKhmer": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
}
"""The code points for which a family is asked, so that none is opened in vain."""


SPELT_OUT = frozenset(
    """
    Bengali Devanagari Ethiopic Gujarati Gurmukhi Kannada Khmer Lao Malayalam Myanmar Sinhala Tamil Telugu Thai
    """.split()
)
"""Scripts whose words are written into the file beside their glyphs, which alone would read back in another order."""


LARGER = {"NotoNaskhArabic": 1.12}
"""How much larger a family is set, so that it stands as large as the Latin beside it."""


@dataclass(frozen=True)
class Font:
    """A family in one weight: "NotoSansThai-Bold"."""

    name: str

    @property
    def family(self) -> str:
        return self.name.rpartition("-")[0]

    @property
    def zoom(self) -> float:
        return LARGER.get(self.family, 1.0)

    @property
    def reorders(self) -> bool:
        return self.family.removeprefix("NotoSans").removeprefix("NotoSerif") in SPELT_OUT

    def draws(self, character: str) -> bool:
        point = ord(character)
        return any(first <= point <= last for first, last in FAMILIES[self.family]) and point in self.points

    @cached_property
    def face(self) -> hb.Face:
        return hb.Face(hb.Blob(_bytes(self.name)))

    @cached_property
    def shaper(self) -> hb.Font:
        return hb.Font(self.face)

    @cached_property
    def points(self) -> frozenset[int]:
        return frozenset(self.face.unicodes)

    @cached_property
    def tables(self) -> frozenset[str]:
        return frozenset(self.face.table_tags)

    def scaled(self, position: tuple[int, ...]) -> tuple[int, ...]:
        """From the font's units to thousandths of the size."""
        if self.units == THOUSAND:
            return position
        return tuple(round(it * THOUSAND / self.units) for it in position)

    @cached_property
    def units(self) -> int:
        return int(self.face.upem)

    @cached_property
    def _widths(self) -> dict[int, int]:
        return {}

    def width(self, glyph: int) -> int:
        """How far the glyph by itself moves the pen, in thousandths of the size."""
        if glyph not in self._widths:
            self._widths[glyph] = self.scaled((int(self.shaper.get_glyph_h_advance(glyph)),))[0]
        return self._widths[glyph]

    @cached_property
    def box(self) -> tuple[int, ...]:
        """Left, foot, right and top of what any glyph covers, in thousandths of the size."""
        return self.scaled(struct.unpack_from(">4h", self.face.reference_table("head").data, 36))

    @cached_property
    def heights(self) -> tuple[int, ...]:
        """How far it rises and falls from the base line, in thousandths of the size."""
        return self.scaled(struct.unpack_from(">2h", self.face.reference_table("hhea").data, 4))

    def outline(self, glyph: int) -> str:
        """The glyph as a path of PDF in the font's units."""
        steps: list[str] = []
        self.shaper.draw_glyph(glyph, PEN, steps)
        return " ".join(steps)


def _pen() -> hb.DrawFuncs:
    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda *to: _step(to, "m"))
    pen.set_line_to_func(lambda *to: _step(to, "l"))
    pen.set_cubic_to_func(lambda *to: _step(to, "c"))
    pen.set_close_path_func(lambda steps: steps.append("h"))
    return pen


def _step(to: tuple[Any, ...], operator: str) -> None:
    *numbers, steps = to
    steps.append(" ".join((*(f"{number:.1f}".removesuffix(".0") for number in numbers), operator)))


PEN = _pen()


@cache
def font(name: str) -> Font:
    return Font(name)


def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in PACKED.glob("*.woff2")))


def unpack() -> None:
    """Every font that is not unpacked yet, or is older than the packed one."""
    for name in names():
        _file(name)


def _bytes(name: str) -> bytes:
    """The font's tables; unpacked for this process alone where the folder may not be written."""
    try:
        return _file(name).read_bytes()
    except OSError:
        with tempfile.TemporaryDirectory() as folder:
            return _unfold(name, Path(folder) / name).read_bytes()


def _file(name: str) -> Path:
    packed, unpacked = PACKED / f"{name}.woff2", UNPACKED / f"{name}.ttf"
    if unpacked.exists() and unpacked.stat().st_mtime_ns >= packed.stat().st_mtime_ns:
        return unpacked
    UNPACKED.mkdir(exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=UNPACKED, prefix=f".{name}-")
    os.close(handle)
    try:
        return _unfold(name, Path(draft)).replace(unpacked)
    finally:
        Path(draft).unlink(missing_ok=True)


def _unfold(name: str, target: Path) -> Path:
    with TTFont(PACKED / f"{name}.woff2", recalcTimestamp=False) as packed:
        packed.flavor = None
        packed.save(target)
    target.chmod(0o644)
    return target
