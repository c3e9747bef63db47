"""`flask certificates verify`: what a file says by itself, and what our books say of it where they are at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask, current_app
from flask.cli import with_appcontext

from awards import authority, issued
from awards.cli.certificates import certificates
from awards.cli.panels import FILE
from awards.cli.shell import need_migrated_database
from awards.documents.verifying import Fault, Reading
from awards.documents.verifying import verify as read
from awards.extensions import db
from awards.issued import Verdict, Verified

FAULTS = {
    Fault.UNSIGNED: "The file bears no signature.",
    Fault.CHANGED: "The file is not what was signed: it was changed since, or put together by somebody.",
    Fault.ADDED: "Something was added to the file after it was signed.",
    Fault.FOREIGN: "Whoever signed the file is not vouched for by the root you trust.",
    Fault.OUTDATED: "The key was not good on the day of the signature.",
    Fault.KEY_REVOKED: "The key was revoked: whoever stole it could have signed the file.",
}
VERDICTS = {
    Verdict.IN_FORCE: "In force: the file is the certificate as it was issued.",
    Verdict.REVOKED: "Revoked: the file is a certificate that is no longer in force.",
    Verdict.REISSUED: "Reissued: the file is a certificate in whose place another one stands.",
    Verdict.PAGE: "Unsigned: the page is right, but the file is not the one that was signed.",
    Verdict.DIFFERS: "Differs: the file is not what was issued under this code.",
    Verdict.UNKNOWN: "Unknown: the file bears no code of a certificate of ours.",
}


MOVING = ("Cc", "Zl", "Zp")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that move a terminal's cursor, or turn the direction of what follows."""


class NoRoot(Exception):
    """There is no root to trust here. Name one by --root"""


class NoCertificate(Exception):
    """The file holds no certificate that could be read"""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is trusted: roots and lists of revoked keys, DER; whether our books can be asked too."""

    roots: Sequence[bytes]
    lists: Sequence[bytes]
    books: bool = False


@certificates.command("verify")
@click.argument("file", type=FILE)
@click.option(
    "--root", type=FILE, help="The roots to trust (PEM). No database is asked then: the file alone speaks."
)
@click.option("--crl", type=FILE, help="The list of revoked keys, as it is published (DER or PEM).")
@with_appcontext
def verify(file: Path, root: Path | None, crl: Path | None) -> None:
    """Say whether FILE is a certificate of ours, as it was signed; exit status 1 unless it is, and in force.

    What the file says by itself needs no database. Where there is one, it adds what has become of the certificate.
    """
    content = file.read_bytes()
    try:
        trust = _trust(root, crl)
    except (NoRoot, NoCertificate) as error:
        raise click.ClickException(
            f"{error.__doc__}: {error}" if str(error) else f"{error.__doc__}."
        ) from error
    reading = read(content, trust.roots, trust.lists)
    known = issued.verify(db.session(), content) if trust.books else None
    for line in _lines(reading, known, trust):
        click.echo(_harmless(line))
    db.session.rollback()
    if refusal := _refusal(reading, known):
        raise click.ClickException(refusal)
    click.echo(
        VERDICTS[known.verdict]
        if known
        else "Genuine. Whether it is still in force its code tells, on our site."
    )


def _lines(reading: Reading, known: Verified | None, trust: Trust) -> Iterator[str]:
    if reading.title or reading.code:
        yield f"It says: {reading.title} (code {reading.code})."
    if reading.at:
        yield f"Signed by {reading.signer}, {reading.at:%Y-%m-%d %H:%M} UTC, by key {reading.serial}."
    if reading.root:
        root = next(it for it in trust.roots if hashlib.sha256(it).hexdigest() == reading.root)
        yield f"Vouched for by the root {authority.fingerprint(root)}."
    if reading.revoked_at:
        yield f"The key was revoked on {reading.revoked_at:%Y-%m-%d}."
    if known and known.certificate:
        yield f"Certificate {known.certificate.number}, code {known.certificate.code}."
        after = issued.followed_by(db.session(), known.certificate)
        if after:
            yield f"In its place stands {after.number}, code {after.code}."
        if known.certificate.because:
            yield f"Why: {known.certificate.because}"


def _harmless(line: str) -> str:
    """A line whose texts may be anybody's, without what would hide or turn the lines that follow."""
    return "".join(" " if category(sign) in MOVING or sign in TURNING else sign for sign in line)


def _refusal(reading: Reading, known: Verified | None) -> str:
    """Why the file is not to be relied on; empty where it is. Our books vouch for a file whose key was stolen later."""
    if known is None:
        return "\n".join(FAULTS[it] for it in reading.faults)
    is_kept = known.verdict in (Verdict.IN_FORCE, Verdict.REVOKED, Verdict.REISSUED)
    faults = [it for it in reading.faults if not (is_kept and it is Fault.KEY_REVOKED)]
    said = [FAULTS[it] for it in faults]
    if known.verdict is not Verdict.IN_FORCE:
        said.append(VERDICTS[known.verdict])
    return "\n".join(said)


def _trust(root: Path | None, crl: Path | None) -> Trust:
    lists = [_list_in(crl)] if crl else []
    if root is not None:
        return Trust(_certificates_in(root), lists)
    try:
        need_migrated_database()
    except click.ClickException:
        file = Path(current_app.config["LAURELS_DATA"]) / "keys" / authority.FOLDER / authority.ROOT
        if not file.is_file():
            raise NoRoot from None
        return Trust(_certificates_in(file), lists)
    found = authority.roots(db.session())
    return Trust(found, [*authority.lists(db.session()), *lists], books=True)


def _certificates_in(file: Path) -> list[bytes]:
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
        return [it.public_bytes(Encoding.DER) for it in found]
    except ValueError as error:
        raise NoCertificate(str(file)) from error


def _list_in(file: Path) -> bytes:
    content = file.read_bytes()
    try:
        is_pem = content.lstrip().startswith(b"-----")
        crl = x509.load_pem_x509_crl(content) if is_pem else x509.load_der_x509_crl(content)
    except ValueError as error:
        raise NoCertificate(str(file)) from error
    return crl.public_bytes(Encoding.DER)


def init_app(_app: Flask) -> None:
    """The command is plugged in with its group."""
