"""Ladders: how nominations that are level across a cut are told apart, step by step.

A cut is a number of places: level nominations matter where one cut runs through them. Every step compares all
that are level at once; those that a cut still runs through go on to the next step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from judging.rules import EXTEND_BY
from judging.values import Method, SecondRound, Step, StepResult

Level = frozenset[str]
Groups = Sequence[Sequence[str]]
Measure = Callable[[Level], Mapping[str, Fraction] | None]

MARKS_STEPS = (Step.OWN_CRITERION, Step.MEDIAN, Step.LOWEST_SHARE)
LOWER_IS_BETTER = frozenset({Step.LOWEST_SHARE})
ENDINGS = frozenset({Step.LOT, Step.SHARE})
SHORTLIST_STEPS = (*MARKS_STEPS, Step.EXTEND, Step.CHAIR, Step.LOT)


def possible_steps(second_round: SecondRound, method: Method | None) -> tuple[Step, ...]:
    """The steps that a ladder for prizes may have, given how the second round is decided."""
    common = (Step.CHAIR, Step.LOT, Step.SHARE)
    if second_round is SecondRound.NONE:
        return (*MARKS_STEPS, *common)
    if second_round is SecondRound.PANEL:
        return (*MARKS_STEPS, Step.FIRST_ROUND, *common)
    if method is not None and method.is_ranking:
        return (Step.HEAD_TO_HEAD, Step.FIRST_PLACES, Step.FIRST_ROUND, Step.RUNOFF, *common)
    return (Step.FIRST_ROUND, Step.RUNOFF, *common)


def ends(ladder: Sequence[Step]) -> bool:
    """Whether a ladder always ends: its last step is a lot or a shared prize, none comes before it but the chair's.

    What the chair leaves level, or may not decide, is settled by what follows at once (domain.md section 4).
    """
    if not ladder or ladder[-1] not in ENDINGS or ENDINGS.intersection(ladder[:-1]):
        return False
    return Step.CHAIR not in ladder[:-2]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people and chance decided outside the marks and ballots, keyed by the set of level nominations.

    `orders`: the chair's order, best first; nominations it leaves out stay level below it.
    `barred`: sets for which chair and deputies all have a conflict, so that the step is passed over.
    `lots`: lots as stated, for sets that hold a nomination without a reference.
    `runoffs`: votes in a run-off among exactly that set.
    """

    orders: Mapping[Level, tuple[str, ...]] = field(default_factory=dict)
    barred: frozenset[Level] = frozenset()
    lots: Mapping[Level, tuple[str, ...]] = field(default_factory=dict)
    runoffs: Mapping[Level, Mapping[str, Fraction]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step on one set of level nominations.

    `level` is sorted; `numbers` are the values compared, in that order, empty where a step has none;
    `groups` the order it gave, best first, one group where nothing was parted.
    """

    step: Step
    result: StepResult
    level: tuple[str, ...]
    numbers: tuple[Fraction, ...]
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """One nomination after the ladder: its place from 1, shared by those still level, and what settled it.

    `settled_by` is None where no cut ran through it; `open` where a person has yet to decide.
    """

    nomination: str
    place: int
    settled_by: Step | None
    open: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    placed: tuple[Placed, ...]
    steps: tuple[StepTaken, ...]

    @property
    def waiting(self) -> tuple[StepTaken, ...]:
        """The steps on which a person or a run-off has yet to decide."""
        return tuple(step for step in self.steps if step.result is StepResult.WAITING)


def draw(seed: str, references: Iterable[str]) -> tuple[str, ...]:
    """The lot: references in the order of SHA-256(seed:reference), smallest first (domain.md section 4)."""
    return tuple(sorted(references, key=lambda ref: hashlib.sha256(f"{seed}:{ref}".encode()).hexdigest()))


def group_by_value(values: Mapping[str, Fraction], *, lower_is_better: bool = False) -> list[tuple[str, ...]]:
    """Nominations in groups of equal value, best first; within a group in the order of their names."""
    common = lcm(*{value.denominator for value in values.values()})
    groups: dict[int, list[str]] = {}
    for nomination in sorted(values):
        value = values[nomination]
        groups.setdefault(value.numerator * (common // value.denominator), []).append(nomination)
    return [tuple(groups[value]) for value in sorted(groups, reverse=not lower_is_better)]


def settle(
    groups: Groups,
    *,
    cuts: Iterable[int],
    ladder: Sequence[Step],
    measures: Mapping[Step, Measure],
    verdicts: Verdicts,
    seed: str | None,
) -> Settlement:
    """Take the ladder wherever a cut runs through level nominations.

    `groups` are level nominations, best group first. `measures` give the exact values of the steps that
    compare numbers, higher is better but for LOWER_IS_BETTER; None means that the step does not apply. `seed` is
    needed only where a lot is drawn and not stated. ValueError: a ladder for which `ends` is false, a lot without
    a seed, an order with strangers or repetitions, a stated lot that leaves somebody out.
    """
    if not ends(ladder):
        raise ValueError("the ladder can end unresolved")
    climb = _Climb(frozenset(cuts), tuple(ladder), measures, verdicts, seed)
    start = 0
    for group in groups:
        climb.take(tuple(group), start, rung=0, settled_by=None)
        start += len(group)
    return Settlement(tuple(climb.placed), tuple(climb.steps))


@dataclass(slots=True)
class _Climb:
    cuts: frozenset[int]
    ladder: tuple[Step, ...]
    measures: Mapping[Step, Measure]
    verdicts: Verdicts
    seed: str | None
    placed: list[Placed] = field(default_factory=list)
    steps: list[StepTaken] = field(default_factory=list)

    def take(self, level: tuple[str, ...], start: int, *, rung: int, settled_by: Step | None) -> None:
        if not any(start < cut < start + len(level) for cut in self.cuts):
            self._place(level, start, settled_by)
            return
        step = self.ladder[rung]
        if step is Step.EXTEND:
            self._extend(level, start, rung)
        elif step is Step.SHARE:
            self._log(step, StepResult.SETTLED, level, groups=(level,))
            self._place(level, start, step)
        elif step is Step.CHAIR and frozenset(level) in self.verdicts.barred:
            self._log(step, StepResult.SKIPPED, level)
            self.take(level, start, rung=rung + 1, settled_by=step)
        else:
            self._compare(step, level, start, rung)

    def _compare(self, step: Step, level: tuple[str, ...], start: int, rung: int) -> None:
        numbers: tuple[Fraction, ...] = ()
        if step is Step.CHAIR or step is Step.LOT:
            parted = self._ordered(step, level)
        else:
            parted, numbers = self._measured(step, level)
        if parted is None:
            waits = step is Step.CHAIR or step is Step.RUNOFF
            self._log(step, StepResult.WAITING if waits else StepResult.SKIPPED, level)
            if waits:
                self._place(level, start, step, waiting=True)
            else:
                self.take(level, start, rung=rung + 1, settled_by=step)
            return
        self._log(step, self._result(parted, start), level, numbers, parted)
        for group in parted:
            self.take(group, start, rung=rung + 1, settled_by=step)
            start += len(group)

    def _ordered(self, step: Step, level: tuple[str, ...]) -> tuple[tuple[str, ...], ...] | None:
        stated = (self.verdicts.orders if step is Step.CHAIR else self.verdicts.lots).get(frozenset(level))
        if stated is None and step is Step.LOT:
            if self.seed is None:
                raise ValueError("a lot needs the seed")
            stated = draw(self.seed, level)
        if stated is None:
            return None
        left = tuple(nomination for nomination in level if nomination not in stated)
        if len(stated) + len(left) != len(level) or (left and step is Step.LOT):
            raise ValueError(f"no order of {level}: {stated}")
        return (*((nomination,) for nomination in stated), *((left,) if left else ()))

    def _measured(
        self, step: Step, level: tuple[str, ...]
    ) -> tuple[tuple[tuple[str, ...], ...] | None, tuple[Fraction, ...]]:
        if step is Step.RUNOFF:
            values = self.verdicts.runoffs.get(frozenset(level))
        else:
            values = self.measures[step](frozenset(level))
        if values is None:
            return None, ()
        parted = group_by_value(values, lower_is_better=step in LOWER_IS_BETTER)
        return tuple(parted), tuple(values[nomination] for nomination in sorted(level))

    def _extend(self, level: tuple[str, ...], start: int, rung: int) -> None:
        end = start + len(level)
        if end - max(cut for cut in self.cuts if start < cut < end) > EXTEND_BY:
            self._log(Step.EXTEND, StepResult.SKIPPED, level)
            self.take(level, start, rung=rung + 1, settled_by=Step.EXTEND)
        else:
            self._log(Step.EXTEND, StepResult.SETTLED, level, groups=(level,))
            self._place(level, start, Step.EXTEND)

    def _result(self, parted: tuple[tuple[str, ...], ...], start: int) -> StepResult:
        if len(parted) == 1:
            return StepResult.STILL_LEVEL
        for group in parted:
            if any(start < cut < start + len(group) for cut in self.cuts):
                return StepResult.PARTED
            start += len(group)
        return StepResult.SETTLED

    def _log(
        self,
        step: Step,
        result: StepResult,
        level: tuple[str, ...],
        numbers: tuple[Fraction, ...] = (),
        groups: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.steps.append(StepTaken(step, result, tuple(sorted(level)), numbers, groups))

    def _place(
        self, level: tuple[str, ...], start: int, settled_by: Step | None, *, waiting: bool = False
    ) -> None:
        self.placed += [Placed(nomination, start + 1, settled_by, waiting) for nomination in level]
