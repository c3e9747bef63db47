"""The public pages: editions, rules, finalists; winners and how they were chosen; the archive, the library."""

from awards.web.public import (
    archive,
    badges,
    ballot_log,
    checking,
    counting,
    data,
    embed,
    feeds,
    library,
    sharing,
    signing,
    sitemap,
    verifying,
    winners,
)
from awards.web.public.routes import blueprint

PAGES = (
    winners,
    counting,
    archive,
    library,
    ballot_log,
    badges,
    checking,
    data,
    embed,
    feeds,
    verifying,
    sharing,
    signing,
    sitemap,
)
MACHINES = (badges.machines, checking.machines, data.machines, sitemap.machines)
"""What programs read, at addresses without a language."""

__all__ = ["MACHINES", "PAGES", "blueprint"]
