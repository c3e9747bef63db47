"""The whole of a calibration, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence

from judging.calibration.values import Calibration, Pair, Sheet

DRAWS = 4000
Progress = Callable[[int, int], None]


def on_one_core() -> None:
    """Have numpy and scipy, if they aren't loaded yet, reckon on one core, unless it was said otherwise: these matrices
    are too small for more, threads that wait for each other took ten times as long on a busy machine, and the last
    decimals don't depend on how many cores there are.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def calibrate(
    sheets: Sequence[Sheet],
    *,
    places: Mapping[str, int],
    seed: str,
    draws: int = DRAWS,
    expected: Collection[Pair] = (),
    same_country: Collection[Pair] = (),
    fair_decides: bool = True,
    progress: Progress | None = None,
) -> Calibration:
    """Fit the counted sheets of a round and answer everything that is asked of the fit.

    `places`: how many advance in each category. `seed`: all chance comes from it; the same sheets and seed give the
    same document. `expected`: sheets issued that never came; those of nominations without any sheet are left out.
    `same_country`: pairs of judge and nomination from one country. `fair_decides`: whether the rules let the fair
    score decide (where the guard rails allow it); otherwise the plain mean decides everywhere. `progress` is told
    (done, of) now and then. Raises ValueError for no sheets or two sheets of one judge and nomination, KeyError for
    a category without places.
    """
    on_one_core()
    import numpy
    import scipy

    from judging.calibration.cut import cut_lines
    from judging.calibration.effects import far_sheets, judge_fits, premium_of_all
    from judging.calibration.fit import fit
    from judging.calibration.panel import panel_of, sheets_sha256
    from judging.calibration.reliability import reliability
    from judging.calibration.validation import FOLDS, held_out
    from judging.calibration.values import Variances

    panel = panel_of(sheets)
    steps = 2 * FOLDS + 2 * len(panel.categories)
    done = 0

    def step(by: int = 1) -> None:
        nonlocal done
        done += by
        if progress:
            progress(done, steps)

    fitted = fit(panel)
    step(FOLDS)
    prediction = held_out(fitted, seed=seed, step=step)
    inverse = fitted.system.inverse()
    judges, country = judge_fits(fitted, inverse, frozenset(same_country))
    categories = cut_lines(
        fitted, inverse, sheets, places=places, seed=seed, draws=draws, expected=frozenset(expected),
        prediction=prediction, fair_decides=fair_decides, step=step,
    )  # fmt: skip
    reml = fitted.reml
    category = reml.category if len(panel.categories) > 1 else 0.0
    return Calibration(
        versions={"numpy": numpy.__version__, "scipy": scipy.__version__},
        seed=seed,
        draws=draws,
        sheets=len(sheets),
        sheets_sha256=sheets_sha256(sheets),
        variances=Variances(reml.nomination, reml.judge, fitted.spread, reml.noise, category),
        prediction=prediction,
        reliability=reliability(panel, reml),
        same_country=premium_of_all(country),
        judges=judges,
        far=far_sheets(sheets),
        categories=categories,
    )
