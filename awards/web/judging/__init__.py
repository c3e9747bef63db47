"""The judge's pages: joining, declaring interests, the queue, one nomination with its score sheet, own marks."""

from awards.web.judging import (
    declaring,
    dossier,
    handing_back,
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
    handing_back,
    dossier,
    marks,
    offline,
)

__all__ = ["PAGES", "blueprint"]
