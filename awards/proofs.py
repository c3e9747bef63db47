"""Proofs: the certificate of a prize as it will look, to be approved before it is issued; it verifies nowhere."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import honours
from awards.documents import Citation, render_certificate, unprintable
from awards.models import Award, Certificate, CertificateState, Edition
from judging.values import Json, canonical

NUMBER = CODE = "PROOF"


class NoProof(Exception):
    """No certificate is issued in this language, or no font draws what it says."""


def languages(session: Session, edition: Edition) -> list[str]:
    """The languages in which certificates are issued."""
    return honours.languages(session, edition)


def proof(session: Session, edition: Edition, award: Award, language: str, *, url: str) -> bytes:
    """The proof as PDF, marked as a specimen. Raises NoProof."""
    if language not in languages(session, edition):
        raise NoProof(language)
    citation = _citation(session, edition, award, language, url)
    if unprintable(citation):
        raise NoProof(language)
    return render_certificate(citation)


def undrawn(session: Session, edition: Edition, award: Award) -> tuple[str, ...]:
    """The characters of a prize's certificates that no font draws, each once."""
    found = (unprintable(_citation(session, edition, award, it, "")) for it in languages(session, edition))
    return tuple(dict.fromkeys(sign for signs in found for sign in signs))


def fingerprint(session: Session, edition: Edition, award: Award) -> str:
    """What the proofs in all languages say, as a hash, so that what is approved is what was looked at."""
    said: list[Json] = []
    for language in languages(session, edition):
        citation = _citation(session, edition, award, language, "")
        said.append({key: str(value) for key, value in asdict(citation).items()})
    return hashlib.sha256(canonical(said)).hexdigest()


def _citation(session: Session, edition: Edition, award: Award, language: str, url: str) -> Citation:
    honour = honours.honour_of(session, edition, award)
    citation = honours.write_citation(session, edition, honour, language, number=NUMBER, url=url)
    return replace(citation, code=CODE, verify_url=f"{url}/verify/", specimen=True)


def outdate(session: Session, award: Award) -> None:
    """Certificates of a prize that no longer say what stands: new ones are issued in their place."""
    issued = session.scalars(
        select(Certificate).where(
            Certificate.nomination_id == award.nomination_id,
            Certificate.prize == award.prize,
            Certificate.state == CertificateState.IN_FORCE,
        )
    )
    for it in issued:
        it.state = CertificateState.REISSUED
    session.flush()
