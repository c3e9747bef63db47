"""The deliberation room: what chair and panel write and read about nominations after the close."""

from awards.web.deliberation import dossier, index, nomination
from awards.web.deliberation.routes import blueprint

PAGES = (index, nomination, dossier)

__all__ = ["PAGES", "blueprint"]
