"""Word and Excel files: archives of XML, unpacked in bounds, without macros, and without calling elsewhere."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import IO
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from awards.uploads.kinds import LIVE, OLE
from awards.uploads.values import MEGABYTE, Budget, Kind, Refusal, UploadRefused

MOST_MEMBERS = 2000
MOST_UNPACKED = 200 * MEGABYTE
MOST_INNER = 50
MOST_OF_A_LIST = 4 * MEGABYTE
LIST_COSTS = 40
"""What a byte of a list costs: its elements are held and compared."""
MOST_RATIO = 200
ALWAYS_SMALL = 20 * MEGABYTE
TYPES = "[Content_Types].xml"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\0")
DOCTYPE = re.compile(rb"<!\s*(doctype|entity)", re.IGNORECASE)
MACROS = re.compile(r"vbaproject|vbadata|macrosheet|macroenabled", re.IGNORECASE)
DDE = re.compile(rb"<(?:w:)?instrText[^>]*>\s*DDE(?:AUTO)?\b|<ddeLink\b")
EMBEDDED = re.compile(r"(word|xl|ppt)/embeddings/[^/]+\.(xlsx|docx|pptx)")
"""Where Word and Excel keep the numbers behind a chart: a whole file in the file."""
ACTING = ("/oleObject", "/aFChunk", "/subDocument", "/frame", "/control", "/activeXControlBinary")
HARMLESS_LINKS = frozenset({"", "http", "https", "mailto", "tel", "ftp", "file", "onenote"})


def kind_of(content: bytes) -> Kind:
    """What an archive is: by the main part that its own table of contents names. Refuses one with macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _kind_in(archive)
    except UploadRefused:
        raise
    except Exception:
        if TYPES.encode() in content:
            raise UploadRefused(Refusal.BROKEN, found=Kind.DOCX) from None
        return Kind.ZIP


