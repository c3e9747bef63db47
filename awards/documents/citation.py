"""What a certificate says, as values: nothing here knows how it is drawn."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from awards.documents.lettering import plain


class CertificateKind(StrEnum):
    WINNER = "winner"
    FINALIST = "finalist"


@dataclass(frozen=True)
class Signatory:
    name: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One certificate, every text as it is to be printed and in the certificate's language.

    `nominee` is in its own script; `nominee_latin` is its second line. `prize` is None where the kind alone
    is the honour. `person`: the nominee is a human being and no body, which some languages word otherwise.
    """

    language: str
    association: str
    programme: str
    edition: str
    kind: CertificateKind
    prize: str | None
    category: str
    nominee: str
    nominee_latin: str | None
    organisation: str | None
    project: str
    awarded_on: datetime.date
    place: str | None
    signatories: tuple[Signatory, ...]
    number: str
    code: str
    verify_url: str
    specimen: bool
    person: bool = False


printed = plain
"""A text as it is printed."""


def texts_of(citation: Citation) -> Iterator[tuple[str, str]]:
    """Field and printed text of everything that changes from one certificate to the next."""
    for field in (
        "association",
        "programme",
        "edition",
        "prize",
        "category",
        "nominee",
        "nominee_latin",
        "organisation",
        "project",
        "place",
    ):
        yield field, printed(getattr(citation, field))
    for signatory in citation.signatories:
        yield "signatories", printed(signatory.name)
        yield "signatories", printed(signatory.office)
    for field in ("number", "code", "verify_url"):
        yield field, printed(getattr(citation, field))
