"""What a certificate's code answers: the certificate once it may be known, and nothing before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards.honours import LENGTH, SIGNS
from awards.models import Certificate, CertificateState, Publication, PublicationKind

LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})

EVERY = "*"
"""In place of a category: whatever it is."""

PUBLISHED_WITH = {
    "finalist": (PublicationKind.FINALISTS, PublicationKind.WINNERS),
    "winner": (PublicationKind.WINNERS,),
    "judge": (PublicationKind.WINNERS,),
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
    """The certificate of a code; None where there is none, or what it says is not public now."""
    certificate = of_code(session, code)
    return certificate if certificate is not None and is_public(session, certificate, now) else None


def is_public(session: Session, certificate: Certificate, now: datetime) -> bool:
    """Whether what a certificate says, or said until it ended, may be known now."""
    ever, shown = _published(session, certificate, now)
    if certificate.state is CertificateState.IN_FORCE:
        return _names(shown, certificate)
    return bool(shown) and _names(ever, certificate)


def is_down(session: Session, code: str, now: datetime) -> bool:
    """Whether what the certificate of a code says was public and was taken down."""
    certificate = of_code(session, code)
    if certificate is None:
        return False
    ever, shown = _published(session, certificate, now)
    return not shown and _names(ever, certificate)


def of_code(session: Session, code: str) -> Certificate | None:
    """The certificate of a code, public or not."""
    tidied = tidy(code)
    if not is_code(tidied):
        return None
    return session.scalars(
        select(Certificate)
        .where(Certificate.code.in_((tidied, grouped(tidied))))
        .options(joinedload(Certificate.nomination))
    ).first()


def _published(
    session: Session, certificate: Certificate, now: datetime
) -> tuple[list[Publication], list[Publication]]:
    """What was ever public of the category of a certificate, and what of it is public now; a judge's belongs to all."""
    query = select(Publication).where(
        Publication.edition_id == certificate.edition_id,
        Publication.kind.in_(PUBLISHED_WITH.get(certificate.kind, ())),
        Publication.visible_from <= now,
    )
    if certificate.judge_id is None:
        category = certificate.nomination.category if certificate.nomination else ""
        query = query.where(Publication.category == category)
    ever = session.scalars(query).all()
    return list(ever), [it for it in ever if it.taken_down_at is None or it.taken_down_at > now]


def _names(published: Sequence[Publication], certificate: Certificate) -> bool:
    """Whether a nomination stands in some of it; a judge, who stands in none, is known once there is any."""
    if certificate.judge_id is not None:
        return bool(published)
    reference = certificate.nomination.reference if certificate.nomination else None
    return any(row["reference"] == reference for it in published for row in it.document["rows"])


def signed_and_public(session: Session, now: datetime) -> list[Certificate]:
    """Every signed certificate whose file may be known now, in two queries however many there are."""
    signed = session.scalars(
        select(Certificate).where(Certificate.sha256 != "").options(joinedload(Certificate.nomination))
    ).all()
    editions = {it.edition_id for it in signed}
    published = session.scalars(
        select(Publication).where(Publication.edition_id.in_(editions), Publication.visible_from <= now)
    ).all()
    found: dict[tuple[int, str, str, bool], set[str]] = {}
    for it in published:
        up = it.taken_down_at is None or it.taken_down_at > now
        references = {row["reference"] for row in it.document["rows"]}
        for kind, needed in PUBLISHED_WITH.items():
            if it.kind in needed:
                for category in (it.category, EVERY):
                    for shown in (False, True) if up else (False,):
                        found.setdefault((it.edition_id, kind, category, shown), set()).update(references)
    return [it for it in signed if _is_among(found, it)]


def _is_among(found: Mapping[tuple[int, str, str, bool], set[str]], it: Certificate) -> bool:
    """`is_public`, over what was put together once: references by edition, kind, category, whether shown still."""
    category = EVERY if it.judge_id is not None or it.nomination is None else it.nomination.category
    shown = found.get((it.edition_id, it.kind, category, True))
    if it.judge_id is not None or shown is None or it.nomination is None:
        return it.judge_id is not None and shown is not None
    if it.state is CertificateState.IN_FORCE:
        return it.nomination.reference in shown
    return it.nomination.reference in found[it.edition_id, it.kind, category, False]