def check(content: bytes, budget: Budget | None = None) -> None:
    """Raises UploadRefused; whatever else it raises means that the file is broken."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        _one_kind_only(archive, content)
        _check(archive, len(content), budget or Budget(MOST_UNPACKED, MOST_INNER), inner=False)


def _kind_in(archive: zipfile.ZipFile) -> Kind:
    names = {entry.filename for entry in archive.infolist()}
    if TYPES not in names:
        if "mimetype" not in names:
            return Kind.ZIP
        said = archive.open("mimetype").read(200)
        return Kind.HANGUL if b"hwp" in said else Kind.OPEN_DOCUMENT
    types = _elements(_bounded(archive, TYPES))
    main = _main_type(archive, types)
    if any(MACROS.search(value) for _, found in types for value in found.values()):
        raise UploadRefused(Refusal.MACROS)
    if main == DOCX_TYPE:
        return Kind.DOCX
    if main == XLSX_TYPE:
        return Kind.XLSX
    if "template" in main:
        return Kind.OFFICE_TEMPLATE
    return Kind.PRESENTATION if "presentation" in main else Kind.ZIP


def _main_type(archive: zipfile.ZipFile, types: list[tuple[str, dict[str, str]]]) -> str:
    """The type of the part that the package opens with."""
    for _, found in _elements(_bounded(archive, "_rels/.rels")):
        if found.get("Type", "").endswith("/officeDocument"):
            part = "/" + found.get("Target", "").lstrip("/")
            break
    else:
        return ""
    archive.getinfo(part[1:])
    for tag, found in types:
        if tag == "Override" and found.get("PartName") == part:
            return found.get("ContentType", "")
    ending = part.rpartition(".")[2].lower()
    defaults = [
        found for tag, found in types if tag == "Default" and found.get("Extension", "").lower() == ending
    ]
    return defaults[0].get("ContentType", "") if defaults else ""


def _one_kind_only(archive: zipfile.ZipFile, content: bytes) -> None:
    """The archive begins with its first member, ends with its directory, and shows no other reader a file."""
    first = min((entry.header_offset for entry in archive.infolist()), default=-1)
    if first != 0 or archive.comment or b"%PDF-" in content[:1024] or LIVE.search(content[:1024]):
        raise UploadRefused(Refusal.POLYGLOT, found=Kind.ZIP)


def _check(archive: zipfile.ZipFile, size: int, budget: Budget, *, inner: bool) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise UploadRefused(Refusal.BOMB, limit=MOST_MEMBERS, found=len(entries))
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused(Refusal.ENCRYPTED)
    _names_are_sound([entry.filename for entry in entries])
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > ALWAYS_SMALL and unpacked > MOST_RATIO * size:
        raise UploadRefused(Refusal.BOMB, limit=MOST_UNPACKED, found=unpacked)
    budget.spend(unpacked)
    for entry in entries:
        _check_member(archive, entry, budget, inner=inner)


def _names_are_sound(names: list[str]) -> None:
    """No name leads out of the archive, and none is there twice."""
    known = {name.casefold() for name in names}
    wrong = len(known) < len(names) or any(
        name.startswith("/")
        or "\\" in name
        or ":" in name
        or ".." in name.split("/")
        or not name.isprintable()
        for name in names
    )
    if wrong:
        raise UploadRefused(Refusal.BOMB)


def _check_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, *, inner: bool) -> None:
    name = entry.filename
    if MACROS.search(name):
        raise UploadRefused(Refusal.MACROS)
    if "/activex/" in name.casefold():
        raise UploadRefused(Refusal.ACTIVE)
    embedded = EMBEDDED.fullmatch(name) is not None
    is_list = name.endswith(".rels") or name == TYPES
    with archive.open(entry) as member:
        start, whole = _read_through(member, keep=is_list or embedded or name.endswith((".xml", ".vml")))
    if start.startswith(ARCHIVES):
        if inner or not embedded:
            raise UploadRefused(Refusal.BOMB)
        budget.enter()
        _check_inner(whole, budget)
    elif start.startswith(OLE):
        raise UploadRefused(Refusal.ACTIVE)
    if is_list and len(whole) > MOST_OF_A_LIST:
        raise UploadRefused(Refusal.BOMB, limit=MOST_OF_A_LIST, found=len(whole))
    if DOCTYPE.search(whole[:65536].replace(b"\0", b"")) and not embedded:
        raise UploadRefused(Refusal.BOMB)
    if DDE.search(whole) and not embedded:
        raise UploadRefused(Refusal.ACTIVE)
    if name.endswith(".rels"):
        budget.spend(LIST_COSTS * len(whole))
        _calls_nowhere(whole)


def _check_inner(content: bytes, budget: Budget) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        _kind_in(archive)
        _check(archive, len(content), budget, inner=True)


def _read_through(member: IO[bytes], *, keep: bool) -> tuple[bytes, bytes]:
    """The first bytes of a member, and all of it where it is to be looked at; the reader checks size and sum."""
    start = member.read(512)
    parts = [start]
    while piece := member.read(MEGABYTE):
        if keep:
            parts.append(piece)
    return start, b"".join(parts) if keep else b""


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        found = member.read(MOST_OF_A_LIST + 1)
    if len(found) > MOST_OF_A_LIST:
        raise UploadRefused(Refusal.BOMB, limit=MOST_OF_A_LIST, found=len(found))
    return found


def _calls_nowhere(content: bytes) -> None:
    """What a part refers to stands in the file; a link that a reader clicks may lead out of it."""
    for tag, found in _elements(content):
        if tag != "Relationship":
            continue
        kind, target = found.get("Type", ""), found.get("Target", "")
        outside = found.get("TargetMode", "").lower() == "external"
        if kind.endswith(ACTING):
            raise UploadRefused(Refusal.EXTERNAL if outside else Refusal.ACTIVE)
        link = kind.endswith("/hyperlink")
        if outside and not (_is_harmless_link(target) if link else _is_local(target)):
            raise UploadRefused(Refusal.EXTERNAL)


def _is_harmless_link(target: str) -> bool:
    return _scheme(target) in HARMLESS_LINKS


def _is_local(target: str) -> bool:
    """A path on the writer's own disk, as Word notes its template: it leads nowhere from any other machine."""
    path = unquote(target).replace("\\", "/")
    for start in ("file:///", "file:"):
        if path.lower().startswith(start):
            path = path[len(start) :]
            break
    if re.match(r"[A-Za-z]:/", path):
        return True
    return not path.startswith("//") and _scheme(path) == "" and not path.startswith("/")


def _scheme(target: str) -> str:
    try:
        return urlsplit(target.strip()).scheme.lower()
    except ValueError:
        return "?"


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Name and attributes of every element, in a document without a type declaration or entities."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition("}")[2], attributes))
    parser.Parse(content, True)
    return found


def _refuse_declaration(*_declared: object) -> None:
    raise UploadRefused(Refusal.BOMB)
