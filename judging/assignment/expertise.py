"""An expert in each panel beside the region rule. The two cross, so that no one flow keeps both.

But a panel whose expert comes from a stated region does fit a flow. So the nominations that the best match leaves
without an expert first get one past the region rule; then each is bound to the region that this expert came from; and
other regions are tried as long as that helps, first where a rule is still broken.
"""

from __future__ import annotations

import numpy as np

from judging.assignment.instance import Flags, Instance, Ints, Match
from judging.assignment.network import ANYWHERE, NOBODY, Network, nobody

TRIES = 40
"""So many more flows are looked for at most, fewer where one takes long."""
FOR_RULES, FOR_TOTAL = 4_000_000, 400_000
"""So many pairs are laid in all these flows together, while a rule is broken and after that."""


def provided(instance: Instance, laid: Flags | None, network: Network, flow: Ints) -> tuple[Network, Ints]:
    """The network and flow in which as many nominations as can be have their expert."""
    homes = nobody(instance)
    network, flow = _bound(instance, laid, network, flow, homes, past=instance.cap is not None)
    if instance.cap is None or not (homes == ANYWHERE).any():
        return network, flow
    homes = _origins(instance, network.match(flow), homes)
    network = Network.of(instance, laid, homes)
    network, flow = _bound(instance, laid, network, network.solve(), homes, past=False)
    return _improved(instance, laid, network, flow, homes)


def _bound(
    instance: Instance, laid: Flags | None, network: Network, flow: Ints, homes: Ints, *, past: bool
) -> tuple[Network, Ints]:
    """Bind the nominations without an expert to have one, until all have or are bound. Changes `homes`."""
    while (fresh := without(instance, network.match(flow)) & (homes == NOBODY)).any():
        homes[fresh] = ANYWHERE if past else _likeliest(instance)[fresh]
        network = Network.of(instance, laid, homes)
        flow = network.solve()
    return network, flow


def without(instance: Instance, match: Match) -> Flags:
    """The nominations that need an expert, could have one and have none."""
    assert instance.experts is not None
    found = instance.lacking & (instance.experts & (instance.scores >= 0)).any(axis=1) & (instance.demand > 0)
    found[match.rows[instance.experts[match.rows, match.columns]]] = False
    return found


def _likeliest(instance: Instance) -> Ints:
    """The region of each nomination's best expert; -1 where regions don't matter."""
    assert instance.experts is not None
    if instance.cap is None:
        return np.full(len(instance.demand), -1)
    best: Ints = np.where(instance.experts, instance.scores, -2).argmax(axis=1)
    return np.asarray(instance.region[best])


def _origins(instance: Instance, match: Match, homes: Ints) -> Ints:
    """The region of the expert that each bound nomination was given."""
    assert instance.experts is not None
    found = np.where(homes == NOBODY, NOBODY, _likeliest(instance))
    given = instance.experts[match.rows, match.columns] & (homes[match.rows] != NOBODY)
    found[match.rows[given]] = instance.region[match.columns[given]]
    return found


def _improved(
    instance: Instance, laid: Flags | None, network: Network, flow: Ints, homes: Ints
) -> tuple[Network, Ints]:
    """Other regions for experts where a rule is broken, kept when fewer are."""
    regions = np.unique(instance.region)
    best, match = _broken(instance, network.match(flow)), network.match(flow)
    tried = 0
    queue = _in_turn(instance, match, homes)
    while (
        queue
        and tried < TRIES
        and tried * len(network.rows) < (FOR_RULES if best[1] or best[2] else FOR_TOTAL)
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
                queue = _in_turn(instance, network.match(flow), homes)
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


def _in_turn(instance: Instance, match: Match, homes: Ints) -> list[int]:
    """The bound nominations, first those where a rule is broken."""
    broken = (_over(instance, match) > 0) | without(instance, match)
    bound = np.flatnonzero(homes != NOBODY)
    return [int(row) for row in bound[np.argsort(~broken[bound], kind="stable")]]


def _broken(instance: Instance, match: Match) -> tuple[int, int, int, int]:
    """What a match breaks, and what it is worth: the lower the better."""
    loads = np.bincount(match.columns, minlength=len(instance.region))
    odd = np.maximum(0, loads - instance.most) + np.maximum(0, instance.least - loads)
    return (
        int(instance.demand.sum() - len(match.rows)) * (1 << 30) + int(odd.sum()),
        int(without(instance, match).sum()),
        int(_over(instance, match).sum()),
        -int(match.sums(instance).sum()),
    )
