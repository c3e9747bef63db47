"""The public pages: editions, rules, finalists; winners and how they were chosen; the archive."""

from awards.web.public import archive, counting, winners
from awards.web.public.routes import blueprint

PAGES = (winners, counting, archive)

__all__ = ["PAGES", "blueprint"]
