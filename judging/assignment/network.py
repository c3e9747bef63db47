"""The best match under the rules, as a flow of least cost: nomination -> its regions -> judge -> sink.

A panel's places flow from its nomination. What can't be placed flows straight to the sink, so that a shortage is an
answer. Every rule that may yield is an arc with a price: so many times the best score that it is paid only where
nothing else helps, each rule so many times the one below it. Costs are whole, so the optimum is exact.

Only the best arcs of each nomination and each judge are laid. Shortest distances in what the flow leaves over are a
proof that no other arc could have been of use; where one could, it is laid too, and the flow found again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.instance import Flags, Grid, Instance, Ints, Match

DENSE = 300_000
"""Up to so many pairs all of them are laid."""
STEEP = 1_000
"""How many times the one below it a rule is worth, where whole numbers of 64 bits leave room for it."""
LARGEST = 1 << 57
NOBODY, ANYWHERE = -3, -2
"""Where an expert is to come from: no need, or from any region past the region rule; else a region's number."""
BLOCK = 64
"""Rows looked at in one go: few enough for the processor's own memory."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The match, and the pairs that were laid, sorted by row."""

    match: Match
    rows: Ints
    columns: Ints

    @property
    def arcs(self) -> int:
        return len(self.rows)


def solve(instance: Instance, first: Flags | None = None) -> Solution:
    """The match with the highest total among those that break the rules least. `first`: the pairs to begin with, by
    default the best ones; what else is of use is found.
    """
    laid = chosen(instance) if first is None else first.copy()
    while True:
        network, flow = _solved(instance, laid)
        match = network.match(flow)
        if laid is None:
            return Solution(match, network.rows, network.columns)
        useful = _useful(instance, network, flow, laid)
        if useful is None:
            return Solution(match, network.rows, network.columns)
        laid |= useful


def _solved(instance: Instance, laid: Flags | None) -> tuple[Network, Ints]:
    network = Network.of(instance, laid, nobody(instance))
    flow = network.solve()
    if instance.experts is None or not instance.lacking.any():
        return network, flow
    from judging.assignment import expertise

    return expertise.provided(instance, laid, network, flow)


def nobody(instance: Instance) -> Ints:
    """No nomination for which the network has to look for an expert."""
    return np.full(len(instance.demand), NOBODY)


def without_regions(instance: Instance) -> Instance:
    return replace(instance, cap=None, region=np.full_like(instance.region, -1))


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs by number: first those between nomination (or what stands for it) and judge, then all others."""

    rows: Ints
    columns: Ints
    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints
    through: Ints
    """The node from which an arc of row i to a judge of region r leaves: N x (regions + 1), the last for no region."""
    through_expert: Ints
    """The node from which a row's arcs to experts leave, -1 where they leave as the others do."""
    homes: Ints
    """Where each row's expert is to come from."""

    @classmethod
    def of(cls, instance: Instance, laid: Flags | None, homes: Ints) -> Network:
        n, j = instance.scores.shape
        rows, columns = np.nonzero(instance.scores >= 0) if laid is None else np.nonzero(laid)
        weights = _weights(instance, 2 * n + j + instance.taken.size)
        arcs = _Arcs(n + j + 1)
        nodes, judges, sink = np.arange(n), n + np.arange(j), n + j
        through = np.repeat(nodes[:, None], instance.taken.shape[1] + 1, axis=1)
        through_expert = np.full(n, -1)
        if instance.cap is not None and instance.taken.shape[1]:
            left = instance.left_of_region()
            through[:, :-1] = arcs.nodes(left.size).reshape(left.shape)
            tails = np.repeat(nodes, left.shape[1])
            arcs.add(tails, through[:, :-1].ravel(), left.ravel(), 0)
            arcs.add(
                tails, through[:, :-1].ravel(), np.repeat(instance.demand, left.shape[1]), weights.region
            )
        tail = through[rows, instance.region[columns] if instance.cap is not None else -1]
        if (which := np.flatnonzero(homes != NOBODY)).size:
            through_expert[which] = arcs.nodes(which.size)
            past = homes[which] == ANYWHERE
            before = through[which, np.where(past, -1, homes[which])]
            arcs.add(before, through_expert[which], np.ones_like(which), -weights.expert)
            arcs.add(before[past], through_expert[which[past]], instance.demand[which[past]], weights.region)
            arcs.add(before[~past], through_expert[which[~past]], instance.demand[which[~past]], 0)
            tail = np.where(_by_expert(instance, homes[rows], rows, columns), through_expert[rows], tail)
        arcs.add(nodes, np.full(n, sink), instance.demand, weights.unfilled)
        within = np.minimum(instance.least, instance.room)
        most = np.clip(instance.most, within, instance.room)
        arcs.add(judges, np.full(j, sink), within, -weights.load)
        arcs.add(judges, np.full(j, sink), most - within, 0)
        arcs.add(judges, np.full(j, sink), instance.room - most, weights.load)
        supply = np.zeros(arcs.size, np.int64)
        supply[:n] = instance.demand
        supply[sink] = -instance.demand.sum()
        scores = instance.scores[rows, columns].astype(np.int64)
        return cls(
            rows=rows,
            columns=columns,
            tail=np.concatenate((tail, *arcs.tail)),
            head=np.concatenate((judges[columns], *arcs.head)),
            capacity=np.concatenate((np.ones_like(rows), *arcs.capacity)),
            cost=np.concatenate((-scores, *arcs.cost)),
            supply=supply,
            through=through,
            through_expert=through_expert,
            homes=homes,
        )

    def solve(self) -> Ints:
        """The flow of each arc."""
        solver = SimpleMinCostFlow()
        numbers = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.capacity, self.cost)
        solver.set_nodes_supplies(np.arange(len(self.supply)), self.supply)
        status = solver.solve()
        if status != SimpleMinCostFlow.Status.OPTIMAL:
            raise ArithmeticError(status.name)
        return np.asarray(solver.flows(numbers), np.int64)

    def match(self, flow: Ints) -> Match:
        used = np.flatnonzero(flow[: len(self.rows)])
        return Match(self.rows[used], self.columns[used])

    def distances(self, flow: Ints) -> Ints:
        """For every node the least cost of any way to it through what the flow leaves over, from wherever it begins.

        With these as prices no arc of the network is worth a change, which proves the flow best.
        """
        on, back = np.flatnonzero(flow < self.capacity), np.flatnonzero(flow)
        tail = np.concatenate((self.tail[on], self.head[back]))
        head = np.concatenate((self.head[on], self.tail[back]))
        cost = np.concatenate((self.cost[on], -self.cost[back]))
        order = np.argsort(head, kind="stable")
        tail, head, cost = tail[order], head[order], cost[order]
        starts = np.flatnonzero(np.r_[True, head[1:] != head[:-1]])
        reached = head[starts]
        found = np.zeros(len(self.supply), np.int64)
        while True:
            better = np.minimum(found[reached], np.minimum.reduceat(found[tail] + cost, starts))
            if np.array_equal(better, found[reached]):
                return found
            found[reached] = better


