"""Progress of a round by judge, category and nomination, in numbers of sheets. It knows no mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import editions, judges, marking, panels, tallies
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    UserSession,
)
from awards.tallies import Sheet, Tally, is_behind, read
from awards.timetable import Deadline
from judging.values import Round

SILENT_AFTER = timedelta(days=7)
"""For so long a judge is neither heard nor seen before they are called silent."""


class Show(StrEnum):
    """Which judges are listed, or reminded. UNDONE: with sheets half-done or not begun; UNSUBMITTED: with complete ones
    that are not submitted; LEFT: with either; SILENT: nothing submitted and not seen for SILENT_AFTER.
    """

    ALL = "all"
    LEFT = "left"
    BEHIND = "behind"
    SILENT = "silent"
    UNBEGUN = "unbegun"
    UNDONE = "undone"
    UNSUBMITTED = "unsubmitted"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OfJudge:
    """How far a judge is, until when they may write, and when they saved and were seen last."""

    judge: Judge
    tally: Tally
    closes: Deadline | None
    is_own: bool
    is_behind: bool
    saved: datetime | None
    seen: datetime | None
    since: datetime | None = None
    is_silent: bool = False

    @property
    def name(self) -> str:
        return self.judge.account.name or self.judge.account.email

    def fits(self, show: Show) -> bool:
        tally = self.tally
        return {
            Show.ALL: True,
            Show.LEFT: tally.left > 0,
            Show.BEHIND: self.is_behind,
            Show.SILENT: self.is_silent,
            Show.UNBEGUN: 0 < tally.issued == tally.none,
            Show.UNDONE: tally.none + tally.half > 0,
            Show.UNSUBMITTED: tally.complete > 0,
            Show.DONE: 0 < tally.issued == tally.submitted,
        }[show]


@dataclass(frozen=True, slots=True)
class OfNomination:
    """How many sheets of a nomination count already, and how many it needs: one where the minimum is waived."""

    nomination: Nomination
    tally: Tally
    counted: int
    needed: int
    waived: bool

    @property
    def is_short(self) -> bool:
        return self.counted < self.needed

    @property
    def can_reach(self) -> bool:
        """Whether the sheets that are issued and left would be enough."""
        return self.counted + self.tally.left >= self.needed


@dataclass(frozen=True, slots=True)
class OfCategory:
    key: str
    tally: Tally
    nominations: int
    short: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A round: judges by name, nominations by category and reference, categories in the rules' order."""

    round: Round
    judges: tuple[OfJudge, ...]
    nominations: tuple[OfNomination, ...]
    categories: tuple[OfCategory, ...]
    tally: Tally


def of_round(session: Session, edition: Edition, of_round: Round, now: datetime) -> Progress:
    """How far a round is, after a number of queries that depends on nothing."""
    order = editions.open_categories(session, edition)
    nominations, found = _round(session, edition, of_round)
    return Progress(
        round=of_round,
        judges=_judges(session, edition, of_round, found, now),
        nominations=tuple(
            sorted(nominations, key=lambda it: (order.index(it.nomination.category), it.nomination.reference))
        ),
        categories=tuple(_category(key, nominations, found) for key in order),
        tally=Tally.of(found),
    )


def short(session: Session, edition: Edition, of_round: Round) -> list[OfNomination]:
    """The nominations with fewer counted sheets than they need, by category and reference."""
    order = editions.open_categories(session, edition)
    found = [it for it in _round(session, edition, of_round)[0] if it.is_short]
    return sorted(found, key=lambda it: (order.index(it.nomination.category), it.nomination.reference))


def _round(session: Session, edition: Edition, of_round: Round) -> tuple[list[OfNomination], list[Sheet]]:
    """The nominations that get marks in a round, and their assignments."""
    rules = editions.rules_of(session, edition)
    entered = panels.nominations_in(session, edition, panels.judged_states(rules, of_round))
    known = {it.id for it in entered}
    found = [
        it for it in read(session, {edition.id: of_round}, {edition.id: rules}) if it.nomination in known
    ]
    minimum = max(1, rules.sheets.minimum)
    return _nominations(entered, found, minimum, waived(session, edition, of_round)), found


def waived(session: Session, edition: Edition, of_round: Round) -> frozenset[str]:
    """The references for which the chair has waived the minimum of a round."""
    return frozenset(reference for _, reference in waived_in(session, {edition.id: of_round}))


