"""The organisers' pages of the panel: judges, conflicts, assignment, progress, closing."""

from awards.web.panel import (
    assignment,
    closing,
    conflicts,
    inviting,
    judges,
    preview,
    progress,
    suspicions,
)
from awards.web.panel.routes import blueprint

PAGES = (
    judges,
    inviting,
    conflicts,
    suspicions,
    assignment,
    progress,
    closing,
    preview,
)

__all__ = ["PAGES", "blueprint"]
