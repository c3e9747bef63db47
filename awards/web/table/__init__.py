"""The chair's table: standings, ties, the signature, minutes, reopening, the announcement."""

from awards.web.table import (
    announcing,
    citing,
    correcting,
    deciding,
    minimum,
    minutes,
    ordering,
    readings,
    reopening,
    signing,
    special,
    standing,
    taking_out,
    waiving,
    withholding,
)
from awards.web.table.routes import blueprint

PAGES = (
    standing,
    ordering,
    signing,
    minutes,
    reopening,
    readings,
    announcing,
    taking_out,
    waiving,
    minimum,
    deciding,
    correcting,
    citing,
    special,
    withholding,
)

__all__ = ["PAGES", "blueprint"]
