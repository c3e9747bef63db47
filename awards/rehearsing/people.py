"""Simulated judges and electors: what they mark and vote, from a seed alone."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from judging.rules import Rules, Vote
from judging.values import Method

SEVERITY, NOISE = 0.5, 0.8
"""How far judges differ from each other, and from themselves, in spreads of the nominations' quality."""
TASTE = 0.9
"""How far an elector's own taste moves a nomination."""


@dataclass(slots=True)
class Crowd:
    """The people of one run. The same seed and run always give the same, asked in the same order."""

    seed: str
    run: int
    quality: dict[str, float] = field(default_factory=dict)
    severity: dict[str, float] = field(default_factory=dict)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}/{self.run}")  # noqa: S311 (a simulation, no secret)

    def mark(
        self, rules: Rules, pairs: Iterable[tuple[str, str]], categories: Mapping[str, str]
    ) -> dict[tuple[str, str], dict[str, int]]:
        """Whole marks of each judge on each nomination that they read, by criterion."""
        low, high = rules.scale.lowest, rules.scale.highest
        middle, spread = low + 0.6 * (high - low), (high - low) / 6
        found = {}
        for judge, nomination in pairs:
            leaning = self._quality(nomination) + self._severity(judge)
            marks = {}
            for key in rules.category(categories[nomination]).criteria:
                wanted = round(middle + spread * (leaning + self.chance.gauss(0, NOISE)))
                marks[key] = min(high, max(low, wanted))
            found[judge, nomination] = marks
        return found

    def choose(self, vote: Vote, slate: Sequence[str], barred: Collection[str]) -> tuple[str, ...]:
        """One elector's choice among those that are not barred to them, the best first."""
        liked = {name: self._quality(name) + self.chance.gauss(0, TASTE) for name in slate}
        ranked = tuple(sorted((it for it in slate if it not in barred), key=lambda it: (-liked[it], it)))
        if vote.method.is_ranking:
            return ranked
        most = vote.approve_up_to if vote.method is Method.APPROVAL else 1
        return ranked[: self.chance.randint(1, max(1, min(most, len(ranked))))]

    def shuffle(self, names: Iterable[str]) -> tuple[str, ...]:
        """An order that a chair might give."""
        ordered = sorted(names)
        self.chance.shuffle(ordered)
        return tuple(ordered)

    def _quality(self, nomination: str) -> float:
        if nomination not in self.quality:
            self.quality[nomination] = self.chance.gauss(0, 1)
        return self.quality[nomination]

    def _severity(self, judge: str) -> float:
        if judge not in self.severity:
            self.severity[judge] = self.chance.gauss(0, SEVERITY)
        return self.severity[judge]
