"""The agenda: what needs a person, what is theirs, and what waits in each role, after a constant number of queries.

Nominators see a decision only once they have been told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from awards import duties, invitations
from awards.duties import Post
from awards.models import (
    Account,
    AccountAddress,
    Appeal,
    Decision,
    DecisionKind,
    Edition,
    Grant,
    Invitation,
    Nomination,
    NominationEditor,
    NominationReturn,
    NominationRevision,
    NominationState,
    OwnDeadline,
    RulesDocument,
    TimetableAmendment,
    Told,
)
from awards.timetable import Deadline, Moment, Phase, deadline
from judging import programme
from judging.values import canonical

LAST_MINUTE = time(23, 59)
APPEAL_DAYS = 14
FAR = datetime.max.replace(tzinfo=UTC)
OVER = frozenset({Phase.PUBLISHED, Phase.ARCHIVED})
APPEALABLE = frozenset({Phase.SCREENING, Phase.FIRST_ROUND})
AS_IT_IS = frozenset(
    {
        NominationState.DRAFT,
        NominationState.SUBMITTED,
        NominationState.RETURNED,
        NominationState.WITHDRAWN,
    }
)
"""States that a nomination's people bring about or are told of at once."""


class Need(StrEnum):
    """What somebody is to do."""

    INVITATION = "invitation"
    RETURNED = "returned"
    DRAFT = "draft"
    DRAFT_LATE = "draft_late"
    UNSUBMITTED = "unsubmitted"
    APPEAL = "appeal"


class Mine(NamedTuple):
    """A nomination that the person writes: its newest text, and its state as far as they have been told."""

    nomination: Nomination
    revision: NominationRevision
    edition: Edition
    state: NominationState
    told_at: datetime | None
    closes: Deadline | None

    @property
    def unsubmitted(self) -> bool:
        """Whether the text has changed since it was submitted."""
        submitted = self.nomination.submitted_number
        return submitted is not None and self.revision.number > submitted

    @property
    def under_way(self) -> bool:
        """Whether anything can still become of it."""
        missed = self.state is NominationState.DRAFT and self.edition.phase is not Phase.NOMINATIONS
        return not (missed or self.state is NominationState.WITHDRAWN or self.edition.phase in OVER)


class Task(NamedTuple):
    """One thing that needs the person, until when, about which nomination or invitation."""

    need: Need
    due: Deadline | None
    mine: Mine | None = None
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """`tasks` by date, those without one last; `calls` are the editions that take nominations now."""

    tasks: tuple[Task, ...]
    current: tuple[Mine, ...]
    posts: tuple[Post, ...]
    history: tuple[Mine, ...]
    calls: tuple[Edition, ...]
    editions: tuple[Edition, ...]


def of(session: Session, account: Account, now: datetime) -> Agenda:
    """What needs a person now. Changes nothing."""
    grants = session.scalars(
        select(Grant).where(Grant.account_id == account.id, Grant.ended_at.is_(None)).order_by(Grant.id)
    ).all()
    nominations = _own(session, account)
    invited = _invited(session, account, now)
    involved = {it.edition_id for it in grants} | {it.edition_id for it in nominations}
    involved |= {it.edition_id for it in invited}
    editions = session.scalars(
        select(Edition)
        .where(or_(Edition.id.in_(involved - {None}), Edition.phase == Phase.NOMINATIONS))
        .order_by(Edition.created_at.desc(), Edition.id.desc())
    ).all()
    by_id = {edition.id: edition for edition in editions}
    mine = _mine(session, nominations, by_id)
    tasks = [*(Task(Need.INVITATION, None, invitation=it) for it in invited), *_tasks(session, mine, now)]
    return Agenda(
        tasks=tuple(sorted(tasks, key=lambda task: task.due.instant if task.due else FAR)),
        current=tuple(it for it in mine if it.under_way),
        posts=duties.of(session, grants, by_id),
        history=tuple(it for it in mine if not it.under_way),
        calls=tuple(it for it in editions if it.phase is Phase.NOMINATIONS),
        editions=tuple(editions),
    )


def _own(session: Session, account: Account) -> Sequence[Nomination]:
    writes = select(NominationEditor.nomination_id).where(
        NominationEditor.account_id == account.id, NominationEditor.ended_at.is_(None)
    )
    return session.scalars(
        select(Nomination)
        .where(or_(Nomination.nominator_id == account.id, Nomination.id.in_(writes)))
        .order_by(Nomination.created_at.desc(), Nomination.id.desc())
    ).all()


def _invited(session: Session, account: Account, now: datetime) -> list[Invitation]:
    """The invitations to one of the person's addresses that can still be answered."""
    own = select(AccountAddress.email).where(AccountAddress.account_id == account.id)
    found = session.scalars(
        select(Invitation)
        .where(Invitation.email.in_(own), Invitation.answer.is_(None))
        .order_by(Invitation.at.desc(), Invitation.id.desc())
    ).all()
    _known = (  # loaded at once, so that asking about each one asks the database nothing
        session.scalars(select(Edition).where(Edition.id.in_([it.edition_id for it in found]))).all(),
        session.scalars(
            select(Nomination).where(Nomination.id.in_([it.nomination_id for it in found]))
        ).all(),
    )
    return [it for it in found if invitations.is_open(session, it, now)]


