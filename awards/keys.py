"""The key pair that seals envelopes: the private half is a file under LAURELS_DATA, never in the database."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

SECRET = 32


class KeyMissing(Exception):
    """The private key's file is not there or holds no key, so sealed envelopes can't be opened."""


class EnvelopeDamaged(Exception):
    """A sealed envelope does not open with the election's key."""


def make(folder: Path, name: str) -> str:
    """Make a key pair, keep the private half in `folder`/`name`, return the public half in hex."""
    private = PrivateKey.generate()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writer:
        writer.write(private.encode(HexEncoder))
    return private.public_key.encode(HexEncoder).decode()


def seal(public_key: str, content: bytes) -> bytes:
    """Seal bytes so that only the private half opens them."""
    return SealedBox(PublicKey(public_key.encode(), HexEncoder)).encrypt(content)


def load(folder: Path, name: str) -> SealedBox[PrivateKey]:
    """The box that opens what was sealed. Raises KeyMissing."""
    return SealedBox(_private(folder, name))


def fits(folder: Path, name: str, public_key: str) -> bool:
    """Whether the private half is there and is that of this public one."""
    try:
        return _private(folder, name).public_key.encode(HexEncoder).decode() == public_key
    except KeyMissing:
        return False


def _private(folder: Path, name: str) -> PrivateKey:
    try:
        return PrivateKey((folder / name).read_bytes(), HexEncoder)
    except (OSError, ValueError, TypeError, CryptoError) as error:
        raise KeyMissing(name) from error


def open_sealed(box: SealedBox[PrivateKey], content: bytes) -> bytes:
    """What was sealed. Raises EnvelopeDamaged."""
    try:
        return box.decrypt(content)
    except CryptoError as error:
        raise EnvelopeDamaged from error


def of_tellers(name: str) -> str:
    """The file beside a key by which it is seen whether two tellers entered the same."""
    return f"{name}.tellers"


def secret(folder: Path, name: str) -> bytes:
    """A random secret that is a file in the key folder, made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as writer:
            writer.write(secrets.token_bytes(SECRET))
            writer.flush()
            os.fsync(writer.fileno())
    return (folder / name).read_bytes()


def destroy(folder: Path, name: str) -> bool:
    """Overwrite and remove a private key; False where it is gone already."""
    file = folder / name
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return False
    with file.open("r+b") as writer:
        writer.write(secrets.token_bytes(size))
        writer.flush()
        os.fsync(writer.fileno())
    file.unlink()
    return True
