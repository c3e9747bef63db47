"""What stands in a category, a standing or a result, and who at the table decides about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import select

from awards import verdicts
from awards.chairs import Table
from awards.countersigning import Frozen
from awards.extensions import db
from awards.models import Decision, Grant, Nomination, NominationRevision
from awards.web import sessions
from awards.web.table import sayings
from awards.web.texts import Names, Text, choose, listed
from judging.fitted import six
from judging.ladder import StepTaken
from judging.shortlist import StandingRow
from judging.values import Finalist, Json, rounded


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination in the standing; `position` counts on where places are shared."""

    position: int
    row: StandingRow
    nomination: Nomination
    revision: NominationRevision
    by_fair: bool = False

    @property
    def title(self) -> Text:
        said = {self.revision.language: self.revision.title} | dict(self.revision.titles or {})
        return choose(said, self.revision.language)

    @property
    def total(self) -> str:
        return rounded(self.row.total)

    @property
    def exact(self) -> str:
        return six(self.row.total) if self.by_fair else sayings.mixed(self.row.total)

    @property
    def mean(self) -> str:
        """The plain mean, also where the fair score decides."""
        return rounded(self.row.total if self.row.raw is None else self.row.raw)

    @property
    def outcome(self) -> object:
        return sayings.FINALISTS[self.row.finalist]

    @property
    def advances(self) -> bool:
        return self.row.finalist is Finalist.YES

    @property
    def open(self) -> bool:
        return self.row.finalist is Finalist.OPEN


@dataclass(frozen=True, kw_only=True)
class Stood(ABC):
    """One category: `lines` are those that stand in it, best first."""

    key: str
    name: Text
    names: Names
    table: Table
    lines: tuple[Line, ...]
    frozen: Frozen
    signed: Decision | None
    public_from: datetime | None
    again: int = 0
    """Which of the steps that the chair has taken is taken again, where none waits."""

    @property
    @abstractmethod
    def state(self) -> StrEnum:
        """Where it stands on its way to the public."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing but the signature is missing."""
        return self.state.value == "to_sign"

    @property
    def document(self) -> Mapping[str, Json]:
        """What is frozen of it."""
        return self.frozen.document

    @property
    def waiting(self) -> tuple[StepTaken, ...]:
        return verdicts.waiting(self.document)

    @property
    def chairs_steps(self) -> tuple[StepTaken, ...]:
        """The steps that the chair takes now, in turn: those that wait, else those that may be taken again."""
        return self.waiting or verdicts.chairs_steps(self.document)

    @property
    def chairs_step(self) -> StepTaken | None:
        """The one of them that is taken."""
        number = 0 if self.waiting else self.again
        return next(iter(self.chairs_steps[number:]), None)

    @cached_property
    def level_lines(self) -> list[Line]:
        """Those among which the chair decides, by reference."""
        step = self.chairs_step
        level = [it for it in self.lines if step and it.nomination.reference in step.level]
        return sorted(level, key=lambda it: it.nomination.reference)

    @property
    def level(self) -> list[Nomination]:
        return [it.nomination for it in self.level_lines]

    @property
    def stand(self) -> list[Nomination]:
        return [it.nomination for it in self.lines]

    @property
    def _about(self) -> list[Nomination]:
        """What is decided now: the level ones while they wait, else all."""
        return self.level if self.waiting else self.stand

    @cached_property
    def acting(self) -> Grant | None:
        """Who acts now."""
        return self.table.acting(self._about, self.key)

    @property
    def is_mine(self) -> bool:
        return _is_me(self.acting)

    @cached_property
    def orders(self) -> Grant | None:
        """Who puts the level ones into an order, or into another one."""
        return self.table.acting(self.level, self.key) if self.level else None

    @property
    def is_mine_to_order(self) -> bool:
        return _is_me(self.orders)

    @property
    def to_order_anew(self) -> list[tuple[int, str]]:
        """What whoever reads may order anew before the signature: the number of the step, and who is level there."""
        if not self.is_settled:
            return []
        each = [replace(self, again=number) for number in range(len(self.chairs_steps))]
        return [(it.again, listed(one.reference for one in it.level)) for it in each if it.is_mine_to_order]

    @property
    def nobody(self) -> bool:
        """Whether nobody is appointed at all."""
        return not self.table.of(self.key)

    @property
    def all_bound(self) -> bool:
        return self.table.all_bound(self.stand, self.key)

    @property
    def is_stuck(self) -> bool:
        """Whether nobody at the table may decide among the level ones."""
        return self.table.all_bound(self.level, self.key)

    @property
    def my_conflicts(self) -> list[str]:
        """What keeps whoever reads from acting as chair or deputy."""
        mine = [it for it in self.table.of(self.key) if it.grant.account_id == sessions.me().id]
        return sorted(it.reference for it in self._about if any(it.id in seat.kept_out for seat in mine))

    @property
    @abstractmethod
    def steps(self) -> list[str]:
        """The ladder in words."""

    def said(self, steps: Iterable[StepTaken]) -> list[str]:
        return [sayings.step(it, self.key, self.names) for it in steps]

    def prize(self, key: str) -> Text:
        return self.names.name("prizes", key)


def _is_me(who: Grant | None) -> bool:
    return who is not None and who.account_id == sessions.me().id


def signatures(found: Iterable[Frozen]) -> dict[int, Decision]:
    """The decisions that sign what is frozen, by row number."""
    numbers = [it.signed_by for it in found if it.signed_by]
    return {it.id: it for it in db.session.scalars(select(Decision).where(Decision.id.in_(numbers)))}
