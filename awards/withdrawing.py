"""Taking a nomination out, and starting again from its text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, correspondence, decisions, drafts, editions, nominations, notices, windows
from awards.audit import Actor
from awards.models import (
    Attachment,
    AttachmentState,
    AuditEvent,
    AuditPayload,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
    Outbox,
    OutboxState,
)
from awards.models.base import public_id
from awards.notices import Template
from awards.timetable import Phase
from judging.values import Json

STARTED_AGAIN = "nomination.started_again"
UNTIL_CLOSED = (*windows.TAKING, Phase.FIRST_ROUND)
"""Phases in which its people take a nomination out: until the first round is closed, and standings are known."""


class NotWithdrawable(Exception):
    """The first round is closed, and its people can't take a nomination out any more."""


def is_possible(edition: Edition, nomination: Nomination) -> bool:
    """Whether its people may take a nomination out now."""
    return edition.phase in UNTIL_CLOSED and NominationState.WITHDRAWN in nominations.MOVES[nomination.state]


def withdraw(
    session: Session, nomination: Nomination, *, reason: str = "", actor: Actor, now: datetime
) -> Decision | None:
    """Take a nomination out; one that is out already stays so. A draft that nobody saw needs no decision.

    Raises NotWithdrawable, IllegalTransition.
    """
    edition = windows.locked(session, nomination)
    if nomination.state is NominationState.WITHDRAWN:
        return None
    if edition.phase not in UNTIL_CLOSED:
        raise NotWithdrawable(edition.phase.value)
    revision = drafts.latest(session, nomination)
    before = nomination.state
    nominations.advance(nomination, NominationState.WITHDRAWN)
    notices.cancel(session, _held(session, nomination))
    decision = None
    if nomination.submitted_number is not None:
        decision = decisions.decide(
            session,
            edition,
            DecisionKind.WITHDRAWAL,
            actor=actor,
            now=now,
            category=nomination.category,
            nomination=nomination,
            subject={"nomination": nomination.reference},
            names={"title": revision.title, "organisation": revision.organisation_name},
            reason=reason,
            signed_as="nominator",
        )
    audit.record(
        session,
        actor=actor,
        action="nomination.withdrawn",
        subject=nomination.public_id,
        now=now,
        edition=edition,
        before={"state": before.value},
        after={"reason": reason.strip()},
    )
    correspondence.tell(
        session,
        edition,
        nomination,
        Template.WITHDRAWN,
        {"reason": reason.strip(), "by": actor.name},
        revision=revision,
        now=now,
        decision=decision,
    )
    return decision


def _held(session: Session, nomination: Nomination) -> Sequence[Outbox]:
    """The mails about a nomination that wait for their release."""
    return session.scalars(
        select(Outbox)
        .join(Decision, Decision.id == Outbox.decision_id)
        .where(Decision.nomination_id == nomination.id, Outbox.state == OutboxState.HELD)
    ).all()


def start_again(session: Session, nomination: Nomination, *, actor: Actor, now: datetime) -> Nomination:
    """A new draft of the actor's that says what a nomination says, its files with it, its consents not given.

    Whoever has such a draft already, and did not withdraw it, is given the same one.

    Raises NominationsNotOpen, CategoryClosed where its category isn't part of the awards any more.
    """
    edition = editions.lock(session, session.get_one(Edition, nomination.edition_id))
    if begun := _begun_again(session, nomination, actor):
        return begun
    rules = editions.rules_of(session, edition)
    said = drafts.said_by(drafts.latest(session, nomination))
    copy = drafts.start(
        session,
        edition,
        category=str(said["category"]),
        language=str(said["language"]),
        nominee_kind=str(said["nominee_kind"]),
        actor=actor,
        now=now,
    )
    consents = {field.key for field in rules.fields if field.kind == "consent"}
    keys = _copy_files(session, nomination, copy, now=now)
    changes = {key: _with_keys(value, keys) for key, value in said.items() if key not in consents}
    drafts.change(session, copy, changes, base=None, actor=actor, now=now)
    audit.record(
        session,
        actor=actor,
        action=STARTED_AGAIN,
        subject=nomination.public_id,
        now=now,
        edition=edition,
        after={"copy": copy.public_id},
    )
    return copy


def _begun_again(session: Session, nomination: Nomination, actor: Actor) -> Nomination | None:
    """What the actor began from a nomination's text before and has not withdrawn."""
    said = session.scalars(
        select(AuditPayload.after)
        .join(AuditEvent, AuditEvent.id == AuditPayload.event_id)
        .where(AuditEvent.action == STARTED_AGAIN, AuditEvent.subject == nomination.public_id)
    )
    return session.scalars(
        select(Nomination)
        .where(
            Nomination.public_id.in_([json.loads(it)["copy"] for it in said]),
            Nomination.nominator_id == actor.account.id,
            Nomination.state != NominationState.WITHDRAWN,
        )
        .order_by(Nomination.id.desc())
        .limit(1)
    ).first()


def _copy_files(
    session: Session, nomination: Nomination, copy: Nomination, *, now: datetime
) -> dict[str, str]:
    """Let the copy have the files too: the new key of each by the old one."""
    found: dict[str, str] = {}
    for file in session.scalars(
        select(Attachment).where(
            Attachment.nomination_id == nomination.id, Attachment.state == AttachmentState.CLEAN
        )
    ):
        found[file.key] = public_id()
        session.add(
            Attachment(
                key=found[file.key],
                nomination_id=copy.id,
                field=file.field,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                state=file.state,
                file=file.file,
                uploaded_by_id=file.uploaded_by_id,
                at=now,
            )
        )
    session.flush()
    return found


def _with_keys(answer: Json, keys: dict[str, str]) -> Json:
    """An answer that names files, with the keys that they have now."""
    if isinstance(answer, list):
        return [_with_keys(it, keys) for it in answer]
    if isinstance(answer, dict):
        return {key: _with_keys(it, keys) if key == "file" else it for key, it in answer.items()}
    return keys.get(answer, answer) if isinstance(answer, str) else answer
