"""Ballots on paper: issued and taken in at a desk, printed, bundled, entered by two tellers, accounted for."""

from awards.web.tellers import bundle, entering, index, issuing, printing
from awards.web.tellers.routes import blueprint

PAGES = (index, issuing, printing, bundle, entering)

__all__ = ["PAGES", "blueprint"]
