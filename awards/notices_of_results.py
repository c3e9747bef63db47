"""Letters to those whose nominations were in the second round: the result is public, taken down, or back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import nominations, notices, releasing
from awards.models import Award, AwardState, Decision, Edition, NominationState, Outbox
from awards.notices import Template
from judging.values import Json

CONCERNED = (
    NominationState.FINALIST,
    NominationState.WINNER,
    NominationState.NOT_AWARDED,
    NominationState.DECLINED,
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
    """Write to everybody who writes a nomination of the second round, about their own only; how many letters."""
    found = [it for it in nominations.of_edition(session, edition, *CONCERNED) if it.category in categories]
    if not found:
        return 0
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
        for person in writers[nomination.id]:
            notices.queue(
                session,
                template,
                person.email,
                language=person.language,
                now=now,
                account=person,
                edition=edition,
                arguments=about,
                decision=decision,
            )
            letters += 1
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


def cancel(session: Session, decided: Iterable[Decision]) -> int:
    """Take back the letters of some decisions that have not gone out; how many there were."""
    numbers = [it.id for it in decided]
    return notices.cancel(session, session.scalars(select(Outbox).where(Outbox.decision_id.in_(numbers))))
