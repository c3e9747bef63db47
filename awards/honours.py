"""Honours: what is certified and of whom, and what its certificate says in each language, from names as they stood."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages
from sqlalchemy.orm import Session

from awards import (
    editions,
    marked,
    naming,
    nominations,
    organisations,
    prizes,
    publication,
    results,
    signatories,
    standings,
    templates,
)
from awards.documents import CertificateKind, Citation, Signatory
from awards.documents.template import Template, design_of
from awards.folding import fold
from awards.models import (
    Award,
    Decision,
    Edition,
    Judge,
    Nomination,
    NominationPartner,
    PublicationKind,
)
from awards.models.base import Document
from awards.organisations import OrganisationAmbiguous
from awards.timetable import Moment
from judging.count import standing_of
from judging.rules import INDIVIDUAL

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_YEAR = re.compile(r"(?:^|[^0-9])((?:19|20)[0-9]{2})$")


@dataclass(frozen=True, slots=True)
class Honour:
    """What is certified: a prize, for whom it was given to or for a partner of theirs; a place among the finalists; or
    that somebody judged, who has no nomination. `names` are the names as they stood, the holder's as `organisation`.
    """

    nomination: Nomination | None
    kind: CertificateKind
    prize: str
    names: Document
    day: date
    partner: NominationPartner | None = None
    judge: Judge | None = None

    @property
    def holder(self) -> str:
        """Whose it is: `nomination:ROW`, `partner:ROW` or `judge:ROW`."""
        if self.judge is not None:
            return f"judge:{self.judge.id}"
        if self.partner is not None:
            return f"partner:{self.partner.id}"
        assert self.nomination is not None
        return f"nomination:{self.nomination.id}"

    @property
    def category(self) -> str:
        """The key of its category; none for a judge, for who judged what is told to nobody."""
        return self.nomination.category if self.nomination is not None else ""

    @property
    def reference(self) -> str:
        """How organisers know it: the nomination's reference, or the judge's name."""
        return self.nomination.reference if self.nomination is not None else str(self.names["organisation"])


@dataclass(frozen=True, slots=True)
class Common:
    """What all certificates of an edition have in common, read once for many of them.

    `languages`: those of its certificates; `images`: of its template; `year` stands behind the programme's name;
    `towns` are the names of cities met so far.
    """

    texts: Document
    languages: Sequence[str]
    template: Template
    images: Mapping[str, Any]
    year: str
    towns: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


def common(session: Session, edition: Edition) -> Common:
    row = templates.current(session, edition)
    year = _YEAR.search(edition.key)
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    return Common(
        editions.texts_of(session, edition),
        languages(session, edition),
        templates.read(row),
        row.images if row else {},
        year[1] if year else str(ceremony.local.year) if ceremony else "",
    )


def of_edition(session: Session, edition: Edition) -> Iterator[Honour]:
    """Every prize of a signed category, each of its partners, in announced ones the finalists that have none, and the
    judges whose sheets count in a signed one.
    """
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    given = [award for award in prizes.of_edition(session, edition) if award.category in signed]
    for award in given:
        yield honour_of(session, edition, award)
        yield from partners_of(session, edition, award)
    winners = {award.nomination_id for award in given}
    latest = standings.latest(session, edition)
    for category, announced in publication.first_shown(session, edition, PublicationKind.FINALISTS).items():
        finalists = standing_of(latest[category].document).finalists if category in latest else ()
        for reference in sorted(finalists):
            nomination = nominations.find(session, edition, reference)
            if nomination.id not in winners:
                day = (
                    ceremony.local.date() if ceremony else announced.astimezone(ZoneInfo(edition.zone)).date()
                )
                yield Honour(nomination, CertificateKind.FINALIST, "", naming.shown(nomination), day)
    yield from judges_of(session, edition)


def honour_of(session: Session, edition: Edition, award: Award) -> Honour:
    """What the certificate of a prize says, but for its number, code and language."""
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    decided = session.get_one(Decision, award.decision_id).at.astimezone(ZoneInfo(edition.zone)).date()
    day = ceremony.local.date() if ceremony else decided
    return Honour(award.nomination, CertificateKind.WINNER, award.prize, award.names, day)


def partners_of(session: Session, edition: Edition, award: Award) -> Iterator[Honour]:
    """The same prize for each partner of the nomination, under the partner's name as it stood."""
    main = honour_of(session, edition, award)
    rows = award.nomination.partners
    stood = [str(name) for name in award.names.get("partners", ())]
    for number, row in enumerate(rows):
        body = row.organisation
        own = {
            "organisation": stood[number] if len(stood) == len(rows) else body.name,
            "organisation_names": dict(body.names or {}),
            "nominee_kind": "",
            "city": "",
            "country": body.country or "",
            "lead": lead_of(award.names),
        }
        yield replace(main, names={**award.names, **own}, partner=row)


def lead_of(names: Document) -> str:
    """Who leads a nomination, as partners' certificates name it: the city, else the body."""
    return str(
        names["organisation"]
        if names["nominee_kind"] == INDIVIDUAL
        else names["city"] or names["organisation"]
    )


def judges_of(session: Session, edition: Edition) -> Iterator[Honour]:
    """The judges whose sheets count in a category that is signed, by name; none before."""
    signed = [it for it in results.frozen(session, edition).values() if it.signed_by is not None]
    if not signed:
        return
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    first = min(session.get_one(Decision, it.signed_by).at for it in signed)
    day = ceremony.local.date() if ceremony else first.astimezone(ZoneInfo(edition.zone)).date()
    for judge in marked.judges(session, edition, [it.category for it in signed]):
        yield judge_honour(judge, day)


