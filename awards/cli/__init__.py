"""The commands."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug the commands into the application."""
