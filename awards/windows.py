"""Until when one nomination may be submitted, and how a form that was opened then and is sent now stands to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, drafts, editions
from awards.deadlines import Timing
from awards.models import Edition, Nomination, NominationReturn, NominationState
from awards.timetable import Deadline, Phase

TAKING = (Phase.NOMINATIONS, Phase.SCREENING)
"""Phases in which a nomination may still be submitted, given back, asked for late, or withdrawn by its people."""


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a nomination may be submitted, and how a form opened then and sent now stands to that.

    `is_own`: later than the edition's deadline. `returned`: it was given back, and this is when it is due again.
    """

    closes: Deadline | None
    timing: Timing
    is_own: bool = False
    returned: NominationReturn | None = None

    @property
    def is_open(self) -> bool:
        return self.timing is not Timing.LATE


def window(
    session: Session, edition: Edition, nomination: Nomination, *, opened: datetime | None, now: datetime
) -> Window | None:
    """How a nomination stands to its deadline; None where it is not written any more, whatever the time."""
    if nomination.state not in drafts.EDITABLE or edition.phase not in TAKING:
        return None
    grace = editions.rules_of(session, edition).eligibility.grace_minutes
    returned = last_return(session, nomination) if nomination.state is NominationState.RETURNED else None
    if returned is not None:
        due = Deadline(datetime.fromisoformat(returned.local), returned.zone, returned.until)
        timing = deadlines.timing(due, opened=opened, now=now, grace_minutes=grace)
        return Window(due, timing, returned=returned)
    stated = deadlines.closes(session, edition)
    closes = deadlines.closes(session, edition, nomination)
    is_own = closes is not None and closes != stated
    timing = deadlines.timing(closes, opened=opened, now=now, grace_minutes=grace)
    if edition.phase is not Phase.NOMINATIONS and not is_own:
        timing = Timing.LATE
    return Window(closes, timing, is_own=is_own)


def last_return(session: Session, nomination: Nomination) -> NominationReturn | None:
    """The last time that a nomination was given back."""
    return session.scalars(
        select(NominationReturn)
        .where(NominationReturn.nomination_id == nomination.id)
        .order_by(NominationReturn.id.desc())
        .limit(1)
    ).first()


def refusal(edition: Edition, nomination: Nomination) -> Exception:
    """Why a nomination without a window isn't taken."""
    if nomination.state not in drafts.EDITABLE:
        return drafts.NotEditable(nomination.state.value)
    return drafts.NominationsNotOpen(edition.phase.value)


def locked(session: Session, nomination: Nomination) -> Edition:
    """The edition, locked, and the nomination as it stands now."""
    edition = editions.lock(session, session.get_one(Edition, nomination.edition_id))
    session.refresh(nomination, with_for_update=True)
    return edition
