"""Consequences: what ends together with a prize, or is made anew with it: its certificates and its badge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.models import Award, Badge, Certificate, CertificateState, Decision


def in_force(session: Session, award: Award) -> tuple[int, int]:
    """How many certificates and badges of a prize are in force: of its nomination and of the partners."""
    return len(_certificates(session, award)), len(_badges(session, award))


def revoke(session: Session, award: Award, *, because: str, decision: Decision, now: datetime) -> None:
    """Certificates and badge of a prize are in force no more; `because` may be read by everybody."""
    _end(session, award, CertificateState.REVOKED, because=because, decision=decision, now=now)


def make_anew(session: Session, award: Award, *, because: str, decision: Decision, now: datetime) -> None:
    """Certificates and badge of a prize no longer say what stands: others are issued in their place."""
    _end(session, award, CertificateState.REISSUED, because=because, decision=decision, now=now)


def _end(
    session: Session,
    award: Award,
    state: CertificateState,
    *,
    because: str,
    decision: Decision,
    now: datetime,
) -> None:
    for certificate in _certificates(session, award):
        certificate.state, certificate.ended_at, certificate.because = state, now, because
        certificate.decision_id = decision.id
    for badge in _badges(session, award):
        badge.state, badge.ended_at, badge.because = state, now, because
    session.flush()


def _certificates(session: Session, award: Award) -> list[Certificate]:
    return list(
        session.scalars(
            select(Certificate).where(
                Certificate.nomination_id == award.nomination_id,
                Certificate.prize == award.prize,
                Certificate.state == CertificateState.IN_FORCE,
            )
        )
    )


def _badges(session: Session, award: Award) -> list[Badge]:
    return list(
        session.scalars(
            select(Badge).where(
                Badge.nomination_id == award.nomination_id,
                Badge.prize == award.prize,
                Badge.state == CertificateState.IN_FORCE,
            )
        )
    )
