"""Certificates: a citation in, a PDF out. Pure: no clock, no database, no web."""

from awards.documents.citation import CertificateKind, Citation, Signatory
from awards.documents.drawing import UnprintableText, render_certificate, unprintable
from awards.documents.measuring import Tight, tight

__all__ = [
    "CertificateKind",
    "Citation",
    "Signatory",
    "Tight",
    "UnprintableText",
    "render_certificate",
    "tight",
    "unprintable",
]
