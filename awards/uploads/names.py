"""Names of files: shown to people, never used to store or serve one."""

from __future__ import annotations

import re
import unicodedata

from awards.uploads.values import PICTURES, SUFFIXES, Kind

LONGEST = 120
JOINERS = frozenset("\u200c\u200d")
"""Format characters that Persian and Indic words are spelt with."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,4})$")

KINDS = {
    "pdf": Kind.PDF,
    "docx": Kind.DOCX,
    "xlsx": Kind.XLSX,
    "png": Kind.PNG,
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif"), Kind.JPEG),
    "gif": Kind.GIF,
    "webp": Kind.WEBP,
    **dict.fromkeys(("heic", "heif"), Kind.HEIC),
    **dict.fromkeys(("tif", "tiff"), Kind.TIFF),
    "bmp": Kind.BMP,
    "svg": Kind.SVG,
    **dict.fromkeys(("htm", "html", "xhtml"), Kind.HTML),
    "xml": Kind.XML,
    **dict.fromkeys(("doc", "xls", "ppt"), Kind.OLD_OFFICE),
    **dict.fromkeys(("docm", "xlsm", "dotx", "xltx", "dotm", "xltm"), Kind.OFFICE_TEMPLATE),
    **dict.fromkeys(("pptx", "pptm", "ppsx"), Kind.PRESENTATION),
    **dict.fromkeys(("hwp", "hwpx"), Kind.HANGUL),
    **dict.fromkeys(("odt", "ods", "odp"), Kind.OPEN_DOCUMENT),
    "rtf": Kind.RTF,
    "zip": Kind.ZIP,
    **dict.fromkeys(("rar", "7z", "gz", "tar"), Kind.ARCHIVE),
    **dict.fromkeys(("exe", "com", "scr", "dll", "msi", "apk", "jar"), Kind.PROGRAM),
    **dict.fromkeys(("js", "vbs", "bat", "cmd", "ps1", "sh", "php", "py", "hta"), Kind.SCRIPT),
    **dict.fromkeys(("mp4", "mov", "avi", "mkv"), Kind.VIDEO),
    **dict.fromkeys(("txt", "csv"), Kind.TEXT),
}
"""What a name says that a file is; an ending that isn't here says nothing."""

STILLS = frozenset({*PICTURES, Kind.GIF, Kind.WEBP, Kind.HEIC, Kind.TIFF, Kind.BMP})


def clean_name(name: str) -> str:
    """A name to be shown: no folders, no control or direction characters, not too long, never empty."""
    base = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    base = unicodedata.normalize("NFC", base.encode("utf-8", "ignore").decode("utf-8"))
    kept = "".join(
        " " if character.isspace() else character
        for character in base
        if character.isspace()
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or character in JOINERS
    )
    kept = re.sub(r'[<>:"|?*]', "_", " ".join(kept.split())).strip(". ")
    if RESERVED.fullmatch(kept):
        kept = f"_{kept}"
    return _shortened(kept) or "file"


def named_kind(name: str) -> Kind | None:
    """What a name says that the file is; None where its ending says nothing. Pictures pass for one another."""
    found = EXTENSION.search(name)
    kind = KINDS.get(found[1].lower()) if found else None
    return Kind.JPEG if kind in STILLS - PICTURES else kind


def with_suffix(name: str, kind: Kind) -> str:
    """The name with the ending of its kind: left as it is where it says so already."""
    found = EXTENSION.search(name)
    called = KINDS.get(found[1].lower()) if found else None
    if called is kind:
        return name
    stem = name[: found.start()] if found and called in STILLS else name
    return _shortened(f"{stem or 'file'}{SUFFIXES[kind][1]}")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    found = EXTENSION.search(name)
    ending = found[0] if found else ""
    return f"{name[: LONGEST - len(ending) - 1].rstrip()}…{ending}"
