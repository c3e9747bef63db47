"""The cut line of each category: who is in, how sure that is, and what it hangs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from judging.calibration.draws import Ranks, ranks
from judging.calibration.fit import Fit
from judging.calibration.ordinal import opinion
from judging.calibration.panel import Real, Whole
from judging.calibration.values import (
    Band,
    CategoryFit,
    Missing,
    NominationFit,
    Pair,
    Prediction,
    Sheet,
    Why,
    Without,
)

LARGE_ADJUSTMENT = 1.5
SAFE, OUT = 0.9, 0.1
LEVEL = 9
"""Decimals beyond which totals of floating point are taken as level."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What all categories share: the fit, plain means (`raw` exact, `plain` not), fair scores, the second opinion."""

    found: Fit
    inverse: Real
    raw: tuple[Fraction, ...]
    plain: Real
    fair: Real
    second: Real
    counts: Whole
    without: Mapping[int, Real]
    expected: frozenset[Pair]


def cut_lines(
    found: Fit,
    inverse: Real,
    sheets: Sequence[Sheet],
    *,
    places: Mapping[str, int],
    seed: str,
    draws: int,
    expected: frozenset[Pair],
    prediction: Prediction,
    fair_decides: bool,
    step: Callable[[], None],
) -> tuple[CategoryFit, ...]:
    """The cut line of every category that has a sheet."""
    panel, system = found.panel, found.system
    wanted = [places[name] for name in panel.categories]
    by_judge = {judge: np.flatnonzero(panel.judge == judge) for judge in range(len(panel.judges))}
    usable = found.estimable and prediction.better and fair_decides
    raw = _plain_means(found, sheets)
    ground = Ground(
        found=found,
        inverse=inverse,
        raw=raw,
        plain=np.array([float(mean) for mean in raw]),
        fair=system.fair(),
        second=opinion(found),
        counts=np.bincount(panel.item, minlength=len(panel.items)),
        without={it: system.deletion(rows, inverse) for it, rows in by_judge.items()} if usable else {},
        expected=expected,
    )
    lines = []
    for number, rank in enumerate(ranks(system, seed=seed, draws=draws, places=wanted)):
        parts = _parts(found, number)
        why = _why(found, prediction, parts)
        lines.append(_line(ground, number, wanted[number], rank, parts, why, fair_decides and why is None))
        step()
        step()
    return tuple(lines)


def _why(found: Fit, prediction: Prediction, parts: Sequence[Sequence[str]]) -> Why | None:
    if not found.estimable or prediction.raw is None:
        return Why.TOO_FEW
    if len(parts) > 1:
        return Why.NOT_LINKED
    return None if prediction.better else Why.PREDICTS_NO_BETTER


def _plain_means(found: Fit, sheets: Sequence[Sheet]) -> tuple[Fraction, ...]:
    values: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for sheet in sheets:
        values[sheet.category, sheet.nomination].append(sheet.value)
    return tuple(sum(values[name], Fraction(0)) / len(values[name]) for name in found.panel.items)


def _parts(found: Fit, category: int) -> tuple[tuple[str, ...], ...]:
    """The judges of a category by who is linked through nominations that both read, the largest part first."""
    panel = found.panel
    rows = np.flatnonzero(panel.category[panel.item] == category)
    leader: dict[int, int] = {}

    def first(judge: int) -> int:
        while leader[judge] != judge:
            leader[judge] = judge = leader[leader[judge]]
        return judge

    reader: dict[int, int] = {}
    for judge, item in zip(panel.judge[rows].tolist(), panel.item[rows].tolist(), strict=True):
        leader.setdefault(judge, judge)
        one, other = first(judge), first(reader.setdefault(item, judge))
        leader[max(one, other)] = min(one, other)
    groups: dict[int, list[str]] = defaultdict(list)
    for judge in sorted(leader):
        groups[first(judge)].append(panel.judges[judge])
    return tuple(sorted(map(tuple, groups.values()), key=lambda part: (-len(part), part)))


def _best(totals: Real, items: Whole, places: int) -> list[int]:
    """The best items, best first; level ones in the order of their names."""
    order = np.lexsort((items, -np.round(totals, LEVEL)))
    return [int(items[at]) for at in order[:places]]


