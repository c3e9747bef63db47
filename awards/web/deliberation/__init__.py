"""The deliberation room: what chair and panel write and read about nominations after the close."""

from awards.web.deliberation.routes import blueprint

__all__ = ["blueprint"]
