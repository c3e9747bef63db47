"""An organisation names its delegate."""

from awards.web.delegation import naming
from awards.web.delegation.routes import blueprint

PAGES = (naming,)

__all__ = ["PAGES", "blueprint"]
