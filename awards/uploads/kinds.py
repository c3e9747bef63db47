"""What a file looks like by its first bytes. Looking like a kind that is taken proves nothing yet."""

from __future__ import annotations

import re

from awards.uploads.values import Kind

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""What Word and Excel call the contents of a file with a password, in the container of the old formats."""
STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (OLE, Kind.OLD_OFFICE),
    (b"HWP Document File", Kind.HANGUL),
    (b"{\\rtf", Kind.RTF),
    (b"GIF8", Kind.GIF),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"BM", Kind.BMP),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ\0", Kind.ARCHIVE),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM),
    (b"#!", Kind.SCRIPT),
    (b"<?php", Kind.SCRIPT),
    (b"\x1a\x45\xdf\xa3", Kind.VIDEO),
)
HEIC = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"})
MARKUP = re.compile(rb"<!doctype html|<html|<head|<body|<script|<iframe|<svg|<\?xml", re.IGNORECASE)
LIVE = re.compile(rb"<!doctype html|<html|<script|<iframe|<svg[\s>]|<\?php", re.IGNORECASE)
"""What makes a browser or a server take bytes for a page that runs."""


def looks_like(content: bytes) -> Kind:
    """The kind that a file's first bytes speak for."""
    for start, kind in STARTS:
        if content.startswith(start):
            return _old(content) if kind is Kind.OLD_OFFICE else kind
    if content[:4] == b"RIFF":
        return Kind.WEBP if content[8:12] == b"WEBP" else Kind.VIDEO
    if content[4:8] == b"ftyp":
        return Kind.HEIC if content[8:12] in HEIC else Kind.VIDEO
    return _written(content[:4096])


def _old(content: bytes) -> Kind:
    """Old Word, Excel and PowerPoint files, or a Hangul document, share one container."""
    return Kind.HANGUL if b"HWP Document File" in content else Kind.OLD_OFFICE


def _written(start: bytes) -> Kind:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(mark):
            start = start[2:].decode(encoding, "replace").encode()
    found = MARKUP.search(start)
    if found and not start[: found.start()].strip(b"\xef\xbb\xbf \t\r\n").startswith(b"\0"):
        return {b"<svg": Kind.SVG, b"<?xml": _xml(start)}.get(found[0].lower(), Kind.HTML)
    try:
        text = start.decode("utf-8", "strict") if len(start) < 4096 else start[:-4].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return Kind.UNKNOWN
    written = all(character.isprintable() or character.isspace() for character in text)
    return Kind.TEXT if written and text else Kind.UNKNOWN


def _xml(start: bytes) -> Kind:
    lowered = start.lower()
    return Kind.SVG if b"<svg" in lowered else Kind.HTML if b"<html" in lowered else Kind.XML
