"""Certificates: issued with names as they stand, exported as PDF, and a PDF held against what was issued."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, editions, honours
from awards.audit import Actor
from awards.documents import Citation, render_certificate, unprintable
from awards.models import (
    Certificate,
    CertificateState,
    Edition,
)

_CODE = re.compile(rb"/Keywords \(([0-9A-Z]{%d})\)" % honours.LENGTH)


class NothingToCertify(Exception):
    """Nobody is announced and no winners are signed, so there is nothing to certify."""


class Unprintable(Exception):
    """Certificates hold characters that no font draws, so none was issued. `found`: (reference, characters)."""

    def __init__(self, found: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        super().__init__("; ".join(f"{reference}: {' '.join(signs)}" for reference, signs in found))
        self.found = tuple(found)


class Verdict(StrEnum):
    """What holding a file against what was issued gives."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    verdict: Verdict
    certificate: Certificate | None


def issue(
    session: Session,
    edition: Edition,
    *,
    only: Collection[str] | None = None,
    some: bool = False,
    url: str,
    actor: Actor,
    now: datetime,
) -> list[Certificate]:
    """Issue what is not issued yet: to announced finalists and to signed winners, in each language we can print.

    `only`: of these categories. `url` is the address of the site. All or none, but where `some` will do those that no
    font draws are left out. Raises Unprintable naming every character, NothingToCertify.
    """
    editions.lock(session, edition)
    found = honours.of_edition(session, edition)
    own = [it for it in found if it.nomination is not None and it.partner is None]
    wanted = [it for it in own if only is None or it.category in only]
    if not wanted:
        raise NothingToCertify(edition.key)
    there = {
        (it.holder, it.kind, it.prize, it.language)
        for it in of_edition(session, edition)
        if it.state is CertificateState.IN_FORCE
    }
    numbers = _numbers(session, edition)
    number = next(numbers)
    issued, wrong = [], []
    for honour in wanted:
        for language in honours.languages(session, edition):
            if (honour.holder, honour.kind.value, honour.prize, language) in there:
                continue
            citation = honours.write_citation(session, edition, honour, language, number=number, url=url)
            if signs := unprintable(citation):
                wrong.append((honour.reference, signs))
                continue
            issued.append(_certificate(edition, honour, citation, now))
            number = next(numbers)
    if wrong and not some:
        raise Unprintable(list(dict.fromkeys(wrong)))
    session.add_all(issued)
    session.flush()
    if issued:
        audit.record(
            session,
            actor=actor,
            action="certificates.issued",
            subject=edition.key,
            now=now,
            edition=edition,
            after={"numbers": [it.number for it in issued]},
        )
    return issued


def of_edition(session: Session, edition: Edition) -> Sequence[Certificate]:
    """The certificates of an edition by number."""
    return session.scalars(
        select(Certificate).where(Certificate.edition_id == edition.id).order_by(Certificate.number)
    ).all()


def render(certificate: Certificate) -> bytes:
    """The certificate as PDF: the same bytes each time."""
    return render_certificate(honours.citation_of(certificate.citation))


def verify(session: Session, content: bytes) -> Verified:
    """Hold a PDF against what was issued under its code, byte for byte."""
    codes = _CODE.findall(content)
    if not codes:
        return Verified(Verdict.UNKNOWN, None)
    certificate = session.scalars(select(Certificate).where(Certificate.code == codes[-1].decode())).first()
    if certificate is None:
        return Verified(Verdict.UNKNOWN, None)
    if render(certificate) != content:
        return Verified(Verdict.DIFFERS, certificate)
    in_force = certificate.state is CertificateState.IN_FORCE
    return Verified(Verdict.IN_FORCE if in_force else Verdict.REVOKED, certificate)


def _certificate(edition: Edition, honour: honours.Honour, citation: Citation, now: datetime) -> Certificate:
    return Certificate(
        edition_id=edition.id,
        nomination_id=honour.nomination.id if honour.nomination else None,
        judge_id=honour.judge.id if honour.judge else None,
        holder=honour.holder,
        number=citation.number,
        code=citation.code,
        kind=honour.kind.value,
        prize=honour.prize,
        language=citation.language,
        citation=honours.document_of(citation),
        issued_on=now.astimezone(ZoneInfo(edition.zone)).date(),
    )


def _numbers(session: Session, edition: Edition) -> Iterator[str]:
    used = session.scalar(
        select(func.count()).select_from(Certificate).where(Certificate.edition_id == edition.id)
    )
    number = used or 0
    while True:
        number += 1
        yield f"{edition.key.upper()}-{number:04d}"
