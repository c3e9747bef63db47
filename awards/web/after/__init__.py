"""After the release: public prizes revoked or corrected, and feedback to nominees with what judges let them read."""

from awards.web.after import feedback, own, prizes
from awards.web.after.routes import blueprint

PAGES = (prizes, feedback, own)

__all__ = ["PAGES", "blueprint"]
