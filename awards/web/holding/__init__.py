"""The key holders' pages: making a key, its paper copy, trying it, giving the share."""

from awards.web.holding import giving, own_key
from awards.web.holding.routes import blueprint

PAGES = (own_key, giving)

__all__ = ["PAGES", "blueprint"]
