"""The cut line drawn: for each nomination a bar of how likely it is among the best, and the places it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from judging.calibration.values import Band

if TYPE_CHECKING:
    from awards.web.table.cut_line import Row

WIDTH, ROW, TOP = 360, 22, 30
BARS, FULL = 82, 84
RANKS, LAST = 242, 352
BEYOND, MOST = 8, 40
"""So many are drawn beyond the places at least, and at most in all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One nomination: its bar with the share behind it, and the line of its places."""

    reference: str
    y: int
    width: float
    share: str
    mood: str
    low: float
    high: float
    likely: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing in its own measure. `cut`: the height of the rule, None where there is none; `edge`: the last
    place on the scale of places. `more`: how many of the table are not drawn."""

    bars: tuple[Bar, ...]
    height: int
    cut: float | None
    edge: float
    more: int
    width: int = WIDTH
    left: int = BARS
    full: int = FULL
    ranks: int = RANKS
    last: int = LAST


def of(rows: Sequence[Row], places: int, cut_after: int | None) -> Drawing:
    """The drawing of a category: all down to some places below the cut, and all that are in play."""
    in_play = max((number for number, row in enumerate(rows, 1) if row.band is not Band.OUT), default=0)
    shown = rows[: min(max(places + BEYOND, in_play), MOST)]
    worst = max([places + 1, *(row.fit["rank_high"] for row in shown if row.fit)])

    def at(rank: float) -> float:
        share: float = (rank - 1) / max(worst - 1, 1)
        return round(RANKS + share * (LAST - RANKS), 1)

    bars = tuple(
        Bar(
            reference=row.line.nomination.reference,
            y=TOP + number * ROW,
            width=round(float(row.fit["p_top"]) * FULL, 1),
            share=row.share,
            mood=str(row.fit["band"]),
            low=at(row.fit["rank_low"]),
            high=at(row.fit["rank_high"]),
            likely=at(float(row.fit["rank"])),
        )
        for number, row in enumerate(shown)
        if row.fit
    )
    cut = TOP + cut_after * ROW - ROW / 2 if cut_after is not None and cut_after < len(shown) else None
    height = TOP + len(shown) * ROW - ROW // 2 + 4
    return Drawing(bars, height, cut, at(places + 0.5), len(rows) - len(shown))
