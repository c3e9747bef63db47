"""Consequences: what ends together with a prize, or is made anew with it: its certificates and its badges."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import badges, certificates, editions, proofs
from awards.mending import Hand
from awards.models import Award, Badge, CertificateState, Decision, Edition


def in_force(session: Session, award: Award) -> tuple[int, int]:
    """How many certificates and badges of a prize are in force: of its nomination and of the partners."""
    return len(certificates.of_award(session, award)), len(_holders(session, award))


def revoke(
    session: Session, edition: Edition, award: Award, decision: Decision, hand: Hand, *, because: str = ""
) -> None:
    """Certificates and badges of a prize are in force no more, for the decision's reason, which everybody may read, or
    another one.
    """
    why = because or decision.reason
    found = certificates.of_award(session, award)
    certificates.revoke(
        session, edition, found, because=why, decision=decision, actor=hand.actor, now=hand.now
    )
    for holder in _holders(session, award):
        badges.revoke(
            session, edition, holder=holder, prize=award.prize, because=why, actor=hand.actor, now=hand.now
        )


def leave(
    session: Session, edition: Edition, award: Award, prize: str, decision: Decision, hand: Hand
) -> None:
    """Certificates and badges of a prize that its winner leaves for another one: the reason names both, and nobody."""
    names = editions.texts_of(session, edition)["prizes"]
    said = [
        str(names[key]["name"].get(edition.language) or next(iter(names[key]["name"].values()), key))
        for key in (award.prize, prize)
    ]
    revoke(session, edition, award, decision, hand, because=" → ".join(said))


def make_anew(session: Session, edition: Edition, award: Award, decision: Decision, hand: Hand) -> None:
    """Certificates of a prize, and its badges with them, are issued anew with names and texts as they stand now.

    Raises Unprintable.
    """
    found = certificates.of_award(session, award)
    certificates.reissue(
        session,
        edition,
        found,
        because=decision.reason,
        decision=decision,
        url=hand.url,
        actor=hand.actor,
        now=hand.now,
    )


def undrawn(session: Session, edition: Edition, award: Award) -> tuple[str, ...]:
    """The characters of a prize's certificates, as it stands in memory, that no font draws."""
    return proofs.undrawn(proofs.of_award(session, edition, award))


def _holders(session: Session, award: Award) -> list[str]:
    """Who holds a badge of a prize that is in force."""
    return list(
        session.scalars(
            select(Badge.holder)
            .where(
                Badge.nomination_id == award.nomination_id,
                Badge.prize == award.prize,
                Badge.state == CertificateState.IN_FORCE,
            )
            .order_by(Badge.id)
        )
    )
