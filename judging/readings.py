"""Second readings: which borderline nominations get further sheets, by the rule alone."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from fractions import Fraction


def second_readings(p_top: Mapping[str, Fraction], *, budget: int, most: int = 4) -> dict[str, int]:
    """How many further sheets each nomination gets, at most `most` each and `budget` in all; none for the others.

    `p_top`: each nomination's probability of being among those who advance, 0 to 1. One sheet at a time goes to the
    nomination with the largest p(1 - p) per sheet that it then has of these, that one counted (D'Hondt's divisors); of
    level ones to the first by name. A nomination with p of 0 or 1 gets none.
    """
    found: dict[str, int] = {}
    waiting = [(-p * (1 - p), name) for name, p in p_top.items() if 0 < p < 1]
    heapq.heapify(waiting)
    while waiting and budget > 0:
        _, name = heapq.heappop(waiting)
        found[name] = found.get(name, 0) + 1
        budget -= 1
        if found[name] < most:
            weight = p_top[name] * (1 - p_top[name])
            heapq.heappush(waiting, (-weight / (found[name] + 1), name))
    return dict(sorted(found.items()))
