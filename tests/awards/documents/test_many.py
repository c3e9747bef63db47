"""Certificates of winners in twelve languages, drawn and signed: each passes every validator and reads back right.

A thousand in `make audit`, twelve in `make test`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from awards.authority import pem_of
from awards.documents import Citation, render_certificate
from awards.documents.signing import sign
from awards.documents.verifying import verify
from tests.authority import NAME, signer
from tests.awards.documents.many import NAMES, certificates
from tests.validators import Roots, plain, preflight, qpdf, qrs, text_pdfium, text_poppler

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
LARGEST = 60_000


def issue(folder: Path, count: int) -> list[tuple[Citation, Path]]:
    found = []
    for citation in certificates(count):
        file = folder / f"{citation.number}.pdf"
        file.write_bytes(sign(render_certificate(citation), signer(), when=NOW, name=NAME))
        found.append((citation, file))
    return found


def wrong_with(found: Sequence[tuple[Citation, Path]], folder: Path) -> list[str]:
    """What any of the validators has against any of the files."""
    files = [file for _, file in found]
    roots = Roots(folder / "roots", pem_of(signer().root))
    archival, codes = preflight(files), qrs(files)
    with ThreadPoolExecutor(2) as pool:
        signatures, structures = list(pool.map(roots.read, files)), list(pool.map(qpdf, files))
        texts = list(pool.map(text_poppler, files))
    wrong = []
    for (citation, file), signed, structure, text in zip(found, signatures, structures, texts, strict=True):
        content = file.read_bytes()
        checks = {
            f"Preflight: {archival[file]}": archival[file] == "",
            f"pdfsig: {signed}": signed is not None and signed.good and signed.name == NAME,
            f"qpdf: {structure}": structure == "",
            f"QR: {codes[file]}": codes[file] == (citation.verify_url,),
            f"Poppler: {text}": said(citation, text),
            f"PDFium: {text_pdfium(file)}": said(citation, text_pdfium(file)),
            "by itself": verify(content, [signer().root]).good,
            f"{len(content)} bytes": len(content) < LARGEST,
        }
        wrong += [
            f"{citation.language} {citation.nominee}: {it}" for it, is_well in checks.items() if not is_well
        ]
    return wrong


def said(citation: Citation, text: str) -> bool:
    """Whether the name stands in the text; lines may break in it, so spaces don't count."""
    return plain(citation.nominee).replace(" ", "") in text.replace(" ", "")


def test_a_certificate_in_each_of_twelve_languages_passes_every_validator(tmp_path: Path) -> None:
    found = issue(tmp_path, len(NAMES))

    assert {citation.language for citation, _ in found} == set(NAMES)
    assert wrong_with(found, tmp_path) == []


@pytest.mark.audit
def test_a_thousand_certificates_pass_every_validator(tmp_path: Path) -> None:
    found = issue(tmp_path, 1000)

    assert len({file.read_bytes() for _, file in found}) == 1000
    assert wrong_with(found, tmp_path) == []
