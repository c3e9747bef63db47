"""The organisers' pages of the panel: judges, conflicts, assignment, progress, closing."""

from awards.web.panel import (
    assignment,
    closing,
    conflicts,
    inviting,
    judges,
    packs,
    progress,
)
from awards.web.panel.routes import blueprint

PAGES = (
    judges,
    inviting,
    conflicts,
    assignment,
    progress,
    packs,
    closing,
)

__all__ = ["PAGES", "blueprint"]
