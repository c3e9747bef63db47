"""Who reads what: everybody everything, or so many judges a nomination; never a conflicted pair, loads level.

Loads are levelled as an optimal semi-matching: as long as a chain of hand-overs leads from one judge to another with
two nominations fewer, it is taken (Harvey, Ladner, Lovász and Tamir, "Semi-matchings for bipartite graphs and load
balancing", 2006). What is left cannot be levelled further by any choice of pairs.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from judging.assignment.values import Pair, Problem


def level(problem: Problem) -> list[Pair]:
    """Give each nomination its judges: within categories, conflicts and capacities, with loads as level as can be.

    Where capacities leave less room than is wanted, as many pairs as possible are made.
    """
    desk = _Desk.of(problem)
    for nomination in desk.order():
        while desk.want(nomination) > len(desk.readers[nomination]) and desk.find_reader(nomination):
            pass
    desk.level()
    return sorted((judge, name) for name, judges in desk.readers.items() for judge in judges)


@dataclass(slots=True)
class _Desk:
    """The pairs made so far. `allowed` are the judges who may read a nomination, `shelf` what one may hand over."""

    problem: Problem
    allowed: dict[str, frozenset[str]]
    capacity: dict[str, int | None]
    readers: dict[str, set[str]]
    shelf: dict[str, set[str]]
    loads: dict[str, int]
    settled: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, problem: Problem) -> _Desk:
        in_category: dict[str, frozenset[str]] = {}
        for work in problem.nominations:
            if work.category not in in_category:
                in_category[work.category] = frozenset(
                    judge.key
                    for judge in problem.judges
                    if judge.categories is None or work.category in judge.categories
                )
        barred: dict[str, set[str]] = {}
        for judge, nomination in problem.blocked | problem.unreadable:
            barred.setdefault(nomination, set()).add(judge)
        desk = cls(
            problem=problem,
            allowed={
                work.key: in_category[work.category].difference(barred.get(work.key, ()))
                for work in problem.nominations
            },
            capacity={judge.key: judge.capacity for judge in problem.judges},
            readers={work.key: set() for work in problem.nominations},
            shelf={judge.key: set() for judge in problem.judges},
            loads=dict.fromkeys((judge.key for judge in problem.judges), 0),
        )
        for judge, nomination in problem.issued - problem.blocked:
            if nomination in desk.readers and judge in desk.loads:
                desk.readers[nomination].add(judge)
                desk.loads[judge] += 1
        return desk

    def want(self, nomination: str) -> int:
        k = self.problem.per_nomination
        return len(self.allowed[nomination] | self.readers[nomination]) if k is None else k

    def order(self) -> list[str]:
        """Nominations with the fewest judges to choose from come first."""
        return sorted(self.allowed, key=lambda name: (len(self.allowed[name]), self._rank(name), name))

    def find_reader(self, nomination: str) -> bool:
        """One more judge for a nomination, if need be by a chain of hand-overs that ends where there is room."""
        free = self.allowed[nomination] - self.readers[nomination]
        with_room = [judge for judge in free if self._has_room(judge)]
        if with_room:
            least = min(self.loads[judge] for judge in with_room)
            level = [judge for judge in with_room if self.loads[judge] == least]
            judge = min(level, key=lambda key: (self._rank(key, nomination), key)) if level[1:] else level[0]
        else:
            came_from = self._reach(sorted(free))
            ends = [key for key in came_from if self._has_room(key)]
            if not ends:
                return False
            judge = self._hand_over(min(ends, key=lambda key: (self.loads[key], key)), came_from)
        self.readers[nomination].add(judge)
        self.shelf[judge].add(nomination)
        self.loads[judge] += 1
        return True

    def level(self) -> None:
        """Hand nominations over as long as that brings two loads closer."""
        while self.loads:
            left = [judge for judge in self.loads if judge not in self.settled]
            if not left:
                return
            start = min(left, key=lambda key: (-self.loads[key], key))
            most = self.loads[start] - 2
            if min(self.loads[judge] for judge in left) > most:
                return
            came_from = self._reach([start])
            ends = [key for key in came_from if self.loads[key] <= most and self._has_room(key)]
            if ends:
                self._hand_over(min(ends, key=lambda key: (self.loads[key], key)), came_from)
                self.settled.clear()
            else:
                self.settled.update(came_from)

    def _reach(self, starts: list[str]) -> dict[str, tuple[str, str] | None]:
        """The judges that a chain of hand-overs reaches: for each the giver and the nomination, None for a start."""
        came_from: dict[str, tuple[str, str] | None] = dict.fromkeys(starts)
        waiting = deque(starts)
        open_to = set(self.loads) - self.settled - set(starts)
        while waiting and open_to:
            giver = waiting.popleft()
            for nomination in sorted(self.shelf[giver]):
                takers = (self.allowed[nomination] & open_to) - self.readers[nomination]
                for taker in sorted(takers):
                    came_from[taker] = (giver, nomination)
                    waiting.append(taker)
                open_to -= takers
        return came_from

    def _hand_over(self, end: str, came_from: Mapping[str, tuple[str, str] | None]) -> str:
        """Carry out the chain that leads to `end`; the judge it starts from has one nomination fewer."""
        taker, step = end, came_from[end]
        while step is not None:
            giver, nomination = step
            self.readers[nomination].remove(giver)
            self.readers[nomination].add(taker)
            self.shelf[giver].remove(nomination)
            self.shelf[taker].add(nomination)
            self.loads[giver] -= 1
            self.loads[taker] += 1
            taker, step = giver, came_from[giver]
        return taker

    def _has_room(self, judge: str) -> bool:
        most = self.capacity[judge]
        return most is None or self.loads[judge] < most

    def _rank(self, *names: str) -> str:
        return hashlib.sha256(":".join((self.problem.seed, *names)).encode()).hexdigest()
