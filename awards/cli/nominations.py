"""`flask nominations`: nominations that were received elsewhere."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from awards import editions, received, spreadsheets, submissions
from awards.cli.phases import reach
from awards.cli.shell import Shell, acting
from awards.timetable import Phase


@click.group("nominations")
def nominations_group() -> None:
    """Nominations of an edition."""


@nominations_group.command("load")
@click.argument("key")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@acting
def load(shell: Shell, key: str, file: Path) -> None:
    """Load the nominations in FILE (CSV or XLSX) into edition KEY: all of them, or none."""
    edition = editions.find(shell.session, key)
    if edition.phase is Phase.DRAFT:
        reach(shell, edition, Phase.NOMINATIONS)
    required, optional = received.columns(editions.rules_of(shell.session, edition))
    table = spreadsheets.read(file, required=required, optional=optional)
    loaded = submissions.load(shell.session, edition, table, actor=shell.actor, now=shell.now)
    shell.say(f"{len(table.rows)} nominations read from {file.name}.")
    shell.say(f"New: {len(loaded.new)}. Revised: {len(loaded.revised)}. Unchanged: {loaded.unchanged}.")
    for reference in loaded.revised:
        shell.say(f"Revised: {reference}.")
    if loaded.organisations:
        shell.say(f"Organisations made, confirmed: {len(loaded.organisations)}.")
    for name in loaded.organisations:
        shell.say(f"Made organisation: {name}.")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(nominations_group)
