"""Notices: messages that wait in the outbox, what became of them, and when to try again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from awards.models import (
    Account,
    Decision,
    Edition,
    Invitation,
    Outbox,
    OutboxState,
    RollEntry,
    RollState,
)
from awards.timetable import Deadline
from judging.values import Json

CLAIMED_FOR = timedelta(minutes=10)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240, 720))
"""How long a message waits after each attempt that failed; after one more it has failed."""

LONGEST_ANSWER = 500


class Template(StrEnum):
    """The messages there are. A link in one is made when it is sent and stands in no table."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    NO_ACCOUNT = "no_account"
    ADDRESS_CONFIRM = "address_confirm"
    INVITATION = "invitation"
    ANSWERED = "answered"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    UNSUBMITTED_CHANGES = "unsubmitted_changes"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    APPEAL_RECEIVED = "appeal_received"
    APPEAL_DECIDED = "appeal_decided"
    LATE_KEPT = "late_kept"
    LATE_DECIDED = "late_decided"
    DATE_MOVED = "date_moved"
    RULES_AMENDED = "rules_amended"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    CATEGORY_MOVE = "category_move"
    FINALIST = "finalist"
    NOT_SHORTLISTED = "not_shortlisted"
    REOPENING = "reopening"
    JUDGE_ANSWERED = "judge_answered"
    JUDGE_LEFT = "judge_left"
    PANEL_LOST = "panel_lost"
    JUDGE_REMINDER = "judge_reminder"
    WAIVER_ASKED = "waiver_asked"
    SHEET_TYPED = "sheet_typed"
    ROOM_OPENED = "room_opened"
    ASSIGNED = "assigned"
    RELEASED = "released"
    FURTHER_READING = "further_reading"
    BALLOT = "ballot"
    CITIZEN = "citizen"
    DELEGATE_ASKED = "delegate_asked"
    DELEGATE_NAMED = "delegate_named"
    DELEGATE_ENDED = "delegate_ended"
    DELEGATE_RECORDED = "delegate_recorded"
    ENVELOPE_STRUCK = "envelope_struck"
    DISPUTE_RAISED = "dispute_raised"
    DISPUTE_DECIDED = "dispute_decided"
    WON = "won"
    WON_TAKEN_BACK = "won_taken_back"
    RESULT = "result"
    TAKEN_DOWN = "taken_down"
    PUT_BACK = "put_back"
    PRIZE_ANSWERED = "prize_answered"
    CONSENT_CHANGED = "consent_changed"
    HOLDER_ASKED = "holder_asked"
    PRIZE_REVOKED = "prize_revoked"
    PRIZE_MOVED = "prize_moved"
    PRIZE_CORRECTED = "prize_corrected"
    RESULT_MENDED = "result_mended"
    FEEDBACK = "feedback"
    COMMENT_KEPT_BACK = "comment_kept_back"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_REISSUED = "certificate_reissued"
    PRESS_INVITED = "press_invited"
    PRESS_TAKEN_BACK = "press_taken_back"
    PRESS_ENDED = "press_ended"


def queue(
    session: Session,
    template: Template,
    recipient: str,
    *,
    language: str,
    now: datetime,
    account: Account | None = None,
    edition: Edition | None = None,
    arguments: Mapping[str, Json] | None = None,
    invitation: Invitation | None = None,
    decision: Decision | None = None,
    roll_entry: RollEntry | None = None,
    held: bool = False,
    once: str | None = None,
) -> Outbox | None:
    """Put a message into the outbox. `arguments` are what it says; never a token or a password.

    `held`: it waits until it is released. `once` names what is said a single time: a second message of that name is
    not made, and the answer is None.
    """
    if once is not None and session.scalar(select(Outbox.id).where(Outbox.once == once)) is not None:
        return None
    message = Outbox(
        edition_id=edition.id if edition else None,
        account_id=account.id if account else None,
        invitation_id=invitation.id if invitation else None,
        decision_id=decision.id if decision else None,
        roll_entry_id=roll_entry.id if roll_entry else None,
        recipient=recipient,
        language=language,
        template=template.value,
        arguments=dict(arguments or {}),
        state=OutboxState.HELD if held else OutboxState.QUEUED,
        due_at=now,
        once=once,
    )
    if once is None:
        session.add(message)
        session.flush()
        return message
    try:
        with session.begin_nested():
            session.add(message)
            session.flush()
    except IntegrityError:  # somebody said it in the same moment
        return None
    return message


