"""The nominations of a category by total, drawn as a line for each with the cut as a rule between them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from awards.web.table.sight import Sight

WIDTH, ROW, TOP = 320, 20, 12
LEFT, RIGHT = 84, 268


@dataclass(frozen=True, slots=True)
class Dot:
    """One nomination: where its point stands, and whether it advances."""

    reference: str
    total: str
    x: float
    y: int
    mood: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing in its own measure.

    `cut` is the height of the rule, None where all advance. While nominations are level across it there is no rule:
    `band` says where the band around them begins and how high it is.
    """

    dots: tuple[Dot, ...]
    height: int
    cut: int | None
    band: tuple[int, int] | None
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def of(sight: Sight) -> Drawing:
    """The drawing of a standing: the lowest total at the left, the highest at the right."""
    totals = [line.row.total for line in sight.lines]
    lowest = min(totals, default=Fraction())
    span = (max(totals, default=lowest) - lowest) or 1
    dots = tuple(
        Dot(
            reference=line.nomination.reference,
            total=line.total,
            x=round(LEFT + float((line.row.total - lowest) / span) * (RIGHT - LEFT), 1),
            y=TOP + number * ROW,
            mood="in" if line.advances else "open" if line.open else "out",
        )
        for number, line in enumerate(sight.lines)
    )
    after = sight.cut_after
    cut = None if after is None else TOP + after * ROW - ROW // 2
    level = [dot.y for dot in dots if dot.mood == "open"]
    band = (level[0] - ROW // 2, len(level) * ROW) if level else None
    return Drawing(dots, TOP + len(dots) * ROW, cut, band)
