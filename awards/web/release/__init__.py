"""The release: arming by two, pressing, timer, winners in confidence, taking down, consents."""

from awards.web.release import arming, consents, down, pressing, winners
from awards.web.release.routes import blueprint

PAGES = (arming, pressing, winners, down, consents)

__all__ = ["PAGES", "blueprint"]
