"""What linear programmes say of an assignment: an independent way to the best total, rule after rule."""

from collections import Counter
from fractions import Fraction
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog

from judging.assignment import Pair, Problem


def may_be_made(problem: Problem, pair: Pair) -> bool:
    judge = next(it for it in problem.judges if it.key == pair[0])
    work = next(it for it in problem.nominations if it.key == pair[1])
    hard = problem.blocked | problem.unreadable | problem.forbidden
    return (judge.categories is None or work.category in judge.categories) and pair not in hard


def best_total(problem: Problem, fixed: frozenset[Pair]) -> int:
    """As few empty places as can be, then loads, experts and regions broken as little as can be, then the highest sum.

    `fixed`: what is given whatever it is worth. The expert and the region rule don't make one programme together.
    """
    pairs = [(judge.key, work.key) for work in problem.nominations for judge in problem.judges]
    pairs = [pair for pair in pairs if pair not in fixed and may_be_made(problem, pair)]
    there, panels = Counter(judge for judge, _ in fixed), Counter(name for _, name in fixed)
    k = problem.per_nomination or 0
    fair = Fraction(len(problem.nominations) * k, max(1, len(problem.judges)))
    rows: list[tuple[dict[int, float], float, float]] = []
    size, goals = len(pairs), [dict[int, float]() for _ in range(4)]

    def soft(goal: int) -> int:
        nonlocal size
        size += 1
        goals[goal][size - 1] = 1
        return size - 1

    for work in problem.nominations:
        own = {number: 1.0 for number, pair in enumerate(pairs) if pair[1] == work.key}
        wanted = max(0, k - panels[work.key])
        rows.append((own | {soft(0): 1}, wanted, wanted))
        if problem.need_expert and not any(
            (judge.key, work.key) in problem.experts & fixed for judge in problem.judges
        ):
            rows.append(({n: 1.0 for n in own if pairs[n] in problem.experts} | {soft(2): 1}, 1, np.inf))
        for region in (
            {judge.region for judge in problem.judges if judge.region} if problem.per_region else ()
        ):
            of = {judge.key for judge in problem.judges if judge.region == region}
            left = max(0, (problem.per_region or 0) - sum((key, work.key) in fixed for key in of))
            rows.append(({n: 1.0 for n in own if pairs[n][0] in of} | {soft(3): -1}, -np.inf, left))
    for judge in problem.judges:
        own = {number: 1.0 for number, pair in enumerate(pairs) if pair[0] == judge.key}
        load = there[judge.key]
        if judge.capacity is not None:
            rows.append((own, -np.inf, max(0, judge.capacity - load)))
        least = max(judge.least, floor(fair * (problem.least_share or 0)))
        rows.append((own | {soft(1): 1}, least - load, np.inf))
        if problem.most_share is not None:
            most = max(judge.least, ceil(fair * problem.most_share))
            rows.append((own | {soft(1): -1}, -np.inf, max(0, most - load)))
    goals.append({number: -float(problem.scores.get(pair, 0)) for number, pair in enumerate(pairs)})
    found = 0.0
    for goal in goals:
        if not size:
            break
        found = _least(goal, rows, size, len(pairs))
        rows.append((goal, -np.inf, round(found)))
    return round(-found) + sum(problem.scores.get(pair, 0) for pair in fixed)


def _least(
    goal: dict[int, float], rows: list[tuple[dict[int, float], float, float]], size: int, pairs: int
) -> float:
    upper, limits = [], []
    for row, low, high in rows:
        line = np.zeros(size)
        line[list(row)] = list(row.values())
        for sign, limit in ((1, high), (-1, -low)):
            if np.isfinite(limit):
                upper.append(sign * line)
                limits.append(limit)
    cost = np.zeros(size)
    cost[list(goal)] = list(goal.values())
    bounds = [(0, 1)] * pairs + [(0, None)] * (size - pairs)
    answer = linprog(cost, A_ub=np.array(upper), b_ub=limits, bounds=bounds, method="highs")
    assert answer.status == 0, answer.message
    return float(answer.fun)
