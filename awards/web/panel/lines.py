"""The lines of the assignment's tables: a judge, a nomination, a pair, a pair that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from awards.assignments import HandBack
from awards.models import Assignment, Judge, Nomination
from awards.pairing import Caution, Text
from judging.assignment import Cause


@dataclass(frozen=True, slots=True)
class ByJudge:
    """A judge's load: what was issued, what the proposal adds, what is to be said of it.

    `foreign`: nominations of their categories whose language they don't read.
    """

    judge: Judge
    name: str
    issued: int
    proposed: int
    cautions: Mapping[Caution, int]
    foreign: int

    @property
    def then(self) -> int:
        return self.issued + self.proposed

    @property
    def undeclared(self) -> bool:
        return self.judge.declared_at is None


@dataclass(frozen=True, slots=True)
class Reads:
    """One pair, seen from either side. `proposed`: not issued yet."""

    judge: Judge
    name: str
    nomination: Nomination
    text: Text
    proposed: bool
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class ByNomination:
    """A nomination with its readers. `cause`: why it has fewer than it is to have, where the proposal says so."""

    nomination: Nomination
    text: Text
    readers: tuple[Reads, ...]
    minimum: int
    cause: Cause | None

    @property
    def is_short(self) -> bool:
        return len(self.readers) < self.minimum


@dataclass(frozen=True, slots=True)
class Ended:
    """An assignment that ended, and how many read the nomination now."""

    assignment: Assignment
    name: str
    text: Text
    because: HandBack | None
    note: str
    readers: int
    is_judged: bool
