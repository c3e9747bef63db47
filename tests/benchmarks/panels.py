"""Made-up panels of any size: 30 topics, 8 languages, 60 countries; judges don't read what their country entered.

`python -m tests.benchmarks.panels NOMINATIONS JUDGES K` assigns one and prints the most memory it took, in kilobytes.
"""

import resource
import sys
from dataclasses import replace
from math import ceil, floor

import numpy as np

from judging.assignment.instance import Grid, Instance, Ints

TOPICS, LANGUAGES, COUNTRIES, REGIONS = 30, 8, 60, 6
SPOKEN = (0.4, 0.15, 0.12, 0.1, 0.08, 0.06, 0.05, 0.04)


def made_up(nominations: int, judges: int, k: int, *, seed: int = 1, cap: int | None = None) -> Instance:
    """Scores as the product reckons them: 0.5 expertise, 0.2 language, 0.15 freshness, 0.15 preference; loads between
    60 and 120 per cent of the fair share. `cap`: judges of one of six regions in a panel.
    """
    chance = np.random.default_rng(seed)
    of_nomination = _directions(chance, nominations, 0.1)
    of_judge = _directions(chance, judges, 0.15)
    written = chance.choice(LANGUAGES, nominations, p=SPOKEN)
    native = chance.choice(LANGUAGES, judges, p=SPOKEN)
    reads = chance.random((judges, LANGUAGES)) < 0.15
    reads[:, 0] = True
    reads[np.arange(judges), native] = True
    entered, home = chance.integers(0, COUNTRIES, nominations), chance.integers(0, COUNTRIES, judges)
    scores = np.empty((nominations, judges), np.int32)
    for start in range(0, nominations, 500):
        part = slice(start, start + 500)
        fluent = np.where(native == written[part, None], np.float32(1), np.float32(0.6))
        wish = chance.choice(
            np.array([0, 0.5, 1], np.float32), (len(written[part]), judges), p=(0.1, 0.8, 0.1)
        )
        fit = 0.5 * (of_nomination[part] @ of_judge.T) + 0.2 * fluent + 0.15 + 0.15 * wish
        barred = ~reads[:, written[part]].T | (entered[part, None] == home)
        scores[part] = np.where(barred, -1, np.rint(fit * 1_000_000))
    fair = nominations * k / judges
    return with_regions(Instance.plain(scores, k, floor(0.6 * fair), ceil(1.2 * fair)), home % REGIONS, cap)


def with_regions(instance: Instance, region: Ints, cap: int | None) -> Instance:
    if cap is None:
        return instance
    return replace(
        instance, region=region, cap=cap, taken=np.zeros((len(instance.demand), REGIONS), np.int64)
    )


def _directions(chance: np.random.Generator, number: int, spread: float) -> Grid:
    found = chance.dirichlet(np.full(TOPICS, spread), number).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


if __name__ == "__main__":
    from judging.assignment import fairness

    fairness.solve(made_up(*map(int, sys.argv[1:4])))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
