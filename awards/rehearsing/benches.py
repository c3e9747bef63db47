"""What an assignment shows of a panel and of its chairs: too few, too much, apart, bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from awards import chairs as chairs_
from awards import conflicts, nominations
from awards.panels import Short
from awards.rehearsing.findings import Finding, Kind, Severity
from awards.rehearsing.stage import Stage
from judging.assignment import Cause, Pair, linked
from judging.values import StandingBy

EVEN = 4
"""Loads this many times as large as others, and more, are said to be uneven."""
Bound = Mapping[str, list[frozenset[str]]]
"""By category, for each who may act as chair there, the nominations of it about which they may not decide."""


def panels(stage: Stage, short: Iterable[Short]) -> Iterator[Finding]:
    """Nominations with too few judges, by what keeps others from them."""
    readers = _readers(stage)
    by_cause: dict[str, list[Any]] = {}
    needed = 0
    for it in short:
        reading, bound_ = readers[it.reference]
        needed = it.needed
        cause = it.cause or _cause(reading, bound_, needed)
        by_cause.setdefault(cause.value, []).append([it.reference, it.found, bound_, reading])
    for name, these in sorted(by_cause.items()):
        values = {"cause": name, "needed": needed, "nominations": these}
        yield Finding(Kind.TOO_FEW_JUDGES, Severity.STOPS, values)


def _readers(stage: Stage) -> dict[str, tuple[int, int]]:
    """How many judges read the category of each nomination, and how many of them have a conflict with it."""
    seats, references = stage.rows()
    blocked = conflicts.blocked(stage.session, stage.edition)
    found = {}
    for it in stage.cast.entered:
        reading = [seat for seat in stage.cast.seats if seat.reads(it.category)]
        row = references.get(it.reference, 0)
        found[it.reference] = len(reading), sum((seats[seat.key], row) in blocked for seat in reading)
    return found


def _cause(reading: int, bound_: int, needed: int) -> Cause:
    """Why a nomination is short of judges where everybody reads everything."""
    if not reading:
        return Cause.NO_JUDGES
    if reading < needed:
        return Cause.TOO_FEW_JUDGES
    return Cause.CONFLICTS if reading - bound_ < needed else Cause.LANGUAGE


def loads(stage: Stage, pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Judges with more than they agreed to, and those who read everything but not alike."""
    number = Counter(judge for judge, _ in pairs)
    over: list[Any] = [
        [it.key, number[it.key], it.capacity]
        for it in stage.cast.seats
        if it.capacity is not None and number[it.key] > it.capacity
    ]
    if over:
        yield Finding(Kind.OVER_CAPACITY, Severity.LOOK, {"judges": over})
    of_all = [number[it.key] for it in stage.cast.seats if not it.categories and it.capacity is None]
    if of_all and max(of_all) >= EVEN * max(1, min(of_all)):
        yield Finding(Kind.LOADS_UNEVEN, Severity.LOOK, {"least": min(of_all), "most": max(of_all)})


def extremes(stage: Stage, pairs: Iterable[Pair]) -> dict[str, int]:
    """The smallest and the largest load."""
    number = Counter(judge for judge, _ in pairs)
    every = [number[it.key] for it in stage.cast.seats]
    return {"least": min(every), "most": max(every)} if every else {}


def links(stage: Stage, pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Categories whose judges fall apart."""
    category = {it.reference: it.category for it in stage.cast.entered}
    by_category: dict[str, list[Pair]] = {}
    for judge, name in pairs:
        by_category.setdefault(category[name], []).append((judge, name))
    decides = stage.brief.rules.standing is StandingBy.CALIBRATED
    for key, link in linked(by_category).items():
        if not link.connected:
            values = {"category": key, "parts": len(link.parts), "calibrated": decides}
            yield Finding(Kind.NOT_LINKED, Severity.LOOK, values)


def bound(stage: Stage) -> dict[str, list[frozenset[str]]]:
    """What binds each who may act as chair, by what is known here and in the live edition."""
    session, edition, brief = stage.session, stage.edition, stage.brief
    table = chairs_.table_of(session, edition)
    names = {it.id: it.reference for it in nominations.of_edition(session, edition)}
    found = {}
    for key in brief.categories:
        inside = {it.reference for it in stage.cast.entered if it.category == key}
        real = [it.bound for it in brief.chairs if it.category in (None, key)]
        here = [frozenset(names[row] for row in it.kept_out if row in names) for it in table.of(key)]
        found[key] = [(one | other) & inside for one, other in zip(real, here, strict=False)]
    return found


def chairs(by_category: Bound) -> Iterator[Finding]:
    """Categories in which everybody who may act as chair is bound."""
    for key, each in by_category.items():
        if each and all(each):
            yield Finding(Kind.CHAIRS_BOUND, Severity.LOOK, {"category": key, "count": len(each)})
