"""`flask members`: the list of the association's members."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from awards import members, spreadsheets
from awards.cli.shell import Shell, acting


@click.group("members")
def members_group() -> None:
    """Members of the association."""


@members_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@acting
def load(shell: Shell, file: Path) -> None:
    """Load the members in FILE into the directory of organisations; loading it twice changes nothing."""
    table = spreadsheets.read(file, required=members.REQUIRED, optional=members.OPTIONAL)
    loaded = members.load(shell.session, table, actor=shell.actor, now=shell.now)
    shell.say(f"{len(table.rows)} members read from {file.name}.")
    shell.say(f"New: {len(loaded.made)}. Changed: {len(loaded.changed)}. Unchanged: {loaded.unchanged}.")
    for name in loaded.changed:
        shell.say(f"Changed: {name}.")
    shell.say("Their status is as the list has it, flagged as assumed.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(members_group)
