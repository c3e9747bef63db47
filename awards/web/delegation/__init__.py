"""An organisation names its delegate."""

from awards.web.delegation.routes import blueprint

PAGES = ()

__all__ = ["PAGES", "blueprint"]