@dataclass(frozen=True, slots=True)
class _Weights:
    region: int
    expert: int
    load: int
    unfilled: int


def _weights(instance: Instance, nodes: int) -> _Weights:
    """What it costs to break a rule once. A rule that isn't there takes no step of the stairs."""
    steps = 2 + (instance.cap is not None) + (instance.experts is not None)
    unit = max(1, int(instance.scores.max(initial=1)))
    steep = min(STEEP, int((LARGEST / unit / (nodes + 2)) ** (1 / steps)))
    region = unit * (steep if instance.cap is not None else 1)
    expert = region * (steep if instance.experts is not None else 1)
    return _Weights(region, expert, expert * steep, expert * steep * steep)


def _by_expert(instance: Instance, homes: Ints, rows: Ints, columns: Ints) -> Flags:
    """Whether a pair is one of those by which its nomination looks for an expert."""
    if instance.experts is None:
        return np.zeros(np.broadcast(rows, columns).shape, bool)
    there = (homes == ANYWHERE) | (instance.region[columns] == homes)
    return np.asarray(instance.experts[rows, columns] & there & (homes != NOBODY))


class _Arcs:
    """Arcs as they are laid, and how many nodes there are."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.tail: list[Ints] = []
        self.head: list[Ints] = []
        self.capacity: list[Ints] = []
        self.cost: list[Ints] = []

    def nodes(self, number: int) -> Ints:
        self.size += number
        return np.arange(self.size - number, self.size)

    def add(self, tail: Ints, head: Ints, capacity: Ints, cost: int) -> None:
        self.tail.append(tail)
        self.head.append(head)
        self.capacity.append(capacity)
        self.cost.append(np.full(len(tail), cost))


def chosen(instance: Instance) -> Flags | None:
    """About the best arcs of each nomination and of each judge; None for all, where they are few.

    Where a row is long, its bar is set by every so-manieth of its scores: what is missed is found by the proof.
    """
    n, j = instance.scores.shape
    if n * j <= DENSE:
        return None
    of_row = max(60, 12 * int(instance.demand.max(initial=0))) / j
    of_column = max(60, 2 * int(instance.demand.sum()) // max(1, j)) / n
    if of_row >= 0.5 or of_column >= 0.5:
        return None
    bars = _bars(instance.scores[:, :: _stride(j)], of_row)
    bar_of_column = _bars(instance.scores[:: _stride(n)].T, of_column)
    laid = np.empty((n, j), bool)
    for start in range(0, n, BLOCK):
        part = slice(start, start + BLOCK)
        np.greater_equal(instance.scores[part], np.minimum(bars[part, None], bar_of_column), out=laid[part])
    return laid


def _stride(length: int) -> int:
    return max(1, length // 800)


def _bars(sample: Grid, share: float) -> Grid:
    """The score that this share of each row reaches, at least 0."""
    sample = np.ascontiguousarray(sample)
    place = max(0, sample.shape[1] - 1 - int(share * sample.shape[1]))
    return np.maximum(0, np.partition(sample, place, axis=1)[:, place])


def _useful(instance: Instance, network: Network, flow: Ints, laid: Flags) -> Flags | None:
    """The arcs left out that could make the match better, by the prices of what was found; None where there is none."""
    n, j = instance.scores.shape
    prices = network.distances(flow)
    if np.abs(prices).max(initial=0) < 1 << 29:
        prices = prices.astype(np.int32)
    of_judge, of_row = prices[n : n + j], prices[network.through]
    region = instance.region if instance.cap is not None else None
    useful: Flags | None = None
    for start in range(0, n, BLOCK):
        part = slice(start, start + BLOCK)
        worth = instance.scores[part] + of_judge
        pays = worth > (of_row[part, -1:] if region is None else of_row[part][:, region])
        if (network.homes[part] != NOBODY).any():
            rows = np.arange(start, start + len(worth))[:, None]
            special = _by_expert(instance, network.homes[rows], rows, np.arange(j)[None, :])
            pays = np.where(special, worth > prices[network.through_expert[part]][:, None], pays)
        if pays.any() and (fresh := pays & ~laid[part] & (instance.scores[part] >= 0)).any():
            useful = np.zeros_like(laid) if useful is None else useful
            useful[part] = fresh
    return useful
