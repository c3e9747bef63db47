"""Certificates: a citation in, a PDF out. Pure: no clock, no database, no web."""

from awards.documents.citation import CertificateKind, Citation, Signatory
from awards.documents.drawing import (
    ImageMissing,
    UnprintableText,
    render_certificate,
    render_print_form,
    unprintable,
)
from awards.documents.measuring import Tight, tight
from awards.documents.wording import words_of

__all__ = [
    "CertificateKind",
    "Citation",
    "ImageMissing",
    "Signatory",
    "Tight",
    "UnprintableText",
    "render_certificate",
    "render_print_form",
    "tight",
    "unprintable",
    "words_of",
]
