"""What stands before a run, and what is to be said after it: pins that can be kept, panels that stay short, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from judging.assignment.values import Cause, Numbers, Pair, Problem, Reader, Shortage, Work


@dataclass(frozen=True, slots=True)
class Standing:
    """`fixed`: pairs that the run doesn't move, issued ones and the pins that can be kept. `refused`: other pins."""

    fixed: frozenset[Pair]
    refused: tuple[Shortage, ...]

    @classmethod
    def of(cls, problem: Problem) -> Standing:
        """An issued pair in conflict by now counts for nothing; one of somebody who isn't there is no pair."""
        capacity = {judge.key: judge.capacity for judge in problem.judges}
        nominations = {work.key for work in problem.nominations}
        fixed = {
            pair
            for pair in problem.issued - problem.blocked
            if pair[0] in capacity and pair[1] in nominations
        }
        loads = Counter(judge for judge, _ in fixed)
        refused = []
        for judge, nomination in sorted(problem.pinned - fixed):
            if judge not in capacity or nomination not in nominations:
                continue
            pair, most = (judge, nomination), capacity[judge]
            cause = _against(problem, pair)
            if cause is None and most is not None and loads[judge] >= most:
                cause = Cause.PIN_CAPACITY
            if cause is not None:
                refused.append(Shortage(nomination, 1, 0, cause, judge))
                continue
            fixed.add(pair)
            loads[judge] += 1
        return cls(frozenset(fixed), tuple(refused))

    def levelled(self, problem: Problem) -> Problem:
        """The problem for whom nothing but loads counts: what is fixed was issued, what is forbidden is blocked."""
        return replace(problem, issued=self.fixed, blocked=problem.blocked | (problem.forbidden - self.fixed))


def _against(problem: Problem, pair: Pair) -> Cause | None:
    """What stands against a pinned pair. Its category doesn't: who pins a pair has looked at it."""
    if pair in problem.blocked:
        return Cause.PIN_IN_CONFLICT
    if pair in problem.unreadable:
        return Cause.PIN_UNREADABLE
    return Cause.PIN_FORBIDDEN if pair in problem.forbidden else None


def shortages(problem: Problem, pairs: Sequence[Pair]) -> Iterable[Shortage]:
    """The nominations with fewer judges than they want; everybody's where everybody reads everything."""
    panels: dict[str, set[str]] = {work.key: set() for work in problem.nominations}
    loads: Counter[str] = Counter()
    for judge, nomination in pairs:
        panels[nomination].add(judge)
        loads[judge] += 1
    for work in sorted(problem.nominations, key=lambda it: it.key):
        panel = panels[work.key]
        if len(panel) >= (problem.per_nomination or max(1, len(problem.judges))):
            continue
        seen = _Sight.of(problem, work)
        wanted = (
            max(1, len(seen.open_to | panel)) if problem.per_nomination is None else problem.per_nomination
        )
        if len(panel) < wanted:
            yield Shortage(
                work.key,
                wanted,
                len(panel),
                seen.cause(panel, wanted),
                numbers=seen.numbers(problem, panel, loads),
            )


@dataclass(frozen=True, slots=True)
class _Sight:
    """The judges of a nomination's category, and what keeps some of them from it."""

    in_category: frozenset[str]
    readers: frozenset[str]
    in_conflict: frozenset[str]
    forbidden: frozenset[str]

    @classmethod
    def of(cls, problem: Problem, work: Work) -> _Sight:
        own = frozenset(judge.key for judge in problem.judges if _reads(judge, work))

        def among(pairs: frozenset[Pair]) -> frozenset[str]:
            return frozenset(key for key in own if (key, work.key) in pairs)

        blocked = among(problem.blocked)
        return cls(own, own - among(problem.unreadable), blocked, among(problem.forbidden) - blocked)

    @property
    def open_to(self) -> frozenset[str]:
        return self.readers - self.in_conflict - self.forbidden

    def cause(self, panel: set[str], wanted: int) -> Cause:
        """The first of what keeps judges out whose end would be enough."""
        open_to = self.open_to | panel
        if not self.in_category:
            return Cause.NO_JUDGES
        if len(open_to) >= wanted:
            return Cause.CAPACITY
        if len(open_to | (self.forbidden & self.readers)) >= wanted:
            return Cause.FORBIDDEN
        if len(open_to | (self.in_category - self.in_conflict)) >= wanted:
            return Cause.LANGUAGE
        return Cause.CONFLICTS if len(self.in_category) >= wanted else Cause.TOO_FEW_JUDGES

    def numbers(self, problem: Problem, panel: set[str], loads: Counter[str]) -> Numbers:
        full = {
            judge.key
            for judge in problem.judges
            if judge.capacity is not None and loads[judge.key] >= judge.capacity
        }
        return Numbers(
            in_category=len(self.in_category),
            readers=len(self.readers),
            in_conflict=len(self.readers & self.in_conflict),
            forbidden=len(self.readers & self.forbidden),
            without_room=len((self.open_to & full) - panel),
            read_it=len(panel),
        )


def _reads(judge: Reader, work: Work) -> bool:
    return judge.categories is None or work.category in judge.categories
