"""`flask certificates`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app

from awards import certificates as certificates_
from awards import editions
from awards.certificates import Unprintable, Verdict
from awards.cli.panels import FILE
from awards.cli.shell import Shell, acting
from awards.cli.words import say

VERDICTS = {
    Verdict.IN_FORCE: "In force: the file is the certificate as it was issued.",
    Verdict.REVOKED: "Revoked: the file is a certificate that is no longer in force.",
    Verdict.DIFFERS: "Differs: the file is not what was issued under this code.",
    Verdict.UNKNOWN: "Unknown: the file bears no code of a certificate of ours.",
}


@click.group("certificates")
def certificates() -> None:
    """Certificates of finalists and winners."""


@certificates.command("issue")
@click.argument("key")
@acting
def issue(shell: Shell, key: str) -> None:
    """Issue the certificates of announced finalists and signed winners that are not issued yet."""
    edition = editions.find(shell.session, key)
    issued = certificates_.issue(
        shell.session, edition, url=current_app.config["LAURELS_URL"], actor=shell.actor, now=shell.now
    )
    for it in issued:
        shell.say(
            f"Issued {it.number} ({it.language}): "
            f"{it.nomination.reference if it.nomination else it.holder}, {it.prize or it.kind}."
        )
    shell.say(f"Issued {len(issued)} certificate(s).")


@certificates.command("export")
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@acting
def export(shell: Shell, key: str, folder: Path) -> None:
    """Write every certificate to FOLDER as PDF, named by its number."""
    edition = editions.find(shell.session, key)
    found = certificates_.of_edition(shell.session, edition)
    folder.mkdir(parents=True, exist_ok=True)
    for it in found:
        (folder / f"{it.number}.pdf").write_bytes(certificates_.render(it))
    shell.say(f"Wrote {len(found)} certificate(s) to {folder}.")


@certificates.command("verify")
@click.argument("file", type=FILE)
@acting
def verify(shell: Shell, file: Path) -> None:
    """Hold FILE against what was issued under its code; exit status 1 unless it is in force."""
    found = certificates_.verify(shell.session, file.read_bytes())
    if found.certificate:
        shell.say(f"Certificate {found.certificate.number}, code {found.certificate.code}.")
    if found.verdict is not Verdict.IN_FORCE:
        raise click.ClickException(VERDICTS[found.verdict])
    shell.say(VERDICTS[found.verdict])


@say.register
def _(error: Unprintable) -> str:
    rows = [
        f"  {reference}: {' '.join(f'{sign} (U+{ord(sign):04X})' for sign in signs)}"
        for reference, signs in error.found
    ]
    return "\n".join(["No certificate was issued: no font draws these characters.", *rows])


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(certificates)
