"""The judge's pages: joining, declaring interests, the queue, one nomination with its score sheet, own marks."""

from awards.web.judging import (
    confirming,
    declaring,
    dossier,
    feedback,
    handing_back,
    joining,
    leaving,
    marks,
    offline,
    practising,
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
    handing_back,
    dossier,
    marks,
    offline,
    practising,
    reopening,
    feedback,
)

__all__ = ["PAGES", "blueprint"]
