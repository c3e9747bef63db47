"""The public pages: editions, rules, finalists; winners and how they were chosen; the archive."""

from awards.web.public import archive, ballot_log, counting, signing, verifying, winners
from awards.web.public.routes import blueprint

PAGES = (winners, counting, archive, ballot_log, verifying, signing)

__all__ = ["PAGES", "blueprint"]
