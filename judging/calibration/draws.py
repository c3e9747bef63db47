"""Draws from the posterior: how sure it is who is among the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from judging.calibration.panel import Real, Whole, generator
from judging.calibration.system import System


@dataclass(frozen=True, slots=True)
class Ranks:
    """Of the items of one category: probability of a place, expected rank, and the 90 % interval of the rank; `error`
    is the deviation of their worth from the category's mean worth, in points."""

    p_top: Real
    error: Real
    mean: Real
    low: Whole
    high: Whole


def ranks(system: System, *, seed: str, draws: int, places: list[int]) -> Iterator[Ranks]:
    """One answer a category, in the panel's order. `places`: how many are among the best, by category."""
    chance = generator(seed, "draws")
    kept = chance.standard_normal((len(system.prior), draws))
    kept = solve_triangular(system.lower, kept, lower=True, trans="T", overwrite_b=True, check_finite=False)
    for number, places_here in enumerate(places):
        items = system.panel.of_category(number)
        if system.items_out:
            worth = chance.standard_normal((len(items), draws))
            worth /= np.sqrt(system.pivot[items])[:, None]
            worth -= system.scaled[items] @ kept
        else:
            worth = kept[system.offset + items]
        worth += system.items()[items][:, None]
        yield _ranks(worth, places_here)


def _ranks(worth: Real, places: int) -> Ranks:
    count, draws = worth.shape
    order = np.argsort(-worth, axis=0)
    found = np.empty((count, draws), dtype=np.int32)
    np.put_along_axis(found, order, np.arange(1, count + 1, dtype=np.int32)[:, None], axis=0)
    low, high = int(0.05 * draws), max(0, int(np.ceil(0.95 * draws)) - 1)
    sorted_ranks = np.partition(found, sorted({low, high}), axis=1)
    return Ranks(
        p_top=(found <= places).mean(axis=1),
        error=np.std(worth - worth.mean(axis=0), axis=1),
        mean=found.mean(axis=1),
        low=sorted_ranks[:, low].astype(np.int64),
        high=sorted_ranks[:, high].astype(np.int64),
    )
