"""The press before the release, and the sheet for whoever hosts the ceremony: the secretariat's pages."""

from awards.web.press import ceremony, contacts
from awards.web.press.routes import blueprint

PAGES = (contacts, ceremony)

__all__ = ["PAGES", "blueprint"]
