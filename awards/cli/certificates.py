"""`flask certificates`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from awards import issued
from awards.cli.panels import FILE
from awards.cli.shell import Shell, acting
from awards.issued import Verdict

VERDICTS = {
    Verdict.IN_FORCE: "In force: the file is the certificate as it was issued.",
    Verdict.REVOKED: "Revoked: the file is a certificate that is no longer in force.",
    Verdict.REISSUED: "Reissued: the file is a certificate in whose place another one stands.",
    Verdict.PAGE: "Unsigned: the page is right, but the file is not the one that was signed.",
    Verdict.DIFFERS: "Differs: the file is not what was issued under this code.",
    Verdict.UNKNOWN: "Unknown: the file bears no code of a certificate of ours.",
}


@click.group("certificates")
def certificates() -> None:
    """Certificates of finalists and winners."""


@certificates.command("verify")
@click.argument("file", type=FILE)
@acting
def verify(shell: Shell, file: Path) -> None:
    """Hold FILE against what was issued under its code; exit status 1 unless it is in force."""
    found = issued.verify(shell.session, file.read_bytes())
    if found.certificate:
        shell.say(f"Certificate {found.certificate.number}, code {found.certificate.code}.")
    if found.verdict is not Verdict.IN_FORCE:
        raise click.ClickException(VERDICTS[found.verdict])
    shell.say(VERDICTS[found.verdict])


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(certificates)
