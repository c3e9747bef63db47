"""`flask badges renew-key`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app

from awards import badges as badges_
from awards.cli.shell import Shell, acting


@click.group("badges")
def badges() -> None:
    """Open Badges of winners and judges."""


@badges.command("renew-key")
@acting
def renew_key(shell: Shell) -> None:
    """Make a new key that signs badges from now on; what the old one signed stays good."""
    folder = Path(current_app.config["LAURELS_DATA"]) / "keys"
    name = badges_.renew(shell.session, folder=folder, actor=shell.actor, now=shell.now)
    shell.say(f"Badges are signed by the key {name} from now on. The old private key is destroyed.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(badges)
