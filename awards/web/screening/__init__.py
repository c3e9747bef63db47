"""The screeners' pages: the list, one nomination with its findings, decisions, mails."""

from awards.web.screening import acts, bulk, exports, index, mails, returns, sides, sight
from awards.web.screening.routes import blueprint

__all__ = ["acts", "blueprint", "bulk", "exports", "index", "mails", "returns", "sides", "sight"]
