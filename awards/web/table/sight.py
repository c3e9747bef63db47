"""What the table shows of each category, read in a few queries however many nominations there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import select

from awards import chairs, editions, nominations, publication, readings, reopening, standings, verdicts
from awards.chairs import Table
from awards.extensions import db
from awards.models import (
    Decision,
    Edition,
    FrozenStanding,
    Grant,
    Nomination,
    NominationRevision,
    PublicationKind,
    Reopening,
)
from awards.web import sessions
from awards.web.secretariat.frame import face_of
from awards.web.table import sayings
from awards.web.texts import Names, Text, choose
from judging.count import standing_of
from judging.ladder import StepTaken
from judging.shortlist import Standing, StandingRow
from judging.values import Finalist, rounded


class State(StrEnum):
    """Where a category stands on its way to the public."""

    READING = "reading"
    MENDING = "mending"
    UNMARKED = "unmarked"
    TIE = "tie"
    STUCK = "stuck"
    TO_SIGN = "to_sign"
    SIGNED = "signed"
    PLANNED = "planned"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination in the standing; `position` counts on where places are shared."""

    position: int
    row: StandingRow
    nomination: Nomination
    revision: NominationRevision

    @property
    def title(self) -> Text:
        said = {self.revision.language: self.revision.title} | dict(self.revision.titles or {})
        return choose(said, self.revision.language)

    @property
    def total(self) -> str:
        return rounded(self.row.total)

    @property
    def exact(self) -> str:
        return sayings.mixed(self.row.total)

    @property
    def outcome(self) -> object:
        return sayings.FINALISTS[self.row.finalist]

    @property
    def advances(self) -> bool:
        return self.row.finalist is Finalist.YES

    @property
    def open(self) -> bool:
        return self.row.finalist is Finalist.OPEN


@dataclass(frozen=True)
class Sight:
    """One category as it stands."""

    key: str
    name: Text
    frozen: FrozenStanding
    standing: Standing
    lines: tuple[Line, ...]
    places: int
    table: Table
    mending: tuple[Reopening, ...]
    unmarked: tuple[str, ...]
    signed: Decision | None
    public_from: datetime | None
    names: Names
    reading: bool = False

    @property
    def state(self) -> State:
        if self.reading and self.signed is None:
            return State.READING
        if self.mending:
            return State.MENDING
        if self.unmarked and self.public_from is None:
            return State.UNMARKED
        if self.signed is None:
            if not self.waiting:
                return State.TO_SIGN
            return State.STUCK if self.table.all_bound(self.level, self.key) else State.TIE
        if self.public_from is None:
            return State.SIGNED
        return State.PLANNED if self.public_from > sessions.now() else State.ANNOUNCED

    @property
    def waiting(self) -> tuple[StepTaken, ...]:
        return verdicts.waiting(self.frozen.document)

    @property
    def chairs_step(self) -> StepTaken | None:
        """The step that the chair takes, or took and may take again until the signature."""
        found = verdicts.chairs_steps(self.frozen.document)
        return found[0] if found else None

    @cached_property
    def level(self) -> list[Nomination]:
        """The nominations among which the chair decides."""
        step = self.chairs_step
        return [it.nomination for it in self.lines if step and it.nomination.reference in step.level]

    @cached_property
    def acting(self) -> Grant | None:
        """Who acts now: about the level ones while they wait, else about all."""
        return self.table.acting(self.level if self.waiting else self.judged, self.key)

    @property
    def judged(self) -> list[Nomination]:
        return [it.nomination for it in self.lines]

    @property
    def is_mine(self) -> bool:
        return self.acting is not None and self.acting.account_id == sessions.me().id

    @property
    def nobody(self) -> bool:
        """Whether nobody is appointed at all."""
        return not self.table.of(self.key)

    @property
    def all_bound(self) -> bool:
        return self.table.all_bound(self.judged, self.key)

    @property
    def my_conflicts(self) -> list[str]:
        """What keeps whoever reads from acting as chair or deputy."""
        mine = [it for it in self.table.of(self.key) if it.grant.account_id == sessions.me().id]
        about = self.level if self.waiting else self.judged
        return sorted(it.reference for it in about if any(it.id in seat.kept_out for seat in mine))

    @property
    def cut(self) -> list[str]:
        return sayings.cut(self.standing, self.places)

    @property
    def steps(self) -> list[str]:
        return [sayings.step(it, self.key, self.names) for it in self.standing.steps]

    @property
    def cut_after(self) -> int | None:
        """After how many nominations the cut is drawn; None where all advance, or where it runs through level ones."""
        found = len(self.finalists)
        return found if 0 < found < len(self.lines) and not any(it.open for it in self.lines) else None

    @property
    def finalists(self) -> list[Line]:
        return [it for it in self.lines if it.advances]


def board(edition: Edition) -> list[Sight]:
    """Every category that has a standing, in the rules' order."""
    session = db.session()
    rules, names = editions.rules_of(session, edition), face_of(edition).names
    there = {it.reference: it for it in nominations.of_edition(session, edition)}
    revisions = nominations.current_revisions(session, there.values()) if there else {}
    table = chairs.table_of(session, edition)
    mending = reopening.going_on(session, edition)
    reading = readings.is_open(session, edition)
    shown = publication.first_shown(session, edition, PublicationKind.FINALISTS)
    latest = standings.latest(session, edition)
    unmarked = standings.unmarked(session, edition)
    signed = {
        it.id: it
        for it in session.scalars(
            select(Decision).where(Decision.id.in_([it.signed_by for it in latest.values() if it.signed_by]))
        )
    }
    return [
        Sight(
            key=key,
            name=names.name("categories", key),
            frozen=frozen,
            standing=(standing := standing_of(frozen.document)),
            lines=_lines(standing, there, revisions),
            places=rules.category(key).places,
            table=table,
            mending=tuple(it for it in mending if it.nomination.category == key),
            unmarked=unmarked.get(key, ()),
            signed=signed.get(frozen.signed_by or 0),
            public_from=shown.get(key),
            names=names,
            reading=reading,
        )
        for key, frozen in latest.items()
    ]


def one(edition: Edition, category: str) -> Sight | None:
    return next((it for it in board(edition) if it.key == category), None)


def _lines(
    standing: Standing, there: Mapping[str, Nomination], revisions: Mapping[int, NominationRevision]
) -> tuple[Line, ...]:
    return tuple(
        Line(number, row, there[row.nomination], revisions[there[row.nomination].id])
        for number, row in enumerate(standing.rows, start=1)
    )
