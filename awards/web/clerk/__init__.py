"""The clerk's pages: typing sheets from paper, and confirming what another has typed."""

from awards.web.clerk import (
    confirming,
    typing,
)
from awards.web.clerk.routes import blueprint

PAGES = (
    typing,
    confirming,
)

__all__ = ["PAGES", "blueprint"]
