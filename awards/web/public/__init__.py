"""The public pages: editions, rules, finalists; winners and how they were chosen; the archive, the library."""

from awards.web.public import archive, ballot_log, counting, library, winners
from awards.web.public.routes import blueprint

PAGES = (winners, counting, archive, library, ballot_log)

__all__ = ["PAGES", "blueprint"]
