"""The elector's pages: coming in by link or code, ballots, review, receipt."""

from awards.web.voting import entering, finalists, paper, review
from awards.web.voting.routes import blueprint

PAGES = (entering, paper, review, finalists)

__all__ = ["PAGES", "blueprint"]
