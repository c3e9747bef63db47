"""Panels of judges: real ones of skating, and made-up ones whose truth is known."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from judging.calibration import Sheet
from judging.calibration.panel import Panel, Real, Whole, panel_of

SKATING = Path(__file__).parents[1] / "data" / "skating2018_components.csv.gz"


def skating_rows() -> list[dict[str, str]]:
    with gzip.open(SKATING, "rt", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def skating() -> list[Sheet]:
    """2,250 sheets: the mean of five components by each of nine judges for 250 performances in 16 programmes."""
    marks: dict[tuple[str, str, str], list[Fraction]] = defaultdict(list)
    for row in skating_rows():
        marks[row["judge_name"], row["performance_id"], row["program"]].append(Fraction(row["score"]))
    return [Sheet(*names, sum(found, Fraction(0)) / len(found)) for names, found in marks.items()]


def own_country() -> frozenset[tuple[str, str]]:
    """The pairs of judge and performance from one country."""
    return frozenset(
        (row["judge_name"], row["performance_id"])
        for row in skating_rows()
        if row["judge_country"] == row["nation"]
    )


def sample(panel: Panel, judges: int, chance: np.random.Generator) -> Panel:
    """So many judges of each item, drawn."""
    order = np.lexsort((chance.random(panel.size), panel.item))
    edges = np.searchsorted(panel.item[order], np.arange(len(panel.items)))
    place = np.arange(panel.size) - edges[panel.item[order]]
    chosen = np.zeros(panel.size, dtype=bool)
    chosen[order[place < judges]] = True
    return panel.part(chosen)


def moved(panel: Panel, severity: float, slope: float, chance: np.random.Generator) -> Panel:
    """The same panel with severity, and use of the scale about its middle, added to each judge."""
    shift = chance.normal(0, severity, len(panel.judges))
    factor = np.exp(chance.normal(0, slope, len(panel.judges)))
    centre = panel.value.mean()
    value = centre + factor[panel.judge] * (panel.value - centre) + shift[panel.judge]
    return Panel(panel.judges, panel.items, panel.categories, panel.judge, panel.item, panel.category, value)


def real_panel() -> Panel:
    return panel_of(skating())


def z_scores(panel: Panel) -> tuple[Real, Real, Real]:
    """The market's standard: each judge's values less their mean, by their deviation. Also both, by judge."""
    count = np.maximum(np.bincount(panel.judge, minlength=len(panel.judges)), 1)
    mean = np.bincount(panel.judge, panel.value, minlength=len(count)) / count
    square = np.bincount(panel.judge, panel.value**2, minlength=len(count)) / count
    deviation = np.sqrt(np.maximum(square - mean**2, 1e-6))
    z = (panel.value - mean[panel.judge]) / deviation[panel.judge]
    items = np.maximum(np.bincount(panel.item, minlength=len(panel.items)), 1)
    return np.bincount(panel.item, z, minlength=len(items)) / items, mean, deviation


def found_of_best(totals: Real, truth: Real, panel: Panel, places: int = 5) -> float:
    """The share of the true best that these totals find, over categories where not all are among the best."""
    shares = []
    for number in range(len(panel.categories)):
        items = panel.of_category(number)
        if len(items) <= places:
            continue
        best = set(items[np.argsort(-truth[items], kind="stable")[:places]].tolist())
        shares.append(
            len(best & set(items[np.argsort(-totals[items], kind="stable")[:places]].tolist())) / len(best)
        )
    return float(np.mean(shares))


SCENARIOS = ("random", "pools", "ceiling", "missing", "bloc")


@dataclass(frozen=True)
class World:
    """A made-up round: what each nomination is worth and each judge is like; `values` are what judges would give."""

    scenario: str
    worth: Real
    category: Whole
    severity: Real
    spread: Real
    noise: Real
    pool: Whole
    seed: int

    def panel(self, pairs: list[tuple[int, int]]) -> Panel:
        """The sheets of these pairs of judge and item, five whole marks from 1 to 10; a pair's are always the same."""
        judge, item = (
            np.array(side) for side in zip(*sorted(pairs, key=lambda pair: pair[::-1]), strict=True)
        )
        expected = 5.5 + self.severity[judge] + self.spread[judge] * self.worth[item]
        if self.scenario == "ceiling":
            expected = expected + 2.2
        luck = np.stack([self._luck(judge, item, draw) for draw in range(7)], axis=1)
        sheet = expected + self.noise[judge] * 0.9 * ndtri(luck[:, 0])
        marks = np.clip(np.rint(sheet[:, None] + 0.7 * ndtri(luck[:, 1:6])), 1, 10)
        value = marks.mean(axis=1)
        if self.scenario == "bloc":
            value = self._with_blocs(judge, item, value)
        keep = np.ones(len(judge), dtype=bool)
        if self.scenario == "missing":  # about a quarter, above all those that the judge dislikes
            dislike = (value - value.mean()) / value.std()
            keep = luck[:, 6] > np.clip(0.25 - 0.2 * dislike, 0, 0.8)
            keep[np.unique(item, return_index=True)[1]] = True
        judges = tuple(f"j{number:04}" for number in range(len(self.severity)))
        items = tuple((f"c{category:02}", f"n{number:05}") for number, category in enumerate(self.category))
        categories = tuple(sorted({category for category, _ in items}))
        return Panel(judges, items, categories, judge[keep], item[keep], self.category, value[keep])

    def _luck(self, judge: Whole, item: Whole, draw: int) -> Real:
        """A number between 0 and 1 for each pair (SplitMix64 of its own numbers)."""
        mixed = judge.astype(np.uint64) * np.uint64(1_000_003) + item.astype(np.uint64)
        mixed = mixed * np.uint64(8) + np.uint64(draw) + np.uint64(self.seed * 0x9E3779B97F4A7C15 % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        return (np.asarray(mixed >> np.uint64(11), dtype=np.float64) + 0.5) / 2**53

    def _with_blocs(self, judge: Whole, item: Whole, value: Real) -> Real:
        """The judge with the number of a category gives one nomination there 10 and all others 1."""
        sold = judge == self.category[item]
        value = np.where(sold, 1.0, value)
        value[np.flatnonzero(sold)[np.unique(judge[sold], return_index=True)[1]]] = 10
        return value


def world(
    scenario: str, chance: np.random.Generator, *, items: int = 1000, categories: int = 20, judges: int = 200
) -> World:
    ceiling = scenario == "ceiling"
    return World(
        scenario=scenario,
        worth=chance.normal(0, 1, items),
        category=np.sort(np.arange(items) % categories),
        severity=chance.normal(0, 0.8, judges),
        spread=np.exp(chance.normal(0, 0.25 if ceiling else 0.1, judges)),
        noise=np.exp(chance.normal(0, 0.2, judges)),
        pool=np.arange(judges) % 4,
        seed=int(chance.integers(1, 2**31)),
    )


def assigned(
    made: World, k: int, chance: np.random.Generator, *, extra: dict[int, int] | None = None, given: Any = ()
) -> list[tuple[int, int]]:
    """Pairs of judge and item: k an item (or `extra` of it), loads level, none of those given before."""
    judges = len(made.severity)
    load = np.zeros(judges)
    before = defaultdict(set)
    for judge, item in given:
        before[item].add(judge)
        load[judge] += 1
    wanted = dict.fromkeys(range(len(made.worth)), k) if extra is None else extra
    pairs = []
    for item in chance.permutation(sorted(wanted)):
        weight = load + chance.random(judges) * 2
        if made.scenario == "pools":
            home = int(item) % 4
            weight = weight + np.where((made.pool != home) & (chance.random(judges) > 0.2), 1e6, 0)
        if made.scenario == "bloc" and item % 5 == 0:
            weight[made.category[item]] = -1
        weight[list(before[int(item)])] = np.inf
        chosen = np.argsort(weight)[: wanted[int(item)]]
        load[chosen] += 1
        pairs += [(int(judge), int(item)) for judge in chosen]
    return pairs
