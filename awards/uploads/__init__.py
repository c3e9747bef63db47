"""Uploaded files: what may come in, proved by its structure; everything else is refused with a reason."""

from __future__ import annotations

from collections.abc import Collection

from awards.uploads import office, pdf, pictures
from awards.uploads.kinds import ENCRYPTED_PACKAGE, looks_like
from awards.uploads.names import clean_name, named_kind, with_suffix
from awards.uploads.values import (
    MOST_BYTES,
    PICTURES,
    SUFFIXES,
    TAKEN,
    Accepted,
    Kind,
    Refusal,
    UploadRefused,
)

__all__ = [
    "MOST_BYTES",
    "PICTURES",
    "SUFFIXES",
    "TAKEN",
    "Accepted",
    "Kind",
    "Refusal",
    "UploadRefused",
    "clean_name",
    "inspect",
    "looks_like",
]


def inspect(name: str, content: bytes, *, kinds: Collection[Kind] = TAKEN) -> Accepted:
    """A file of one of some kinds as it is kept: PDF, DOCX and XLSX as they came, pictures made anew.

    The kind is that of the content. Raises UploadRefused, and nothing else, whatever the bytes are.
    """
    if not content:
        raise UploadRefused(Refusal.EMPTY)
    if len(content) > MOST_BYTES:
        raise UploadRefused(Refusal.TOO_LARGE, limit=MOST_BYTES, found=len(content))
    kind = looks_like(content)
    if kind is Kind.OLD_OFFICE and ENCRYPTED_PACKAGE in content:
        raise UploadRefused(Refusal.ENCRYPTED, found=Kind.DOCX)
    if kind is Kind.ZIP:
        kind = office.kind_of(content)
    if kind not in kinds:
        raise UploadRefused(Refusal.TYPE, found=kind)
    shown = clean_name(name)
    called = named_kind(shown)
    if called is not None and called is not kind and not {called, kind} <= PICTURES:
        raise UploadRefused(Refusal.NAME_DIFFERS, found=kind, named=called)
    try:
        return _examined(with_suffix(shown, kind), kind, content)
    except UploadRefused:
        raise
    except Exception as error:  # the readers of three formats raise whatever a mangled file makes them raise
        raise UploadRefused(Refusal.BROKEN, found=kind) from error


def _examined(name: str, kind: Kind, content: bytes) -> Accepted:
    if kind in PICTURES:
        return pictures.remake(name, kind, content)
    if kind is Kind.PDF:
        pdf.check(content)
    else:
        office.check(content)
    media_type, suffix = SUFFIXES[kind]
    return Accepted(name, media_type, suffix, content)
