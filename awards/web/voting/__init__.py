"""The elector's pages: coming in by link or code, ballots, review, receipt."""

from awards.web.voting.routes import blueprint

PAGES = ()

__all__ = ["PAGES", "blueprint"]
