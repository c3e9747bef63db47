"""Whether the fair score predicts sheets that it has not seen better than the plain mean does."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from judging.calibration.fit import Fit, fit
from judging.calibration.panel import Panel, Real, Whole, generator
from judging.calibration.values import Prediction

FOLDS = 10
LARGE, FEW_ROUNDS, MANY_ROUNDS = 20_000, 4, 12


def held_out(found: Fit, *, seed: str, step: Callable[[], None] = lambda: None) -> Prediction:
    """Ten-fold held-out error of both, at the sheets whose nomination keeps another sheet.

    Each judge's severity, spread and consistency and each nomination's worth are found anew without the fold; the four
    variances, one number each for the whole panel, are those of the whole.
    """
    panel = found.panel
    folds = generator(seed, "folds").permutation(panel.size) % FOLDS
    raw, fair = np.full(panel.size, np.nan), np.full(panel.size, np.nan)
    rounds = FEW_ROUNDS if panel.size > LARGE else MANY_ROUNDS
    for fold in range(FOLDS):
        kept = panel.part(folds != fold)
        counts = np.bincount(kept.item, minlength=len(panel.items))
        asked = np.flatnonzero((folds == fold) & (counts[panel.item] > 0))
        if found.estimable and len(asked) and kept.size:
            raw[asked] = kept.means()[panel.item[asked]]
            again = fit(kept, start=found, rounds=rounds)
            fair[asked] = predicted(again, panel.judge[asked], panel.item[asked])
        step()
    known = ~np.isnan(raw)
    if not known.any():
        return Prediction(FOLDS, None, None)
    return Prediction(FOLDS, _error(raw, panel, known), _error(fair, panel, known))


def predicted(found: Fit, judges: Whole, items: Whole) -> Real:
    """What these judges would give these items (by number), on the scale of values."""
    system = found.system
    levels = system.levels()[found.panel.category[items]]
    spread = system.guess.spread[judges]
    return levels + system.severities()[judges] + spread * system.items()[items]


def _error(guessed: Real, panel: Panel, known: np.ndarray) -> float:
    return sqrt(float(np.mean((guessed[known] - panel.value[known]) ** 2)))
