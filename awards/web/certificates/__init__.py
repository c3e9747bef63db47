"""Certificates in the office: proofs, the two who issue, how far the worker is, files to take away, recalling one."""

from awards.web.certificates import issuing, listing, proofing, recalling
from awards.web.certificates.routes import blueprint

PAGES = (issuing, proofing, listing, recalling)

__all__ = ["PAGES", "blueprint"]
