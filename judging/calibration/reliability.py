"""How far a judge, and a panel, can be relied on: intraclass correlations and Krippendorff's alpha."""

from __future__ import annotations

from math import ceil

import numpy as np

from judging.calibration.panel import Panel
from judging.calibration.system import Guess
from judging.calibration.values import Reliability, Word

GOOD = 0.75
MOST = 1000
BOUNDS = ((0.5, Word.POOR), (GOOD, Word.MODERATE), (0.9, Word.GOOD))


def reliability(panel: Panel, variances: Guess) -> Reliability:
    """ICC(A,1) and ICC(A,k) (McGraw and Wong 1996) from the variances; k is the middle number of sheets."""
    counts = np.bincount(panel.item)
    usual = max(1, int(np.median(counts[counts > 0])))
    truth, severity, chance = variances.nomination, variances.judge, variances.noise
    panel_share = share(truth, severity + chance, usual)
    return Reliability(
        single=share(truth, severity + chance, 1),
        panel_of=usual,
        panel=panel_share,
        panel_calibrated=share(truth, chance, usual),
        alpha=alpha(panel),
        word=word(panel_share),
        good_from=judges_for(GOOD, truth, severity + chance),
    )


def share(truth: float, error: float, judges: int) -> float:
    """The share of true differences in the variance of the mean of so many judges."""
    whole = truth + error / judges
    return truth / whole if whole > 0 else 0.0


def word(value: float) -> Word:
    """Koo and Li, "A guideline of selecting and reporting intraclass correlation coefficients", 2016."""
    return next((name for bound, name in BOUNDS if value < bound), Word.EXCELLENT)


def judges_for(wanted: float, truth: float, error: float) -> int | None:
    """How many judges a panel needs to reach this share; None beyond a thousand."""
    if truth <= 0 or error / truth > MOST:
        return None
    needed = max(1, ceil(wanted / (1 - wanted) * error / truth - 1e-9))
    return needed if needed <= MOST else None


def alpha(panel: Panel) -> float | None:
    """Krippendorff's alpha for intervals, over nominations with two sheets or more; None where it has no meaning."""
    counts = np.bincount(panel.item, minlength=len(panel.items))
    chosen = counts[panel.item] > 1
    if not chosen.any():
        return None
    item, value = panel.item[chosen], panel.value[chosen]
    value = value - value.mean()
    sums = np.bincount(item, value, minlength=len(counts))
    squares = np.bincount(item, value**2, minlength=len(counts))
    pairs = counts > 1
    within = 2 * (counts[pairs] * squares[pairs] - sums[pairs] ** 2) / (counts[pairs] - 1)
    size = len(value)
    between = 2 * (size * float(value @ value) - float(value.sum()) ** 2) / (size - 1)
    return 1 - float(within.sum()) / between if between > 0 else None
