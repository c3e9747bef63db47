"""Bursts: what looks strange among many confirmed addresses, as classes with counts; values in, values out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import TypeVar

from awards.spellings import EVERYBODYS, is_disposable, likeness_of
from judging.values import Json, as_list, as_text, as_whole

Key = TypeVar("Key")
AT_LEAST = 20
"""How many of one network or domain within an hour are shown as a burst."""
TIMES = 3
"""How many times more than the middle one of the other hours."""
BASE = 50
"""How many confirmations in other hours it takes to expect anything of a provider that everybody uses."""
ALIKE = 3
"""How many addresses of one domain, alike but for dots, tags and numbers, are shown together."""
LISTED = 20
"""How many networks, domains, hours and classes of a kind are listed, the largest first."""
FEWEST = 5
"""A network or domain of fewer is not listed: a domain may be one person's own."""


class Sign(StrEnum):
    """What makes a class strange."""

    DISPOSABLE = "disposable"
    NETWORK_BURST = "network_burst"
    DOMAIN_BURST = "domain_burst"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Person:
    """A confirmed elector as the report needs it. `network` is a keyed hash; `hour` that of the confirmation."""

    entry: int
    address: str
    domain: str
    network: str
    hour: datetime
    ballots: int
    struck: int


@dataclass(frozen=True, slots=True)
class Class:
    """Some confirmed electors with something in common. `what`: a domain, or the beginning of a network's hash."""

    key: str
    sign: Sign
    what: str
    hour: datetime | None
    electors: int
    ballots: int
    struck: int
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A network, domain or hour with its number of electors, and how many of a hundred of all."""

    what: str
    electors: int
    share: int


@dataclass(frozen=True, slots=True)
class Report:
    """`asked`: addresses typed; `confirmed`: those whose link was used; `ballots` that count as it stands."""

    asked: int
    confirmed: int
    ballots: int
    struck: int
    classes: tuple[Class, ...]
    networks: tuple[Part, ...]
    domains: tuple[Part, ...]
    hours: tuple[Part, ...]
    frozen_at: datetime | None = None


def report(people: Sequence[Person], asked: int) -> Report:
    """The report over everybody who confirmed an address."""
    return Report(
        asked,
        len(people),
        sum(it.ballots for it in people),
        sum(it.struck for it in people),
        tuple(_classes(people)),
        _parts(Counter(it.network[:6] for it in people), len(people)),
        _parts(Counter(it.domain for it in people), len(people)),
        tuple(sorted(_parts(Counter(_hour(it.hour) for it in people), len(people), fewest=1), key=_what)),
    )


def _classes(people: Sequence[Person]) -> Iterable[Class]:
    disposable = _grouped((it.domain, it) for it in people if is_disposable(it.domain))
    yield from _listed(Sign.DISPOSABLE, {(what, None): its for what, its in disposable.items()})
    yield from _listed(Sign.NETWORK_BURST, _bursts(people, {it.entry: it.network for it in people}))
    yield from _listed(Sign.DOMAIN_BURST, _bursts(people, {it.entry: it.domain for it in people}))
    alike = _grouped((likeness_of(it.address), it) for it in people if it.address)
    many = {key: its for key, its in alike.items() if len(its) >= ALIKE}
    together = _grouped((its[0].domain, it) for its in many.values() for it in its)
    yield from _listed(Sign.ALIKE, {(what, None): its for what, its in together.items()})


def _bursts(
    people: Sequence[Person], of: Mapping[int, str]
) -> dict[tuple[str, datetime | None], list[Person]]:
    """Those of one network or domain who came within an hour, where they are far more than the other hours say."""
    hours = Counter(it.hour for it in people)
    found = _grouped(((of[it.entry], it.hour), it) for it in people if of[it.entry])
    return {
        (what, hour): its
        for (what, hour), its in found.items()
        if len(its) >= AT_LEAST
        and _is_strange(
            what,
            len(its) / hours[hour],
            [len(found.get((what, other), ())) / number for other, number in hours.items() if other != hour],
            len(people) - hours[hour],
        )
    }


def _is_strange(what: str, share: float, others: Sequence[float], elsewhere: int) -> bool:
    """Whether a share of an hour is far above the middle one of the others, which one more burst doesn't shift."""
    if what in EVERYBODYS and elsewhere < BASE:
        return False
    return share > TIMES * (median(others) if others else 0)


def _grouped(pairs: Iterable[tuple[Key, Person]]) -> dict[Key, list[Person]]:
    found: dict[Key, list[Person]] = defaultdict(list)
    for key, it in pairs:
        found[key].append(it)
    return found


def _listed(sign: Sign, found: Mapping[tuple[str, datetime | None], Sequence[Person]]) -> Iterable[Class]:
    """The largest classes of a kind."""
    largest = sorted(found.items(), key=lambda it: (-len(it[1]), it[0][0], _hour(it[0][1])))
    for (what, hour), people in largest[:LISTED]:
        told = what[:6] if sign is Sign.NETWORK_BURST else what
        yield Class(
            hashlib.sha256(f"{sign}:{what}:{_hour(hour)}".encode("utf-8", "replace")).hexdigest()[:16],
            sign,
            told,
            hour,
            len(people),
            sum(it.ballots for it in people),
            sum(it.struck for it in people),
            tuple(it.entry for it in people),
        )


def _parts(found: Mapping[str, int], whole: int, *, fewest: int = FEWEST) -> tuple[Part, ...]:
    many = [it for it in found.items() if it[1] >= fewest]
    largest = sorted(many, key=lambda it: (-it[1], it[0]))
    return tuple(Part(what, number, number * 100 // whole) for what, number in largest[:LISTED])


def _hour(hour: datetime | None) -> str:
    return hour.isoformat() if hour else ""


def _what(part: Part) -> str:
    return part.what


def document(found: Report) -> dict[str, Json]:
    """A report to be kept: counts, without who is in a class."""
    return {
        "asked": found.asked,
        "confirmed": found.confirmed,
        "ballots": found.ballots,
        "struck": found.struck,
        "classes": [
            [it.key, it.sign.value, it.what, _hour(it.hour), it.electors, it.ballots, it.struck]
            for it in found.classes
        ],
        **{
            name: [[it.what, it.electors, it.share] for it in getattr(found, name)]
            for name in ("networks", "domains", "hours")
        },
    }


def read(found: Mapping[str, Json], at: datetime) -> Report:
    """A report as it was kept."""

    def parts(name: str) -> tuple[Part, ...]:
        rows = (as_list(it) for it in as_list(found[name]))
        return tuple(Part(as_text(what), as_whole(number), as_whole(share)) for what, number, share in rows)

    classes = []
    for row in as_list(found["classes"]):
        key, sign, what, hour = map(as_text, as_list(row)[:4])
        moment = datetime.fromisoformat(hour) if hour else None
        electors, ballots, struck = map(as_whole, as_list(row)[4:])
        classes.append(Class(key, Sign(sign), what, moment, electors, ballots, struck))
    asked, confirmed, ballots, struck = (
        as_whole(found[it]) for it in ("asked", "confirmed", "ballots", "struck")
    )
    return Report(
        asked,
        confirmed,
        ballots,
        struck,
        tuple(classes),
        parts("networks"),
        parts("domains"),
        parts("hours"),
        frozen_at=at,
    )
