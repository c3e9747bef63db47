"""Releasing: mails about decisions are drafted as those are taken, and go out together after a second look.

Until then those concerned are told nothing, and their pages say nothing either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, selectinload

from awards import audit, editions, notices
from awards.audit import Actor
from awards.models import (
    Account,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationEditor,
    NominationState,
    Outbox,
    OutboxState,
    Told,
)
from awards.notices import Template
from awards.timetable import Deadline, deadline
from judging.rules import Rules
from judging.values import Json

VERDICTS = (DecisionKind.ELIGIBILITY, DecisionKind.APPEAL)
"""Decisions that say whether a nomination is eligible."""

AS_IT_IS = (
    NominationState.DRAFT,
    NominationState.SUBMITTED,
    NominationState.RETURNED,
    NominationState.WITHDRAWN,
)

AFTER_SCREENING = frozenset(
    {
        NominationState.FINALIST,
        NominationState.NOT_SHORTLISTED,
        NominationState.WINNER,
        NominationState.NOT_AWARDED,
        NominationState.DECLINED,
        NominationState.REVOKED,
    }
)
"""States that tell something of a result."""

LAST_MINUTE = time(23, 59)


class NothingToRelease(Exception):
    """None of what was chosen waits for its release any more."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A decision of which nobody has been told, and what would be sent; nothing where nobody has an address."""

    decision: Decision
    nomination: Nomination
    messages: tuple[Outbox, ...]

    @property
    def eligible(self) -> bool:
        return bool(self.decision.subject.get("eligible"))


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: numbers of decisions, how many mails, and decisions that no longer waited."""

    decisions: tuple[int, ...]
    mails: int
    gone: tuple[int, ...]


def writers_of(session: Session, nominations: Iterable[Nomination]) -> dict[int, list[Account]]:
    """Those who write each nomination, by the nomination's row: its nominator and their active co-editors."""
    wanted = list(nominations)
    numbers = [it.id for it in wanted]
    pairs = {(it.id, it.nominator_id) for it in wanted if it.nominator_id is not None}
    for nomination, account in session.execute(
        select(NominationEditor.nomination_id, NominationEditor.account_id).where(
            NominationEditor.nomination_id.in_(numbers), NominationEditor.ended_at.is_(None)
        )
    ):
        pairs.add((nomination, account))
    people = {
        it.id: it
        for it in session.scalars(
            select(Account)
            .where(Account.id.in_({account for _, account in pairs}))
            .options(selectinload(Account.addresses))
        )
    }
    found: dict[int, list[Account]] = {number: [] for number in numbers}
    for nomination, account in sorted(pairs):
        if people[account].email:
            found[nomination].append(people[account])
    return found


def draft(
    session: Session,
    edition: Edition,
    template: Template,
    decision: Decision,
    *,
    to: Iterable[Account],
    arguments: Mapping[str, Json],
    now: datetime,
) -> None:
    """Write the mails about a decision; they wait for their release. Those about what it supersedes are cancelled."""
    if decision.supersedes_id is not None:
        notices.cancel(
            session, session.scalars(select(Outbox).where(Outbox.decision_id == decision.supersedes_id)).all()
        )
    for person in to:
        notices.queue(
            session,
            template,
            person.email,
            language=person.language,
            now=now,
            account=person,
            edition=edition,
            arguments=arguments,
            decision=decision,
            held=True,
        )


def untold() -> ColumnElement[bool]:
    """Of decisions joined with their nominations: verdicts that wait for their release."""
    later = aliased(Decision)
    return and_(
        Decision.kind.in_(VERDICTS),
        Nomination.state != NominationState.WITHDRAWN,
        ~select(Told.decision_id).where(Told.decision_id == Decision.id).exists(),
        ~select(later.id).where(later.supersedes_id == Decision.id).exists(),
    )


def pending(session: Session, edition: Edition) -> list[Pending]:
    """The decisions on eligibility of which nobody has been told, by number, without those superseded."""
    rows = session.execute(
        select(Decision, Nomination)
        .join(Nomination, Nomination.id == Decision.nomination_id)
        .where(
            Decision.edition_id == edition.id,
            untold(),
        )
        .order_by(Decision.number)
    ).all()
    messages: dict[int, list[Outbox]] = {}
    for message in session.scalars(
        select(Outbox)
        .where(
            Outbox.edition_id == edition.id,
            Outbox.decision_id.in_([decision.id for decision, _ in rows]),
            Outbox.state == OutboxState.HELD,
        )
        .order_by(Outbox.id)
    ):
        messages.setdefault(message.decision_id or 0, []).append(message)
    return [Pending(decision, it, tuple(messages.get(decision.id, ()))) for decision, it in rows]


