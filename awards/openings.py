"""Openings: until when what an invitation asks for can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from awards import deadlines, editions
from awards.drafts import EDITABLE
from awards.models import Edition, Invitation, InvitationKind, Nomination, NominationState, Role
from awards.timetable import Deadline, Phase
from judging.values import SecondRound

LASTS = timedelta(days=90)
"""How long an invitation to the whole site is open: what it invites to never closes."""

BEFORE_JUDGING = frozenset({Phase.DRAFT, Phase.NOMINATIONS, Phase.SCREENING})
BEFORE_THE_VOTE = BEFORE_JUDGING | {Phase.FIRST_ROUND, Phase.DELIBERATION}
BEFORE_THE_RESULT = BEFORE_THE_VOTE | {Phase.SECOND_ROUND}
BEFORE_THE_ARCHIVE = BEFORE_THE_RESULT | {Phase.DECIDED, Phase.PUBLISHED}

WHILE: Mapping[Role, frozenset[Phase]] = {
    Role.SCREENER: BEFORE_JUDGING,
    Role.CLERK: BEFORE_JUDGING | {Phase.FIRST_ROUND},
    Role.JUDGE: BEFORE_JUDGING | {Phase.FIRST_ROUND},
    Role.TELLER: BEFORE_THE_RESULT,
    Role.HOLDER: BEFORE_THE_RESULT,
    Role.ELECTOR: BEFORE_THE_RESULT,
    Role.CHAIR: BEFORE_THE_RESULT,
    Role.DEPUTY: BEFORE_THE_RESULT,
    Role.ORGANISER: BEFORE_THE_ARCHIVE,
    Role.AUDITOR: BEFORE_THE_ARCHIVE,
    Role.ADMINISTRATOR: BEFORE_THE_ARCHIVE,
}
"""The phases in which a role of an edition has something to do."""

OPEN_STATES: Mapping[InvitationKind, frozenset[NominationState]] = {
    InvitationKind.EDITOR: frozenset(EDITABLE),
    InvitationKind.HANDOVER: frozenset(EDITABLE),
    InvitationKind.PARTNER: frozenset(EDITABLE),
    InvitationKind.NOMINEE: frozenset(EDITABLE),
    InvitationKind.CATEGORY: frozenset({NominationState.SUBMITTED, NominationState.RETURNED}),
}
"""The states in which what is asked about a nomination can still be answered."""


class Closing(StrEnum):
    """What ends an invitation."""

    ROLE = "role"
    DEADLINE = "deadline"
    DECISION = "decision"
    DATE = "date"


class Until(NamedTuple):
    """Until when an invitation can be answered: what ends it, and when, where a date is stated."""

    closing: Closing
    at: Deadline | None


def until(session: Session, invitation: Invitation) -> Until:
    """What ends an invitation, for its page and its mail."""
    edition = edition_of(session, invitation)
    if invitation.kind is InvitationKind.ROLE:
        if edition is not None:
            return Until(Closing.ROLE, None)
        ends = invitation.at + LASTS
        return Until(Closing.DATE, Deadline(ends.replace(tzinfo=None), "UTC", ends))
    nomination = _nomination(session, invitation)
    writes = invitation.kind in (InvitationKind.EDITOR, InvitationKind.HANDOVER)
    if writes and nomination is not None and edition is not None and edition.phase is Phase.NOMINATIONS:
        return Until(Closing.DEADLINE, deadlines.closes(session, edition, nomination))
    return Until(Closing.DECISION, None)


def is_closed(session: Session, invitation: Invitation, now: datetime) -> bool:
    """Whether what an invitation asks for is closed, answered or not."""
    edition = edition_of(session, invitation)
    if invitation.kind is InvitationKind.ROLE:
        if edition is None:
            return now >= invitation.at + LASTS
        if invitation.role in (Role.JUDGE, Role.CLERK):
            return not is_panel_open(session, edition)
        return invitation.role is None or edition.phase not in WHILE[invitation.role]
    nomination = _nomination(session, invitation)
    if nomination is None or edition is None:
        return True
    return edition.phase not in BEFORE_JUDGING or nomination.state not in OPEN_STATES[invitation.kind]


def is_panel_open(session: Session, edition: Edition) -> bool:
    """Whether a round in which a panel gives marks is open or still to come."""
    if edition.first_closed_at is None:
        return edition.phase in WHILE[Role.JUDGE]
    if edition.second_closed_at is not None or edition.phase not in WHILE[Role.ELECTOR]:
        return False
    return editions.rules_of(session, edition).second_round is SecondRound.PANEL


def edition_of(session: Session, invitation: Invitation) -> Edition | None:
    """The edition that an invitation is about, None for the whole site."""
    return session.get(Edition, invitation.edition_id) if invitation.edition_id else None


def _nomination(session: Session, invitation: Invitation) -> Nomination | None:
    return session.get(Nomination, invitation.nomination_id) if invitation.nomination_id else None
