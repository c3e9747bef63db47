"""An expert in each panel beside the region rule. The two cross, so that no one flow keeps both.

But a panel whose expert comes from a stated region does fit a flow. So the nominations that the best match leaves
without an expert first get one past the region rule; then each is bound to the region that this expert came from; and
other regions are tried as long as that helps: for many at once by the prices of the flow, then one by one, first where
a rule is still broken.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from judging.assignment.instance import Flags, Instance, Ints, Match
from judging.assignment.network import ANYWHERE, NOBODY, Network, nobody

Worth: TypeAlias = tuple[int, int, int, int]

TRIES = 40
"""So many more flows are looked for at most, fewer where one takes long."""
ONE_BY_ONE = 400_000
"""So many pairs are laid in all flows by which nominations are bound as they lose their expert; then all are bound."""
MOVES = 6
"""So many flows are looked for with other regions for many nominations at once."""
FAR = -(1 << 60)
"""Worse than whatever a pair can be worth."""
FOR_RULES, FOR_TOTAL = 2_000_000, 400_000
"""So many pairs are laid in all these flows together, while a rule is broken and after that."""


def provided(instance: Instance, laid: Flags | None, network: Network, flow: Ints) -> tuple[Network, Ints]:
    """The network and flow in which as many nominations as can be have their expert."""
    homes = nobody(instance)
    if instance.cap is None:
        return _bound(instance, laid, network, flow, homes, np.full_like(homes, -1))
    network, flow = _bound(instance, laid, network, flow, homes, np.full_like(homes, ANYWHERE))
    if not (homes == ANYWHERE).any():
        return network, flow
    ideal = _broken(instance, network.match(flow))
    origins = _origins(instance, network.match(flow))
    homes = np.where(homes == NOBODY, NOBODY, origins)
    network = Network.of(instance, laid, homes)
    network, flow = _bound(instance, laid, network, network.solve(), homes, origins)
    network, flow = _moved(instance, laid, network, flow)
    return _improved(instance, laid, network, flow, network.homes, ideal)


def _bound(
    instance: Instance, laid: Flags | None, network: Network, flow: Ints, homes: Ints, told: Ints
) -> tuple[Network, Ints]:
    """Bind the nominations without an expert to have one from where they are told, until all have or are bound. Where
    a flow takes long, all that need one are bound after a few. Changes `homes`.
    """
    rounds = 0
    while (fresh := without(instance, network.match(flow)) & (homes == NOBODY)).any():
        rounds += 1
        if rounds * len(network.rows) >= ONE_BY_ONE:
            fresh = could_have(instance) & (homes == NOBODY)
        homes[fresh] = told[fresh]
        network = Network.of(instance, laid, homes)
        flow = network.solve()
    return network, flow


def could_have(instance: Instance) -> Flags:
    """The nominations that need an expert and could have one."""
    assert instance.experts is not None
    there = (instance.experts & (instance.scores >= 0)).any(axis=1)
    return np.asarray(instance.lacking & there & (instance.demand > 0))


def without(instance: Instance, match: Match) -> Flags:
    """The nominations that need an expert, could have one and have none."""
    assert instance.experts is not None
    found = could_have(instance)
    found[match.rows[instance.experts[match.rows, match.columns]]] = False
    return found


def _origins(instance: Instance, match: Match) -> Ints:
    """The region of each nomination's expert in a match, or else of its best one."""
    assert instance.experts is not None
    best: Ints = np.where(instance.experts, instance.scores, -2).argmax(axis=1)
    found = np.array(instance.region[best])
    given = instance.experts[match.rows, match.columns]
    found[match.rows[given]] = instance.region[match.columns[given]]
    return found


