"""The judge's pages: joining, declaring interests, the queue, one nomination with its score sheet, own marks."""

from awards.web.judging import (
    confirming,
    declaring,
    dossier,
    joining,
    marks,
    offline,
    queue,
    sheets,
)
from awards.web.judging.routes import blueprint

PAGES = (
    joining,
    declaring,
    queue,
    sheets,
    confirming,
    dossier,
    marks,
    offline,
)

__all__ = ["PAGES", "blueprint"]
