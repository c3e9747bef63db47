"""The count a second time, from the text of the rules and by brute force; imports nothing of `judging`.

Ladders are climbed rung by rung over all groups, not group by group; Borda averages over every order in which the
unranked could stand; medians and means are the standard library's.
"""

import hashlib
import statistics
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations

Level = frozenset[str]


@dataclass
class People:
    """What the chair, chance and run-offs decided: orders by level set, sets nobody may decide, run-off ballots."""

    orders: dict[Level, tuple[str, ...]] = field(default_factory=dict)
    barred: set[Level] = field(default_factory=set)
    runoffs: dict[Level, list[tuple[str, ...]]] = field(default_factory=dict)
    seed: str = ""


@dataclass
class Group:
    """Level nominations, the first place they cover, and how they came to it."""

    names: list[str]
    first: int
    settled_by: str | None = None
    open: bool = False

    def is_cut(self, cuts: list[int]) -> bool:
        places = range(self.first, self.first + len(self.names))
        return any(cut in places and cut + 1 in places for cut in cuts)


@dataclass
class Found:
    """Place, what settled it, and whether it is open, by nomination; and every step taken, with the level set."""

    place: dict[str, int]
    settled_by: dict[str, str | None]
    open: set[str]
    steps: set[tuple[str, Level]]


def judge_total(weights: dict[str, Fraction], sheet: dict[str, int]) -> Fraction:
    return sum(weights[key] * sheet[key] for key in weights) / sum(weights.values())


def total(weights: dict[str, Fraction], sheets: list[dict[str, int]]) -> Fraction:
    return statistics.mean([judge_total(weights, sheet) for sheet in sheets])


def marks_step(
    step: str,
    name: str,
    category: str,
    weights: dict[str, Fraction],
    sheets: dict[str, list[dict[str, int]]],
    lowest: int,
) -> Fraction | None:
    """What a step compares, turned so that more is better."""
    mine = sheets[name]
    if step == "own_criterion":
        return Fraction(sum(sheet[category] for sheet in mine), len(mine)) if category in weights else None
    if step == "median":
        return Fraction(statistics.median([judge_total(weights, sheet) for sheet in mine]))
    every_mark = [sheet[key] for sheet in mine for key in weights]
    return -Fraction(every_mark.count(lowest), len(every_mark))


def points(method: str, slate: list[str], ballot: tuple[str, ...], name: str) -> Fraction:
    if not ballot:
        return Fraction(0)
    if method != "borda":
        return Fraction(int(name in ballot))
    unranked = [other for other in slate if other not in ballot]
    orders = [(*ballot, *rest) for rest in permutations(unranked)]
    return Fraction(sum(len(slate) - 1 - order.index(name) for order in orders), len(orders))


def beats(slate: list[str], ballots: list[tuple[str, ...]]) -> set[tuple[str, str]]:
    """Who beats whom under Schulze: from the strongest victory down, who is reached first by chains of such."""
    won = {(a, b): sum(is_above(it, a, b) for it in ballots) for a in slate for b in slate}
    victories = {pair: votes for pair, votes in won.items() if votes > won[pair[::-1]]}
    reached: dict[tuple[str, str], int] = {}
    for strength in sorted(set(victories.values()), reverse=True):
        for one in slate:
            there, found = {one}, {one}
            while found:
                found = {b for (a, b), votes in victories.items() if a in found and votes >= strength} - there
                there |= found
            for other in there - {one}:
                reached.setdefault((one, other), strength)
    return {(a, b) for (a, b), it in reached.items() if it > reached.get((b, a), 0)}


def schulze(slate: list[str], ballots: list[tuple[str, ...]]) -> dict[str, Fraction]:
    """How many each stands above: the unbeaten first, then those whom only they beat, and so on."""
    pairs, layer = beats(slate, ballots), dict[str, int]()
    while len(layer) < len(slate):
        left = [it for it in slate if it not in layer]
        unbeaten = [b for b in left if not any((a, b) in pairs for a in left)]
        layer |= dict.fromkeys(unbeaten, len(layer))
    return {name: Fraction(sum(it > layer[name] for it in layer.values())) for name in slate}


