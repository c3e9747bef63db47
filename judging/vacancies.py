"""Prizes that were lost or declined: who has which prize of a category then."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from judging.outcome import OutcomeRow
from judging.values import Vacated


@dataclass(frozen=True, slots=True)
class Holder:
    """A nomination with the contested prize that it has, and the place for which that is given."""

    nomination: str
    prize: str
    place: int


@dataclass(frozen=True, slots=True)
class Held:
    """The holders of a category's prizes, best first, and the prizes that nobody has any more."""

    holders: tuple[Holder, ...]
    vacant: tuple[str, ...]


def in_the_running(rows: Iterable[OutcomeRow]) -> list[OutcomeRow]:
    """Of the public's result those for whom somebody voted: nobody else moves up to its prize."""
    return [row for row in rows if row.prize or row.value > 0]


def held(rows: Iterable[OutcomeRow], gone: Collection[str], vacated: Vacated) -> Held:
    """Who has the prizes of a result without those that are `gone`.

    A shared prize stays with those who are left of its holders. Where others move up, everybody moves by one prize;
    those that share one move together, and level ones without a prize can't be told apart, so it stays vacant.
    """
    ranked = sorted(rows, key=lambda row: (row.place, row.nomination))
    slots = list(dict.fromkeys((row.place, row.prize) for row in ranked if row.prize))
    left = [row for row in ranked if row.nomination not in gone]
    if vacated is Vacated.VACANT:
        holders = [Holder(row.nomination, row.prize, row.place) for row in left if row.prize]
        there = {it.place for it in holders}
        return Held(tuple(holders), tuple(prize for place, prize in slots if place not in there))
    level = [list(rows) for _, rows in groupby(left, key=lambda row: row.place)]
    found: list[Holder] = []
    vacant = []
    for place, prize in slots:
        if level and (len(level[0]) == 1 or all(row.prize for row in level[0])):
            found += [Holder(row.nomination, prize, place) for row in level.pop(0)]
        else:
            vacant.append(prize)
    return Held(tuple(found), tuple(vacant))
