"""The pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug the pages into the application."""
