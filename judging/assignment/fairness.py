"""From the best match to one in which the worst-served has nearly all that it could have, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judging.assignment import bounds, network, repair
from judging.assignment.instance import Flags, Instance, Ints, Match
from judging.assignment.values import Method

ENOUGH = 95
"""Per cent of its bound that the worst-served is to have."""
KEPT = 99
"""Per cent of the best total that the repair keeps."""
SMALL = 1_000
"""Up to so many nominations the programme in whole numbers is tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`row` is that of the worst-served, -1 where this run filled no panel. `optimum` is without the region rule."""

    match: Match
    method: Method
    optimum: int
    before_fairness: int
    total: int
    row: int
    found: int
    bound: int
    arcs: int


def solve(instance: Instance, *, quick: bool = False) -> Outcome:
    """The match with the highest total, and then the worst-served lifted: by changes, or where these don't do and there
    are few enough nominations, by a programme in whole numbers.
    """
    best = network.solve(instance)
    filled = np.bincount(best.match.rows, minlength=len(instance.demand)) == instance.demand
    among = filled & (instance.demand > 0)
    match, method, limit = _lifted(instance, best, among, SMALL if not quick else 0)
    before, sums = best.match.sums(instance), match.sums(instance)
    row = int(np.flatnonzero(among)[np.argmin(sums[among])]) if among.any() else -1
    freed = before if instance.cap is None else _without_regions(instance)
    return Outcome(
        match=match,
        method=method,
        optimum=int(freed.sum()),
        before_fairness=int(before.sum()),
        total=int(sums.sum()),
        row=row,
        found=int(sums[row]) if row >= 0 else 0,
        bound=max(limit, int(sums[row])) if row >= 0 else 0,  # more where a rule had to yield
        arcs=best.arcs,
    )


def _lifted(
    instance: Instance, best: network.Solution, among: Flags, small: int
) -> tuple[Match, Method, int]:
    if not among.any():
        return best.match, Method.FLOW, 0
    sums = best.match.sums(instance)
    limit = bounds.bound(instance, among, best.rows, best.columns)
    if sums[among].min() >= limit:
        return best.match, Method.FLOW, limit
    match = _repaired(instance, best.match, among, limit)
    worst = int(match.sums(instance)[among].min())
    if worst * 100 >= limit * ENOUGH or len(instance.demand) > small:
        return match, Method.REPAIR, limit
    return _by_programme(instance, best.match, match, among, limit)


def _repaired(instance: Instance, match: Match, among: Flags, limit: int) -> Match:
    """Lifted as far as changes go; then again to just there, which costs less than aiming higher did."""
    floor = -(-int(match.sums(instance).sum()) * KEPT // 100)
    high = repair.lift(instance, match, among, limit, floor)
    worst = int(high.sums(instance)[among].min())
    if worst >= limit:
        return high
    level = repair.lift(instance, match, among, worst, floor)
    sums = level.sums(instance)
    return level if sums[among].min() >= worst and sums.sum() > high.sums(instance).sum() else high


def _by_programme(
    instance: Instance, best: Match, repaired: Match, among: Flags, limit: int
) -> tuple[Match, Method, int]:
    from judging.assignment import exact  # SciPy takes a second to load

    worst = int(repaired.sums(instance)[among].min())
    proved = exact.highest_worst(instance, best, among)
    limit = limit if proved is None else min(limit, max(worst, proved))
    if worst * 100 >= limit * ENOUGH:
        return repaired, Method.REPAIR, limit
    match = exact.lift(instance, best, among, -(-limit * ENOUGH // 100))
    return (repaired, Method.REPAIR, limit) if match is None else (match, Method.MILP, limit)


def _without_regions(instance: Instance) -> Ints:
    return network.solve(network.without_regions(instance)).match.sums(instance)
