"""`flask record`."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import click
from flask import Flask

from awards import editions, records
from awards.cli.shell import Shell, acting


@click.group("record")
def record() -> None:
    """The record: the file from which anybody counts an edition again."""


@record.command("export")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--public", is_flag=True, help="The record for everybody, which names finalists and winners only."
)
@acting
def export(shell: Shell, key: str, file: Path, public: bool) -> None:
    """Write the record to FILE; once published, the one that was."""
    edition = editions.find(shell.session, key)
    kept = records.kept(shell.session, edition, folder=shell.files, public=public)
    if kept:
        written, content = kept
    else:
        target = BytesIO()
        written, content = records.write(shell.session, edition, target, public=public), target.getvalue()
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}.") from error
    shell.say(f"Wrote the {written.kind.value} record to {file}.")
    shell.say(f"Manifest: {written.manifest_sha256}")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(record)
