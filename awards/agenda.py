"""The agenda: what needs a person, what is theirs, and what waits in each role, after a constant number of queries.

Nominators see a decision only once they have been told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from awards import (
    acceptances,
    deadlines,
    duties,
    editions,
    invitations,
    own_ballots,
    publication,
    releasing,
    watches,
)
from awards.duties import Post
from awards.models import (
    Account,
    AccountAddress,
    Appeal,
    Edition,
    Grant,
    Invitation,
    Nomination,
    NominationEditor,
    NominationReturn,
    NominationRevision,
    NominationState,
)
from awards.own_ballots import Waiting
from awards.timetable import Deadline, Phase
from awards.watches import Summons

FAR = datetime.max.replace(tzinfo=UTC)
OVER = frozenset({Phase.PUBLISHED, Phase.ARCHIVED})
APPEALABLE = frozenset({Phase.SCREENING, Phase.FIRST_ROUND})


class Need(StrEnum):
    """What somebody is to do."""

    INVITATION = "invitation"
    RETURNED = "returned"
    DRAFT = "draft"
    DRAFT_LATE = "draft_late"
    UNSUBMITTED = "unsubmitted"
    APPEAL = "appeal"
    PRIZE = "prize"
    JUDGING = "judging"
    BALLOT = "ballot"


class Mine(NamedTuple):
    """A nomination that the person writes: its newest text, and its state as far as they have been told."""

    nomination: Nomination
    revision: NominationRevision
    edition: Edition
    state: NominationState
    told_at: datetime | None
    closes: Deadline | None
    takes: bool
    """Whether the phase takes it: in screening only as long as a later deadline of its own isn't over."""

    @property
    def unsubmitted(self) -> bool:
        """Whether the text has changed since it was submitted."""
        submitted = self.nomination.submitted_number
        return submitted is not None and self.revision.number > submitted

    @property
    def under_way(self) -> bool:
        """Whether anything can still become of it."""
        missed = self.state is NominationState.DRAFT and not self.takes
        return not (missed or self.state is NominationState.WITHDRAWN or self.edition.phase in OVER)


class Task(NamedTuple):
    """One thing that needs the person, until when, about which nomination or invitation, as a judge or elector."""

    need: Need
    due: Deadline | None
    mine: Mine | None = None
    invitation: Invitation | None = None
    summons: Summons | None = None
    waiting: Waiting | None = None


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
    summons = watches.of_judge(session, account, now)
    voting = own_ballots.waiting(session, account, now)
    involved |= (
        {it.edition_id for it in invited} | {it.edition for it in summons} | {it.edition for it in voting}
    )
    concerned = session.scalars(
        select(Edition)
        .where(or_(Edition.id.in_(involved - {None}), Edition.phase == Phase.NOMINATIONS))
        .order_by(Edition.created_at.desc(), Edition.id.desc())
    ).all()
    by_id = {edition.id: edition for edition in concerned}
    mine = _mine(session, nominations, by_id, now)
    tasks = [
        *(Task(Need.INVITATION, None, invitation=it) for it in invited),
        *(Task(Need.JUDGING, it.due, summons=it) for it in summons),
        *(Task(Need.BALLOT, it.due, waiting=it) for it in voting),
        *_tasks(session, mine, now),
    ]
    return Agenda(
        tasks=tuple(sorted(tasks, key=lambda task: task.due.instant if task.due else FAR)),
        current=tuple(it for it in mine if it.under_way),
        posts=duties.of(session, grants, by_id, now),
        history=tuple(it for it in mine if not it.under_way),
        calls=tuple(it for it in concerned if it.phase is Phase.NOMINATIONS),
        editions=tuple(concerned),
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


def _mine(
    session: Session, nominations: Sequence[Nomination], its: Mapping[int, Edition], now: datetime
) -> list[Mine]:
    if not nominations:
        return []
    numbers = [it.id for it in nominations]
    revisions = {it.nomination_id: it for it in session.scalars(_newest(numbers))}
    told = releasing.all_told(session, nominations)
    states = {it.id: releasing.known_state(it, told.get(it.id)) for it in nominations}
    known = publication.known_states(session, nominations, states, now)
    closing = deadlines.of_all(session, [(it, revisions[it.id]) for it in nominations])
    stated = deadlines.stated_of(session, {it.edition_id for it in nominations})
    return [
        Mine(
            it,
            revisions[it.id],
            its[it.edition_id],
            known[it.id],
            told[it.id][1].at if it.id in told else None,
            closing[it.id],
            _takes(its[it.edition_id], stated.get(it.edition_id), closing[it.id], now),
        )
        for it in nominations
    ]


def _takes(edition: Edition, stated: Deadline | None, closes: Deadline | None, now: datetime) -> bool:
    is_own = closes is not None and closes != stated and now <= closes.instant
    return edition.phase is Phase.NOMINATIONS or (edition.phase is Phase.SCREENING and is_own)


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
    rules = editions.rules_in_force(session, {it.edition.id for it in mine})
    prized = acceptances.unanswered(session, numbers)
    found = [Task(Need.PRIZE, None, it) for it in mine if it.nomination.id in prized and it.under_way]
    for it in mine:
        number, is_open = it.nomination.id, it.takes
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
            last = releasing.last_day(it.edition, it.told_at, rules[it.edition.id])
            if it.edition.phase in APPEALABLE and last is not None and now <= last.instant:
                found.append(Task(Need.APPEAL, last, it))
    return found