def tell(
    session: Session,
    template: Template,
    people: Iterable[Account],
    *,
    edition: Edition,
    arguments: Mapping[str, Json],
    decision: Decision | None = None,
    now: datetime,
) -> int:
    """Put the same message into the outbox for each of some people who has an address; how many."""
    reached = [it for it in people if it.email]
    for person in reached:
        queue(
            session,
            template,
            person.email,
            language=person.language,
            now=now,
            account=person,
            edition=edition,
            arguments=arguments,
            decision=decision,
        )
    return len(reached)


def held(session: Session, edition: Edition) -> Sequence[Outbox]:
    """The messages of an edition that wait for a second look, in the order they were written."""
    return session.scalars(
        select(Outbox)
        .where(Outbox.edition_id == edition.id, Outbox.state == OutboxState.HELD)
        .order_by(Outbox.id)
    ).all()


def release(session: Session, messages: Iterable[Outbox]) -> int:
    """Let held messages go out; how many there were. What isn't held is left as it is."""
    return _move(session, messages, (OutboxState.HELD,), OutboxState.QUEUED)


def cancel(session: Session, messages: Iterable[Outbox]) -> int:
    """Take back what hasn't gone out yet; how many there were. The name of a message said once is free again."""
    found = [message for message in messages if message.state in (OutboxState.HELD, OutboxState.QUEUED)]
    for message in found:
        message.once = None
    return _move(session, found, (OutboxState.HELD, OutboxState.QUEUED), OutboxState.CANCELLED)


def _move(
    session: Session, messages: Iterable[Outbox], states: tuple[OutboxState, ...], state: OutboxState
) -> int:
    moved = [message for message in messages if message.state in states]
    for message in moved:
        message.state = state
    session.flush()
    return len(moved)


def claim(session: Session, now: datetime) -> Outbox | None:
    """The message that has waited longest, taken for this worker alone; None where none is due.

    Whoever stops half-way leaves it to be tried again once the claim has run out. The caller commits.
    """
    message = session.scalars(
        select(Outbox)
        .where(Outbox.state == OutboxState.QUEUED, Outbox.due_at <= now)
        .order_by(Outbox.due_at, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if message is not None:
        message.attempts += 1
        message.due_at = now + CLAIMED_FOR
        session.flush()
    return message


def drop_if_moot(session: Session, message: Outbox) -> bool:
    """Cancel a message that waited too long; whether it did: its invitation was answered or withdrawn, or somebody else
    casts the ballot now that its link lets in to.
    """
    invitation = session.get(Invitation, message.invitation_id) if message.invitation_id else None
    answered = invitation is not None and invitation.answer is not None
    if not answered and not _lets_in_a_stranger(session, message):
        return False
    message.state = OutboxState.CANCELLED
    return True


def _lets_in_a_stranger(session: Session, message: Outbox) -> bool:
    if message.template != Template.BALLOT or message.roll_entry_id is None:
        return False
    entry = session.get_one(RollEntry, message.roll_entry_id)
    return entry.state is not RollState.ON or entry.email != message.recipient


def sent(message: Outbox, now: datetime) -> None:
    message.state, message.sent_at, message.answer = OutboxState.SENT, now, ""


def not_sent(message: Outbox, answer: str, *, now: datetime, for_good: bool = False) -> None:
    """What the server answered; refused for good, or after the last attempt, the message has failed."""
    message.answer = answer[:LONGEST_ANSWER]
    if for_good or message.attempts > len(PAUSES):
        message.state = OutboxState.FAILED
    else:
        message.due_at = now + PAUSES[message.attempts - 1]


def moment(stated: Deadline) -> dict[str, Json]:
    """A deadline as an argument, so that a message names it as it was stated."""
    return {"local": stated.local.isoformat(), "zone": stated.zone}
