"""What is asked of an assignment and what it answers. A score is a whole number of millionths, from 0 to 1,000,000."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

Pair: TypeAlias = tuple[str, str]
"""A judge and a nomination, in this order."""

MILLION = 1_000_000
"""The best score that a pair can have."""


class Cause(StrEnum):
    """Why a nomination finds fewer judges than it wants, or why a pair that was pinned isn't made."""

    NO_JUDGES = "no_judges"
    TOO_FEW_JUDGES = "too_few_judges"
    CONFLICTS = "conflicts"
    LANGUAGE = "language"
    CAPACITY = "capacity"
    FORBIDDEN = "forbidden"
    PIN_IN_CONFLICT = "pin_in_conflict"
    PIN_UNREADABLE = "pin_unreadable"
    PIN_FORBIDDEN = "pin_forbidden"
    PIN_CAPACITY = "pin_capacity"


class Rule(StrEnum):
    """The rules that yield where a panel can't be filled otherwise, the least important first."""

    REGION = "region"
    EXPERT = "expert"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Work:
    """A nomination to be read, and the category that it is judged in."""

    key: str
    category: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A judge. `categories` None reads all of them; `capacity` None reads any number of nominations, and is never
    exceeded. `least` is what the judge is to read at least, which yields. `region` "" counts against no region.
    """

    key: str
    categories: frozenset[str] | None = None
    capacity: int | None = None
    least: int = 0
    region: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be assigned.

    `blocked`: pairs in conflict. `unreadable`: pairs of which the judge doesn't know the language; an issued one stands
    all the same. `issued`: pairs given out already, which are never moved and count towards loads;
    one that is blocked by now counts for nothing. `per_nomination`: judges each nomination gets, None for all that
    may read it. `seed` breaks ties: the same problem always gives the same pairs.

    `scores`: how well a pair fits, in millionths; a pair that isn't named has 0. `experts`: pairs of which the judge
    is an expert in what the nomination is about. `pinned`: pairs to be made whatever their score, unless something
    hard stands against them; `forbidden`: pairs that are not made. `per_region`: judges of one region a panel has at
    most. `need_expert`: each panel has an expert. `alternates`: judges named for each panel who take over if one falls
    out. `least_share`, `most_share`: bounds of a judge's load as shares of the fair one, which is the places of all
    panels over the judges. `quick`: the programme in whole numbers, which may take a minute, isn't tried.
    """

    nominations: tuple[Work, ...]
    judges: tuple[Reader, ...]
    blocked: frozenset[Pair] = frozenset()
    issued: frozenset[Pair] = frozenset()
    per_nomination: int | None = None
    seed: str = ""
    unreadable: frozenset[Pair] = frozenset()
    scores: Mapping[Pair, int] = field(default_factory=lambda: MappingProxyType({}))
    experts: frozenset[Pair] = frozenset()
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    per_region: int | None = None
    need_expert: bool = False
    alternates: int = 0
    least_share: Fraction | None = None
    most_share: Fraction | None = None
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """What became of the judges of a nomination's category: how many there are and how many of them read its language
    (`readers`); of these, how many are in conflict, forbidden, and without room. `read_it` have it.
    """

    in_category: int
    readers: int
    in_conflict: int
    forbidden: int
    without_room: int
    read_it: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """A panel with too few, or a pinned pair that isn't made: then `judge` is who was pinned."""

    nomination: str
    wanted: int
    found: int
    cause: Cause
    judge: str = ""
    numbers: Numbers | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Yield:
    """A rule that yielded: `subject` is the nomination (region, expert) or the judge (load). `found` and `wanted` are
    judges of `region`, experts, or nominations read; of a load, `wanted` is the bound that was passed.
    """

    rule: Rule
    subject: str
    found: int
    wanted: int
    region: str = ""


class Method(StrEnum):
    """By what the fairest panels were found."""

    FLOW = "flow"
    REPAIR = "repair"
    MILP = "milp"


@dataclass(frozen=True, slots=True)
class Worst:
    """The nomination served worst among those whose panel this run filled: the sum of its scores, and what it could
    have at best. No panel of all could have more than `bound`, whatever the others get.
    """

    nomination: str
    found: int
    bound: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a run can be held to. Sums are in millionths.

    `optimum`: the best match if regions didn't matter. `before_fairness`: the best under all rules, equal to the
    optimum of the linear programme. `total`: what was given, after the worst-served were lifted. The prices are the
    steps between the three. `inputs_sha256` is that of the problem in canonical JSON.
    """

    inputs_sha256: str
    seed: str
    solver: str
    optimum: int
    before_fairness: int
    total: int
    worst: Worst | None
    method: Method
    arcs: int

    @property
    def price_of_regions(self) -> int:
        return self.optimum - self.before_fairness

    @property
    def price_of_fairness(self) -> int:
        return self.before_fairness - self.total


@dataclass(frozen=True, slots=True)
class Proposal:
    """All pairs, the issued ones among them, sorted; the load of every judge; nominations with too few; who takes over
    in each, the first choice first; the rules that yielded. No certificate where scores decided nothing.
    """

    pairs: tuple[Pair, ...]
    loads: Mapping[str, int]
    shortages: tuple[Shortage, ...]
    alternates: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    yields: tuple[Yield, ...] = ()
    certificate: Certificate | None = None
