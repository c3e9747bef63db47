"""Letters to those whose nominations were in the second round: the result is public, taken down, or back; and to
those told in confidence, where what they were told does not stand any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, nominations, notices, releasing
from awards.models import (
    AuditEvent,
    Award,
    AwardState,
    Decision,
    Edition,
    Nomination,
    NominationState,
    Outbox,
    OutboxState,
)
from awards.notices import Template
from judging.values import Json

CONCERNED = (
    NominationState.FINALIST,
    NominationState.WINNER,
    NominationState.NOT_AWARDED,
    NominationState.DECLINED,
    NominationState.REVOKED,
)
"""Where a nomination stands whose people are told of the result of its category."""


def tell(
    session: Session,
    edition: Edition,
    categories: Collection[str],
    template: Template,
    *,
    decision: Decision,
    now: datetime,
) -> int:
    """Write to everybody who writes a nomination of the second round, about their own only; how many letters.

    What was to be told in confidence and has not gone out is not told in confidence any more.
    """
    found = [it for it in nominations.of_edition(session, edition, *CONCERNED) if it.category in categories]
    if not found:
        return 0
    if template is Template.RESULT:
        notices.cancel(session, _unsent(session, edition, found))
    writers = releasing.writers_of(session, found)
    revisions = nominations.current_revisions(session, found)
    won = prizes_of(session, edition)
    letters = 0
    for nomination in found:
        about: dict[str, Json] = {
            "title": revisions[nomination.id].title,
            "reference": nomination.reference,
            "category": nomination.category,
            "prizes": [*won.get(nomination.id, ())],
            "declined": nomination.state is NominationState.DECLINED,
            "path": f"/{edition.key}/winners"
            if template is not Template.TAKEN_DOWN
            else f"/nominations/{nomination.public_id}/",
        }
        letters += notices.tell(
            session,
            template,
            writers[nomination.id],
            edition=edition,
            arguments=about,
            decision=decision,
            now=now,
        )
    return letters


def prizes_of(session: Session, edition: Edition) -> dict[int, list[str]]:
    """The prizes that each nomination has, by the nomination's row."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(Award.nomination_id, Award.prize)
        .where(Award.edition_id == edition.id, Award.state == AwardState.GIVEN)
        .order_by(Award.by_decision, Award.id)
    )
    for nomination, prize in rows:
        found.setdefault(nomination, []).append(prize)
    return found


def cancel(session: Session, decided: Iterable[Decision], categories: Collection[str]) -> int:
    """Take back the letters of some decisions about some categories that have not gone out; how many there were."""
    found = session.scalars(select(Outbox).where(Outbox.decision_id.in_([it.id for it in decided])))
    about = (Template.RESULT, Template.PUT_BACK)
    return notices.cancel(
        session, [it for it in found if it.template in about and it.arguments.get("category") in categories]
    )


def take_back(
    session: Session, edition: Edition, told: Sequence[Nomination], *, decision: Decision, now: datetime
) -> int:
    """Write to those who were told in confidence that it does not stand now; how many letters.

    Whose letter has not gone out, and who has not opened the page, learns nothing: the letter is cancelled.
    """
    writers, revisions = releasing.writers_of(session, told), nominations.current_revisions(session, told)
    letters = 0
    for nomination in told:
        waiting = _unsent(session, edition, [nomination])
        unaware = {it.account_id for it in waiting}
        notices.cancel(session, waiting)
        opened = readers_of(session, edition, nomination)
        letters += notices.tell(
            session,
            Template.WON_TAKEN_BACK,
            [it for it in writers[nomination.id] if it.id not in unaware or it.public_id in opened],
            edition=edition,
            arguments={
                "title": revisions[nomination.id].title,
                "reference": nomination.reference,
                "path": page_of(nomination),
            },
            decision=decision,
            now=now,
        )
    return letters


def _unsent(session: Session, edition: Edition, of: Sequence[Nomination]) -> list[Outbox]:
    """The letters that tell of some nominations in confidence and have not gone out."""
    waiting = session.scalars(
        select(Outbox).where(
            Outbox.edition_id == edition.id,
            Outbox.template == Template.WON.value,
            Outbox.state.in_((OutboxState.HELD, OutboxState.QUEUED)),
        )
    )
    pages = {page_of(it) for it in of}
    return [it for it in waiting if it.arguments.get("path") in pages]


def page_of(nomination: Nomination) -> str:
    """The page on which its people read what they are told in confidence."""
    return f"/nominations/{nomination.public_id}/award"


READ = "award.read"
"""What the audit trail calls it that somebody opened that page."""


def readers_of(session: Session, edition: Edition, nomination: Nomination) -> set[str]:
    """Who opened what was told of a nomination, by the public identifiers of their accounts."""
    return set(
        session.scalars(
            select(AuditEvent.actor).where(
                AuditEvent.chain == audit.chain_of(edition),
                AuditEvent.action == READ,
                AuditEvent.subject == nomination.public_id,
            )
        )
    )
