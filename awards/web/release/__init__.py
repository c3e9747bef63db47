"""The release: arming by two, pressing, timer, winners in confidence, taking down."""

from awards.web.release.routes import blueprint

PAGES = ()

__all__ = ["PAGES", "blueprint"]