def _mine(session: Session, nominations: Sequence[Nomination], editions: Mapping[int, Edition]) -> list[Mine]:
    if not nominations:
        return []
    numbers = [it.id for it in nominations]
    revisions = {it.nomination_id: it for it in session.scalars(_newest(numbers))}
    told = _told(session, numbers)
    closing = _closing(session, {it.edition_id for it in nominations})
    own = session.scalars(
        select(OwnDeadline)
        .where(OwnDeadline.edition_id.in_(closing.keys()), OwnDeadline.moment == Moment.NOMINATIONS_CLOSE)
        .order_by(OwnDeadline.at_utc)
    ).all()
    found = []
    for it in nominations:
        revision, edition = revisions[it.id], editions[it.edition_id]
        verdict = told.get(it.id)
        closes = _latest_close(closing.get(edition.id), own, it, revision)
        found.append(
            Mine(it, revision, edition, _known_state(it, verdict), verdict[1].at if verdict else None, closes)
        )
    return found


def _known_state(nomination: Nomination, verdict: tuple[Decision, Told] | None) -> NominationState:
    """A state as the nomination's people may know it; what follows a verdict is told by what is published."""
    if nomination.state in AS_IT_IS:
        return nomination.state
    if verdict is None:
        return NominationState.SUBMITTED
    return NominationState.ELIGIBLE if verdict[0].subject.get("eligible") else NominationState.INELIGIBLE


def _newest(numbers: Sequence[int]) -> Select[NominationRevision]:
    last = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("number"))
        .where(NominationRevision.nomination_id.in_(numbers))
        .group_by(NominationRevision.nomination_id)
        .subquery()
    )
    same = (NominationRevision.nomination_id == last.c.nomination_id) & (
        NominationRevision.number == last.c.number
    )
    return select(NominationRevision).join(last, same)


def _told(session: Session, numbers: Sequence[int]) -> dict[int, tuple[Decision, Told]]:
    """The last verdict on each nomination of which its people have been told."""
    rows = session.execute(
        select(Decision, Told)
        .join(Told, Told.decision_id == Decision.id)
        .where(
            Decision.nomination_id.in_(numbers),
            Decision.kind.in_((DecisionKind.ELIGIBILITY, DecisionKind.APPEAL)),
        )
        .order_by(Decision.number)
    )
    return {decision.nomination_id or 0: (decision, told) for decision, told in rows}


def _closing(session: Session, editions: Iterable[int]) -> dict[int, Deadline]:
    """When nominations close in each edition, as last stated."""
    changes = session.scalars(
        select(TimetableAmendment)
        .where(
            TimetableAmendment.edition_id.in_(list(editions)),
            TimetableAmendment.moment == Moment.NOMINATIONS_CLOSE,
        )
        .order_by(TimetableAmendment.number)
    )
    return {it.edition_id: Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc) for it in changes}


def _latest_close(
    stated: Deadline | None, own: Sequence[OwnDeadline], it: Nomination, revision: NominationRevision
) -> Deadline | None:
    """The edition's close, or the latest own one that applies, as `deadlines.closes` has it."""
    for later in own:
        applies = (
            later.nomination_id == it.id
            or (later.category is not None and later.category == it.category)
            or (later.organisation_id is not None and later.organisation_id == revision.organisation_id)
        )
        if applies and later.edition_id == it.edition_id and stated and later.at_utc > stated.instant:
            stated = Deadline(datetime.fromisoformat(later.local), later.zone, later.at_utc)
    return stated


def _tasks(session: Session, mine: Sequence[Mine], now: datetime) -> list[Task]:
    numbers = [it.nomination.id for it in mine]
    returns = {
        it.nomination_id: it
        for it in session.scalars(
            select(NominationReturn)
            .where(NominationReturn.nomination_id.in_(numbers))
            .order_by(NominationReturn.id)
        )
    }
    appealed = set(session.scalars(select(Appeal.nomination_id).where(Appeal.nomination_id.in_(numbers))))
    days = _appeal_days(session, {it.edition.id for it in mine})
    found = []
    for it in mine:
        number, is_open = it.nomination.id, it.edition.phase is Phase.NOMINATIONS
        in_time = it.closes is None or now <= it.closes.instant
        if it.state is NominationState.RETURNED and number in returns:
            given = returns[number]
            until = Deadline(datetime.fromisoformat(given.local), given.zone, given.until)
            found.append(Task(Need.RETURNED, until, it))
        elif it.state is NominationState.DRAFT and is_open:
            found.append(Task(Need.DRAFT if in_time else Need.DRAFT_LATE, it.closes, it))
        elif it.state is NominationState.SUBMITTED and it.unsubmitted and is_open and in_time:
            found.append(Task(Need.UNSUBMITTED, it.closes, it))
        elif it.state is NominationState.INELIGIBLE and number not in appealed and it.told_at is not None:
            last = _appeal_until(it.edition, it.told_at, days.get(it.edition.id, APPEAL_DAYS))
            if it.edition.phase in APPEALABLE and last is not None and now <= last.instant:
                found.append(Task(Need.APPEAL, last, it))
    return found


def _appeal_days(session: Session, editions: Iterable[int]) -> dict[int, int]:
    """How many days each edition's rules in force give for an appeal."""
    documents = session.scalars(
        select(RulesDocument)
        .where(RulesDocument.edition_id.in_(list(editions)))
        .order_by(RulesDocument.number)
    )
    found = {}
    for it in documents:
        asked = programme.read_rules(json.loads(canonical(it.document))).eligibility
        found[it.edition_id] = int(getattr(asked, "appeal_days", APPEAL_DAYS))
    return found


def _appeal_until(edition: Edition, told: datetime, days: int) -> Deadline | None:
    """The end of the last day on which one may appeal, counted from the day on which one was told."""
    if not days:
        return None
    day = told.astimezone(ZoneInfo(edition.zone)).date() + timedelta(days=days)
    return deadline(datetime.combine(day, LAST_MINUTE), edition.zone)
