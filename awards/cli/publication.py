"""`flask announce` and `flask release`."""

from __future__ import annotations

import click
from flask import Flask

from awards import editions, finalists, publishing
from awards.cli.shell import Shell, acting
from awards.models import PublicationKind
from awards.publication import Published

WORDS = {PublicationKind.FINALISTS: "finalists", PublicationKind.WINNERS: "winners"}


@click.command("announce")
@click.argument("key")
@click.option("--category", help="Only this category.")
@acting
def announce(shell: Shell, key: str, category: str | None) -> None:
    """Show the finalists to the public."""
    edition = editions.find(shell.session, key)
    for it in finalists.announce(
        shell.session,
        edition,
        only=None if category is None else [category],
        actor=shell.actor,
        now=shell.now,
    ):
        shell.say(_said(it))


@click.command("release")
@click.argument("key")
@click.option("--category", help="Only this category.")
@acting
def release(shell: Shell, key: str, category: str | None) -> None:
    """Show the winners to the public; with the last category the record is published too."""
    edition = editions.find(shell.session, key)
    released = publishing.release(
        shell.session,
        edition,
        only=None if category is None else [category],
        folder=shell.files,
        actor=shell.actor,
        now=shell.now,
    )
    for it in released.published:
        shell.say(_said(it))
    if released.record:
        shell.say(f"Moved {edition.key} to {edition.phase.value}.")
        shell.say(f"Published the record: manifest {released.record.manifest_sha256}.")


def _said(published: Published) -> str:
    done = "Published" if published.is_new else "Public already:"
    return f"{done} the {WORDS[published.kind]} of {published.category}."


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(announce)
    app.cli.add_command(release)
