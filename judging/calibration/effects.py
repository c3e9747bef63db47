"""What the fit says of judges, and sheets far from the panel's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from judging.calibration.fit import Fit
from judging.calibration.panel import Real
from judging.calibration.values import Far, JudgeFit, Pair, Premium, Sheet

FAR = 3


def judge_fits(
    found: Fit, inverse: Real, same_country: frozenset[Pair]
) -> tuple[tuple[JudgeFit, ...], tuple[tuple[Real, Real], ...]]:
    """A card for each judge; beside them, by judge, what own-country and other nominations got above expectation."""
    panel, system = found.panel, found.system
    errors = system.severity_errors(inverse)
    severities = system.severities()
    surprise = system.residual / np.maximum(1 - system.levers(inverse), 0.05)
    own = np.array(
        [
            (panel.judges[judge], panel.items[item][1]) in same_country
            for judge, item in zip(panel.judge.tolist(), panel.item.tolist(), strict=True)
        ]
    )
    cards, groups = [], []
    for number, name in enumerate(panel.judges):
        mine = panel.judge == number
        inside, outside = surprise[mine & own], surprise[mine & ~own]
        groups.append((inside, outside))
        pinned = bool(system.guess.pinned[number])
        cards.append(
            JudgeFit(
                judge=name,
                sheets=int(mine.sum()),
                severity=0.0 if pinned else float(severities[number]),
                error=float(np.sqrt(found.reml.judge) if pinned else errors[number]),
                spread=float(system.guess.spread[number]),
                noise=float(1 / np.sqrt(system.guess.steadiness[number])),
                shrunk=pinned,
                same_country=_premium(inside, outside),
            )
        )
    return tuple(cards), tuple(groups)


def _premium(inside: Real, outside: Real) -> Premium | None:
    """The difference of two means, with its standard error from the pooled variance."""
    if not len(inside) or len(outside) < 2:
        return None
    squares = np.sum((inside - inside.mean()) ** 2) + np.sum((outside - outside.mean()) ** 2)
    pooled = squares / max(1, len(inside) + len(outside) - 2)
    error = float(np.sqrt(pooled * (1 / len(inside) + 1 / len(outside))))
    return Premium(float(inside.mean() - outside.mean()), error, len(inside))


def premium_of_all(groups: Sequence[tuple[Real, Real]]) -> Premium | None:
    """The same over all judges: their differences weighted by their sheets of the own country."""
    found = [it for it in (_premium(inside, outside) for inside, outside in groups) if it]
    sheets = sum(it.sheets for it in found)
    if not sheets:
        return None
    mean = sum(it.premium * it.sheets for it in found) / sheets
    error = float(np.sqrt(sum((it.error * it.sheets) ** 2 for it in found))) / sheets
    return Premium(mean, error, sheets)


def far_sheets(sheets: Sequence[Sheet]) -> tuple[Far, ...]:
    """Sheets more than three points from the mean of the others' of the same nomination, furthest first."""
    by_nomination: dict[tuple[str, str], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        by_nomination[sheet.category, sheet.nomination].append(sheet)
    found = []
    for together in by_nomination.values():
        whole = sum((it.value for it in together), Fraction(0))
        for sheet in together if len(together) > 1 else ():
            others = (whole - sheet.value) / (len(together) - 1)
            if abs(sheet.value - others) > FAR:
                found.append(Far(sheet.judge, sheet.nomination, sheet.value, others))
    return tuple(sorted(found, key=lambda it: (-abs(it.value - it.panel), it.nomination, it.judge)))
