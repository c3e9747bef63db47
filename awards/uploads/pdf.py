"""PDF files: readable, bounded, without anything that acts by itself. They are kept byte for byte, so that
signatures on letters stay good."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import settings

from awards.uploads.kinds import LIVE
from awards.uploads.values import MEGABYTE, Budget, Kind, Refusal, UploadRefused

MOST_PAGES = 500
MOST_OBJECTS = 150_000
MOST_UNPACKED = 600 * MEGABYTE
MOST_OF_ONE = 256 * MEGABYTE
DEEPEST = 60
ACTING = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
    }
)
"""Actions that run, send or open something when a document is read."""
UNPACKING = frozenset({"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
STREAM = re.compile(rb"stream\r?\n")
ENDSTREAM = b"endstream"
FIRST_PIECE, LARGEST_PIECE = 256, 65536
TRIED = 20
"""What a byte costs that is unpacked, however little comes out: tiny blocks take as long as large ones."""

settings.set_qpdf_limits(
    flate_max_memory=MOST_OF_ONE, run_length_max_memory=MOST_OF_ONE, png_max_memory=MOST_OF_ONE
)


def check(content: bytes, budget: Budget | None = None) -> None:
    """Raises UploadRefused; whatever else it raises means that the file is broken."""
    _one_kind_only(content)
    _unpacks_to_something_sensible(content, budget or Budget(MOST_UNPACKED))
    try:
        document = pikepdf.open(BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise UploadRefused(Refusal.ENCRYPTED, found=Kind.PDF) from error
    with document:
        if len(document.objects) > MOST_OBJECTS:
            raise UploadRefused(Refusal.BOMB, limit=MOST_OBJECTS, found=len(document.objects))
        if not len(document.pages):
            raise UploadRefused(Refusal.BROKEN, found=Kind.PDF)
        if len(document.pages) > MOST_PAGES:
            raise UploadRefused(Refusal.BOMB, limit=MOST_PAGES, found=len(document.pages))
        for found in document.objects:
            _is_quiet(found, 0)


def _one_kind_only(content: bytes) -> None:
    """A PDF ends as one, and no other reader takes it for an archive or a page."""
    last = content.rfind(b"%%EOF")
    if last < 0 or content.rfind(b"startxref") < 0:
        raise UploadRefused(Refusal.BROKEN, found=Kind.PDF)
    behind = content[last + 5 :].strip(b"\0\r\n\t ")
    between = _between_streams(content)
    if zipfile.is_zipfile(BytesIO(content)) or LIVE.search(content[:1024] + between) or LIVE.search(behind):
        raise UploadRefused(Refusal.POLYGLOT, found=Kind.PDF)
    if len(behind) > 1024:
        raise UploadRefused(Refusal.BROKEN, found=Kind.PDF)


def _between_streams(content: bytes) -> bytes:
    """All but what stands in streams, in one pass however many begin and never end."""
    parts, place = [], 0
    while (start := STREAM.search(content, place)) and (end := content.find(ENDSTREAM, start.end())) >= 0:
        parts.append(content[place : start.start()])
        place = end + len(ENDSTREAM)
    return b"".join([*parts, content[place:]])


def _unpacks_to_something_sensible(content: bytes, budget: Budget) -> None:
    """Unpack every packed stream and throw it away, up to the limits, before anything reads it whole.

    What seems to lie inside another stream is tried too: skipping it would let a stream hide in one that is none.
    """
    for number, found in enumerate(STREAM.finditer(content), start=1):
        if number > 2 * MOST_OBJECTS:  # each is found twice, by its "endstream" too
            raise UploadRefused(Refusal.BOMB, limit=MOST_OBJECTS, found=number // 2)
        one = 0
        for size, cost in _unpacked(content, found.end()):
            one += size
            budget.spend(cost)
            if one > MOST_OF_ONE:
                raise UploadRefused(Refusal.BOMB, limit=MOST_OF_ONE, found=one)


def _unpacked(content: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Piece by piece what comes out, and what that costs. The first piece is small: much behind "stream" is short or
    can't be unpacked, such as pictures.
    """
    packed, place, length = zlib.decompressobj(), start, FIRST_PIECE
    try:
        while place < len(content) and not packed.eof:
            waiting = packed.unconsumed_tail
            if not waiting:
                waiting = content[place : place + length]
                place, length = place + length, min(2 * length, LARGEST_PIECE)
            size = len(packed.decompress(waiting, MEGABYTE))
            used = len(waiting) - len(packed.unused_data) - len(packed.unconsumed_tail)
            yield size, size + TRIED * used
    except zlib.error:
        yield 0, TRIED * len(waiting)


def _is_quiet(found: Any, depth: int) -> None:
    """Look through one object and what stands directly in it."""
    if depth > DEEPEST:
        raise UploadRefused(Refusal.BOMB, limit=DEEPEST, found=depth)
    if isinstance(found, pikepdf.Stream):
        _is_unpacked_once(found)
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        _does_nothing(found)
        for value in dict(found.items()).values():
            _look_further(value, depth)
    elif isinstance(found, pikepdf.Array):
        for value in found:
            _look_further(value, depth)


def _look_further(value: Any, depth: int) -> None:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
        _is_quiet(value, depth + 1)


def _does_nothing(found: Any) -> None:
    if str(found.get("/S", "")) in ACTING or any(
        key in found for key in ("/JS", "/XFA", "/RichMediaContent")
    ):
        raise UploadRefused(Refusal.ACTIVE, found=Kind.PDF)
    if "/EF" in found or str(found.get("/Type", "")) == "/EmbeddedFile":
        raise UploadRefused(Refusal.ACTIVE, found=Kind.PDF)


def _is_unpacked_once(found: Any) -> None:
    filters = found.get("/Filter", [])
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if sum(name in UNPACKING for name in names) > 1:
        raise UploadRefused(Refusal.BOMB, limit=1, found=len(names))
