"""The release: arming by two, pressing, timer, winners in confidence, taking down."""

from awards.web.release import arming, down, pressing, winners
from awards.web.release.routes import blueprint

PAGES = (arming, pressing, winners, down)

__all__ = ["PAGES", "blueprint"]
