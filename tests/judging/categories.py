"""Categories by number: few marks and few ballots, so that ties are common; and people who decide them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from hypothesis import strategies as st

from judging.ladder import Level, StepTaken, Verdicts
from judging.rules import Rules
from judging.values import Step, StepResult
from tests.builders import CATEGORY, Marks, rules
from tests.judging.independent import People, votes

NAMES = "ABCDEFGHI"
MARKS_STEPS = ["own_criterion", "median", "lowest_share"]


class Stepping(Protocol):
    @property
    def steps(self) -> tuple[StepTaken, ...]: ...


@dataclass(frozen=True)
class Category:
    """What one category is counted from; `temper` decides how chair and run-off voters behave."""

    rules: Rules
    sheets: dict[str, list[Marks]]
    temper: int


SHORTLIST_ENDINGS = [["chair", "lot"], ["lot"]]
ENDINGS = [["chair", "lot"], ["lot"], ["share"], ["chair", "share"]]
VOTE_STEPS = {
    "borda": ["head_to_head", "first_places", "first_round", "runoff"],
    "schulze": ["head_to_head", "first_places", "first_round", "runoff"],
    "approval": ["first_round", "runoff"],
    "one_choice": ["first_round", "runoff"],
}
MOST = {"one_choice": 1, "approval": 3, "borda": len(NAMES), "schulze": len(NAMES)}


def ladder(chance: random.Random, rungs: Sequence[str], endings: Sequence[list[str]]) -> list[str]:
    """Some of the rungs in any order, then one of the endings."""
    return [*chance.sample(rungs, chance.randint(0, len(rungs))), *chance.choice(endings)]


def category(temper: int, method: str | None) -> Category:
    """The category of a number, with one to nine nominations; without a method marks decide the prizes too."""
    chance = random.Random(f"{temper} {method}")
    highest, places = chance.randint(2, 3), chance.randint(2, 5)
    criteria = chance.choice([[CATEGORY, "value"], ["value"], [CATEGORY, "value", "reach"]])
    weights = chance.choice([["1", "1", "1"], ["1", "1", "1"], ["1", "2", "1/3"], ["3/10", "7/10", "1"]])
    counts = chance.choice([[1, 1], [1], [2], [1, 2], [1, 1, 1], [2, 1], []])
    found = rules(
        scale={"lowest": 1, "highest": highest},
        criteria=[{"key": key, "weight": weight} for key, weight in zip(criteria, weights, strict=False)],
        prizes=[{"key": f"prize-{n}", "count": count} for n, count in enumerate(counts)],
        categories=[{"key": CATEGORY, "places": max(places, sum(counts))}],
        shortlist={"ladder": ladder(chance, [*MARKS_STEPS, "extend"], SHORTLIST_ENDINGS)},
        second_round="vote" if method else "none",
        result={"ladder": ladder(chance, VOTE_STEPS.get(method or "", MARKS_STEPS), ENDINGS)},
        **({"vote": {"method": method, "approve_up_to": 3}} if method else {}),
    )
    names = NAMES[: chance.randint(1, len(NAMES))]
    judges = chance.choice([1, 2, 3, 4])
    drawn = [chance.randint(1, highest) for _ in range(judges * len(criteria))]
    likeness = chance.choice([0, 0.7, 1])
    return Category(found, {name: _sheets(chance, criteria, drawn, likeness) for name in names}, temper)


def _sheets(chance: random.Random, criteria: list[str], drawn: list[int], likeness: float) -> list[Marks]:
    """Sheets of one nomination: with `likeness` the marks that others have too, among the judges in another way."""
    marks = list(drawn) if chance.random() < likeness else [chance.randint(1, max(drawn)) for _ in drawn]
    if marks.count(2) > 1 and max(drawn) == 3 and chance.random() < 0.4:
        marks.remove(2)
        marks[marks.index(2)] = 1
        marks.append(max(drawn))
    chance.shuffle(marks)
    return [dict(zip(criteria, marks[n:], strict=False)) for n in range(0, len(marks), len(criteria))]


def ballots(temper: int, method: str, slate: Sequence[str]) -> list[tuple[str, ...]]:
    """A few valid choices, abstentions among them; some sets of rankings leave everybody level under Borda."""
    chance = random.Random(f"{temper} ballots")
    most = min(MOST[method], len(slate))
    rankings = [tuple(chance.sample(slate, len(slate))) for _ in range(chance.randint(1, 3))]
    kind = chance.choice(
        ["any", "any", "around", "to and fro"] if method in ("borda", "schulze") else ["any"]
    )
    if kind == "around":
        return [(*ranking[n:], *ranking[:n]) for ranking in rankings for n in range(len(ranking))]
    if kind == "to and fro":
        return [ranking for there in rankings for ranking in (there, there[::-1])]
    return [tuple(chance.sample(slate, chance.randint(0, most))) for _ in range(chance.randint(0, 5))]


def tempers() -> st.SearchStrategy[int]:
    return st.integers(0, 10**6)


def weights_of(found: Rules) -> dict[str, Fraction]:
    return {criterion.key: criterion.weight for criterion in found.criteria_of(CATEGORY)}


def decide(count: Callable[[Verdicts], Any], people: People, temper: int, method: str = "borda") -> Any:
    """Count again and again while somebody has to decide: the chair orders some or all, is barred, or waits.

    What was decided is added to `people`. Returns the last count.
    """
    while True:
        runoffs = {level: votes(method, sorted(level), cast) for level, cast in people.runoffs.items()}
        counted = count(Verdicts(people.orders, frozenset(people.barred), {}, runoffs))
        waiting = [step for step in counted.steps if step.result is StepResult.WAITING]
        if not any(answer(step, people, temper, method) for step in waiting):
            return counted


def answer(step: StepTaken, people: People, temper: int, method: str) -> bool:
    """One waiting step answered; False where it goes on waiting."""
    level: Level = frozenset(step.level)
    chance = random.Random(f"{temper}:{step.level}")
    if step.step is Step.RUNOFF:
        if chance.random() < 0.2:
            return False
        most = min(MOST[method], len(level))
        people.runoffs[level] = [tuple(chance.sample(step.level, chance.randint(0, most))) for _ in range(3)]
        return True
    mood = chance.random()
    if mood < 0.2:
        return False
    if mood < 0.4:
        people.barred.add(level)
    else:
        people.orders[level] = tuple(chance.sample(step.level, chance.randint(1, len(level))))
    return True
