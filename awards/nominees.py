"""The person who is nominated by somebody else: asked to accept, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import accounts, drafts, invitations, questions
from awards.audit import Actor
from awards.models import (
    Account,
    AccountAddress,
    Answer,
    Invitation,
    InvitationKind,
    Nomination,
    NominationRevision,
)
from judging.rules import INDIVIDUAL

KEY = "nominee"
"""Where a revision's content keeps what belongs to the person: `latin_name`, `email`, `organisation`."""


class Acceptance(StrEnum):
    """Whether the person nominated has agreed; `not_needed` for a project, or whoever nominates themselves."""

    NOT_NEEDED = "not_needed"
    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NobodyToAsk(Exception):
    """There is nobody whom the nomination has to ask: no person is named with an address, or it is the nominator."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """The person nominated, and where their answer stands."""

    name: str
    latin_name: str
    email: str
    acceptance: Acceptance
    invitation: Invitation | None


def of(session: Session, nomination: Nomination) -> Nominee | None:
    """The person whom a nomination puts forward; None for a project."""
    revision = drafts.latest(session, nomination)
    if revision.nominee_kind != INDIVIDUAL:
        return None
    said = said_by(revision)
    email = accounts.fold_address(said["email"])
    acceptance, invitation = _acceptance(session, nomination, email)
    return Nominee(revision.organisation_name, said["latin_name"], email, acceptance, invitation)


def said_by(revision: NominationRevision) -> dict[str, str]:
    """What a revision says of the person, besides the name."""
    said: Any = revision.content.get(KEY)
    found: Mapping[str, Any] = said if isinstance(said, dict) else {}
    return {part: str(found.get(part) or "") for part in ("latin_name", "email", "organisation")}


def answer_of(session: Session, nomination: Nomination) -> Acceptance:
    """Where the answer of the person nominated stands."""
    found = of(session, nomination)
    return found.acceptance if found is not None else Acceptance.NOT_NEEDED


def ask(
    session: Session, nomination: Nomination, *, language: str, actor: Actor, now: datetime
) -> Invitation:
    """Ask the person nominated to accept. A question to an address that was corrected since is withdrawn.

    Raises NobodyToAsk and what `questions.ask` raises.
    """
    nominee = of(session, nomination)
    if nominee is None or not nominee.email or nominee.acceptance is Acceptance.NOT_NEEDED:
        raise NobodyToAsk
    made = questions.ask(
        session,
        nomination,
        InvitationKind.NOMINEE,
        email=nominee.email,
        name=nominee.name,
        language=language,
        actor=actor,
        now=now,
    )
    for earlier in questions.waiting(session, nomination, InvitationKind.NOMINEE):
        if earlier is not made:
            invitations.withdraw(session, earlier, actor=actor, now=now)
    return made


def _acceptance(session: Session, nomination: Nomination, email: str) -> tuple[Acceptance, Invitation | None]:
    """The last question to the address that the draft states now decides."""
    if email and email in _own_addresses(session, nomination):
        return Acceptance.NOT_NEEDED, None
    last = session.scalars(
        select(Invitation)
        .where(
            Invitation.nomination_id == nomination.id,
            Invitation.kind == InvitationKind.NOMINEE,
            Invitation.email == email,
            Invitation.answer.is_distinct_from(Answer.WITHDRAWN),
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return Acceptance.NOT_ASKED, None
    if last.answer is None:
        return Acceptance.WAITING, last
    accepted = last.answer is Answer.ACCEPTED
    return (Acceptance.ACCEPTED if accepted else Acceptance.DECLINED), last


def _own_addresses(session: Session, nomination: Nomination) -> set[str]:
    query = select(AccountAddress.email).where(AccountAddress.account_id == nomination.nominator_id)
    return set(session.scalars(query))


def _answer(
    session: Session, invitation: Invitation, _account: Account | None, accepted: bool, now: datetime
) -> None:
    """The invitation keeps the answer; the lead is told."""
    nomination = questions.nomination_of(session, invitation)
    questions.tell_lead(session, nomination, invitation, None, accepted=accepted, now=now)


invitations.on_answer[InvitationKind.NOMINEE] = _answer
