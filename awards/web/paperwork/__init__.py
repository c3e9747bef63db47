"""Paperwork of the awards: the template of certificates, samples, who signs, printed letters, the list of plaques."""

from awards.web.paperwork import letters, samples, signing, template
from awards.web.paperwork.routes import blueprint

PAGES = (template, samples, signing, letters)

__all__ = ["PAGES", "blueprint"]
