"""What a file can be, why it is refused, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_PIXELS = 40_000_000


class Kind(StrEnum):
    """What a file is, or looks like, by its content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    PRESENTATION = "presentation"
    OFFICE_TEMPLATE = "office_template"
    OPEN_DOCUMENT = "open_document"
    OLD_OFFICE = "old_office"
    HANGUL = "hangul"
    RTF = "rtf"
    GIF = "gif"
    WEBP = "webp"
    HEIC = "heic"
    TIFF = "tiff"
    BMP = "bmp"
    SVG = "svg"
    HTML = "html"
    XML = "xml"
    ZIP = "zip"
    ARCHIVE = "archive"
    PROGRAM = "program"
    SCRIPT = "script"
    VIDEO = "video"
    TEXT = "text"
    UNKNOWN = "unknown"


TAKEN = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG, Kind.DOCX, Kind.XLSX})
PICTURES = frozenset({Kind.JPEG, Kind.PNG})

SUFFIXES: Mapping[Kind, tuple[str, str]] = {
    Kind.PDF: ("application/pdf", ".pdf"),
    Kind.JPEG: ("image/jpeg", ".jpg"),
    Kind.PNG: ("image/png", ".png"),
    Kind.DOCX: ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    Kind.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}
"""Media type and suffix under which each kind that is taken is kept and served."""


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    NAME_DIFFERS = "name_differs"
    POLYGLOT = "polyglot"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    BOMB = "bomb"
    MACROS = "macros"
    ACTIVE = "active"
    EXTERNAL = "external"


class UploadRefused(Exception):
    """A file is not taken. `limit` and `found` say by how much, `found` also as what kind it was seen."""

    def __init__(
        self, refusal: Refusal, *, limit: int = 0, found: int | Kind = 0, named: Kind | None = None
    ) -> None:
        super().__init__(refusal.value)
        self.refusal, self.limit, self.found, self.named = refusal, limit, found, named


@dataclass(slots=True)
class Budget:
    """What reading one file may cost, with everything inside it: bytes unpacked or tried, and archives entered."""

    most: int
    most_inner: int = 0
    unpacked: int = 0
    inner: int = 0

    def spend(self, size: int) -> None:
        """Count bytes before they are kept. Raises UploadRefused beyond the budget."""
        self.unpacked += size
        if self.unpacked > self.most:
            raise UploadRefused(Refusal.BOMB, limit=self.most, found=self.unpacked)

    def enter(self) -> None:
        """Count an archive inside the file. Raises UploadRefused beyond the budget."""
        self.inner += 1
        if self.inner > self.most_inner:
            raise UploadRefused(Refusal.BOMB, limit=self.most_inner, found=self.inner)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it is to be kept; sizes in pixels and a small JPEG of it for pictures only."""

    name: str
    media_type: str
    suffix: str
    content: bytes
    width: int = 0
    height: int = 0
    small: bytes = b""
