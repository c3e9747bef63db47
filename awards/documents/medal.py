"""The picture of a badge: laurel around a prize, as SVG and PNG, with the signed credential in it (Open Badges 3.0)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from awards.documents.laurel import Curve, Leaf, grow

NAMESPACE, KEYWORD = "https://purl.imsglobal.org/ob/v3p0", "openbadgecredential"
"""Where in a picture the credential stands: an element of SVG, a text of PNG."""
SIDE = 600
GOLD, LEAF, INK, PAPER = "#8a6a1c", "#2f5d46", "#22302a", "#fffdf7"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
LINES = 3
PIXELS, FINER = 512, 3


@dataclass(frozen=True, slots=True)
class Medal:
    """What stands on it: the honour, the edition, and who has it; in one language."""

    honour: str
    edition: str
    name: str
    language: str


def svg(medal: Medal, token: str) -> str:
    """The picture with its credential."""
    direction = ' direction="rtl"' if medal.language in RIGHT_TO_LEFT else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}" viewBox="0 0 {SIDE} {SIDE}"'
        f' role="img" aria-label="{escape(f"{medal.honour} · {medal.edition}: {medal.name}")}">',
        f'<openbadges:credential verify="{token}"></openbadges:credential>',
        f'<circle cx="300" cy="300" r="292" fill="{PAPER}" stroke="{GOLD}" stroke-width="8"/>',
        f'<circle cx="300" cy="300" r="276" fill="none" stroke="{GOLD}" stroke-width="2"/>',
        _branches(),
        f'<g font-family="Noto Serif, Noto Sans, serif" text-anchor="middle"{direction}>',
        *_text(medal.honour, top=236, size=44, most=250, colour=GOLD, weight="bold"),
        *_text(medal.name, top=352, size=38, most=290, colour=INK),
        *_text(medal.edition, top=468, size=26, most=250, colour=LEAF),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def png(medal: Medal, token: str) -> bytes:
    """The laurel alone, which needs no font, with its credential."""
    told = PngInfo()
    told.add_itxt(KEYWORD, token)
    told.add_itxt("Title", f"{medal.honour} · {medal.edition}: {medal.name}")
    file = BytesIO()
    _plain().save(file, "PNG", pnginfo=told, optimize=True)
    return file.getvalue()


def _branches() -> str:
    branch = grow()
    leaves = "".join(f'<path d="{_outline(leaf)}"/>' for leaf in branch.leaves)
    stem = branch.stem
    line = (
        f'<path d="M{_at(*stem.start)}C{_at(*stem.pull)} {_at(*stem.push)} {_at(*stem.end)}" fill="none"'
        f' stroke="{LEAF}" stroke-width="4" stroke-linecap="round"/>'
    )
    half = f'<g fill="{LEAF}">{leaves}{line}</g>'
    left = f'<g transform="translate(170 520) scale(1.45 -1.45) translate(-74 0)">{half}</g>'
    return f'{left}<g transform="translate(600 0) scale(-1 1)">{left}</g>'


def _outline(leaf: Leaf) -> str:
    left, right = leaf.left, leaf.right
    return (
        f"M{_at(*left.start)}C{_at(*left.pull)} {_at(*left.push)} {_at(*left.end)}"
        f"C{_at(*right.push)} {_at(*right.pull)} {_at(*right.start)}Z"
    )


def _at(x: float, y: float) -> str:
    return f"{x:.1f} {y:.1f}"


def _text(text: str, *, top: int, size: int, most: int, colour: str, weight: str = "normal") -> list[str]:
    """A text in as many lines as it needs, smaller where they are more than a few, its block centred on `top`."""
    while len(lines := _lines(text, most / size)) > LINES and size > 12:
        size -= 2
    first = top - (len(lines) - 1) * size * 0.6
    return [
        f'<text x="300" y="{first + number * size * 1.2:.0f}" font-size="{size}" font-weight="{weight}"'
        f' fill="{colour}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    ]


def _lines(text: str, most: float) -> list[str]:
    """A text broken where it is wider than so many ems, by words; words that are wider alone stay whole."""
    lines: list[str] = []
    for word in re.split(r"\s+", text.strip()):
        if lines and _ems(f"{lines[-1]} {word}") <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    widest = max(map(_ems, lines), default=0)
    return lines if widest <= most else [*lines, *[""] * LINES]


def _ems(text: str) -> float:
    """About how wide a text is: whoever shows the picture chooses the font."""
    return sum(
        0.0 if unicodedata.combining(sign) else 1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.56
        for sign in text
    )


@cache
def _plain() -> Image.Image:
    side = PIXELS * FINER
    scale = side / SIDE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    edge = 8 * scale
    draw.ellipse((edge / 2, edge / 2, side - edge / 2, side - edge / 2), PAPER, GOLD, round(edge))
    branch = grow()
    for mirrored in (False, True):
        for leaf in branch.leaves:
            points = [*_along(leaf.left), *reversed(_along(leaf.right))]
            draw.polygon([_placed(x, y, scale, mirrored) for x, y in points], LEAF)
        stem = [_placed(x, y, scale, mirrored) for x, y in _along(branch.stem)]
        draw.line(stem, LEAF, round(6 * scale), joint="curve")
    small = image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
    return small.quantize(64, method=Image.Quantize.FASTOCTREE)


def _along(curve: Curve) -> list[tuple[float, float]]:
    return [curve.at(step / 16) for step in range(17)]


def _placed(x: float, y: float, scale: float, mirrored: bool) -> tuple[float, float]:
    across, down = 170 + 1.45 * (x - 74), 520 - 1.45 * y
    return (SIDE - across if mirrored else across) * scale, down * scale