def votes(method: str, slate: list[str], ballots: list[tuple[str, ...]]) -> dict[str, Fraction]:
    if method == "schulze":
        return schulze(slate, ballots)
    return {name: sum((points(method, slate, it, name) for it in ballots), Fraction(0)) for name in slate}


def is_above(ballot: tuple[str, ...], one: str, other: str) -> bool:
    return one in ballot and (other not in ballot or ballot.index(one) < ballot.index(other))


def duels_won(ballots: list[tuple[str, ...]], name: str, level: Level) -> Fraction:
    won = Fraction(0)
    for other in level - {name}:
        for_me = sum(is_above(ballot, name, other) for ballot in ballots)
        against = sum(is_above(ballot, other, name) for ballot in ballots)
        won += Fraction(1) if for_me > against else Fraction(1, 2) if for_me == against else 0
    return won


def first_places(ballots: list[tuple[str, ...]], name: str) -> Fraction:
    return Fraction(sum(ballot[:1] == (name,) for ballot in ballots))


def lot_order(seed: str, names: Level) -> tuple[str, ...]:
    left, order = set(names), []
    while left:
        smallest = min(left, key=lambda name: hashlib.sha256((seed + ":" + name).encode()).digest())
        order.append(smallest)
        left.remove(smallest)
    return tuple(order)


def climb(values: dict[str, Fraction], cuts: list[int], ladder: list[str], compare, people: People) -> Found:
    """`compare(step, name, level)` is what a step compares, more is better, None where it does not apply."""
    groups = split(list(values), 1, lambda name: values[name], None)
    steps: set[tuple[str, Level]] = set()
    settled: list[Group] = []
    for step in ladder:
        waiting = []
        for group in groups:
            if not group.is_cut(cuts):
                settled.append(group)
                continue
            level = frozenset(group.names)
            steps.add((step, level))
            outcome = take(step, group, level, cuts, compare, people)
            if outcome is None:
                settled.append(group)
            else:
                waiting += outcome
        groups = waiting
    settled += groups
    return Found(
        place={name: group.first for group in settled for name in group.names},
        settled_by={name: group.settled_by for group in settled for name in group.names},
        open={name for group in settled if group.open for name in group.names},
        steps=steps,
    )


def take(
    step: str, group: Group, level: Level, cuts: list[int], compare, people: People
) -> list[Group] | None:
    """The groups that a step makes of one; None where it ends the matter for all of them."""
    if step == "share":
        group.settled_by = step
        return None
    if step == "extend":
        last = group.first + len(group.names) - 1
        if last - cuts[0] <= 2:
            group.settled_by = step
            return None
        return [group]
    if step == "chair":
        if level in people.barred:
            return [group]
        if level not in people.orders:
            group.settled_by, group.open = step, True
            return None
        return by_order(group, people.orders[level], step)
    if step == "lot":
        return by_order(group, lot_order(people.seed, level), step)
    if step == "runoff" and level not in people.runoffs:
        group.settled_by, group.open = step, True
        return None
    compared = {name: compare(step, name, level) for name in group.names}
    if None in compared.values():
        return [group]
    return split(group.names, group.first, lambda name: compared[name], step)


def by_order(group: Group, order: tuple[str, ...], step: str) -> list[Group]:
    rank = {name: len(order) - number for number, name in enumerate(order)}
    return split(group.names, group.first, lambda name: rank.get(name, 0), step)


def split(names: list[str], first: int, value, step: str | None) -> list[Group]:
    return [
        Group(
            [name for name in names if value(name) == it],
            first + sum(value(name) > it for name in names),
            step,
        )
        for it in sorted({value(name) for name in names}, reverse=True)
    ]


def prizes(found: Found, on_offer: list[tuple[str, int]]) -> tuple[dict[str, str], list[str]]:
    """Prize by nomination, and those that nobody gets nor waits for."""
    slots = [key for key, number in on_offer for _ in range(number)]
    given = {
        name: slots[place - 1]
        for name, place in found.place.items()
        if place <= len(slots) and name not in found.open
    }
    waited_for = set()
    for first in {found.place[name] for name in found.open}:
        covered = sum(found.place[name] == first for name in found.open)
        waited_for |= set(slots[first - 1 : first - 1 + covered])
    return given, [key for key, _ in on_offer if key not in {*given.values(), *waited_for}]
