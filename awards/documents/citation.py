"""What a certificate says, as values: nothing here knows how it is drawn."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from awards.documents.lettering import plain


class CertificateKind(StrEnum):
    WINNER = "winner"
    FINALIST = "finalist"
    JUDGE = "judge"


@dataclass(frozen=True)
class Signatory:
    name: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One certificate, every text as it is to be printed and in the certificate's language.

    `nominee` is in its own script; `nominee_latin` is its second line. `prize` is None where the kind alone
    is the honour. `person`: the nominee is a human being and no body, which some languages word otherwise.
    `partner_of`: who leads the nomination that the nominee is a partner of. `design`: what the template gave for it,
    frozen (`awards/documents/template.py`); `second`: the same certificate in the other language on its sheet.
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
    partner_of: str = ""
    design: Mapping[str, Any] | None = None
    second: Citation | None = None


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
