"""What a certificate's code answers: the certificate once it may be known, and nothing before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.certificates import LENGTH, SIGNS
from awards.models import Certificate, CertificateState, Nomination, Publication, PublicationKind

LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})

PUBLISHED_WITH = {
    "finalist": (PublicationKind.FINALISTS, PublicationKind.WINNERS),
    "winner": (PublicationKind.WINNERS,),
}


def tidy(code: str) -> str:
    """A code as it is kept: without case, hyphens and spaces, look-alike signs read as the digits they are."""
    bare = "".join(sign for sign in code.upper() if sign not in "-–— \t")
    return bare.translate(LOOK_ALIKES)


def is_code(tidied: str) -> bool:
    return len(tidied) == LENGTH and set(tidied).issubset(SIGNS)


def grouped(tidied: str) -> str:
    """A code as it is printed, in groups of four."""
    return "-".join(tidied[start : start + 4] for start in range(0, len(tidied), 4))


def find(session: Session, code: str, now: datetime) -> Certificate | None:
    """The certificate of a code; None where there is none, or what it says is not public yet."""
    tidied = tidy(code)
    if not is_code(tidied):
        return None
    certificate = session.scalars(
        select(Certificate).where(Certificate.code.in_((tidied, grouped(tidied))))
    ).first()
    if certificate is None or not _is_public(session, certificate, now):
        return None
    return certificate


def _is_public(session: Session, certificate: Certificate, now: datetime) -> bool:
    """Whether a publication shows the nomination; for a revoked certificate, whether one ever did."""
    nomination = session.get_one(Nomination, certificate.nomination_id)
    published = session.scalars(
        select(Publication).where(
            Publication.edition_id == certificate.edition_id,
            Publication.category == nomination.category,
            Publication.kind.in_(PUBLISHED_WITH.get(certificate.kind, ())),
            Publication.visible_from <= now,
        )
    )
    in_force = certificate.state is CertificateState.IN_FORCE
    return any(
        row["reference"] == nomination.reference
        for found in published
        if not in_force or found.taken_down_at is None or found.taken_down_at > now
        for row in found.document["rows"]
    )
