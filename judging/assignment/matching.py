"""A problem with scores: into arrays, through the flow, and back into names, with what has to be said of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
import ortools

from judging.assignment import fairness
from judging.assignment.instance import Flags, Grid, Instance, Ints
from judging.assignment.values import (
    Certificate,
    Method,
    Pair,
    Problem,
    Reader,
    Rule,
    Worst,
    Yield,
)
from judging.values import Json, canonical


@dataclass(frozen=True, slots=True)
class Frame:
    """A problem as an instance, and the names of its rows and columns."""

    problem: Problem
    fixed: frozenset[Pair]
    nominations: tuple[str, ...]
    judges: tuple[Reader, ...]
    instance: Instance

    @classmethod
    def of(cls, problem: Problem, fixed: frozenset[Pair]) -> Frame:
        works = sorted(problem.nominations, key=lambda it: drawn(problem.seed, it.key))
        judges = sorted(problem.judges, key=lambda it: drawn(problem.seed, it.key))
        row = {work.key: number for number, work in enumerate(works)}
        column = {judge.key: number for number, judge in enumerate(judges)}

        def places(pairs: Iterable[Pair]) -> tuple[list[int], list[int]]:
            known = [(row[b], column[a]) for a, b in pairs if a in column and b in row]
            return [it[0] for it in known], [it[1] for it in known]

        scores = np.full((len(works), len(judges)), -1, np.int32)
        whole = np.zeros_like(scores)
        for (judge, nomination), score in problem.scores.items():
            if judge in column and nomination in row:
                whole[row[nomination], column[judge]] = score
        reads = _reads([it.category for it in works], judges)
        scores[reads] = whole[reads]
        for pairs in (problem.blocked, problem.unreadable, problem.forbidden, fixed):
            scores[places(pairs)] = -1
        there = np.zeros(scores.shape, bool)
        there[places(fixed)] = True
        expert = np.zeros(scores.shape, bool)
        expert[places(problem.experts)] = True
        region, taken = _regions(problem, judges, there)
        wanted = problem.per_nomination or 0
        least, most, room = _bounds(problem, judges, there, scores)
        instance = Instance(
            scores=scores,
            demand=np.maximum(0, wanted - there.sum(axis=1)),
            least=least,
            most=most,
            room=room,
            region=region,
            cap=problem.per_region,
            taken=taken,
            experts=expert if problem.need_expert else None,
            lacking=np.full(len(works), problem.need_expert) & ~(there & expert).any(axis=1),
            base=np.where(there, whole, 0).sum(axis=1, dtype=np.int64),
        )
        return cls(problem, fixed, tuple(it.key for it in works), tuple(judges), instance)

    def named(self, rows: Ints, columns: Ints) -> list[Pair]:
        pairs = zip(columns.tolist(), rows.tolist(), strict=True)
        return [(self.judges[column].key, self.nominations[row]) for column, row in pairs]


def drawn(seed: str, key: str) -> tuple[str, str]:
    """Where a name stands in the order that the seed draws: equals are taken in this order, whoever listed them how."""
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest(), key


def _reads(categories: Sequence[str], judges: Sequence[Reader]) -> Flags:
    numbers = {key: number for number, key in enumerate(sorted(set(categories)))}
    by_category = np.array(
        [[it.categories is None or key in it.categories for it in judges] for key in numbers], bool
    ).reshape(len(numbers), len(judges))
    return by_category[[numbers[key] for key in categories]]


def _regions(problem: Problem, judges: Sequence[Reader], there: Flags) -> tuple[Ints, Ints]:
    """The number of each judge's region, and how many of each region a panel has already."""
    names = sorted({it.region for it in judges if it.region}) if problem.per_region is not None else []
    numbers = {name: number for number, name in enumerate(names)}
    region = np.array([numbers.get(it.region, -1) for it in judges], np.int64)
    taken = np.zeros((there.shape[0], len(names)), np.int64)
    for number in range(len(names)):
        taken[:, number] = there[:, region == number].sum(axis=1)
    return region, taken