def _moved(instance: Instance, laid: Flags | None, network: Network, flow: Ints) -> tuple[Network, Ints]:
    """Other regions for the experts of all nominations at once that would have a better panel by the judges' prices,
    kept when the match is better; where it isn't, for the half that would gain most.
    """
    best = _broken(instance, network.match(flow))
    homes, gain = _by_prices(instance, network, flow)
    for _ in range(MOVES):
        moving = np.flatnonzero(gain > 0)
        if not moving.size:
            break
        told = network.homes.copy()
        told[moving] = homes[moving]
        other = Network.of(instance, laid, told)
        answer = other.solve()
        worth = _broken(instance, other.match(answer))
        if worth < best:
            best, network, flow = worth, other, answer
            homes, gain = _by_prices(instance, network, flow)
        else:
            gain[moving[np.argsort(gain[moving], kind="stable")[: (len(moving) + 1) // 2]]] = 0
    return network, flow


def _by_prices(instance: Instance, network: Network, flow: Ints) -> tuple[Ints, Ints]:
    """The region from which each bound nomination's expert would best come if judges cost what the flow says, and what
    it would gain by it.

    The best panel with a certain judge is the best one without the lowest of those who stand in that judge's way: of
    the same region if there are as many as may be, else of all.
    """
    assert instance.experts is not None
    n, j = instance.scores.shape
    every = np.arange(n)
    worth = np.where(instance.scores >= 0, instance.scores + network.distances(flow)[n : n + j], FAR)
    left = np.c_[instance.left_of_region(), np.full(n, j)]
    lowest = np.full(left.shape, -FAR)
    need, able = instance.demand.copy(), worth.copy()
    for _ in range(int(need.max(initial=0))):
        able[left[:, instance.region] <= 0] = FAR
        at = able.argmax(axis=1)
        rows = np.flatnonzero((able[every, at] > FAR) & (need > 0))
        at = at[rows]
        lowest[rows, instance.region[at]] = able[rows, at]
        left[rows, instance.region[at]] -= 1
        need[rows] -= 1
        able[rows, at] = FAR
    lowest = np.where(left > 0, lowest.min(axis=1)[:, None], lowest)
    expert = np.where(instance.experts & (instance.scores >= 0), worth - lowest[:, instance.region], FAR)
    regions = np.unique(instance.region)
    of_region = np.stack([expert[:, instance.region == it].max(axis=1) for it in regions], axis=1)
    of_region = np.minimum(of_region, 0)
    now = of_region[every, np.minimum(np.searchsorted(regions, network.homes), len(regions) - 1)]
    gain = np.where(network.homes == NOBODY, 0, of_region.max(axis=1) - now)
    return regions[of_region.argmax(axis=1)], gain


def _improved(
    instance: Instance, laid: Flags | None, network: Network, flow: Ints, homes: Ints, ideal: Worth
) -> tuple[Network, Ints]:
    """Other regions for experts where a rule is broken, kept when fewer are. `ideal`: what the match past the region
    rule is worth; none breaks the rules above it less.
    """
    regions = np.unique(instance.region)
    best = _broken(instance, network.match(flow))
    tried = 0
    queue = _in_turn(instance, network, flow)
    while (
        queue
        and tried < TRIES
        and tried * len(network.rows) < (FOR_TOTAL if best[:3] <= (*ideal[:2], 0) else FOR_RULES)
    ):
        row = queue.pop(0)
        for home in regions:
            if home == homes[row] or not _has_expert(instance, row, home):
                continue
            tried += 1
            told = homes.copy()
            told[row] = home
            other = Network.of(instance, laid, told)
            answer = other.solve()
            worth = _broken(instance, other.match(answer))
            if worth < best:
                best, network, flow, homes = worth, other, answer, told
                queue = _in_turn(instance, network, flow)
                break
    return network, flow


def _has_expert(instance: Instance, row: int, home: int) -> bool:
    assert instance.experts is not None
    return bool((instance.experts[row] & (instance.scores[row] >= 0) & (instance.region == home)).any())


def _over(instance: Instance, match: Match) -> Ints:
    """By how many judges each nomination is above the region rule."""
    assert instance.cap is not None
    there = np.zeros_like(instance.taken)
    known = instance.region[match.columns] >= 0
    np.add.at(there, (match.rows[known], instance.region[match.columns][known]), 1)
    return np.asarray(np.maximum(0, there - instance.left_of_region()).sum(axis=1))


def _in_turn(instance: Instance, network: Network, flow: Ints) -> list[int]:
    """The bound nominations, first those where a rule is broken. Where none is, those alone that could gain: by the
    prices no other change of one region makes the total higher.
    """
    match = network.match(flow)
    broken = (_over(instance, match) > 0) | without(instance, match)
    bound = network.homes != NOBODY
    if not broken.any() and len(match.rows) == instance.demand.sum():
        bound &= _by_prices(instance, network, flow)[1] > 0
    rows = np.flatnonzero(bound)
    return [int(row) for row in rows[np.argsort(~broken[rows], kind="stable")]]


def _broken(instance: Instance, match: Match) -> Worth:
    """What a match breaks, and what it is worth: the lower the better."""
    loads = np.bincount(match.columns, minlength=len(instance.region))
    odd = np.maximum(0, loads - instance.most) + np.maximum(0, instance.least - loads)
    return (
        int(instance.demand.sum() - len(match.rows)) * (1 << 30) + int(odd.sum()),
        int(without(instance, match).sum()),
        int(_over(instance, match).sum()),
        -int(match.sums(instance).sum()),
    )
