"""What the table shows of each category, read in a few queries however many nominations there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import ColumnElement, and_, func, or_, select

from awards import chairs, editions, marked, nominations, publication, reopening, standings, verdicts
from awards.chairs import Table
from awards.extensions import db
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    AssignmentState,
    Decision,
    DecisionKind,
    Edition,
    FrozenStanding,
    Grant,
    Nomination,
    NominationRevision,
    PublicationKind,
    Reopening,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.verdicts import Stage
from awards.web import sessions
from awards.web.secretariat.frame import face_of
from awards.web.table import sayings
from awards.web.texts import Names, Text, choose
from judging.count import standing_of
from judging.ladder import StepTaken
from judging.shortlist import Standing, StandingRow
from judging.values import Finalist, Round, rounded


class State(StrEnum):
    """Where a category stands on its way to the public."""

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

    @property
    def state(self) -> State:
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


def earlier(edition: Edition, category: str) -> Sequence[FrozenStanding]:
    """The standings that were replaced, the latest first."""
    found = db.session.scalars(
        select(FrozenStanding)
        .where(FrozenStanding.edition_id == edition.id, FrozenStanding.category == category)
        .order_by(FrozenStanding.number.desc())
    ).all()
    return found[1:]


def missing(edition: Edition, category: str, of_round: Round = Round.FIRST) -> dict[str, int]:
    """How many sheets of each nomination were given out and never submitted, by reference."""
    rows = db.session.execute(
        select(Nomination.reference, func.count())
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            _given_out(edition, category, of_round),
            Assignment.state == AssignmentState.ISSUED,
            or_(ScoreSheet.id.is_(None), ScoreSheet.state != SheetState.SUBMITTED),
        )
        .group_by(Nomination.reference)
    )
    return dict(iter(rows))


def _given_out(edition: Edition, category: str, of_round: Round) -> ColumnElement[bool]:
    return and_(
        Nomination.edition_id == edition.id,
        Nomination.category == category,
        Assignment.round == of_round,
        Assignment.kind != AssignmentKind.PRACTICE,
    )


def comments(
    edition: Edition, category: str, reader: Account, of_round: Round = Round.FIRST
) -> dict[str, list[str]]:
    """What judges wrote for the panel on counted sheets, by reference, without names and in no order of theirs.

    Nothing of nominations that the reader has an interest in, and nothing of a round that is not closed.
    """
    if of_round is Round.SECOND and edition.second_closed_at is None:
        return {}
    session, last = db.session(), marked.last_versions()
    rows = session.execute(
        select(Nomination.id, Nomination.reference, ScoreSheetVersion.comment)
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .join(
            last,
            (last.c.sheet_id == ScoreSheetVersion.sheet_id) & (last.c.number == ScoreSheetVersion.number),
        )
        .where(
            _given_out(edition, category, of_round),
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted,
            ScoreSheetVersion.comment != "",
        )
        .order_by(ScoreSheetVersion.comment)
    )
    theirs = chairs.kept_out(session, edition, reader)
    found: dict[str, list[str]] = {}
    for nomination, reference, comment in rows:
        if nomination not in theirs:
            found.setdefault(reference, []).append(comment)
    return found


def round_of(decision: Decision) -> Round:
    """The round of which a decision on a standing is."""
    second = decision.kind is DecisionKind.WINNERS or decision.subject.get("stage") == Stage.RESULT
    return Round.SECOND if second else Round(str(decision.subject.get("round") or Round.FIRST))


def orders(edition: Edition, category: str) -> Sequence[Decision]:
    """The decisions that made the shortlist and the result of a category, by number: ties, signatures, reopenings,
    waivers.
    """
    kinds = (
        DecisionKind.TIE,
        DecisionKind.SHORTLIST,
        DecisionKind.REOPENED,
        DecisionKind.MINIMUM_WAIVED,
        DecisionKind.WINNERS,
        DecisionKind.CONFLICT_WAIVED,
        DecisionKind.RECOUNTED,
        DecisionKind.WITHDRAWAL,
        DecisionKind.DISQUALIFICATION,
    )
    return db.session.scalars(
        select(Decision)
        .where(Decision.edition_id == edition.id, Decision.kind.in_(kinds), Decision.category == category)
        .order_by(Decision.number)
    ).all()
