"""Makes the fonts of this folder from the npm packages README.md names: python subset.py NODE_MODULES."""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

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
CJK_SIGNS = [
    (0x3000, 0x303F),
    (0x3200, 0x33FF),
    (0xFF00, 0xFFEF),
    (0x2010, 0x203B),
    (0x2460, 0x24FF),
    (0x25A0, 0x25FF),
]


def within(*ranges: tuple[int, int]) -> set[int]:
    return {point for first, last in ranges for point in range(first, last + 1)}


def of_ks_x_1001() -> set[int]:
    """Every character of KS X 1001: its rows and cells are the bytes A1 to FE of EUC-KR."""
    cells = (
        bytes((row, cell)).decode("euc_kr", "ignore")
        for row in range(0xA1, 0xFF)
        for cell in range(0xA1, 0xFF)
    )
    return {ord(character) for character in "".join(cells)}


KOREAN = within(*LATIN[:1], (0xA0, 0xFF), *HANGUL, *CJK_SIGNS) | of_ks_x_1001()

FONTS = {
    "NotoSans-Regular.ttf": ("noto-sans/400Regular/NotoSans_400Regular.ttf", within(*WESTERN)),
    "NotoSans-Bold.ttf": ("noto-sans/700Bold/NotoSans_700Bold.ttf", within(*WESTERN)),
    "NotoSerif-Regular.ttf": ("noto-serif/400Regular/NotoSerif_400Regular.ttf", within(*WESTERN)),
    "NotoSerif-Bold.ttf": ("noto-serif/700Bold/NotoSerif_700Bold.ttf", within(*WESTERN)),
    "NotoSansKR-Regular.ttf": ("noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf", KOREAN),
    "NotoSansKR-Bold.ttf": ("noto-sans-kr/700Bold/NotoSansKR_700Bold.ttf", KOREAN),
}


def subset(source: Path, target: Path, characters: set[int]) -> None:
    options = Options(
        hinting=False,
        layout_features=["mark", "mkmk", "ccmp", "kern", "liga", "locl", "ljmo", "vjmo", "tjmo"],
        name_IDs=["*"],
        name_languages=["*"],
        notdef_outline=True,
    )
    with TTFont(source, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        font.save(target)


if __name__ == "__main__":
    for name, (path, characters) in FONTS.items():
        subset(Path(sys.argv[1]) / "@expo-google-fonts" / path, HERE / name, characters)
