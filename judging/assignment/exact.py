"""Where changes one by one don't lift the worst-served far enough: the same as a programme in whole numbers.

Found by HiGHS as SciPy brings it, since OR-Tools and the package highspy can't share a process. Panels stay as full as
the match has made them, and no rule is broken further than it broke it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from judging.assignment.instance import Flags, Instance, Ints, Match

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 60
GAP = 0.002
"""How far from the best total the programme may stop."""
HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Rows:
    """What panels and loads have to keep, as sparse rows over the pairs, each with its least and most."""

    matrix: sparse.csr_array
    least: Ints
    most: Ints


def highest_worst(instance: Instance, match: Match, among: Flags) -> int | None:
    """A bound on what the worst-served could have with all loads kept: that of the linear programme, brought down to
    what sums of these scores can be. None where it wasn't found in time.
    """
    pairs, kept = _pairs(instance), _rows(instance, match)
    wanted = np.flatnonzero(among)
    sums = _sums(instance, pairs, wanted)
    free = sparse.hstack([kept.matrix, sparse.csr_array((kept.matrix.shape[0], 1))])
    lifted = sparse.hstack([-sums, sparse.csr_array(np.ones((len(wanted), 1)))])
    answer = linprog(  # type: ignore[call-overload]  # its stubs know no sparse matrices
        np.r_[np.zeros(len(pairs[0])), -1.0],
        A_ub=sparse.vstack([free, -free, lifted]).tocsr(),
        b_ub=np.r_[kept.most, -kept.least, instance.base[wanted] / _unit(instance)],
        bounds=[(0, 1)] * len(pairs[0]) + [(None, None)],
        method="highs-ipm",
        options={"time_limit": SECONDS},
    )
    if answer.status != 0:
        return None
    step = (
        gcd(*(int(it) for it in np.unique(instance.scores[pairs])), *map(int, np.unique(instance.base))) or 1
    )
    return int((-answer.fun + HAIR) * _unit(instance)) // step * step


def lift(instance: Instance, match: Match, among: Flags, target: int) -> Match | None:
    """The best match in which each of `among` has `target` or more; None where none was found in time."""
    pairs, kept = _pairs(instance), _rows(instance, match)
    wanted = np.flatnonzero(among)
    worth = instance.scores[pairs].astype(float) / _unit(instance)
    needed = (target - instance.base[wanted]) / _unit(instance)
    answer = milp(
        -worth,
        integrality=np.ones(len(worth), np.int64),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(kept.matrix, kept.least, kept.most),
            LinearConstraint(_sums(instance, pairs, wanted), needed - HAIR / 2, np.inf),
        ],
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    if answer.x is None:
        return None
    used = np.flatnonzero(answer.x > 0.5)
    return Match.of(pairs[0][used], pairs[1][used])


def _unit(instance: Instance) -> int:
    return max(1, int(instance.scores.max(initial=1)))


def _pairs(instance: Instance) -> tuple[Ints, Ints]:
    rows, columns = np.nonzero((instance.scores >= 0) & (instance.demand > 0)[:, None])
    return rows, columns


def _sums(instance: Instance, pairs: tuple[Ints, Ints], wanted: Ints) -> sparse.csr_array:
    worth = instance.scores[pairs].astype(float) / _unit(instance)
    every = sparse.csr_array(
        (worth, (pairs[0], np.arange(len(worth)))), shape=(len(instance.demand), len(worth))
    )
    return every[wanted]


def _rows(instance: Instance, match: Match) -> Rows:
    rows, columns = _pairs(instance)
    n, j = instance.scores.shape
    filled = np.bincount(match.rows, minlength=n)
    loads = np.bincount(match.columns, minlength=j)
    parts = [
        (rows, np.arange(len(rows)), filled, filled),
        (columns, np.arange(len(rows)), np.minimum(instance.least, loads), np.maximum(instance.most, loads)),
    ]
    regions = instance.taken.shape[1]
    if instance.cap is not None and regions:
        known = np.flatnonzero(instance.region[columns] >= 0)
        there = np.bincount(
            (match.rows * regions + instance.region[match.columns])[instance.region[match.columns] >= 0],
            minlength=n * regions,
        )
        most = np.maximum(instance.left_of_region().ravel(), there)
        parts.append((rows[known] * regions + instance.region[columns[known]], known, 0 * most, most))
    if instance.experts is not None:
        known = np.flatnonzero(instance.experts[rows, columns])
        there = np.bincount(match.rows[instance.experts[match.rows, match.columns]], minlength=n)
        needed = np.where(instance.lacking, np.minimum(1, there), 0)
        parts.append((rows[known], known, needed, np.full(n, n * j)))
    return _stacked(parts, len(rows))


def _stacked(parts: Sequence[tuple[Ints, Ints, Ints, Ints]], pairs: int) -> Rows:
    matrices = [
        sparse.csr_array((np.ones(len(of)), (of, which)), shape=(len(least), pairs))
        for of, which, least, _ in parts
    ]
    return Rows(
        sparse.vstack(matrices).tocsr(),
        np.concatenate([least for _, _, least, _ in parts]),
        np.concatenate([most for _, _, _, most in parts]),
    )
