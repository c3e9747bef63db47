"""The chair's table: standings, ties, the signature, minutes, reopening, the announcement."""

from awards.web.table import (
    announcing,
    cards,
    citing,
    correcting,
    count_sheet,
    cut_line,
    deciding,
    disputing,
    minimum,
    minutes,
    ordering,
    readings,
    reliability,
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
    count_sheet,
    correcting,
    citing,
    special,
    withholding,
    cut_line,
    reliability,
    cards,
    disputing,
)

__all__ = ["PAGES", "blueprint"]
