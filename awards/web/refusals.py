"""What people are told about a file that was not taken: what it is, and what to do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import attachments, enclosures
from awards.enclosures import Why
from awards.uploads import MOST_BYTES, Kind, Refusal, UploadRefused
from awards.uploads.values import MEGABYTE
from awards.web.language import locale
from awards.web.words import Words, when

KINDS: Words = {
    Kind.PDF: _l("a PDF file"),
    Kind.JPEG: _l("a JPEG picture"),
    Kind.PNG: _l("a PNG picture"),
    Kind.DOCX: _l("a Word document (.docx)"),
    Kind.XLSX: _l("an Excel workbook (.xlsx)"),
    Kind.PRESENTATION: _l("a PowerPoint presentation"),
    Kind.OFFICE_TEMPLATE: _l("an Office template or a file with macros"),
    Kind.OPEN_DOCUMENT: _l("an OpenDocument file"),
    Kind.OLD_OFFICE: _l("a file of an old Office format, such as .doc or .xls"),
    Kind.HANGUL: _l("a Hangul document (.hwp)"),
    Kind.RTF: _l("an RTF document"),
    Kind.GIF: _l("a GIF picture"),
    Kind.WEBP: _l("a WebP picture"),
    Kind.HEIC: _l("a HEIC picture, as iPhones take them"),
    Kind.TIFF: _l("a TIFF picture"),
    Kind.BMP: _l("a BMP picture"),
    Kind.SVG: _l("an SVG drawing"),
    Kind.HTML: _l("a web page"),
    Kind.XML: _l("an XML file"),
    Kind.ZIP: _l("a ZIP archive"),
    Kind.ARCHIVE: _l("an archive"),
    Kind.PROGRAM: _l("a program"),
    Kind.SCRIPT: _l("a script"),
    Kind.VIDEO: _l("a video or sound file"),
    Kind.TEXT: _l("plain text"),
    Kind.UNKNOWN: _l("a file of a kind that we do not know"),
}
SHORT: Mapping[Kind, str] = {
    Kind.PDF: "PDF",
    Kind.JPEG: "JPEG",
    Kind.PNG: "PNG",
    Kind.DOCX: "Word",
    Kind.XLSX: "Excel",
}
DOCUMENTS = frozenset(
    {
        Kind.PRESENTATION,
        Kind.OFFICE_TEMPLATE,
        Kind.OPEN_DOCUMENT,
        Kind.OLD_OFFICE,
        Kind.HANGUL,
        Kind.RTF,
        Kind.HTML,
        Kind.TEXT,
    }
)
STILLS = frozenset({Kind.GIF, Kind.WEBP, Kind.HEIC, Kind.TIFF, Kind.BMP, Kind.SVG})

SENTENCES: Words = {
    Refusal.EMPTY: _l(
        "The file is empty. Save it again in the program that made it, and choose it once more."
    ),
    Refusal.POLYGLOT: _l(
        "The file is two things at once: besides what it shows, it holds an archive or a web page. "
        "Save it again under a new name, or print it to PDF, and upload that."
    ),
    Refusal.ENCRYPTED: _l(
        "The file is locked with a password, so that nobody could read it here. "
        "Save it without a password and upload that."
    ),
    Refusal.BROKEN: _l(
        "The file is damaged or incomplete and could not be opened. "
        "Open it on your device, save it again and upload that."
    ),
    Refusal.BOMB: _l(
        "Unpacked, the file would be far larger or more nested than a document is. "
        "Print it to PDF and upload that."
    ),
    Refusal.MACROS: _l("The file contains macros. Save it without macros (.docx or .xlsx), or as PDF."),
    Refusal.ACTIVE: _l(
        "The file contains a script, an embedded file or object, or a form that acts by itself. "
        "Print it to PDF and upload that."
    ),
    Refusal.EXTERNAL: _l(
        "The file fetches something from another computer when it is opened, such as a template, a picture or an "
        "object. Save it as PDF and upload that."
    ),
}


def size(number: int) -> str:
    """A size in the unit that suits it: "312 KB", "1.4 MB"; rounded up, so that too large looks too large."""
    if number < MEGABYTE:
        return f"{format_decimal(max(1, math.ceil(number / 1024)), locale=locale())} KB"
    return f"{format_decimal(math.ceil(number / MEGABYTE * 10) / 10, locale=locale())} MB"


def named(name: str, why: str) -> str:
    """Which file was not taken, and why."""
    return " ".join((_("“%(name)s” was not added.", name=name), why))


def refused(error: UploadRefused, *, pictures_only: bool = False) -> str:
    """Why a file was not taken, and what to do."""
    special: Mapping[Refusal, Callable[[], str]] = {
        Refusal.TOO_LARGE: lambda: _(
            "Your file is %(found)s; the limit is %(limit)s. Make it smaller or send a link.",
            found=size(int(error.found)),
            limit=size(error.limit),
        ),
        Refusal.TYPE: lambda: _of_another_kind(_kind(error), pictures_only),
        Refusal.NAME_DIFFERS: lambda: _(
            "By its name this is %(named)s, but in truth it is %(found)s. "
            "Give it the right ending, or choose the file that you meant.",
            named=KINDS[error.named or Kind.UNKNOWN],
            found=KINDS[_kind(error)],
        ),
        Refusal.TOO_MANY_PIXELS: lambda: _(
            "The picture has %(found)s megapixels; the limit is %(limit)s. Make it smaller and upload that.",
            found=format_decimal(math.ceil(int(error.found) / 1_000_000), locale=locale()),
            limit=format_decimal(error.limit // 1_000_000, locale=locale()),
        ),
    }
    return special[error.refusal]() if error.refusal in special else str(SENTENCES[error.refusal])


def _kind(error: UploadRefused) -> Kind:
    return error.found if isinstance(error.found, Kind) else Kind.UNKNOWN


def _of_another_kind(kind: Kind, pictures_only: bool) -> str:
    what = _("This is %(kind)s.", kind=KINDS[kind])
    if pictures_only:
        todo = _("Pictures are taken as JPEG or PNG. Save it as one of these and upload that.")
    elif kind in DOCUMENTS:
        todo = _("Save it as PDF and upload that.")
    elif kind in STILLS:
        todo = _("Save it as JPEG or PNG and upload that.")
    elif kind in (Kind.ZIP, Kind.ARCHIVE):
        todo = _("Unpack it and upload the files one by one.")
    else:
        todo = accepted()
    return f"{what} {todo}"


def accepted(*, pictures_only: bool = False) -> str:
    """What may be uploaded."""
    if pictures_only:
        return _("JPEG or PNG, up to %(limit)s each.", limit=size(MOST_BYTES))
    return _("PDF, JPEG, PNG, Word (.docx) or Excel (.xlsx), up to %(limit)s each.", limit=size(MOST_BYTES))


def over_the_limit(error: attachments.TooManyFiles | attachments.TooMuch) -> str:
    """Why one more file has no room, and what to do."""
    if isinstance(error, attachments.TooManyFiles):
        return _(
            "%(num)d is the most that can stand here, and it is reached. Take one out first.", num=error.limit
        )
    if error.ever:
        return _(
            "All files ever uploaded for this nomination would be %(found)s together; the limit is %(limit)s. "
            "Ask the secretariat.",
            found=size(error.found),
            limit=size(error.limit),
        )
    return _(
        "The files of this nomination would be %(found)s together; the limit is %(limit)s. "
        "Take one out first, make this one smaller, or send a link.",
        found=size(error.found),
        limit=size(error.limit),
    )


def closed(error: enclosures.FilesClosed) -> str:
    """Why nothing can be changed now."""
    if error.why is Why.STATE:
        return _("This nomination is not written any more, so its files stay as they are.")
    if error.why is Why.FIELD:
        return _("The nomination was returned to you for other parts only. The files here stay as they are.")
    if error.until is None:
        return _("Nominations are closed. The files stay as they are.")
    if error.why is Why.RETURN_OVER:
        return _(
            "The nomination could be corrected until %(when)s. The files stay as they are.",
            when=when(error.until),
        )
    return _("Nominations closed on %(when)s. The files stay as they are.", when=when(error.until))
