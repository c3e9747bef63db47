"""Steps of an edition: the next phase, what is still missing before it, taking it, and the step back by two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import (
    appointments,
    approvals,
    chairs,
    closing,
    cycle,
    dates,
    decisions,
    duties,
    editions,
    judges,
    linking,
    texts,
)
from awards.audit import Actor
from awards.duties import Duty
from awards.models import (
    Approval,
    Decision,
    DecisionKind,
    Edition,
    JudgeState,
    Nomination,
    NominationState,
    OwnDeadline,
    Role,
)
from awards.panels import RoundClosed, RoundNotOpen
from awards.timetable import BACK, IllegalTransition, Moment, Phase, next_phase

STEP_BACK = "step_back"
"""The act of two that takes an edition a phase back."""
PUBLIC_BACK = {Phase.SCREENING: Phase.NOMINATIONS}
"""Steps back that the secretariat's pages offer."""
CHAIRED = frozenset({Phase.FIRST_ROUND, Phase.DELIBERATION, Phase.SECOND_ROUND})
"""Phases in which a chair waives, settles ties or signs, or will once the round is closed."""
IN_PLAY = (NominationState.SUBMITTED, NominationState.RETURNED, NominationState.ELIGIBLE)


class Gap(StrEnum):
    """What is missing, or still to be done, before a phase can be left in good order."""

    NO_CLOSE = "no_close"
    CLOSE_PASSED = "close_passed"
    CLOSE_AHEAD = "close_ahead"
    OWN_DEADLINES = "own_deadlines"
    DISORDER = "disorder"
    TEXTS = "texts"
    NO_CHAIR = "no_chair"
    NO_JUDGES = "no_judges"
    LATE_REQUESTS = "late_requests"
    DRAFTS = "drafts"
    UNDECIDED = "undecided"
    RETURNED = "returned"
    APPEALS = "appeals"
    TOO_FEW = "too_few"
    UNASSIGNED = "unassigned"
    UNLINKED = "unlinked"
    SHORT_OF_SHEETS = "short_of_sheets"
    COMPLETE_SHEETS = "complete_sheets"
    SHEETS_LEFT = "sheets_left"
    STILL_MARKING = "still_marking"
    TYPINGS = "typings"
    SUSPICIONS = "suspicions"


STOPPING = frozenset({Gap.CLOSE_PASSED, Gap.CLOSE_AHEAD})
"""Gaps with which the step can't be taken."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap and how many things are concerned; `keys` names categories or moments, `until` the moment to wait for."""

    gap: Gap
    count: int = 1
    keys: tuple[str, ...] = ()
    until: datetime | None = None

    @property
    def stops(self) -> bool:
        return self.gap in STOPPING


