"""A second opinion that takes marks as an order only: a many-facet logistic model (after Linacre's many-facet Rasch).

Sheet values become up to ten grades of about equal number; the odds of a grade above each threshold are the worth of
the nomination plus the severity of the judge (McCullagh's proportional odds). Worth and severity are shrunk by the
shares of variance that the linear model found.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from judging.calibration.fit import Fit
from judging.calibration.panel import Real, Whole, summed

GRADES = 10
LOGISTIC = np.pi**2 / 3


def opinion(found: Fit) -> Real:
    """The worth of each item on the logistic scale, most probable given the grades."""
    panel, variances = found.panel, found.system.guess
    grade = _grades(panel.value)
    steps = int(grade.max())
    if steps == 0:
        return np.zeros(len(panel.items))
    items, judges = len(panel.items), len(panel.judges)
    worth_variance, severity_variance = (
        float(np.clip(it / variances.noise, 1e-3, 100)) * LOGISTIC
        for it in (variances.nomination, variances.judge)
    )
    shares = np.array([(grade >= step + 1).mean() for step in range(steps)])
    levels = np.zeros(len(panel.categories))
    begin = np.concatenate((np.log(shares / (1 - shares)) * 1.5, levels, np.zeros(items + judges)))
    bounds = np.cumsum([steps, len(levels), items])

    def slope(numbers: Real) -> tuple[float, Real]:
        threshold, level, worth, severity = np.split(numbers, bounds)
        place = level[panel.category[panel.item]] + worth[panel.item] + severity[panel.judge]
        value, by_place, by_threshold = _likelihood(threshold, place, grade, steps)
        value += float(worth @ worth) / (2 * worth_variance) + float(severity @ severity) / (
            2 * severity_variance
        )
        value += float(level @ level) / 200
        by_item = summed(panel.item, by_place, items)
        gradient = np.concatenate(
            (
                by_threshold,
                summed(panel.category, by_item, len(level)) + level / 100,
                by_item + worth / worth_variance,
                summed(panel.judge, by_place, judges) + severity / severity_variance,
            )
        )
        return value, gradient

    best = minimize(slope, begin, jac=True, method="L-BFGS-B", options={"maxiter": 300, "ftol": 1e-10})
    return np.split(best.x, bounds)[2]


def _grades(values: Real) -> Whole:
    """Grades from 0, cut between different values only."""
    different = np.unique(values)
    if len(different) <= GRADES:
        return np.searchsorted(different, values)
    edges = np.unique(np.quantile(values, np.arange(1, GRADES) / GRADES))
    found = np.searchsorted(edges, values, side="right")
    return np.unique(found, return_inverse=True)[1]


def _likelihood(threshold: Real, place: Real, grade: Whole, steps: int) -> tuple[float, Real, Real]:
    """Minus the log-likelihood, and its slopes in place and threshold. Threshold k: logit P(grade > k) at place 0."""
    beyond = np.concatenate(([np.inf], threshold, [-np.inf]))
    upper, lower = expit(beyond[grade] + place), expit(beyond[grade + 1] + place)
    chance = np.maximum(upper - lower, 1e-12)
    rise, fall = upper * (1 - upper), lower * (1 - lower)
    by_threshold = summed(grade, -rise / chance, steps + 2)
    by_threshold += summed(grade + 1, fall / chance, steps + 2)
    return -float(np.log(chance).sum()), -(rise - fall) / chance, by_threshold[1 : steps + 1]
