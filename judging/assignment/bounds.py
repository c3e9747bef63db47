"""The best panel that each nomination could have if it alone mattered, and so what the worst-served could have."""

from __future__ import annotations

import numpy as np

from judging.assignment.instance import Flags, Instance, Ints


def best_panels(instance: Instance, rows: Ints, columns: Ints) -> Ints:
    """The sum of each nomination's best panel among these pairs (sorted by row), its region rule kept as far as a full
    panel lets it.

    Choosing the best one by one is exact: a panel under a rule of so many of each region is a matroid's base, and with
    so many judges beyond the rule it is one again.
    """
    worth = instance.scores[rows, columns].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]]) if len(rows) else rows
    found, left, used = instance.base.copy(), instance.demand.copy(), np.zeros(len(rows), bool)
    for capped in (True, False) if instance.cap is not None else (False,):
        _choose(
            instance, (rows, columns, starts), np.where(used, -1, worth), found, left, used, capped=capped
        )
    return found


def _choose(
    instance: Instance,
    pairs: tuple[Ints, Ints, Ints],
    worth: Ints,
    found: Ints,
    left: Ints,
    used: Flags,
    *,
    capped: bool,
) -> None:
    """Fill panels by their best pairs, with or without the region rule. Changes all but the first two."""
    rows, columns, starts = pairs
    present, lengths = rows[starts], np.diff(np.r_[starts, len(rows)])
    budget = instance.left_of_region() if capped else instance.taken
    region = instance.region[columns]
    for _ in range(min(len(instance.region), int(left.max(initial=0)))):
        if not len(rows):
            break
        best = np.maximum.reduceat(worth, starts)
        at = _first(worth == np.repeat(best, lengths), starts)
        good = (best >= 0) & (left[present] > 0)
        if not good.any():
            break
        chosen, row = at[good], present[good]
        found[row] += best[good]
        left[row] -= 1
        worth[chosen] = -1
        used[chosen] = True
        if capped and budget.shape[1]:
            known = region[chosen] >= 0
            budget[row[known], region[chosen][known]] -= 1
            worth[(region >= 0) & (budget[rows, region] <= 0)] = -1


def _first(marked: Flags, starts: Ints) -> Ints:
    """The place of the first marked pair of each row; every row has one."""
    places = np.where(marked, np.arange(len(marked)), len(marked))
    return np.minimum.reduceat(places, starts)


def bound(instance: Instance, among: Flags, rows: Ints, columns: Ints) -> int:
    """What no assignment can exceed for the worst-served of `among`. `rows` and `columns` may be some of the pairs:
    the nominations that they leave lowest are looked at again with all of theirs.
    """
    rough = best_panels(instance, rows, columns)
    least: int | None = None
    for row in np.flatnonzero(among)[np.argsort(rough[among], kind="stable")]:
        if least is not None and rough[row] >= least:
            break
        whole = np.flatnonzero(instance.scores[row] >= 0)
        exact = int(best_panels(instance, np.full(len(whole), row), whole)[row])
        least = exact if least is None else min(least, exact)
    return least or 0