def release(
    session: Session, edition: Edition, numbers: Collection[int], *, actor: Actor, now: datetime
) -> Released:
    """Let the mails about some decisions go, and those concerned see them from now on.

    The mails go to those who write the nominations now. What was superseded or released meanwhile is left out and
    named. Raises NothingToRelease.
    """
    editions.lock(session, edition)
    waiting = {it.decision.number: it for it in pending(session, edition)}
    chosen = [waiting[number] for number in sorted(set(numbers)) if number in waiting]
    if not chosen:
        raise NothingToRelease(edition.key)
    mails = _addressed(session, edition, chosen, now=now)
    until = appeal_until(session, edition, now)
    for message in mails:
        message.due_at = now
        if until is not None and message.template == Template.INELIGIBLE.value:
            stated = {"local": until.local.isoformat(), "zone": until.zone}
            message.arguments = {**message.arguments, "appeal_until": stated}
    sent = notices.release(session, mails)
    for it in chosen:
        tell(session, it.decision, actor=actor, now=now)
    released = tuple(it.decision.number for it in chosen)
    audit.record(
        session,
        actor=actor,
        action="decisions.released",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"decisions": list(released), "mails": sent},
    )
    session.flush()
    return Released(released, sent, tuple(sorted(set(numbers) - set(released))))


def _addressed(
    session: Session, edition: Edition, chosen: Sequence[Pending], *, now: datetime
) -> list[Outbox]:
    """The drafted mails, for those who write the nominations now: others' are cancelled, what is lacking is made."""
    writers = writers_of(session, [it.nomination for it in chosen])
    found: list[Outbox] = []
    for it in chosen:
        drafted = {message.account_id: message for message in it.messages}
        for person in writers[it.nomination.id] if drafted else ():
            message = drafted.pop(person.id, None)
            if message is None:
                message = notices.queue(
                    session,
                    Template(it.messages[0].template),
                    person.email,
                    language=person.language,
                    now=now,
                    account=person,
                    edition=edition,
                    arguments=it.messages[0].arguments,
                    decision=it.decision,
                    held=True,
                )
            if message is not None:
                message.recipient, message.language = person.email, person.language
                found.append(message)
        notices.cancel(session, drafted.values())
    return found


def appeal_until(session: Session, edition: Edition, told: datetime) -> Deadline | None:
    """The end of the last day on which one may appeal, counted from the day on which one was told.

    None where the rules know no appeal.
    """
    return last_day(edition, told, editions.rules_of(session, edition))


def last_day(edition: Edition, told: datetime, rules: Rules) -> Deadline | None:
    """The same by rules that are at hand."""
    days = rules.eligibility.appeal_days
    if not days:
        return None
    day = told.astimezone(ZoneInfo(edition.zone)).date() + timedelta(days=days)
    return deadline(datetime.combine(day, LAST_MINUTE), edition.zone)


def tell(session: Session, decision: Decision, *, actor: Actor, now: datetime) -> None:
    """Note that those concerned were told of a decision."""
    session.add(Told(decision_id=decision.id, by_id=actor.account.id, at=now))


def told(session: Session, nomination: Nomination) -> tuple[Decision, Told] | None:
    """The last verdict on a nomination of which its people have been told, and when that was."""
    return all_told(session, [nomination]).get(nomination.id)


def all_told(session: Session, nominations: Iterable[Nomination]) -> dict[int, tuple[Decision, Told]]:
    """The same for several, by row, after one query."""
    rows = session.execute(
        select(Decision, Told)
        .join(Told, Told.decision_id == Decision.id)
        .where(Decision.nomination_id.in_([it.id for it in nominations]), Decision.kind.in_(VERDICTS))
        .order_by(Decision.number)
    )
    return {decision.nomination_id or 0: (decision, told) for decision, told in rows}


def told_states(session: Session, nominations: Sequence[Nomination]) -> dict[int, NominationState]:
    """The state of each nomination as its people may know it, by its row."""
    found = all_told(session, nominations)
    return {it.id: known_state(it, found.get(it.id)) for it in nominations}


def screened_state(state: NominationState) -> NominationState:
    """A state as those know it who check eligibility: who is a finalist and who has won is not theirs to know."""
    return NominationState.ELIGIBLE if state in AFTER_SCREENING else state


def known_state(nomination: Nomination, verdict: tuple[Decision, Told] | None) -> NominationState:
    """The state of a nomination as its people may know it: a verdict only once they were told.

    What follows eligibility is told by what is published, so until then it reads as eligible.
    """
    if nomination.state in AS_IT_IS:
        return nomination.state
    if verdict is None:
        return NominationState.SUBMITTED
    return NominationState.ELIGIBLE if verdict[0].subject.get("eligible") else NominationState.INELIGIBLE
