"""What was issued: stored files as they were signed, put together with a list, and a file held against them."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import honours, storage, templates
from awards.documents import render_certificate
from awards.models import Certificate, CertificateState
from awards.spreadsheets import as_csv

_CODE = re.compile(rb"/Keywords \(([0-9A-Z]{%d})\)" % honours.LENGTH)
COLUMNS = (
    "number",
    "code",
    "kind",
    "prize",
    "language",
    "reference",
    "name",
    "state",
    "issued_on",
    "file",
    "sha256",
)


class NotSigned(Exception):
    """The worker has not signed this certificate yet, so there is no file of it."""


class Verdict(StrEnum):
    """What holding a file against what was issued gives. PAGE: what it says is right, and it bears no signature."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"
    REISSUED = "reissued"
    PAGE = "page"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


STATES = {
    CertificateState.IN_FORCE: Verdict.IN_FORCE,
    CertificateState.REVOKED: Verdict.REVOKED,
    CertificateState.REISSUED: Verdict.REISSUED,
}


@dataclass(frozen=True, slots=True)
class Verified:
    verdict: Verdict
    certificate: Certificate | None


def is_signed(certificate: Certificate) -> bool:
    return bool(certificate.sha256)


def locate(folder: Path, certificate: Certificate) -> Path:
    """Where the file is as it was signed. Raises NotSigned, NoSuchFile."""
    if not is_signed(certificate):
        raise NotSigned(certificate.number)
    return storage.locate(folder, certificate.file)


def page(folder: Path, certificate: Certificate) -> bytes:
    """The page without signature: the same bytes each time. `folder` is where files are kept."""
    citation = honours.citation_of(certificate.citation)
    return render_certificate(citation, images=templates.images(folder, citation))


def verify(session: Session, content: bytes, *, code: str = "") -> Verified:
    """Hold a file against what was issued, byte for byte. `code`: what else is known of the code that it bears."""
    digest = hashlib.sha256(content).hexdigest()
    found = session.scalars(select(Certificate).where(Certificate.sha256 == digest)).first()
    if found is not None:
        return Verified(STATES[found.state], found)
    codes = [it.decode() for it in _CODE.findall(content)] or [code]
    certificate = _of_code(session, codes[-1])
    if certificate is None:
        return Verified(Verdict.UNKNOWN, None)
    if digest == certificate.page_sha256 or _is_old_page(certificate, content):
        is_old = not certificate.page_sha256
        return Verified(STATES[certificate.state] if is_old else Verdict.PAGE, certificate)
    return Verified(Verdict.DIFFERS, certificate)


def _of_code(session: Session, code: str) -> Certificate | None:
    """The certificate of a code as a file states it, which may be anything."""
    if len(code) != honours.LENGTH or not set(code).issubset(honours.SIGNS):
        return None
    return session.scalars(select(Certificate).where(Certificate.code == code)).first()


def _is_old_page(certificate: Certificate, content: bytes) -> bool:
    """Whether a file is the page of a certificate that was issued before files were signed, and is not signed yet."""
    if is_signed(certificate):
        return False
    citation = honours.citation_of(certificate.citation)
    return not citation.design and render_certificate(citation) == content


def followed_by(session: Session, certificate: Certificate) -> Certificate | None:
    """The certificate that stands in the place of one that was replaced: the last of those that followed."""
    seen, now = {certificate.id}, certificate
    while (
        after := session.scalars(select(Certificate).where(Certificate.replaces_id == now.id)).first()
    ) is not None and after.id not in seen:
        seen.add(after.id)
        now = after
    return now if now is not certificate else None


def bundle(folder: Path, found: Sequence[Certificate], into: IO[bytes]) -> int:
    """Write the signed files into a ZIP, each under its number, with a list of all of them; how many files.

    A file that was lost is left out, and the list names none for it.
    """
    lost = missing(folder, found)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        signed = [it for it in found if is_signed(it) and it not in lost]
        for it in signed:
            archive.write(locate(folder, it), name_of(it))
        archive.writestr("index.csv", index(found, lost))
    return len(signed)


def missing(folder: Path, found: Sequence[Certificate]) -> list[Certificate]:
    """Those that were signed and whose file is gone, such as after a backup was put back."""
    return [it for it in found if is_signed(it) and not _is_there(folder, it)]


def _is_there(folder: Path, certificate: Certificate) -> bool:
    try:
        return bool(locate(folder, certificate))
    except storage.NoSuchFile:
        return False


def name_of(certificate: Certificate) -> str:
    """What the file is called where somebody takes it away."""
    return f"{certificate.number}-{certificate.language}.pdf"


def index(found: Sequence[Certificate], lost: Sequence[Certificate] = ()) -> bytes:
    """The list of certificates as CSV, none of whose cells is a formula."""
    return as_csv(COLUMNS, [_line(it, is_there=is_signed(it) and it not in lost) for it in found])


def _line(it: Certificate, *, is_there: bool) -> list[str]:
    return [
        it.number,
        it.code,
        it.kind,
        it.citation.get("prize") or "",
        it.language,
        it.nomination.reference if it.nomination else "",
        it.citation["nominee"],
        it.state.value,
        it.issued_on.isoformat(),
        name_of(it) if is_there else "",
        it.sha256,
    ]