def waived_in(session: Session, rounds: Mapping[int, Round]) -> set[tuple[int, str]]:
    """The same for several editions, of each the round named: edition and reference."""
    found = session.scalars(
        select(Decision).where(Decision.edition_id.in_(rounds), Decision.kind == DecisionKind.MINIMUM_WAIVED)
    )
    return {
        (it.edition_id, str(it.subject["nomination"]))
        for it in found
        if it.subject["round"] == rounds[it.edition_id].value
    }


def titles(session: Session, nominations: Sequence[Nomination]) -> dict[int, NominationRevision]:
    """The text that stands of each of some nominations, by row, after one query."""
    found = session.scalars(
        select(NominationRevision)
        .join(Nomination, Nomination.id == NominationRevision.nomination_id)
        .where(
            Nomination.id.in_([it.id for it in nominations]),
            NominationRevision.number == func.coalesce(Nomination.submitted_number, 1),
        )
    )
    return {it.nomination_id: it for it in found}


def _nominations(
    entered: Sequence[Nomination], found: Sequence[Sheet], minimum: int, waived: Collection[str]
) -> list[OfNomination]:
    by_nomination: dict[int, list[Sheet]] = {it.id: [] for it in entered}
    for sheet in found:
        by_nomination[sheet.nomination].append(sheet)
    return [
        OfNomination(
            nomination=it,
            tally=Tally.of(by_nomination[it.id]),
            counted=sum(sheet.counts for sheet in by_nomination[it.id]),
            needed=1 if it.reference in waived else minimum,
            waived=it.reference in waived,
        )
        for it in entered
    ]


def _category(key: str, nominations: Sequence[OfNomination], found: Sequence[Sheet]) -> OfCategory:
    its = [it for it in nominations if it.nomination.category == key]
    return OfCategory(
        key,
        Tally.of(sheet for sheet in found if sheet.category == key),
        nominations=len(its),
        short=sum(it.is_short for it in its),
        unassigned=sum(not it.tally.issued and not it.counted for it in its),
    )


def _judges(
    session: Session, edition: Edition, of_round: Round, found: Sequence[Sheet], now: datetime
) -> tuple[OfJudge, ...]:
    """Those on the panel, and whoever else still has a sheet."""
    its = tallies.by_judge(found)
    panel = [
        it for it in judges.of_edition(session, edition) if it.state is JudgeState.ACCEPTED or it.id in its
    ]
    closes = marking.closes_for(session, edition, of_round, panel)
    stated = marking.stated(session, edition, of_round)
    seen = last_seen(session, panel)
    return tuple(
        _judge(it, its.get(it.id, ()), closes[it.id], stated, seen.get(it.account_id), now) for it in panel
    )


def _judge(
    judge: Judge,
    its: Sequence[Sheet],
    closes: Deadline | None,
    stated: Deadline | None,
    seen: datetime | None,
    now: datetime,
) -> OfJudge:
    return OfJudge(
        judge=judge,
        tally=Tally.of(its),
        closes=closes,
        is_own=closes != stated,
        is_behind=is_behind(its, closes, now),
        saved=max((it.saved for it in its if it.saved), default=None),
        seen=seen,
        since=min((it.since for it in its), default=None),
        is_silent=is_silent(its, seen, now),
    )


def last_seen(session: Session, panel: Collection[Judge]) -> dict[int, datetime]:
    """When judges were signed in last, by account."""
    rows = session.execute(
        select(UserSession.account_id, func.max(UserSession.seen_at))
        .where(UserSession.account_id.in_([it.account_id for it in panel]))
        .group_by(UserSession.account_id)
    )
    return dict(iter(rows))


def is_silent(its: Collection[Sheet], seen: datetime | None, now: datetime) -> bool:
    """Whether a judge has sheets and submitted none, and was neither given any, seen nor heard of for SILENT_AFTER."""
    tally = Tally.of(its)
    if not tally.left or tally.submitted:
        return False
    heard = [it for sheet in its for it in (sheet.since, sheet.saved) if it] + ([seen] if seen else [])
    return max(heard) + SILENT_AFTER <= now


def running(found: Progress, grace_minutes: int, now: datetime) -> tuple[OfJudge, ...]:
    """Those whose forms are still open, and who have sheets left."""
    return tuple(
        it
        for it in found.judges
        if it.tally.left
        and it.closes is not None
        and now <= it.closes.instant + timedelta(minutes=grace_minutes)
    )
