"""Fitting: variances by REML, then spread and consistency of each judge by ECM, shrunk towards those of all.

REML: the restricted likelihood from the mixed model equations, climbed by L-BFGS-B in the logarithms of the variances
with its exact gradient. ECM: Meng and Rubin, "Maximum likelihood estimation via the ECM algorithm", Biometrika 1993.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from judging.calibration.panel import Panel, Real, summed
from judging.calibration.system import Guess, System

LEAST = 4
STEADY_SHEETS = 30.0
"""Pseudo-sheets of a judge as consistent as the others (nu)."""
SPREAD_JUDGES, SPREAD_VARIANCE = 4.0, 0.01
FLOOR = 1e-8
LEAST_WORTH = 0.01
"""The variance of nominations is taken as this share of chance at least: where none is found, fair scores would else be
level, and what rounding left of them would decide."""
ROUNDS, CLOSE = 40, 1e-3


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted panel. `reml` holds the variances of the additive model, `spread` the variance of judges' spread."""

    panel: Panel
    reml: Guess
    spread: float
    system: System
    estimable: bool


def fit(panel: Panel, *, start: Fit | None = None, rounds: int = ROUNDS, least: int = LEAST) -> Fit:
    """Fit a panel. `start`: variances are taken from there, and only judges' spread and consistency are found anew."""
    judges = len(panel.judges)
    sheets = np.bincount(panel.judge, minlength=judges)
    ones, free = np.ones(judges), np.zeros(judges)
    scale = float(np.var(panel.value)) or 1.0
    first = Guess(scale / 2, scale / 10, scale / 10, scale / 2, ones, ones, free)
    pinned = (sheets < least).astype(float)
    if start is None and not estimable(panel):
        guess = replace(first, judge=scale * FLOOR, category=scale * FLOOR, pinned=ones)
        return Fit(panel, guess, 0.0, System(panel, guess), False)
    reml = start.reml if start else restricted(panel, first)
    begun = replace(start.system.guess if start else reml, spread=ones, steadiness=ones, pinned=pinned)
    begun = replace(begun, nomination=max(begun.nomination, LEAST_WORTH * begun.noise))
    if judges < 3 or bool(pinned.all()):
        return Fit(panel, reml, 0.0, System(panel, begun), True)
    guess, spread = _steps(
        panel, begun, start.spread if start else SPREAD_VARIANCE, rounds, still=start is not None
    )
    return Fit(panel, reml, spread, System(panel, guess), True)


def estimable(panel: Panel) -> bool:
    """Whether nominations, judges and chance can be told apart at all."""
    seen = len(np.unique(panel.item)), len(np.unique(panel.judge))
    return seen[1] > 1 and panel.size > seen[0] + seen[1] - 1 and float(np.ptp(panel.value)) > 0


def restricted(panel: Panel, first: Guess) -> Guess:
    """The guess with the variances of the additive model at the maximum of the restricted likelihood."""
    scale = float(np.var(panel.value))
    names = ["nomination", "judge", "noise"] + (["category"] if len(panel.categories) > 1 else [])

    def slope(logs: Real) -> tuple[float, Real]:
        guess = replace(first, **dict(zip(names, np.exp(logs).tolist(), strict=True)))
        deviance, gradient = _deviance(System(panel, guess))
        return deviance, np.array([gradient[name] for name in names])

    begin: Real = np.array([np.log(getattr(first, name)) for name in names], dtype=np.float64)
    bounds = [(np.log(scale * FLOOR), np.log(scale * 1e3))] * len(names)
    found = minimize(
        slope, begin, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 200, "ftol": 1e-13, "gtol": 1e-5},
    )  # fmt: skip
    return replace(first, **dict(zip(names, np.exp(found.x).tolist(), strict=True)))


def _deviance(system: System) -> tuple[float, dict[str, float]]:
    """Minus twice the restricted log-likelihood, but for a constant, and its slope in each log variance."""
    panel, guess = system.panel, system.guess
    inverse = system.inverse()
    item_variances, judge_variances = system.variances(inverse)
    count, categories = panel.size, system.offset - 1
    parts = {
        "nomination": (guess.nomination, len(panel.items), system.items(), float(item_variances.sum())),
        "judge": (guess.judge, len(panel.judges), system.severities(), float(judge_variances.sum())),
    }
    if system.several:
        levels = system.inner[1 : system.offset]
        trace = float(np.diag(inverse)[1 : system.offset].sum())
        parts["category"] = (guess.category, categories, levels, trace)
    deviance = count * np.log(guess.noise) + system.log_determinant() + system.total - system.explained
    slope: dict[str, float] = {}
    freedom = 1.0
    for name, (variance, number, effects, trace) in parts.items():
        deviance += number * np.log(variance)
        slope[name] = number - (float(effects @ effects) + trace) / variance
        freedom += number - trace / variance
    error = float(np.sum(system.weight * system.residual**2))
    slope["noise"] = count - error - freedom
    return float(deviance), slope


def _steps(panel: Panel, guess: Guess, spread: float, rounds: int, *, still: bool) -> tuple[Guess, float]:
    """Spread and consistency by ECM, and the variances with them unless they are to be `still`."""
    judges = len(panel.judges)
    sheets = np.bincount(panel.judge, minlength=judges)
    for _ in range(rounds):
        system = System(panel, guess)
        inverse = system.inverse()
        moments = system.moments(inverse)
        rest = panel.value - system.level - (system.fitted - guess.spread[panel.judge] * moments.worth)
        up = np.bincount(
            panel.judge, system.weight * (moments.worth * rest - moments.shared), minlength=judges
        )
        down = summed(panel.judge, system.weight * moments.square, judges)
        spreads = (up + 1 / spread) / (down + 1 / spread)
        chance = summed(panel.judge, moments.chance, judges)
        steady = (STEADY_SHEETS + sheets) / (STEADY_SHEETS + chance / guess.noise)
        change = max(np.abs(spreads - guess.spread).max(), np.abs(steady - guess.steadiness).max())
        if not still:
            wanted = float(((spreads - 1) ** 2 + 1 / (down + 1 / spread)).sum())
            spread = (wanted + SPREAD_JUDGES * SPREAD_VARIANCE) / (judges + SPREAD_JUDGES)
            guess = _variances(system, guess, inverse, float((steady[panel.judge] * moments.chance).mean()))
        guess = replace(guess, spread=np.maximum(spreads, 0.05), steadiness=steady)
        if change < CLOSE:
            break
    return guess, spread


def _variances(system: System, guess: Guess, inverse: Real, noise: float) -> Guess:
    """One EM step for the variances."""
    item_variances, judge_variances = system.variances(inverse)
    free = guess.pinned == 0
    return replace(
        guess,
        nomination=max(LEAST_WORTH * guess.noise, float((system.items() ** 2 + item_variances).mean())),
        judge=max(FLOOR * guess.noise, float((system.severities() ** 2 + judge_variances)[free].mean())),
        noise=max(noise, FLOOR * float(np.var(system.panel.value))),
    )
