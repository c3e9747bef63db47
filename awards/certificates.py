"""Certificates: issued with names as they stand, exported as PDF, and a PDF held against what was issued."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import (
    audit,
    editions,
    naming,
    nominations,
    organisations,
    prizes,
    publication,
    results,
    standings,
)
from awards.audit import Actor
from awards.documents import CertificateKind, Citation, Signatory, render_certificate, unprintable
from awards.documents.wording import CATALOGUE
from awards.folding import fold
from awards.models import (
    Award,
    Certificate,
    CertificateState,
    Decision,
    Edition,
    Nomination,
    PublicationKind,
)
from awards.models.base import Document
from awards.organisations import OrganisationAmbiguous
from awards.timetable import Moment
from judging.count import standing_of
from judging.rules import INDIVIDUAL

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_CODE = re.compile(rb"/Keywords \(([0-9A-Z]{%d})\)" % LENGTH)
_YEAR = re.compile(r"(?:^|[^0-9])((?:19|20)[0-9]{2})$")


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
class Honour:
    """What is certified: a place among the finalists, or a prize. `names` are the names as they stood."""

    nomination: Nomination
    kind: CertificateKind
    prize: str
    names: Document
    day: date


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
    honours = [it for it in _honours(session, edition) if only is None or it.nomination.category in only]
    if not honours:
        raise NothingToCertify(edition.key)
    there = {
        (it.nomination_id, it.kind, it.prize, it.language)
        for it in of_edition(session, edition)
        if it.state is CertificateState.IN_FORCE
    }
    numbers = _numbers(session, edition)
    number = next(numbers)
    issued, wrong = [], []
    for honour in honours:
        for language in languages(session, edition):
            if (honour.nomination.id, honour.kind.value, honour.prize, language) in there:
                continue
            citation = write_citation(session, edition, honour, language, number=number, url=url)
            if signs := unprintable(citation):
                wrong.append((honour.nomination.reference, signs))
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
    return render_certificate(citation_of(certificate.citation))


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


def citation_of(document: Mapping[str, Any]) -> Citation:
    """A citation as it was frozen."""
    return Citation(
        **{
            **document,
            "kind": CertificateKind(document["kind"]),
            "awarded_on": date.fromisoformat(document["awarded_on"]),
            "signatories": tuple(Signatory(**it) for it in document["signatories"]),
        }
    )


def _document(citation: Citation) -> Document:
    return {
        **asdict(citation),
        "kind": citation.kind.value,
        "awarded_on": citation.awarded_on.isoformat(),
        "signatories": [asdict(it) for it in citation.signatories],
    }


def _certificate(edition: Edition, honour: Honour, citation: Citation, now: datetime) -> Certificate:
    return Certificate(
        edition_id=edition.id,
        nomination_id=honour.nomination.id,
        number=citation.number,
        code=citation.code,
        kind=honour.kind.value,
        prize=honour.prize,
        language=citation.language,
        citation=_document(citation),
        issued_on=now.astimezone(ZoneInfo(edition.zone)).date(),
    )


def _honours(session: Session, edition: Edition) -> Iterator[Honour]:
    """Every prize of a signed category, and in announced ones the finalists that have none."""
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    given = [award for award in prizes.of_edition(session, edition) if award.category in signed]
    yield from (honour_of(session, edition, award) for award in given)
    winners = {award.nomination_id for award in given}
    latest = standings.latest(session, edition)
    for category, announced in publication.first_shown(session, edition, PublicationKind.FINALISTS).items():
        for reference in sorted(standing_of(latest[category].document).finalists):
            nomination = nominations.find(session, edition, reference)
            if nomination.id not in winners:
                day = (
                    ceremony.local.date() if ceremony else announced.astimezone(ZoneInfo(edition.zone)).date()
                )
                yield Honour(nomination, CertificateKind.FINALIST, "", naming.shown(nomination), day)


def honour_of(session: Session, edition: Edition, award: Award) -> Honour:
    """What the certificate of a prize says, but for its number, code and language."""
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    decided = session.get_one(Decision, award.decision_id).at.astimezone(ZoneInfo(edition.zone)).date()
    day = ceremony.local.date() if ceremony else decided
    return Honour(award.nomination, CertificateKind.WINNER, award.prize, award.names, day)


def languages(session: Session, edition: Edition) -> list[str]:
    """The working language first, then the programme's others, as far as a certificate has words in them."""
    rules = editions.rules_of(session, edition)
    wanted = dict.fromkeys((rules.working_language, *rules.languages))
    return [language for language in wanted if language in CATALOGUE]


def _numbers(session: Session, edition: Edition) -> Iterator[str]:
    used = session.scalar(
        select(func.count()).select_from(Certificate).where(Certificate.edition_id == edition.id)
    )
    number = used or 0
    while True:
        number += 1
        yield f"{edition.key.upper()}-{number:04d}"


def write_citation(
    session: Session, edition: Edition, honour: Honour, language: str, *, number: str, url: str
) -> Citation:
    texts = editions.texts_of(session, edition)
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    names, category = honour.names, honour.nomination.category
    nominee, latin, organisation = _nominee(session, names, language)
    programme = _say(texts["name"], language)
    return Citation(
        language=language,
        association=_say(texts["association"], language),
        programme=programme,
        edition=_edition_name(session, edition, programme),
        kind=honour.kind,
        prize=_say(texts["prizes"][honour.prize]["name"], language) if honour.prize else None,
        category=_say(texts["categories"][category]["name"], language),
        nominee=nominee,
        nominee_latin=latin,
        organisation=organisation,
        project=str(names.get("titles", {}).get(language) or names["title"]),
        awarded_on=honour.day,
        place=None,
        signatories=tuple(
            Signatory(_say(it["name"], language), _say(it["office"], language)) for it in texts["signatories"]
        ),
        number=number,
        code=code,
        verify_url=f"{url}/verify/{code}",
        specimen=edition.specimen,
        person=names["nominee_kind"] == INDIVIDUAL,
    )


def _nominee(session: Session, names: Document, language: str) -> tuple[str, str | None, str | None]:
    """Who is honoured: the city in its own script, in Latin where that differs, and the body that acts for it."""
    body, city, country = str(names["organisation"]), str(names["city"]), str(names["country"])
    known: Mapping[str, str] = names.get("organisation_names") or {}
    is_city = not city or fold(city) in {fold(name) for name in (body, *known.values())}
    if names["nominee_kind"] == INDIVIDUAL or is_city:
        own = _own(known, country, language) or body
        return own, body if own != body else None, None
    try:
        found = organisations.match(session, city, country)
    except OrganisationAmbiguous:
        found = None
    own = _own(found.names if found else {}, country, language) or city
    return own, city if own != city else None, known.get(language) or body


def _own(names: Mapping[str, str], country: str, language: str) -> str | None:
    """A name in the certificate's language where that isn't English, else in a language of its country."""
    spoken = get_official_languages(country, de_facto=True) if country else ()
    wanted = (*(() if language == "en" else (language,)), *spoken)
    return next((names[tag] for tag in wanted if names.get(tag)), None)


def _edition_name(session: Session, edition: Edition, programme: str) -> str:
    """The programme with the year of the edition: that of its key, else of its ceremony."""
    year = _YEAR.search(edition.key)
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    number = year[1] if year else str(ceremony.local.year) if ceremony else ""
    return programme if not number or number in programme else f"{programme} {number}"


def _say(texts: Mapping[str, str], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))
