"""Lifting the nominations that the best match serves worst: one change after another, the lowest first.

A change gives the lowest nomination a better judge, either one who has room or one of another nomination, which takes
the one that is given up. No change leaves another nomination below what the lowest had, makes a pair worse than the
worst of the best match, breaks a rule that the match keeps, or brings the total under a floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judging.assignment.instance import Flags, Instance, Ints, Match

CHOICES = 60
"""So many of a nomination's best judges are tried."""


def lift(instance: Instance, match: Match, among: Flags, target: int, floor: int) -> Match:
    """The match with the lowest of `among` lifted as far as `target`, its total at least `floor`."""
    bench = _Bench.of(instance, match)
    open_to = np.where(among, 0, np.iinfo(np.int64).max // 2)
    while among.any():
        low = int(np.argmin(bench.sums + open_to))
        if bench.sums[low] >= target:
            break
        step = bench.best(low, target, floor - bench.total)
        if step is None:
            break
        bench.take(step)
    rows, places = np.nonzero(bench.slots >= 0)
    return Match.of(rows, bench.slots[rows, places])


@dataclass(frozen=True, slots=True)
class _Step:
    """`row` gives up `given` and gets `taken`; `other`, if any, the other way round. Ordered by what it is worth."""

    worth: tuple[int, int]
    row: int
    given: int
    taken: int
    other: int


@dataclass(slots=True)
class _Bench:
    instance: Instance
    slots: Ints
    sums: Ints
    loads: Ints
    least: Ints
    most: Ints
    holders: list[list[int]]
    regions: Ints
    experts: Ints
    total: int
    worst_pair: int

    @classmethod
    def of(cls, instance: Instance, match: Match) -> _Bench:
        n, j = instance.scores.shape
        loads = np.bincount(match.columns, minlength=j)
        order = np.argsort(match.columns, kind="stable")
        cuts = np.cumsum(loads)[:-1]
        regions = instance.taken.copy()
        if regions.shape[1]:
            known = instance.region[match.columns] >= 0
            np.add.at(regions, (match.rows[known], instance.region[match.columns][known]), 1)
        experts = np.zeros(n, np.int64)
        if instance.experts is not None:
            np.add.at(experts, match.rows, instance.experts[match.rows, match.columns])
        sums = match.sums(instance)
        worth = instance.scores[match.rows, match.columns]
        return cls(
            instance=instance,
            slots=match.slots(n),
            sums=sums,
            loads=loads,
            least=np.minimum(instance.least, loads),
            most=np.maximum(instance.most, loads),
            holders=[part.tolist() for part in np.split(match.rows[order], cuts)],
            regions=regions,
            experts=experts,
            total=int(sums.sum()),
            worst_pair=int(worth.min()) if len(worth) else 0,
        )

    def best(self, row: int, target: int, slack: int) -> _Step | None:
        """The change that lifts this row highest, up to the target, at the least loss."""
        worth, mine = self.instance.scores[row], self.slots[row]
        mine = mine[mine >= 0]
        candidates = np.flatnonzero(worth > max(self.worst_pair - 1, int(worth[mine].min(initial=1 << 30))))
        if len(candidates) > CHOICES:
            candidates = candidates[np.argpartition(worth[candidates], -CHOICES)[-CHOICES:]]
        candidates = candidates[~np.isin(candidates, mine)]
        found = [*self._direct(row, mine, candidates, target, slack)]
        holders = [self.holders[column] for column in candidates]
        others = np.array([it for group in holders for it in group], np.int64)
        columns = np.repeat(candidates, [len(group) for group in holders])
        for given in mine:
            step = self._swap(row, int(given), others, columns, target, slack)
            if step is not None:
                found.append(step)
        best = max(found, key=lambda it: it.worth, default=None)
        return best if best is not None and best.worth[0] > self.sums[row] else None

    def _direct(self, row: int, mine: Ints, candidates: Ints, target: int, slack: int) -> list[_Step]:
        free = candidates[self.loads[candidates] < self.most[candidates]]
        steps = []
        for given in mine[self.loads[mine] > self.least[mine]]:
            fits = free[self._fits(row, given, free)]
            if not len(fits):
                continue
            taken = fits[np.argmax(self.instance.scores[row, fits])]
            change = int(self.instance.scores[row, taken]) - int(self.instance.scores[row, given])
            if change >= slack:
                lifted = min(target, int(self.sums[row]) + change)
                steps.append(_Step((lifted, change), row, int(given), int(taken), -1))
        return steps

    def _swap(
        self, row: int, given: int, others: Ints, columns: Ints, target: int, slack: int
    ) -> _Step | None:
        scores = self.instance.scores
        new = scores[others, given].astype(np.int64)
        mine = scores[row, columns].astype(np.int64) - int(scores[row, given])
        theirs = new - scores[others, columns]
        change = mine + theirs
        worth = np.minimum(np.minimum(self.sums[row] + mine, self.sums[others] + theirs), target)
        good = (new >= max(0, self.worst_pair)) & (worth > self.sums[row]) & (change >= slack)
        good &= (self.slots[others] != given).all(axis=1)
        at = np.flatnonzero(good)
        at = at[self._fits(row, given, columns[at]) & self._fits(others[at], columns[at], given)]
        if not len(at):
            return None
        best = at[np.lexsort((change[at], worth[at]))[-1]]
        return _Step((int(worth[best]), int(change[best])), row, given, int(columns[best]), int(others[best]))

    def _fits(self, rows: Ints | int, given: Ints | int, taken: Ints | int) -> Flags:
        """Whether rows may have one judge for the other, by regions and experts."""
        instance = self.instance
        fits = np.ones(np.broadcast(rows, given, taken).shape, bool)
        if instance.cap is not None and self.regions.shape[1]:
            old, new = instance.region[given], instance.region[taken]
            fits &= (new < 0) | (old == new) | (self.regions[rows, new] < instance.cap)
        if instance.experts is not None:
            lost = instance.experts[rows, given] & ~instance.experts[rows, taken]
            fits &= ~(lost & instance.lacking[rows] & (self.experts[rows] == 1))
        return fits

    def take(self, step: _Step) -> None:
        self._change(step.row, step.given, step.taken)
        if step.other >= 0:
            self._change(step.other, step.taken, step.given)

    def _change(self, row: int, given: int, taken: int) -> None:
        instance = self.instance
        change = int(instance.scores[row, taken]) - int(instance.scores[row, given])
        self.slots[row, self.slots[row] == given] = taken
        self.sums[row] += change
        self.total += change
        self.loads[given] -= 1
        self.loads[taken] += 1
        self.holders[given].remove(row)
        self.holders[taken].append(row)
        if self.regions.shape[1]:
            for column, by in ((given, -1), (taken, 1)):
                if instance.region[column] >= 0:
                    self.regions[row, instance.region[column]] += by
        if instance.experts is not None:
            self.experts[row] += int(instance.experts[row, taken]) - int(instance.experts[row, given])
