"""The organisers' pages of the panel: judges, conflicts, assignment, progress, closing."""

from awards.web.panel import (
    assignment,
    by_hand,
    closing,
    conflicts,
    inviting,
    judges,
    progress,
)
from awards.web.panel.routes import blueprint

PAGES = (
    judges,
    inviting,
    conflicts,
    assignment,
    by_hand,
    progress,
    closing,
)

__all__ = ["PAGES", "blueprint"]