def _bounds(
    problem: Problem, judges: Sequence[Reader], there: Flags, scores: Grid
) -> tuple[Ints, Ints, Ints]:
    """What each judge is to read of what is new: at least, at most, and at the utmost."""
    load, open_to = there.sum(axis=0), (scores >= 0).sum(axis=0)
    low, high = shares(problem)
    room = np.array(
        [
            len(there) if it.capacity is None else max(0, it.capacity - int(load[at]))
            for at, it in enumerate(judges)
        ],
        np.int64,
    )
    own = np.array([it.least for it in judges], np.int64)
    least = np.maximum(0, np.maximum(own, low) - load)
    most = room if high is None else np.minimum(room, np.maximum(0, np.maximum(high, own) - load))
    return np.minimum(np.minimum(least, room), open_to), most, room


def shares(problem: Problem) -> tuple[int, int | None]:
    """The load that every judge is to have at least and at most: shares of the fair one, rounded outwards."""
    fair = Fraction(len(problem.nominations) * (problem.per_nomination or 0), max(1, len(problem.judges)))
    low = 0 if problem.least_share is None else floor(fair * problem.least_share)
    return low, None if problem.most_share is None else ceil(fair * problem.most_share)


@dataclass(frozen=True, slots=True)
class Answer:
    pairs: list[Pair]
    alternates: dict[str, tuple[str, ...]]
    yields: tuple[Yield, ...]
    certificate: Certificate


def match(problem: Problem, fixed: frozenset[Pair]) -> Answer:
    """The best pairs by score beside those that are fixed."""
    frame = Frame.of(problem, fixed)
    outcome = fairness.solve(frame.instance, quick=problem.quick)
    pairs = [*fixed, *frame.named(outcome.match.rows, outcome.match.columns)]
    return Answer(
        pairs=pairs,
        alternates=standbys(frame, pairs),
        yields=tuple(yields(frame, pairs)),
        certificate=_certificate(frame, outcome),
    )


def _certificate(frame: Frame, outcome: fairness.Outcome) -> Certificate:
    worst = None
    if outcome.row >= 0:
        worst = Worst(frame.nominations[outcome.row], outcome.found, outcome.bound)
    return Certificate(
        inputs_sha256=hashlib.sha256(canonical(stated(frame.problem))).hexdigest(),
        seed=frame.problem.seed,
        solver=_solver(outcome.method),
        optimum=outcome.optimum,
        before_fairness=outcome.before_fairness,
        total=outcome.total,
        worst=worst,
        method=outcome.method,
        arcs=outcome.arcs,
    )


def _solver(method: Method) -> str:
    flow = f"OR-Tools {ortools.__version__}"
    if method is not Method.MILP:
        return flow
    import scipy  # loaded by then

    return f"{flow}, HiGHS of SciPy {scipy.__version__}"


def stated(problem: Problem) -> Json:
    """The problem as canonical JSON has it, in whatever order it was told."""

    def listed(pairs: Iterable[Pair]) -> list[Json]:
        return [list(pair) for pair in sorted(pairs)]

    return {
        "nominations": listed((it.key, it.category) for it in problem.nominations),
        "judges": [_reader(it) for it in sorted(problem.judges, key=lambda it: it.key)],
        "blocked": listed(problem.blocked),
        "unreadable": listed(problem.unreadable),
        "issued": listed(problem.issued),
        "pinned": listed(problem.pinned),
        "forbidden": listed(problem.forbidden),
        "experts": listed(problem.experts),
        "scores": [[*pair, problem.scores[pair]] for pair in sorted(problem.scores)],
        "per_nomination": problem.per_nomination,
        "per_region": problem.per_region,
        "need_expert": problem.need_expert,
        "alternates": problem.alternates,
        "least_share": None if problem.least_share is None else str(problem.least_share),
        "most_share": None if problem.most_share is None else str(problem.most_share),
        "seed": problem.seed,
    }


