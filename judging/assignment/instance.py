"""A problem as arrays. Rows are nominations, columns judges; both in an order drawn by the seed, which breaks ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Grid: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Instance:
    """`scores`: N x J in millionths, -1 where a pair can't be made. `demand`: judges a nomination still needs.

    `least`, `most`, `room` of each judge: what they are to read at least and at most of what is new, which yields, and
    what they can read at all, which doesn't. `region`: the number of a judge's region, -1 for none; `cap`: judges of
    one region in a panel, None for no rule, of whom `taken` (N x regions) are there already. `experts`: N x J, None
    for no rule; `lacking`: the nominations that need one. `base`: the scores of who is there already.
    """

    scores: Grid
    demand: Ints
    least: Ints
    most: Ints
    room: Ints
    region: Ints
    cap: int | None
    taken: Ints
    experts: Flags | None
    lacking: Flags
    base: Ints

    @classmethod
    def plain(cls, scores: Grid, per_nomination: int, least: int, most: int) -> Instance:
        """A problem without anything that stands, regions or experts."""
        rows, columns = scores.shape
        return cls(
            scores=scores,
            demand=np.full(rows, per_nomination),
            least=np.full(columns, least),
            most=np.full(columns, most),
            room=np.full(columns, most),
            region=np.full(columns, -1),
            cap=None,
            taken=np.zeros((rows, 0), np.int64),
            experts=None,
            lacking=np.zeros(rows, bool),
            base=np.zeros(rows, np.int64),
        )

    def left_of_region(self) -> Ints:
        """N x regions: how many more judges of each region a panel may have."""
        assert self.cap is not None
        return np.maximum(0, self.cap - self.taken)


@dataclass(frozen=True, slots=True)
class Match:
    """The pairs made, as rows and columns of an instance, sorted by row and column."""

    rows: Ints
    columns: Ints

    def slots(self, rows: int) -> Ints:
        """The columns of each row, side by side, -1 where there are fewer."""
        filled = np.bincount(self.rows, minlength=rows)
        places = np.arange(len(self.rows)) - np.repeat(np.cumsum(filled) - filled, filled)
        found = np.full((rows, max(1, int(filled.max(initial=0)))), -1)
        found[self.rows, places] = self.columns
        return found

    def sums(self, instance: Instance) -> Ints:
        """The scores of each row's pairs, together with those of who was there already."""
        found = instance.base.copy()
        np.add.at(found, self.rows, instance.scores[self.rows, self.columns].astype(np.int64))
        return found

    @classmethod
    def of(cls, rows: Ints, columns: Ints) -> Match:
        order = np.lexsort((columns, rows))
        return cls(rows[order], columns[order])
