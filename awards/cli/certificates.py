"""`flask certificates`: the group; its commands are in `issuing`, `signing`, `verifying`."""

from __future__ import annotations

import click
from flask import Flask


@click.group("certificates")
def certificates() -> None:
    """Certificates of finalists, winners and judges, and the keys that sign them."""


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(certificates)
