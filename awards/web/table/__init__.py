"""The chair's table: standings, ties, the signature, minutes, reopening, the announcement."""

from awards.web.table import (
    announcing,
    minimum,
    minutes,
    ordering,
    reopening,
    signing,
    standing,
    taking_out,
    waiving,
)
from awards.web.table.routes import blueprint

PAGES = (
    standing,
    ordering,
    signing,
    minutes,
    reopening,
    announcing,
    taking_out,
    waiving,
    minimum,
)

__all__ = ["PAGES", "blueprint"]
