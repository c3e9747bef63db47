"""The roll: who votes, who names the delegate, letters with codes, the freezing."""

from awards.web.roll.routes import blueprint

PAGES = ()

__all__ = ["PAGES", "blueprint"]
