"""Whether marks can be compared within a category: judges are linked where panels share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from judging.assignment.values import Pair


@dataclass(frozen=True, slots=True)
class Link:
    """The judges of a category in the parts that no panel joins, the largest first; the share of sheets that cross
    pools: those of judges from another pool than most of their panel. None where nobody has a pool.
    """

    parts: tuple[tuple[str, ...], ...]
    crossing: Fraction | None = None

    @property
    def connected(self) -> bool:
        return len(self.parts) <= 1


def linked(
    categories: Mapping[str, Iterable[Pair]], pools: Mapping[str, str] | None = None
) -> dict[str, Link]:
    """How the judges of each category hang together by the pairs in it. `pools` names the pool of each judge."""
    return {key: _link(sorted(set(pairs)), pools or {}) for key, pairs in categories.items()}


def _link(pairs: list[Pair], pools: Mapping[str, str]) -> Link:
    panels: dict[str, list[str]] = {}
    for judge, nomination in pairs:
        panels.setdefault(nomination, []).append(judge)
    above: dict[str, str] = {judge: judge for judge, _ in pairs}

    def top(judge: str) -> str:
        while above[judge] != judge:
            above[judge] = judge = above[above[judge]]
        return judge

    for panel in panels.values():
        for judge in panel[1:]:
            above[top(judge)] = top(panel[0])
    parts: dict[str, list[str]] = {}
    for judge in sorted(above):
        parts.setdefault(top(judge), []).append(judge)
    ordered = sorted((tuple(part) for part in parts.values()), key=lambda it: (-len(it), it))
    return Link(tuple(ordered), _crossing(panels.values(), pools))


def _crossing(panels: Iterable[list[str]], pools: Mapping[str, str]) -> Fraction | None:
    crossing = sheets = 0
    for panel in panels:
        found = Counter(pools[judge] for judge in panel if pools.get(judge))
        sheets += found.total()
        crossing += found.total() - max(found.values(), default=0)
    return Fraction(crossing, sheets) if sheets else None
