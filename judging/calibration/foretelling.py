"""What a judge would give a nomination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from judging.calibration.fit import Fit, fit
from judging.calibration.panel import panel_of
from judging.calibration.reading import Asked
from judging.calibration.validation import held_out
from judging.calibration.values import Sheet


def foretell(sheets: Sequence[Sheet], pairs: Sequence[Asked], *, seed: str) -> list[float]:
    """One value a pair, on the scale of values.

    Where the model predicts held-out sheets no better than the plain mean does, or can't be fitted, it is the plain
    mean of the nomination. A judge that isn't known is taken as average, and so is a nomination, within its category.
    """
    found = fit(panel_of(sheets))
    by_model = found.estimable and held_out(found, seed=seed).better
    means, general = found.panel.means(), float(found.panel.value.mean())
    places = _places(found)
    judges = {name: number for number, name in enumerate(found.panel.judges)}
    categories = {name: number for number, name in enumerate(found.panel.categories)}
    answers = []
    for pair in pairs:
        items = places.get((pair.category, pair.nomination)) or places.get((None, pair.nomination)) or []
        category = categories.get(pair.category)
        if by_model:
            answers.append(_by_model(found, judges.get(pair.judge), items, category))
        else:
            answers.append(float(means[items].mean()) if items else general)
    return answers


def _places(found: Fit) -> dict[tuple[str | None, str], list[int]]:
    """Items by category and name, and by name alone."""
    places: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for number, (category, nomination) in enumerate(found.panel.items):
        places[category, nomination].append(number)
        places[None, nomination].append(number)
    return places


def _by_model(found: Fit, judge: int | None, items: Sequence[int], category: int | None) -> float:
    system = found.system
    levels = system.levels()
    if items:
        chosen = np.array(items)
        level = float(levels[found.panel.category[chosen]].mean())
        worth = float(system.items()[chosen].mean())
    else:
        level, worth = float(levels.mean() if category is None else levels[category]), 0.0
    if judge is None:
        return level + worth
    return level + float(system.severities()[judge]) + float(system.guess.spread[judge]) * worth
