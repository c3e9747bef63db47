"""The organisers' pages of the panel: judges, conflicts, assignment, progress, closing."""

from awards.web.panel import (
    assignment,
    by_hand,
    closing,
    conflicts,
    counts,
    exports,
    inviting,
    judges,
    more_time,
    packs,
    preview,
    progress,
    reading,
    reminding,
    ruling,
    suspicions,
)
from awards.web.panel.routes import blueprint

PAGES = (
    judges,
    reading,
    inviting,
    conflicts,
    suspicions,
    assignment,
    by_hand,
    ruling,
    exports,
    progress,
    counts,
    reminding,
    more_time,
    packs,
    closing,
    preview,
)

__all__ = ["PAGES", "blueprint"]
