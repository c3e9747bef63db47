"""Sheets as arrays: who marked what, by number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from judging.calibration.values import Sheet
from judging.values import canonical, exact

Whole: TypeAlias = NDArray[np.int64]
Real: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """Sheets by number: `judge`, `item` and `value` have one element a sheet, `category` one an item.

    An item is a nomination in its category; `items` gives both names, category first. Names are sorted, so that the
    order in which sheets come changes nothing.
    """

    judges: tuple[str, ...]
    items: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    judge: Whole
    item: Whole
    category: Whole
    value: Real

    @property
    def size(self) -> int:
        return len(self.value)

    def means(self) -> Real:
        """The plain mean of each item; the mean of all where an item has no sheet."""
        counts = np.bincount(self.item, minlength=len(self.items))
        sums = np.bincount(self.item, self.value, minlength=len(self.items))
        general = self.value.mean() if self.size else 0.0
        return np.where(counts > 0, sums / np.maximum(counts, 1), general)

    def part(self, chosen: NDArray[np.bool_]) -> Panel:
        """The same people and nominations with some of the sheets."""
        return Panel(
            self.judges, self.items, self.categories,
            self.judge[chosen], self.item[chosen], self.category, self.value[chosen],
        )  # fmt: skip

    def of_category(self, number: int) -> Whole:
        """The items of a category."""
        return np.flatnonzero(self.category == number)


def panel_of(sheets: Iterable[Sheet]) -> Panel:
    """Raises ValueError for no sheets, or two of the same judge and nomination."""
    ordered = sorted(sheets, key=lambda it: (it.category, it.nomination, it.judge))
    if not ordered:
        raise ValueError("no sheets")
    if len({(it.judge, it.nomination, it.category) for it in ordered}) != len(ordered):
        raise ValueError("two sheets of one judge and nomination")
    judges = sorted({it.judge for it in ordered})
    items = sorted({(it.category, it.nomination) for it in ordered})
    categories = sorted({it.category for it in ordered})
    judge_number = {name: number for number, name in enumerate(judges)}
    item_number = {name: number for number, name in enumerate(items)}
    category_number = {name: number for number, name in enumerate(categories)}
    return Panel(
        judges=tuple(judges),
        items=tuple(items),
        categories=tuple(categories),
        judge=np.array([judge_number[it.judge] for it in ordered], dtype=np.int64),
        item=np.array([item_number[it.category, it.nomination] for it in ordered], dtype=np.int64),
        category=np.array([category_number[category] for category, _ in items], dtype=np.int64),
        value=np.array([float(it.value) for it in ordered]),
    )


def sheets_sha256(sheets: Sequence[Sheet]) -> str:
    """The hash of the canonical, sorted list of [judge, nomination, category, exact value]."""
    rows = sorted([it.judge, it.nomination, it.category, exact(it.value)] for it in sheets)
    return hashlib.sha256(canonical([list(row) for row in rows])).hexdigest()


def summed(numbers: Whole, weights: Real, length: int) -> Real:
    """The sum of the weights under each number from 0."""
    return np.bincount(numbers, weights, minlength=length).astype(np.float64)


def generator(seed: str, purpose: str) -> np.random.Generator:
    """A source of chance that depends on the seed's text and on what it is for, and on nothing else."""
    digest = hashlib.sha256(f"{purpose}|{seed}".encode(errors="surrogatepass")).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))