def _reader(judge: Reader) -> Json:
    categories = None if judge.categories is None else list[Json](sorted(judge.categories))
    return [judge.key, categories, judge.capacity, judge.least, judge.region]


def yields(frame: Frame, pairs: Sequence[Pair]) -> Iterable[Yield]:
    """The rules that the pairs don't keep, and where, the least important rule first."""
    problem, panels = frame.problem, panels_of(frame, pairs)
    if problem.per_region is not None:
        of = {it.key: it.region for it in frame.judges}
        for nomination in sorted(panels):
            found = Counter(of[judge] for judge in panels[nomination] if of[judge])
            for region in sorted(found):
                if found[region] > problem.per_region:
                    yield Yield(Rule.REGION, nomination, found[region], problem.per_region, region)
    if problem.need_expert:
        for nomination in sorted(panels):
            if not any((judge, nomination) in problem.experts for judge in panels[nomination]):
                yield Yield(Rule.EXPERT, nomination, 0, 1)
    yield from _loads(frame, Counter(judge for judge, _ in pairs))


def _loads(frame: Frame, loads: Counter[str]) -> Iterable[Yield]:
    """The loads outside their bounds. The common least asks nobody for more than is open to them."""
    low, high = shares(frame.problem)
    there = Counter(judge for judge, _ in frame.fixed)
    open_to = (frame.instance.scores >= 0).sum(axis=0)
    by_key = sorted(range(len(frame.judges)), key=lambda at: frame.judges[at].key)
    for at in by_key:
        judge = frame.judges[at]
        can = int(open_to[at]) + there[judge.key]
        common = min(low, can if judge.capacity is None else min(can, judge.capacity))
        least, found = max(judge.least, common), loads[judge.key]
        if found < least:
            yield Yield(Rule.LOAD, judge.key, found, least)
        most = None if high is None else max(high, judge.least)
        if most is not None and found > most:
            yield Yield(Rule.LOAD, judge.key, found, most)


def panels_of(frame: Frame, pairs: Iterable[Pair]) -> Mapping[str, set[str]]:
    panels: dict[str, set[str]] = {key: set() for key in frame.nominations}
    for judge, nomination in pairs:
        panels[nomination].add(judge)
    return panels


def standbys(frame: Frame, pairs: Sequence[Pair]) -> dict[str, tuple[str, ...]]:
    """Who takes over in each panel: the best of those who have room, nobody named much more often than others.

    The panels that are served worst choose first.
    """
    wanted, instance = frame.problem.alternates, frame.instance
    if not wanted or not frame.judges:
        return {}
    panels, column = panels_of(frame, pairs), {it.key: at for at, it in enumerate(frame.judges)}
    loads = Counter(judge for judge, _ in pairs)
    load = np.array([loads[it.key] for it in frame.judges])
    room = np.array(
        [load[at] + 1 if it.capacity is None else it.capacity for at, it in enumerate(frame.judges)]
    )
    named, often = (
        np.zeros(len(frame.judges), np.int64),
        ceil(Fraction(3 * wanted * len(panels), 2 * len(column))),
    )
    sums = {key: sum(frame.problem.scores.get((judge, key), 0) for judge in panels[key]) for key in panels}
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(range(len(panels)), key=lambda at: (sums[frame.nominations[at]], at)):
        key = frame.nominations[row]
        able = (instance.scores[row] >= 0) & (load < room)
        able[[column[judge] for judge in panels[key]]] = False
        choice = np.flatnonzero(able)
        order = np.lexsort(
            (load[choice] + named[choice], -instance.scores[row, choice], named[choice] >= often)
        )
        chosen = choice[order][:wanted]
        named[chosen] += 1
        found[key] = tuple(frame.judges[at].key for at in chosen)
    return dict(sorted(found.items()))
