"""Measuring two pieces of work in one run, so that the machine's speed does not matter, only their ratio."""

import time
from collections.abc import Callable
from statistics import median


def cpu(work: Callable[[], object]) -> float:
    """The processor time of one run, in seconds."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def ratio(name: str, work: Callable[[], object], baseline: Callable[[], object], *, times: int = 5) -> float:
    """How many times the baseline's processor time a piece of work takes; printed with the seconds of both.

    The two take turns, so that whatever else the machine does slows both, and the middle of the turns is taken.
    """
    turns = [(cpu(work), cpu(baseline)) for _ in range(times)]
    found = median(mine / theirs for mine, theirs in turns)
    mine, theirs = (min(seconds) for seconds in zip(*turns, strict=True))
    print(f"\n{name:<50} {mine:8.3f} s  baseline {theirs:8.3f} s  ratio {found:6.2f}")
    return found
