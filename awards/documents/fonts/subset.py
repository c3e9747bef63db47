"""Makes the fonts of this folder from where README.md says: python subset.py NODE_MODULES NOTO_FOLDER [NAME...]."""

import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import WOFF2FlavorData

HERE = Path(__file__).parent

LATIN = [(0x20, 0x7E), (0xA0, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF)]
GREEK = [(0x370, 0x3FF), (0x1F00, 0x1FFF)]
CYRILLIC = [(0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)]
MARKS = [(0x250, 0x36F), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x214F)]
SIGNS = [
    (0xFB00, 0xFB06),
    (0x2150, 0x218F),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x25CC, 0x25CC),
    (0xFFFD, 0xFFFD),
]
WESTERN = LATIN + GREEK + CYRILLIC + MARKS + SIGNS

HANGUL = [(0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xD7B0, 0xD7FF)]
KANA = [(0x3040, 0x30FF), (0x31F0, 0x31FF)]
BOPOMOFO = [(0x3100, 0x312F), (0x31A0, 0x31BF)]
IDEOGRAPHS = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)]
CJK_SIGNS = [
    (0x3000, 0x303F),
    (0x3200, 0x33FF),
    (0xFF00, 0xFFEF),
    (0x2010, 0x203B),
    (0x2460, 0x24FF),
    (0x25A0, 0x25FF),
]
WIDE_LATIN = [(0x20, 0x7E), (0xA0, 0xFF)]
LEADS, TRAILS = range(0x81, 0xFF), range(0x40, 0xFF)
LEVEL_ONE = {"big5": range(0xA4, 0xC7), "euc_jp": range(0xB0, 0xD0)}
"""Lead bytes of the commoner half of the ideographs."""


def within(*ranges: tuple[int, int]) -> set[int]:
    return {point for first, last in ranges for point in range(first, last + 1)}


def of(codec: str, leads: Iterable[int] = LEADS) -> set[int]:
    """Every character that two bytes of the code stand for and that NFC leaves as it is."""
    pairs = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in TRAILS)
    return {ord(pair) for pair in pairs if len(pair) == 1 and unicodedata.is_normalized("NFC", pair)}


def ideographs(codec: str, leads: Iterable[int] = LEADS) -> set[int]:
    return of(codec, leads) & within(*IDEOGRAPHS)


@cache
def differing(source: Path, chinese: Path) -> frozenset[int]:
    """The ideographs that the source draws otherwise than the Chinese font does, which draws the rest for it."""
    with TTFont(source) as font, TTFont(chinese) as other:
        ours, theirs = font.getBestCmap(), other.getBestCmap()
        return frozenset(
            point
            for point in within(*IDEOGRAPHS) & set(ours)
            if point not in theirs or outline(font, ours[point]) != outline(other, theirs[point])
        )


def outline(font: TTFont, glyph: str) -> tuple[object, ...]:
    coordinates, ends, flags = font["glyf"][glyph].getCoordinates(font["glyf"])
    return list(coordinates), list(ends), list(flags)


NPM = "@expo-google-fonts"
WEIGHTS = {"Regular": "400Regular", "Bold": "700Bold"}


def expo(family: str, file: str, weight: str) -> Path:
    return Path(sys.argv[1]) / NPM / family / WEIGHTS[weight] / f"{file}_{WEIGHTS[weight]}.ttf"


def western(_weight: str) -> set[int]:
    return within(*WESTERN)


def korean(_weight: str) -> set[int]:
    own = differing(
        expo("noto-sans-kr", "NotoSansKR", "Regular"), expo("noto-sans-sc", "NotoSansSC", "Regular")
    )
    signs = of("euc_kr") - within(*IDEOGRAPHS)
    return within(*WIDE_LATIN, *HANGUL, *CJK_SIGNS) | signs | (ideographs("euc_kr") & own)


def japanese(weight: str) -> set[int]:
    own = differing(
        expo("noto-sans-jp", "NotoSansJP", "Regular"), expo("noto-sans-sc", "NotoSansSC", "Regular")
    )
    kanji = ideographs("euc_jp") if weight == "Regular" else ideographs("euc_jp", LEVEL_ONE["euc_jp"])
    return within(*WIDE_LATIN, *KANA, *CJK_SIGNS) | (kanji & own)


def chinese(weight: str) -> set[int]:
    """All of GBK and Big5; in bold GB 2312 and the commoner half of Big5 and JIS."""
    if weight == "Regular":
        hanzi = ideographs("gbk") | ideographs("big5") | ideographs("euc_jp") | ideographs("euc_kr")
    else:
        common = (ideographs(codec, leads) for codec, leads in LEVEL_ONE.items())
        hanzi = ideographs("gb2312").union(*common)
    return within(*WIDE_LATIN, *CJK_SIGNS, *BOPOMOFO) | hanzi


def everything(_weight: str) -> None:
    return None


FAMILIES: dict[str, tuple[str, Callable[[str], set[int] | None]]] = {
    "NotoSans": ("noto-sans", western),
    "NotoSerif": ("noto-serif", western),
    "NotoSansKR": ("noto-sans-kr", korean),
    "NotoSansSC": ("noto-sans-sc", chinese),
    "NotoSansJP": ("noto-sans-jp", japanese),
}
OF_DEBIAN = """
    NotoNaskhArabic NotoSansArmenian NotoSansBengali NotoSansDevanagari NotoSansEthiopic NotoSansGeorgian
    NotoSansGujarati NotoSansGurmukhi NotoSansHebrew NotoSansKannada NotoSansKhmer NotoSansLao NotoSansMalayalam
    NotoSansMyanmar NotoSansSinhala NotoSansTamil NotoSansTelugu NotoSansThaana NotoSansThai
    NotoSerifArmenian NotoSerifBengali NotoSerifDevanagari NotoSerifEthiopic NotoSerifGeorgian NotoSerifThai
""".split()
EAST_ASIAN = ["mark", "mkmk", "ccmp", "kern", "liga", "locl", "ljmo", "vjmo", "tjmo"]


def subset(source: Path, target: Path, characters: set[int] | None) -> None:
    """Without hinting; kept as plain tables under Brotli, which unpacks a hundred times as fast as WOFF2's own way."""
    options = Options(hinting=False, name_IDs=["*"], name_languages=["*"], notdef_outline=True)
    if characters is not None:
        options.layout_features = EAST_ASIAN
    with TTFont(source, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters if characters is not None else font.getBestCmap())
        subsetter.subset(font)
        font.flavor = "woff2"
        font.flavorData = WOFF2FlavorData(transformedTables=())
        font.save(target)


def main() -> None:
    for weight in WEIGHTS:
        sources = {
            **{name: expo(family, name, weight) for name, (family, _) in FAMILIES.items()},
            **{name: Path(sys.argv[2]) / f"{name}-{weight}.ttf" for name in OF_DEBIAN},
        }
        for name in sys.argv[3:] or sources:
            choose = FAMILIES[name][1] if name in FAMILIES else everything
            subset(sources[name], HERE / f"{name}-{weight}.woff2", choose(weight))


if __name__ == "__main__":
    main()
