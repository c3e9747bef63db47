"""The commands."""

from flask import Flask

from awards.cli import accounts, editions, members, nominations, panels, rounds, screening

MODULES = (
    accounts,
    editions,
    members,
    nominations,
    panels,
    rounds,
    screening,
)


def init_app(app: Flask) -> None:
    """Plug the commands into the application."""
    for module in MODULES:
        module.init_app(app)
