"""What others' programs say of our PDFs: Apache Preflight, Poppler, PDFium, qpdf, zbar. It is their words that count,
not their exit codes.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2

JARS = Path("/usr/share/java")
CLASSPATH = ":".join(
    str(JARS / f"{name}.jar")
    for name in (
        "preflight",
        "xmpbox",
        "pdfbox2",
        "fontbox2",
        "commons-logging",
        "javax.activation",
        "jaxb-api",
    )
)
JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
PREFLIGHT = "org.apache.pdfbox.preflight.Validator_A1b"
ZBAR = "{http://zbar.sourceforge.net/2008/barcode}"
BIDI = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def preflight(files: Sequence[Path]) -> dict[Path, str]:
    """Of each file what Apache Preflight finds against PDF/A-1b, empty where it is valid. One JVM for all of them, in
    whose report they go by their names, which must differ.
    """
    names = [it.name for it in files]
    assert len(set(names)) == len(names)
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "files"
        listed.write_text("".join(f"{it.resolve()}\n" for it in files))
        _run(*JAVA, "-cp", CLASSPATH, PREFLIGHT, "xml", "group", str(listed))
        report = ElementTree.parse(listed.with_name("files.preflight.xml"))  # noqa: S314  # our own run wrote it
    found = {it.get("name"): it for it in report.iter("preflight")}
    return {it: _faults(found[it.name]) for it in files}


def _faults(found: ElementTree.Element) -> str:
    valid = found.findtext("isValid") == "true"
    said = [f"{it.findtext('code')} {it.findtext('details')}" for it in found.iterfind("errors/error")]
    return "" if valid else "; ".join(said) or "could not be read"


@dataclass(frozen=True)
class Signed:
    """What pdfsig says of the first signature of a file."""

    validity: str
    trust: str
    whole: bool
    kind: str
    name: str

    @property
    def good(self) -> bool:
        return (self.validity, self.trust, self.whole) == (
            "Signature is Valid.",
            "Certificate is Trusted.",
            True,
        )


class Roots:
    """A store of trusted roots as Poppler reads it; one of them serves many files."""

    def __init__(self, folder: Path, root_pem: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.place = f"sql:{folder}"
        (folder / "root.pem").write_text(root_pem)
        _run("certutil", "-N", "-d", self.place, "--empty-password")
        _run("certutil", "-A", "-n", "root", "-t", "CT,C,C", "-i", str(folder / "root.pem"), "-d", self.place)

    def read(self, file: Path) -> Signed | None:
        """What pdfsig says; None where nothing is signed."""
        said = subprocess.run(
            ["pdfsig", "-nssdir", self.place, str(file)],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        ).stdout
        if "Signature #1" not in said:
            return None

        def line(name: str) -> str:
            found = re.search(rf"- {name}: (.*)", said)
            return found[1].strip() if found else ""

        return Signed(
            line("Signature Validation"),
            line("Certificate Validation"),
            "Total document signed" in said and "Not total document signed" not in said,
            line("Signature Type"),
            line("Signer Certificate Common Name"),
        )


def pdfsig(file: Path, root_pem: str) -> Signed | None:
    """What Poppler's pdfsig says of a file where this root is trusted; None where nothing is signed."""
    with tempfile.TemporaryDirectory() as folder:
        return Roots(Path(folder), root_pem).read(file)


def qpdf(file: Path) -> str:
    """What qpdf finds wrong, empty where nothing."""
    done = subprocess.run(["qpdf", "--check", str(file)], check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def qr(file: Path) -> tuple[str, ...]:
    """The texts of the QR codes on the first page."""
    return qrs([file])[file]


def qrs(files: Sequence[Path]) -> dict[Path, tuple[str, ...]]:
    """The texts of the QR codes on the first page of each, read from pictures of 144 dots an inch."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = {}
        for number, file in enumerate(files):
            picture = Path(folder) / f"{number}.png"
            with pypdfium2.PdfDocument(file) as document:
                document[0].render(scale=2, grayscale=True).to_pil().save(picture, compress_level=1)
            pictures[str(picture)] = file
        said = subprocess.run(
            ["zbarimg", "-q", "--xml", "--nodbus", *pictures], check=False, capture_output=True
        ).stdout
    found = {source.get("href"): source for source in ElementTree.fromstring(said).iter(f"{ZBAR}source")}  # noqa: S314
    return {
        file: tuple(it.text or "" for it in found[name].iter(f"{ZBAR}data")) if name in found else ()
        for name, file in pictures.items()
    }


def raster(file: Path, folder: Path, *, dpi: int = 70) -> Path:
    """The first page as a picture."""
    _run("pdftoppm", "-r", str(dpi), "-png", "-singlefile", str(file), str(folder / file.stem))
    return folder / f"{file.stem}.png"


def text_poppler(file: Path) -> str:
    """The text as Poppler reads it, by NFKC and without marks of direction, one space between words."""
    return plain(_run("pdftotext", "-enc", "UTF-8", str(file), "-"))


def text_pdfium(file: Path) -> str:
    """The text as PDFium, so Chromium, reads it."""
    with pypdfium2.PdfDocument(file) as document:
        return plain(" ".join(page.get_textpage().get_text_range() for page in document))


def tags(file: Path) -> str:
    """The tree of tags with its texts, as Poppler prints it; empty where there is none."""
    return _run("pdfinfo", "-struct-text", str(file))


def info(file: Path) -> dict[str, str]:
    """What pdfinfo prints of a file, by its names."""
    lines = _run("pdfinfo", str(file)).splitlines()
    return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(BIDI).split())


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
