"""`flask certificates init-ca`, `renew`, `revoke-key`, `adopt`, `signers`: the keys that sign certificates."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app

from awards import authority
from awards.authority import Lack, NoSigningKey
from awards.cli.certificates import certificates
from awards.cli.panels import FILE
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.documents.authorities import LONGEST_NAME, SIGNING_YEARS, KeyUnreadable
from awards.models import SigningCertificate, SigningState

NEW_FILE = click.Path(dir_okay=False, path_type=Path)

LACKS = {
    Lack.NONE: "There is no key that signs certificates. Make one: flask certificates init-ca --name NAME",
    Lack.MISSING: "The key that signs certificates is not where it should be, or can't be read. Put its file back, "
    "or make a new key: flask certificates renew --root-key FILE",
    Lack.ANOTHER: "The key given is not the one whose certificate is in use. Check LAURELS_SIGNING_KEY and "
    "LAURELS_SIGNING_P12; a bought key is taken into use by: flask certificates adopt",
    Lack.OUTDATED: "The certificate of the key that signs is not good today. Make a new key: "
    "flask certificates renew --root-key FILE",
}
STATES = {
    SigningState.CURRENT: "signs",
    SigningState.RETIRED: "signed; what it signed stays good",
    SigningState.REVOKED: "revoked",
}


@certificates.command("init-ca")
@click.option("--name", required=True, metavar="NAME", help="The organisation in whose name is signed.")
@click.option("--root-key", type=NEW_FILE, help="Write the root's key to this file, say on a memory stick.")
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase that locks the root's key.")
@click.option(
    "--anew", is_flag=True, help="Make a new root although there is one, say where its key was lost."
)
@acting
def init_ca(shell: Shell, name: str, root_key: Path | None, passphrase: bool, anew: bool) -> None:
    """Make the root that vouches for our signatures, and the key that signs."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.ClickException(f"A name is wanted, of at most {LONGEST_NAME} printable characters.")
    locked = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
    made = authority.init(
        shell.session,
        shell.key_folder,
        name=name,
        root_key=root_key,
        passphrase=locked,
        anew=anew,
        actor=shell.actor,
        now=shell.now,
    )
    file = root_key or shell.key_folder / authority.FOLDER / authority.ROOT_KEY
    *_, root = authority.chain_of(made)
    shell.say(f"Certificates are signed in the name of {name}, by key {made.serial}.")
    shell.say(
        f"The root's fingerprint (SHA-256), to publish where people know you: {authority.fingerprint(root)}"
    )
    shell.say(
        f"Take the root's key away now: copy {file} to two memory sticks, lock them up in two places, and remove it "
        f"from this machine. It is needed again in {SIGNING_YEARS} years, or when the signing key is lost or stolen."
    )


@certificates.command("renew")
@click.option("--root-key", type=FILE, required=True, help="The file of the root's key.")
@acting
def renew(shell: Shell, root_key: Path) -> None:
    """Make a new key that signs from now on. What the old one signed stays good; its file is destroyed."""
    content, passphrase = _opened(root_key)
    made = authority.renew(
        shell.session,
        shell.key_folder,
        root_key=content,
        passphrase=passphrase,
        actor=shell.actor,
        now=shell.now,
    )
    shell.say(f"From now on key {made.serial} signs, good until {made.not_after:%Y-%m-%d}.")
    _forget(shell)


@certificates.command("revoke-key")
@click.argument("serial")
@click.option("--because", required=True, help="What happened to the key; everybody may read it.")
@click.option("--root-key", type=FILE, help="The file of the root's key, to sign the list that is published.")
@acting
def revoke_key(shell: Shell, serial: str, because: str, root_key: Path | None) -> None:
    """Say that the key SERIAL was lost or stolen: it signs no more, and whom it vouched for is on the list."""
    content, passphrase = _opened(root_key) if root_key else (None, "")
    found = authority.revoke(
        shell.session,
        serial,
        because=because,
        root_key=content,
        passphrase=passphrase,
        actor=shell.actor,
        now=shell.now,
    )
    shell.say(f"Key {found.serial} signs no more.")
    if content is None:
        shell.say(
            "The list of revoked keys does not name it yet: fetch the root's key and run this again with --root-key."
        )
    else:
        shell.say("The list of revoked keys names it.")
    shell.say(
        "Files that it signed and that we keep verify on our site as before. Make a new key: renew, or adopt."
    )
    _forget(shell)


@certificates.command("adopt")
@click.argument("file", type=FILE, required=False)
@acting
def adopt(shell: Shell, file: Path | None) -> None:
    """Sign from now on by a bought key: FILE is a PKCS#12, or LAURELS_SIGNING_P12 names it."""
    passphrase = click.prompt("Passphrase", hide_input=True, default="", show_default=False) if file else ""
    made = authority.adopt(
        shell.session,
        shell.key_folder,
        current_app.config,
        content=file.read_bytes() if file else None,
        passphrase=passphrase,
        actor=shell.actor,
        now=shell.now,
    )
    shell.say(f"From now on key {made.serial} signs, good until {made.not_after:%Y-%m-%d}.")
    _forget(shell)


@certificates.command("signers")
@acting
def signers(shell: Shell) -> None:
    """The keys by which we sign, or signed, the newest first."""
    found = authority.every(shell.session)
    for it in found:
        shell.say(f"{it.serial}  {STATES[it.state]}{_when(it)}, good until {it.not_after:%Y-%m-%d}")
    for root in authority.roots(shell.session):
        shell.say(f"root {authority.fingerprint(root)}")
    if not found:
        shell.say(LACKS[Lack.NONE])


def _when(it: SigningCertificate) -> str:
    return f" on {it.ended_at:%Y-%m-%d}" if it.ended_at and it.state is SigningState.REVOKED else ""


def _opened(file: Path) -> tuple[bytes, str]:
    """A key's file, and its passphrase where it has one."""
    content = file.read_bytes()
    is_locked = b"ENCRYPTED" in content
    return content, click.prompt("Passphrase", hide_input=True) if is_locked else ""


def _forget(shell: Shell) -> None:
    shell.commit()
    authority.forget(shell.session, shell.key_folder)


@say.register
def _(error: NoSigningKey) -> str:
    return LACKS[error.lack]


@say.register
def _(_error: KeyUnreadable) -> str:
    return "The file holds no private key that can be read; perhaps the passphrase is wrong. Nothing was changed."


def init_app(_app: Flask) -> None:
    """The commands are plugged in with their group."""
