"""The record: one ZIP file with everything a result follows from. Written canonically, read with distrust."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import SEEK_END, BufferedReader, BytesIO
from typing import IO

from judging.values import Json, canonical

FORMAT = "laurels-record-1"
MANIFEST = "manifest.json"
DOCUMENTS = ("rules.json", "texts.json", "decisions.json", "outcome.json")
LINES = (
    "nominations.jsonl", "judges.jsonl", "assignments.jsonl", "sheets.jsonl",
    "commitments.jsonl", "ballots.jsonl",
)  # fmt: skip
PARTS = (*DOCUMENTS, *LINES)
CALIBRATION = "calibration.json"
RUNS = "assignment_runs.json"
OPTIONAL = (CALIBRATION, RUNS)
"""Documents that a record may have besides."""
OPTIONAL_LINES = ("log.jsonl",)
"""Parts of lines that a record may have besides."""

LARGEST_PART = 2 * 1024**3
LARGEST_DOCUMENT = 64 * 1024**2
LARGEST_LINE = 16 * 1024**2
LARGEST_MANIFEST = 1024**2
LARGEST_RATIO = 250
RATIO_FROM = 256 * 1024**2
_CHUNK = 1024**2
_UNIX = 3
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error,
    EOFError, OSError, OverflowError, MemoryError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


class RecordKind(StrEnum):
    FULL = "full"
    PUBLIC = "public"


class Damage(StrEnum):
    """Why a file is not taken for a record."""

    NOT_A_ZIP = "not_a_zip"
    UNEXPECTED_PART = "unexpected_part"
    PART_TWICE = "part_twice"
    PART_MISSING = "part_missing"
    TOO_LARGE = "too_large"
    PACKED_TOO_TIGHT = "packed_too_tight"
    ODDLY_PACKED = "oddly_packed"
    UNREADABLE = "unreadable"
    OTHER_HASH = "other_hash"
    OTHER_MANIFEST = "other_manifest"
    NOT_JSON = "not_json"
    NOT_THE_FORM = "not_the_form"


class RecordDamaged(Exception):
    """A record is damaged or hostile. `part` is the part at fault, empty for the file."""

    def __init__(self, damage: Damage, part: str = "") -> None:
        super().__init__(f"{damage.value} {part}".strip())
        self.damage, self.part = damage, part


def write(target: IO[bytes], documents: Mapping[str, Json], lines: Mapping[str, Iterable[Json]]) -> str:
    """Write a record with every part, canonically; the same content gives the same bytes.

    `documents` and `lines` hold the parts of those names, and documents those of OPTIONAL that there are, lines
    those of OPTIONAL_LINES; they are written as they come, one at a time.
    Returns the SHA-256 of the manifest, in lower-case hex, which names the whole record. ValueError: a part too
    many or too few, or larger than a reader takes.
    """
    parts = (set(documents) - set(OPTIONAL), set(lines) - set(OPTIONAL_LINES))
    if parts != (set(DOCUMENTS), set(LINES)):
        raise ValueError("a record has every part and no other")
    digests: dict[str, Json] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        more = (it for it in (*OPTIONAL, *OPTIONAL_LINES) if it in documents or it in lines)
        for name in (*PARTS, *more):
            content = (
                map(_line, lines[name]) if name in lines else (_bounded(documents[name], LARGEST_DOCUMENT),)
            )
            digests[name] = _write_part(archive, name, content)
        manifest = canonical(digests)
        _write_part(archive, MANIFEST, (manifest,))
    return hashlib.sha256(manifest).hexdigest()


def _line(value: Json) -> bytes:
    return _bounded(value, LARGEST_LINE - 1) + b"\n"


def _bounded(value: Json, largest: int) -> bytes:
    content = canonical(value)
    if len(content) > largest:
        raise ValueError(f"{len(content)} bytes, more than {largest}")
    return content


def _write_part(archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as part:
        for piece in content:
            digest.update(piece)
            part.write(piece)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """An opened record whose parts have the hashes that its manifest states."""

    archive: zipfile.ZipFile
    manifest_sha256: str

    def has(self, name: str) -> bool:
        """Whether a part of OPTIONAL or OPTIONAL_LINES is there."""
        return name in self.archive.namelist()

    def document(self, name: str) -> Json:
        """A whole part. Raises RecordDamaged."""
        return _parse(_read(self.archive, name, LARGEST_DOCUMENT), name)

    def lines(self, name: str) -> Iterator[dict[str, Json]]:
        """A part line by line, without holding all of it. Raises RecordDamaged."""
        with _opened(self.archive, name) as part:
            while line := _guarded(name, lambda: part.readline(LARGEST_LINE + 1)):
                if len(line) > LARGEST_LINE:
                    raise RecordDamaged(Damage.TOO_LARGE, name)
                value = _parse(line, name)
                if not isinstance(value, dict):
                    raise RecordDamaged(Damage.NOT_THE_FORM, name)
                yield value


def read(source: IO[bytes], *, manifest_sha256: str | None = None) -> Record:
    """Open a record and check every part's hash. Raises RecordDamaged.

    `manifest_sha256`: the manifest's hash as published elsewhere; another one is OTHER_MANIFEST.
    """
    try:
        archive = zipfile.ZipFile(source)
        size = source.seek(0, SEEK_END)
    except _BROKEN as error:
        raise RecordDamaged(Damage.NOT_A_ZIP) from error
    _check_entries(archive)
    if sum(info.compress_size for info in archive.infolist()) > size:
        raise RecordDamaged(Damage.ODDLY_PACKED)
    manifest = _read(archive, MANIFEST, LARGEST_MANIFEST)
    found = hashlib.sha256(manifest).hexdigest()
    if manifest_sha256 is not None and manifest_sha256.strip().lower() != found:
        raise RecordDamaged(Damage.OTHER_MANIFEST, MANIFEST)
    stated = _parse(manifest, MANIFEST)
    if not isinstance(stated, dict) or set(stated) != set(archive.namelist()) - {MANIFEST}:
        raise RecordDamaged(Damage.NOT_THE_FORM, MANIFEST)
    for name in stated:
        if stated[name] != _digest(archive, name):
            raise RecordDamaged(Damage.OTHER_HASH, name)
    return Record(archive, found)


def read_bytes(content: bytes, *, manifest_sha256: str | None = None) -> Record:
    """`read` for a record held in memory."""
    return read(BytesIO(content), manifest_sha256=manifest_sha256)


def _check_entries(archive: zipfile.ZipFile) -> None:
    names = [info.filename for info in archive.infolist()]
    expected = {*PARTS, *OPTIONAL, *OPTIONAL_LINES, MANIFEST}
    for info in archive.infolist():
        if info.filename not in expected or info.filename != info.orig_filename:
            raise RecordDamaged(Damage.UNEXPECTED_PART, info.filename)
        if names.count(info.filename) > 1:
            raise RecordDamaged(Damage.PART_TWICE, info.filename)
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RecordDamaged(Damage.ODDLY_PACKED, info.filename)
        if info.file_size > LARGEST_PART:
            raise RecordDamaged(Damage.TOO_LARGE, info.filename)
        if info.file_size > RATIO_FROM and info.file_size > LARGEST_RATIO * info.compress_size:
            raise RecordDamaged(Damage.PACKED_TOO_TIGHT, info.filename)
    for name in (MANIFEST, *PARTS):
        if name not in names:
            raise RecordDamaged(Damage.PART_MISSING, name)


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with _opened(archive, name) as part:
        while piece := _guarded(name, lambda: part.read(_CHUNK)):
            digest.update(piece)
    return digest.hexdigest()


def _read(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    with _opened(archive, name) as part:
        content = _guarded(name, lambda: part.read(largest + 1))
    if len(content) > largest:
        raise RecordDamaged(Damage.TOO_LARGE, name)
    return content


def _opened(archive: zipfile.ZipFile, name: str) -> BufferedReader:
    try:
        return BufferedReader(archive.open(name), _CHUNK)  # type: ignore[arg-type]
    except _BROKEN as error:
        raise RecordDamaged(Damage.UNREADABLE, name) from error


def _guarded(name: str, reading: Callable[[], bytes]) -> bytes:
    try:
        return reading()
    except _BROKEN as error:
        raise RecordDamaged(Damage.UNREADABLE, name) from error


def _parse(content: bytes, name: str) -> Json:
    try:
        return _exact_json(content)
    except (ValueError, RecursionError, MemoryError) as error:
        raise RecordDamaged(Damage.NOT_JSON, name) from error


def _exact_json(content: bytes) -> Json:
    text = content.decode()
    found: Json = _DECODER.decode(text)
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()  # refuses half a character
    return found


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is not exact")


def _no_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


_DECODER = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_no_repeats)
