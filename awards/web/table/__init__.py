"""The chair's table: standings, ties, the signature, minutes, reopening, the announcement."""

from awards.web.table import (
    announcing,
    minimum,
    minutes,
    reopening,
    signing,
    standing,
)
from awards.web.table.routes import blueprint

PAGES = (
    standing,
    signing,
    minutes,
    reopening,
    announcing,
    minimum,
)

__all__ = ["PAGES", "blueprint"]
