"""The roll: who votes, who names the delegate, letters with codes, the freezing."""

from awards.web.roll import asking, building, entry, freezing, index, letters
from awards.web.roll.routes import blueprint

PAGES = (index, building, asking, letters, freezing, entry)

__all__ = ["PAGES", "blueprint"]
