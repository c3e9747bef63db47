"""The public votes: an address typed by anybody, and the report on anomalies for those who run the vote."""

from awards.web.citizens import asking, report
from awards.web.citizens.routes import blueprint

PAGES = (asking, report)

__all__ = ["PAGES", "blueprint"]
