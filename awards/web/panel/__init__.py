"""The organisers' pages of the panel: judges, conflicts, assignment, progress, closing."""

from awards.web.panel import (
    assignment,
    closing,
    conflicts,
    counts,
    inviting,
    judges,
    more_time,
    progress,
    reminding,
)
from awards.web.panel.routes import blueprint

PAGES = (
    judges,
    inviting,
    conflicts,
    assignment,
    progress,
    counts,
    reminding,
    more_time,
    closing,
)

__all__ = ["PAGES", "blueprint"]
