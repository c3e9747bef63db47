"""Certificates: a citation in, a PDF out. Pure: no clock, no database, no web."""

from awards.documents.citation import CertificateKind, Citation, Signatory
from awards.documents.drawing import UnprintableText, render_certificate, unprintable

__all__ = [
    "CertificateKind",
    "Citation",
    "Signatory",
    "UnprintableText",
    "render_certificate",
    "unprintable",
]
