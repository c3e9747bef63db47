"""Measuring two pieces of work in one run, so that the machine's speed does not matter, only their ratio."""

import time
from collections.abc import Callable


def cpu(work: Callable[[], object], times: int = 3) -> float:
    """The least processor time of several runs, in seconds."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def ratio(name: str, work: Callable[[], object], baseline: Callable[[], object], *, times: int = 3) -> float:
    """How many times the baseline's processor time a piece of work takes; printed with the seconds of both."""
    mine, theirs = cpu(work, times), cpu(baseline, times)
    print(f"\n{name:<50} {mine:8.3f} s  baseline {theirs:8.3f} s  ratio {mine / theirs:6.2f}")
    return mine / theirs
