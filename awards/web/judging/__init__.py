"""The judge's pages: joining, declaring interests, the queue, one nomination with its score sheet, own marks."""

from awards.web.judging import (
    confirming,
    declaring,
    dossier,
    joining,
    leaving,
    marks,
    offline,
    queue,
    reopening,
    sheets,
    versions,
)
from awards.web.judging.routes import blueprint

PAGES = (
    joining,
    leaving,
    declaring,
    queue,
    sheets,
    versions,
    confirming,
    dossier,
    marks,
    offline,
    reopening,
)

__all__ = ["PAGES", "blueprint"]