def judge_honour(judge: Judge, day: date) -> Honour:
    """What a judge's certificate says, but for its number, code and language."""
    who = judge.account
    names: Document = {
        "nominee_kind": INDIVIDUAL,
        "title": "",
        "organisation": who.name,
        "organisation_names": {"en": who.latin_name} if who.latin_name else {},
        "city": "",
        "country": "",
    }
    return Honour(None, CertificateKind.JUDGE, "", names, day, judge=judge)


def languages(session: Session, edition: Edition) -> list[str]:
    """The working language first, then the programme's others, as far as the template has words in them and wants
    certificates in them.
    """
    return templates.languages(session, edition)


def citation_of(document: Mapping[str, Any]) -> Citation:
    """A citation as it was frozen."""
    second = document.get("second")
    return Citation(
        **{
            **document,
            "kind": CertificateKind(document["kind"]),
            "awarded_on": date.fromisoformat(document["awarded_on"]),
            "signatories": tuple(Signatory(**it) for it in document["signatories"]),
            "second": citation_of(second) if second else None,
        }
    )


def document_of(citation: Citation) -> Document:
    """A citation as it is kept, with its design and all that it says."""
    return {
        **asdict(citation),
        "kind": citation.kind.value,
        "awarded_on": citation.awarded_on.isoformat(),
        "signatories": [asdict(it) for it in citation.signatories],
        "second": document_of(citation.second) if citation.second else None,
    }


def numbered(citation: Citation, *, number: str, code: str, verify_url: str, specimen: bool) -> Citation:
    """A citation under a number and a code, its second language with it."""
    second = citation.second
    return replace(
        citation,
        number=number,
        code=code,
        verify_url=verify_url,
        specimen=specimen,
        second=numbered(second, number=number, code=code, verify_url=verify_url, specimen=specimen)
        if second is not None
        else None,
    )


def write_citation(
    session: Session,
    edition: Edition,
    honour: Honour,
    language: str,
    *,
    number: str,
    url: str,
    shared: Common | None = None,
) -> Citation:
    """What the certificate of an honour says in a language, with a new code, in the design of the template in use.

    `shared`: what `common` read, for who writes many.
    """
    known = shared or common(session, edition)
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    made = _written(session, edition, honour, language, known, number=number, code=code, url=url)
    other = known.template.second.get(language)
    if other is None or other == language:
        return made
    second = _written(session, edition, honour, other, known, number=number, code=code, url=url)
    second = replace(second, design={**(second.design or {}), "images": [], "signatures": []})
    return replace(made, second=second)


def _written(
    session: Session,
    edition: Edition,
    honour: Honour,
    language: str,
    known: Common,
    *,
    number: str,
    code: str,
    url: str,
) -> Citation:
    texts, names, category = known.texts, honour.names, honour.category
    nominee, latin, organisation = _nominee(session, honour, language, known)
    programme = _say(texts["name"], language)
    bare = Citation(
        language=language,
        association=_say(texts["association"], language),
        programme=programme,
        edition=programme if not known.year or known.year in programme else f"{programme} {known.year}",
        kind=honour.kind,
        prize=_say(texts["prizes"][honour.prize]["name"], language) if honour.prize else None,
        category=_say(texts["categories"][category]["name"], language) if category else "",
        nominee=nominee,
        nominee_latin=latin,
        organisation=organisation,
        project=str(names.get("titles", {}).get(language) or names["title"]),
        awarded_on=honour.day,
        place=None,
        signatories=tuple(
            Signatory(_say(it.name, language), _say(it.office, language))
            for it in signatories.in_office(texts, honour.day)
        ),
        number=number,
        code=code,
        verify_url=f"{url}/verify/{code}",
        specimen=edition.specimen,
        person=names["nominee_kind"] == INDIVIDUAL,
        partner_of=str(names.get("lead", "")),
    )
    return replace(bare, design=design_of(known.template, bare, known.images))


def _nominee(
    session: Session, honour: Honour, language: str, shared: Common
) -> tuple[str, str | None, str | None]:
    """Who is honoured: the city in its own script, in Latin where that differs, and the body that acts for it."""
    names = honour.names
    if honour.judge is not None:
        latin = honour.judge.account.latin_name
        return str(names["organisation"]), latin if latin != names["organisation"] else None, None
    body, city, country = str(names["organisation"]), str(names["city"]), str(names["country"])
    known: Mapping[str, str] = names.get("organisation_names") or {}
    is_city = not city or fold(city) in {fold(name) for name in (body, *known.values())}
    if names["nominee_kind"] == INDIVIDUAL or is_city:
        own = _own(known, country, language) or body
        return own, body if own != body else None, None
    if (city, country) not in shared.towns:
        shared.towns[city, country] = _names_of(session, city, country)
    own = _own(shared.towns[city, country], country, language) or city
    return own, city if own != city else None, known.get(language) or body


def _names_of(session: Session, city: str, country: str) -> Mapping[str, str]:
    """The names of a city by language; none where it isn't known, or is one of several."""
    try:
        found = organisations.match(session, city, country)
    except OrganisationAmbiguous:
        return {}
    return found.names if found else {}


def _own(names: Mapping[str, str], country: str, language: str) -> str | None:
    """A name in the certificate's language where that isn't English, else in a language of its country."""
    spoken = get_official_languages(country, de_facto=True) if country else ()
    wanted = (*(() if language == "en" else (language,)), *spoken)
    return next((names[tag] for tag in wanted if names.get(tag)), None)


def _say(texts: Mapping[str, str], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))