def _line(
    ground: Ground,
    number: int,
    places: int,
    rank: Ranks,
    parts: tuple[tuple[str, ...], ...],
    why: Why | None,
    by_fair: bool,
) -> CategoryFit:
    panel = ground.found.panel
    items = panel.of_category(number)
    raw = ground.plain[items]
    fair = raw if why in (Why.NOT_LINKED, Why.TOO_FEW) else ground.fair[items]
    totals = fair if by_fair else raw
    order = _best(totals, items, len(items))
    best, by_raw, by_fair_score = order[:places], _best(raw, items, places), _best(fair, items, places)
    at = {int(item): position for position, item in enumerate(items)}
    p_top = {item: float(rank.p_top[at[item]]) for item in order}
    adjusted = [item for item in order if abs(fair[at[item]] - raw[at[item]]) > LARGE_ADJUSTMENT]
    margin = totals[at[order[places - 1]]] - totals[at[order[places]]] if 0 < places < len(order) else None
    return CategoryFit(
        category=panel.categories[number],
        places=places,
        parts=parts,
        fair_decides=by_fair,
        why=why,
        expected_wrong=sum(1 - p_top[item] for item in best),
        margin=None if margin is None else float(margin),
        method_dependent=why is None
        and set(by_fair_score) != set(_best(ground.second[items], items, places)),
        nominations=tuple(_nomination(ground, item, float(fair[at[item]]), rank, at[item]) for item in order),
        without=_without(ground, number, places, best, by_fair=by_fair),
        adjusted=_names(ground, adjusted),
        enters=_names(ground, [item for item in by_fair_score if item not in by_raw]),
        leaves=_names(ground, [item for item in by_raw if item not in by_fair_score]),
        missing=_missing(ground, number, places, best, by_fair=by_fair),
    )


def _names(ground: Ground, items: Sequence[int]) -> tuple[str, ...]:
    return tuple(ground.found.panel.items[item][1] for item in items)


def _nomination(ground: Ground, item: int, fair: float, rank: Ranks, at: int) -> NominationFit:
    p_top = float(rank.p_top[at])
    return NominationFit(
        nomination=ground.found.panel.items[item][1],
        sheets=int(ground.counts[item]),
        raw=ground.raw[item],
        fair=fair,
        error=float(rank.error[at]),
        p_top=p_top,
        band=Band.SAFE if p_top >= SAFE else Band.OUT if p_top <= OUT else Band.IN_PLAY,
        rank=float(rank.mean[at]),
        rank_low=int(rank.low[at]),
        rank_high=int(rank.high[at]),
    )


def _without(
    ground: Ground, number: int, places: int, best: Sequence[int], *, by_fair: bool
) -> tuple[Without, ...]:
    """For each judge of the category: who would be among the best without that judge's sheets."""
    panel = ground.found.panel
    items = panel.of_category(number)
    inside = np.flatnonzero(panel.category[panel.item] == number)
    found = []
    for judge in np.unique(panel.judge[inside]):
        mine = inside[panel.judge[inside] == judge]
        places_of_mine = np.searchsorted(items, panel.item[mine])
        left = ground.counts[items]
        np.subtract.at(left, places_of_mine, 1)
        if by_fair:
            totals = ground.without[int(judge)][items]
        else:
            sums = ground.plain[items] * ground.counts[items]
            np.subtract.at(sums, places_of_mine, panel.value[mine])
            totals = sums / np.maximum(left, 1)
        again = _best(totals[left > 0], items[left > 0], places)
        found.append(
            Without(
                panel.judges[judge],
                _names(ground, [item for item in again if item not in best]),
                _names(ground, [item for item in best if item not in again]),
            )
        )
    return tuple(found)


def _missing(
    ground: Ground, number: int, places: int, best: Sequence[int], *, by_fair: bool
) -> tuple[Missing, ...]:
    """Sheets that never came, each filled with the tenth percentile of what that judge gave."""
    panel, system = ground.found.panel, ground.found.system
    items = panel.of_category(number)
    by_name = {panel.items[item][1]: int(item) for item in items}
    judges = {name: judge for judge, name in enumerate(panel.judges)}
    pairs = set(zip(panel.judge.tolist(), panel.item.tolist(), strict=True))
    found = []
    for name, nomination in sorted(ground.expected):
        item, judge = by_name.get(nomination), judges.get(name)
        if item is None or (judge, item) in pairs:
            continue
        own = panel.value[panel.judge == judge] if judge is not None else panel.value
        value = float(np.quantile(own, 0.1))
        if by_fair:
            totals = system.addition(judge, item, value)[items]
        else:
            totals = ground.plain[items]
            place = int(np.flatnonzero(items == item)[0])
            count = int(ground.counts[item])
            totals[place] = (totals[place] * count + value) / (count + 1)
        changed = set(_best(totals, items, places)) != set(best)
        found.append(Missing(name, nomination, changed))
    return tuple(found)