class StandsInTheWay(Exception):
    """The step can't be taken yet."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__("; ".join(it.gap.value for it in missing))
        self.missing = missing


class StepTaken(Exception):
    """The edition has moved on since the page was shown."""


def following(session: Session, edition: Edition) -> Phase | None:
    """The phase after the present one."""
    return next_phase(edition.phase, editions.rules_of(session, edition).second_round)


def missing(session: Session, edition: Edition, now: datetime) -> tuple[Missing, ...]:
    """What is missing before the present phase is left, what stops the step first."""
    found: list[Missing] = []
    if edition.phase is Phase.DRAFT:
        found += _before_the_call(session, edition, now)
    if edition.phase is Phase.NOMINATIONS:
        found += _before_the_close(session, edition, now)
    if edition.phase in (Phase.NOMINATIONS, Phase.SCREENING):
        found += _requests(session, edition)
    if edition.phase is Phase.SCREENING:
        found += _before_judging(session, edition)
    if edition.phase in CHAIRED and (unchaired := chairs.lacking(session, edition)):
        found.append(Missing(Gap.NO_CHAIR, len(unchaired), unchaired))
    if edition.phase in (Phase.DRAFT, Phase.NOMINATIONS, Phase.SCREENING):
        found += _of_any(session, edition)
    if edition.phase in (Phase.FIRST_ROUND, Phase.SECOND_ROUND):
        found += _before_the_end(session, edition, now)
    return tuple(sorted(found, key=lambda it: not it.stops))


def _before_the_call(session: Session, edition: Edition, now: datetime) -> Iterator[Missing]:
    close = editions.timetable_of(session, edition).get(Moment.NOMINATIONS_CLOSE)
    if close is None:
        yield Missing(Gap.NO_CLOSE)
    elif close.instant <= now:
        yield Missing(Gap.CLOSE_PASSED, until=close.instant)


def _before_the_close(session: Session, edition: Edition, now: datetime) -> Iterator[Missing]:
    close = editions.timetable_of(session, edition).get(Moment.NOMINATIONS_CLOSE)
    if close is None:
        yield Missing(Gap.NO_CLOSE)
    else:
        grace = timedelta(minutes=editions.rules_of(session, edition).eligibility.grace_minutes)
        if now <= close.instant + grace:
            yield Missing(Gap.CLOSE_AHEAD, until=close.instant + grace)
    later = session.scalar(
        select(func.count()).where(
            OwnDeadline.edition_id == edition.id, OwnDeadline.judge_id.is_(None), OwnDeadline.at_utc > now
        )
    )
    if later:
        yield Missing(Gap.OWN_DEADLINES, later)
    if drafts := counts(session, edition).get(NominationState.DRAFT):
        yield Missing(Gap.DRAFTS, drafts)


def _requests(session: Session, edition: Edition) -> Iterator[Missing]:
    if waiting := duties.waiting(session, edition, Duty.LATE)[Duty.LATE]:
        yield Missing(Gap.LATE_REQUESTS, waiting)


def _before_judging(session: Session, edition: Edition) -> Iterator[Missing]:
    states = counts(session, edition)
    if undecided := states.get(NominationState.SUBMITTED):
        yield Missing(Gap.UNDECIDED, undecided)
    if returned := states.get(NominationState.RETURNED):
        yield Missing(Gap.RETURNED, returned)
    if appeals := duties.waiting(session, edition, Duty.APPEALS)[Duty.APPEALS]:
        yield Missing(Gap.APPEALS, appeals)
    if few := too_few(session, edition):
        yield Missing(Gap.TOO_FEW, len(few), few)
    if not judges.of_edition(session, edition, JudgeState.ACCEPTED):
        yield Missing(Gap.NO_JUDGES)


def _before_the_end(session: Session, edition: Edition, now: datetime) -> Iterator[Missing]:
    """What is missing before the round of marks that is open can be closed."""
    try:
        its = closing.look(session, edition, now)
    except (RoundNotOpen, RoundClosed):
        return
    tally = its.progress.tally
    counted = {
        Gap.UNDECIDED: len(its.undecided),
        Gap.APPEALS: its.appeals,
        Gap.UNASSIGNED: its.unassigned,
        Gap.SHORT_OF_SHEETS: len(its.short) - its.unassigned,
        Gap.STILL_MARKING: len(its.running),
        Gap.COMPLETE_SHEETS: tally.complete,
        Gap.SHEETS_LEFT: tally.half + tally.none,
        Gap.TYPINGS: its.typings,
        Gap.SUSPICIONS: its.suspicions,
    }
    for gap, number in counted.items():
        if number:
            yield Missing(gap, number)
    if found := linking.issued(session, edition):
        yield Missing(Gap.UNLINKED, len(found), tuple(it.category for it in found))


def _of_any(session: Session, edition: Edition) -> Iterator[Missing]:
    if wrong := dates.disorder(editions.timetable_of(session, edition)):
        yield Missing(Gap.DISORDER, len(wrong), tuple(moment.value for moment in wrong[0]))
    languages = editions.rules_of(session, edition).languages
    if unsaid := texts.missing(editions.texts_of(session, edition), languages):
        yield Missing(Gap.TEXTS, len(unsaid))
    if not appointments.of_role(session, edition, Role.CHAIR):
        yield Missing(Gap.NO_CHAIR)


def counts(session: Session, edition: Edition) -> dict[NominationState, int]:
    """How many nominations stand in each state."""
    found = Counter[NominationState]()
    for (_, state), number in by_category(session, edition).items():
        found[state] += number
    return dict(found)


def by_category(session: Session, edition: Edition) -> dict[tuple[str, NominationState], int]:
    """How many nominations stand in each state, category by category."""
    rows = session.execute(
        select(Nomination.category, Nomination.state, func.count())
        .where(Nomination.edition_id == edition.id)
        .group_by(Nomination.category, Nomination.state)
    )
    return {(category, state): number for category, state, number in rows}


def too_few(session: Session, edition: Edition) -> tuple[str, ...]:
    """Open categories that somebody entered, with fewer nominations in play than the rules ask for."""
    there, in_play = Counter[str](), Counter[str]()
    for (category, state), number in by_category(session, edition).items():
        there[category] += number if state is not NominationState.DRAFT else 0
        in_play[category] += number if state in IN_PLAY else 0
    least = editions.rules_of(session, edition).minimum_nominations
    return tuple(
        key for key in editions.open_categories(session, edition) if there[key] and in_play[key] < least
    )


def take(
    session: Session,
    edition: Edition,
    phase: Phase,
    *,
    seen: Phase,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> None:
    """Take the step into the next phase, from the one that was `seen` on the page.

    Raises StepTaken, StandsInTheWay and what `cycle.enter` raises.
    """
    editions.lock(session, edition)
    if edition.phase is not seen:
        raise StepTaken(edition.phase.value)
    if stopping := tuple(it for it in missing(session, edition, now) if it.stops):
        raise StandsInTheWay(stopping)
    cycle.enter(session, edition, phase, actor=actor, now=now, key_folder=key_folder)


def propose_back(session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime) -> Approval:
    """Propose to go a phase back; somebody else approves. Raises IllegalTransition, ReasonMissing, ProposalWaits."""
    editions.lock(session, edition)
    there = PUBLIC_BACK.get(edition.phase)
    if there is None:
        raise IllegalTransition("edition", edition.phase, BACK.get(edition.phase, Phase.DRAFT))
    return approvals.propose(
        session,
        edition,
        STEP_BACK,
        {"from": edition.phase.value, "to": there.value},
        reason=reason,
        actor=actor,
        now=now,
    )


def approve_back(session: Session, edition: Edition, sha256: str, *, actor: Actor, now: datetime) -> Decision:
    """Approve the step back and take it, by a decision that both sign.

    Raises NoProposal, SamePerson, SubjectChanged, StepTaken where the edition is in another phase by now.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, STEP_BACK, sha256)
    here, there = Phase(str(approval.subject["from"])), Phase(str(approval.subject["to"]))
    if edition.phase is not here or PUBLIC_BACK.get(here) is not there:
        raise StepTaken(edition.phase.value)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    edition.phase = there
    return decisions.decide(
        session,
        edition,
        DecisionKind.STEP_BACK,
        actor=actor,
        now=now,
        subject={"from": here.value, "to": there.value},
        reason=approval.reason,
        proposed_by=approvals.first_signature(session, approval),
    )
