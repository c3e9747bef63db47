"""Certificates of winners, issued as an edition issues them: each passes every validator and reads back right.

A thousand in every language of the built-in template in `make audit`, ten in `make test`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import certificates, honours, issued, issuing
from awards.authority import pem_of
from awards.documents import Citation
from awards.documents.verifying import verify
from awards.models import Certificate, IssuanceState
from tests.authority import NAME, signer
from tests.awards.honoured import CATEGORIES, PRIZES, URL, Honoured
from tests.awards.play import statements
from tests.validators import Roots, plain, preflight, qpdf, qrs, text_pdfium, text_poppler

T = TypeVar("T")

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LARGEST = 60_000
FEW = 40
TEN = ("en", "ko", "ar", "zh", "ru", "hi", "bn", "th", "am", "vi")
RIGHT_TO_LEFT = range(0x590, 0x8FF)


def issue(honoured: Honoured) -> list[tuple[Citation, Path]]:
    """Every certificate issued and signed by the worker: what it says, and its file."""
    with Timed("issued by two"):
        made = [it for category in CATEGORIES[: len(honoured.cities)] for it in honoured.issue(category)]
    with Timed("drawn, signed and stored", len(made)):
        assert honoured.sign_files() == len(issuing.of_edition(honoured.session(), honoured.edition))
    assert {it.state for it in issuing.of_edition(honoured.session(), honoured.edition)} == {
        IssuanceState.DONE
    }
    return [(honours.citation_of(it.citation), file_of(honoured, it)) for it in made]


def file_of(honoured: Honoured, certificate: Certificate) -> Path:
    return issued.locate(honoured.folder / "files", certificate)


def wrong_with(found: Sequence[tuple[Citation, Path]], folder: Path) -> list[str]:
    """What any of the validators has against any of the files."""
    files = [file for _, file in found]
    roots = Roots(folder / "roots", pem_of(signer().root))
    with Timed("Preflight"):
        archival = preflight(files)
    with Timed("zbarimg"):
        codes = qrs(files)
    signatures = each("pdfsig", roots.read, files)
    structures = each("qpdf", qpdf, files)
    texts = each("Poppler", text_poppler, files)
    wrong = []
    with Timed("PDFium and our own"):
        for (citation, file), signed, structure, text in zip(
            found, signatures, structures, texts, strict=True
        ):
            content, seen = file.read_bytes(), text_pdfium(file)
            checks = {
                f"Preflight: {archival[file]}": archival[file] == "",
                f"pdfsig: {signed}": signed is not None and signed.good and signed.name == NAME,
                f"qpdf: {structure}": structure == "",
                f"QR: {codes[file]}": codes[file] == (citation.verify_url,),
                f"Poppler lacks {unread(citation, text)}": not unread(citation, text),
                f"PDFium lacks {unread(citation, seen)}": not unread(citation, seen),
                "by itself": verify(content, [signer().root]).good,
                f"{len(content)} bytes": len(content) < LARGEST,
            }
            wrong += [
                f"{citation.language} {citation.nominee}: {it}" for it, well in checks.items() if not well
            ]
    sizes = sorted(file.stat().st_size for file in files)
    print(
        f"{len(files)} files of {sizes[0]} to {sizes[-1]} bytes, half of them at most {sizes[len(sizes) // 2]}"
    )
    return wrong


def each(name: str, ask: Callable[[Path], T], files: Sequence[Path]) -> list[T]:
    with Timed(name), ThreadPoolExecutor(2) as pool:
        return list(pool.map(ask, files))


def unread(citation: Citation, text: str) -> list[str]:
    """Which of nominee, project and prize do not stand in the text. Lines may break in them, so spaces don't count;
    where words run both ways, each stands there by itself.
    """
    letters = text.replace(" ", "")
    said = [plain(it) for it in (citation.nominee, citation.project, citation.prize or "")]
    return [
        it
        for it in said
        if any(part not in letters for part in (it.split() if both_ways(it) else [it.replace(" ", "")]))
    ]


def both_ways(text: str) -> bool:
    leftward = [ord(c) in RIGHT_TO_LEFT for c in text if c.isalnum()]
    return any(leftward) and not all(leftward)


class Timed:
    """Says how long it took, by the wall and by this process's time, and how many a second if told how many."""

    def __init__(self, name: str, count: int = 0) -> None:
        self.name, self.count = name, count

    def __enter__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        rate = f", {self.count / cpu:.1f} a second of it" if self.count else ""
        print(f"{self.name:<26} {wall:7.1f} s, {cpu:7.1f} s of processor time{rate}")


def test_a_certificate_in_each_of_ten_languages_passes_every_validator(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    honoured = Honoured(session, tmp_path, languages=TEN, cities=()).decided()
    found = issue(honoured)

    assert [citation.language for citation, _ in found] == list(TEN)
    assert wrong_with(found, tmp_path) == []
    with statements(session) as asked:
        (winner, *_judges) = certificates.wanted(honoured.session(), honoured.edition, url=URL)
    assert sorted(winner.issued) == sorted(TEN)
    assert len(asked) < FEW, "what an edition's certificates have in common is read once"


@pytest.mark.audit
def test_a_thousand_certificates_pass_every_validator(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    found = issue(Honoured(session, tmp_path).decided())

    assert len({file.read_bytes() for _, file in found}) == len(found) >= 1000
    assert {citation.language for citation, _ in found} == set(PRIZES)
    assert wrong_with(found, tmp_path) == []
