"""What membership offers, shown once to the people of a winner whose organisation is no member."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions, nominations, publication
from awards.audit import Actor
from awards.models import Edition, Membership, MembershipNote, Nomination, PublicationKind


def offer(session: Session, edition: Edition, nomination: Nomination, now: datetime) -> Mapping[str, str]:
    """The text, by language, while it may be shown: from the release on, to winners that are no members, until one of
    their people puts it away. Nothing otherwise, and where the edition has no such text.
    """
    text: Mapping[str, str] = editions.texts_of(session, edition).get("membership", {}).get("text", {})
    if not any(text.values()) or _note(session, nomination) is not None:
        return {}
    shown = publication.visible(session, edition, PublicationKind.WINNERS, now)
    if nomination.reference not in {row["reference"] for it in shown for row in it.document["rows"]}:
        return {}
    organisation = nominations.standing_revision(nomination).organisation
    return {} if organisation is not None and organisation.membership is not Membership.NONE else text


def put_away(
    session: Session, edition: Edition, nomination: Nomination, *, actor: Actor, now: datetime
) -> None:
    """Show it no more, to nobody of the nomination; once it is away it stays away."""
    editions.lock(session, edition)
    if _note(session, nomination) is not None:
        return
    session.add(MembershipNote(nomination_id=nomination.id, shown_at=now, put_away_at=now))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="membership.put_away",
        subject=nomination.public_id,
        now=now,
        edition=edition,
    )


def _note(session: Session, nomination: Nomination) -> MembershipNote | None:
    return session.scalars(
        select(MembershipNote).where(MembershipNote.nomination_id == nomination.id)
    ).first()
