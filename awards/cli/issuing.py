"""`flask certificates note`, `issue`, `export`, `revoke`, `reissue`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask, current_app

from awards import certificates as certificates_
from awards import editions, honours, issued, proofs, recalling
from awards.certificates import Unprintable
from awards.cli.certificates import certificates
from awards.cli.long_jobs import until_none_waits
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.documents import CertificateKind
from awards.jobs.signing import issue_next
from awards.models import Certificate, Edition, Issuance, IssuanceState
from awards.recalling import What


class NoSuchCertificate(Exception):
    """The edition has no certificate of this number."""


@certificates.command("note")
@click.argument("key")
@click.option("--how", required=True, help="How the proofs were approved; the audit trail states it.")
@click.option("--kind", type=click.Choice([it.value for it in CertificateKind]), help="Only of this kind.")
@click.argument("references", nargs=-1)
@acting
def note(shell: Shell, key: str, how: str, kind: str | None, references: Sequence[str]) -> None:
    """Note how proofs were approved: all that wait, or those of some nominations named by REFERENCES."""
    edition = editions.find(shell.session, key)
    found = [
        it
        for it in honours.of_edition(shell.session, edition)
        if (not references or it.reference in references) and kind in (None, it.kind.value)
    ]
    noted = proofs.note(shell.session, edition, found, how=how, actor=shell.actor, now=shell.now)
    shell.say(f"Noted {noted} proof(s) as approved.")


@certificates.command("issue")
@click.argument("key")
@acting
def issue(shell: Shell, key: str) -> None:
    """Issue and sign the certificates whose proofs are approved: of announced finalists, signed winners, judges."""
    edition = editions.find(shell.session, key)
    made = certificates_.issue(shell.session, edition, url=_url(), actor=shell.actor, now=shell.now)
    for it in made:
        shell.say(
            f"Issued {it.number} ({it.language}): "
            f"{it.nomination.reference if it.nomination else it.citation['nominee']}, {it.prize or it.kind}."
        )
    shell.say(f"Issued {len(made)} certificate(s).")
    left = [it for it in certificates_.wanted(shell.session, edition, url=_url()) if it.lacking]
    for each in left:
        shell.say(f"Waits for its proof to be approved: {each.proof.honour.reference}, {each.group}.")
    _sign(shell, edition)


@certificates.command("export")
@click.argument("key")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@acting
def export(shell: Shell, key: str, folder: Path) -> None:
    """Write every signed certificate to FOLDER as it was signed, named by its number, with a list of all of them."""
    edition = editions.find(shell.session, key)
    found = certificates_.of_edition(shell.session, edition)
    folder.mkdir(parents=True, exist_ok=True)
    lost = issued.missing(shell.files, found)
    signed = [it for it in found if issued.is_signed(it) and it not in lost]
    for it in signed:
        (folder / issued.name_of(it)).write_bytes(issued.locate(shell.files, it).read_bytes())
    (folder / "index.csv").write_bytes(issued.index(found, lost))
    shell.say(f"Wrote {len(signed)} certificate(s) to {folder}.")
    if left := len(found) - len(signed) - len(lost):
        shell.say(f"{left} are not signed and were not written.")
    if lost:
        shell.say(
            f"The files of these are gone; put them back from a backup: {', '.join(it.number for it in lost)}."
        )


@certificates.command("revoke")
@click.argument("key")
@click.argument("number")
@click.option("--because", required=True, help="Everybody who verifies the code reads it.")
@acting
def revoke(shell: Shell, key: str, number: str, because: str) -> None:
    """Revoke the certificate NUMBER; there is no way back."""
    edition, found = _found(shell, key, number)
    _recall(shell, edition, found, What.REVOKE, because)
    shell.say(f"Revoked {number}.")


@certificates.command("reissue")
@click.argument("key")
@click.argument("number")
@click.option("--because", required=True, help="Everybody who verifies the old code reads it.")
@acting
def reissue(shell: Shell, key: str, number: str, because: str) -> None:
    """Issue the certificate NUMBER anew, with names and texts as they stand now; the old code leads to the new one."""
    edition, found = _found(shell, key, number)
    new = _recall(shell, edition, found, What.REISSUE, because)
    assert new is not None
    shell.say(f"Issued {new.number} in the place of {number}.")
    _sign(shell, edition)


def _found(shell: Shell, key: str, number: str) -> tuple[Edition, Certificate]:
    edition = editions.find(shell.session, key)
    found = certificates_.find(shell.session, edition, number)
    if found is None:
        raise NoSuchCertificate(number)
    return edition, found


def _recall(
    shell: Shell, edition: Edition, found: Certificate, what: What, because: str
) -> Certificate | None:
    return recalling.alone(
        shell.session,
        edition,
        found,
        what,
        reason=because,
        url=_url(),
        actor=shell.actor,
        now=shell.now,
    )


def _sign(shell: Shell, edition: Edition) -> None:
    """Draw and sign what waits, and say where that had to stop; what was issued stays so."""
    before = set(_stopped(shell, edition))
    until_none_waits(shell, issue_next)
    if new := [it for it in _stopped(shell, edition) if it not in before]:
        shell.pause()
        raise click.ClickException(f"Issued, and not signed: {new[-1].answer}. Mend it, then let it go on.")


def _stopped(shell: Shell, edition: Edition) -> list[Issuance]:
    rows = shell.session.query(Issuance).filter_by(edition_id=edition.id, state=IssuanceState.STOPPED)
    return list(rows.order_by(Issuance.id))


def _url() -> str:
    return str(current_app.config["LAURELS_URL"])


@say.register
def _(error: Unprintable) -> str:
    rows = [
        f"  {reference}: {' '.join(f'{sign} (U+{ord(sign):04X})' for sign in signs)}"
        for reference, signs in error.found
    ]
    return "\n".join(["No certificate was issued: no font draws these characters.", *rows])


def init_app(_app: Flask) -> None:
    """The commands are in the group of `flask certificates`, which is plugged in elsewhere."""
