"""The keys that seal envelopes: private halves are files under LAURELS_DATA, never in the database.

A private half is one file, or shared: split so that any two of three parts give it back (Shamir's scheme, by
pycryptodome, over its two halves of 16 bytes). Whoever holds a part has a key pair of their own to which it is sealed;
its private half is a file under a passphrase (argon2id), and 24 words on paper (BIP-39, with a checksum).
"""

from __future__ import annotations

import os
import re
import secrets
import struct
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from Crypto.Protocol.SecretSharing import Shamir
from mnemonic import Mnemonic
from nacl import pwhash
from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

PARTS, NEEDED = 3, 2
"""So many parts a shared key has, and so many of them give it back."""
WORDS = 24
"""Words of a paper copy."""
TURNS, MEMORY = 3, 64 * 2**20
"""How hard a passphrase is to guess: argon2id's operations, and bytes of memory."""
HALF = 16
HEAD = struct.Struct(">4sII")
MAGIC = b"LHK1"
LEAST_LETTERS = 4

SECRET = 32


class KeyMissing(Exception):
    """The private key's file is not there or holds no key, so sealed envelopes can't be opened."""


class EnvelopeDamaged(Exception):
    """A sealed envelope does not open with the election's key."""


class WrongSecret(Exception):
    """The passphrase, or the words, are not those of this key."""


class SharesDoNotFit(Exception):
    """Two shares do not give the key back that they are said to be of."""


def make(folder: Path, name: str) -> str:
    """Make a key pair, keep the private half in `folder`/`name`, return the public half in hex."""
    private = new()
    keep(folder, name, private.encode(HexEncoder))
    return public_of(private)


def new() -> PrivateKey:
    return PrivateKey.generate()


def public_of(private: PrivateKey) -> str:
    """The public half, in hex."""
    return private.public_key.encode(HexEncoder).decode()


def keep(folder: Path, name: str, content: bytes) -> None:
    """Write a new file that its owner alone may read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())


def seal(public_key: str, content: bytes) -> bytes:
    """Seal bytes so that only the private half opens them."""
    return SealedBox(PublicKey(public_key.encode(), HexEncoder)).encrypt(content)


def load(folder: Path, name: str) -> SealedBox[PrivateKey]:
    """The box that opens what was sealed. Raises KeyMissing."""
    return SealedBox(_private(folder, name))


def box_of(private: PrivateKey) -> SealedBox[PrivateKey]:
    return SealedBox(private)


def fits(folder: Path, name: str, public_key: str) -> bool:
    """Whether the private half is there and is that of this public one."""
    try:
        return public_of(_private(folder, name)) == public_key
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
    """A random secret that is a file in the key folder, made where it is not there, or was not written to its end."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileNotFoundError):
        if len(found := (folder / name).read_bytes()) == SECRET:
            return found
        destroy(folder, name)
    with suppress(FileExistsError):
        keep(folder, name, secrets.token_bytes(SECRET))
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


def split(private: PrivateKey) -> tuple[bytes, ...]:
    """A private half in PARTS parts of 33 bytes: the number of the part, then its points for both halves."""
    whole = private.encode()
    first = Shamir.split(NEEDED, PARTS, whole[:HALF])
    second = Shamir.split(NEEDED, PARTS, whole[HALF:])
    return tuple(
        bytes([number]) + one + other for (number, one), (_, other) in zip(first, second, strict=True)
    )


def join(parts: Sequence[bytes], public_key: str) -> SealedBox[PrivateKey]:
    """The box of a shared key, from two parts of it. Raises SharesDoNotFit."""
    try:
        first = Shamir.combine([(it[0], it[1 : HALF + 1]) for it in parts])
        second = Shamir.combine([(it[0], it[HALF + 1 :]) for it in parts])
        private = PrivateKey(first + second)
    except (ValueError, IndexError, TypeError, CryptoError) as error:
        raise SharesDoNotFit from error
    if len(parts) < NEEDED or public_of(private) != public_key:
        raise SharesDoNotFit
    return SealedBox(private)


def lock(private: PrivateKey, passphrase: str) -> bytes:
    """A holder's private half under a passphrase, as it is kept in a file."""
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    box = SecretBox(_stretch(passphrase, salt, TURNS, MEMORY))
    return HEAD.pack(MAGIC, TURNS, MEMORY) + salt + bytes(box.encrypt(private.encode()))


def unlock(folder: Path, name: str, passphrase: str) -> PrivateKey:
    """A holder's private half from its file. Raises KeyMissing, WrongSecret."""
    try:
        content = (folder / name).read_bytes()
        magic, turns, memory = HEAD.unpack_from(content)
    except (OSError, struct.error) as error:
        raise KeyMissing(name) from error
    if magic != MAGIC or not (turns <= TURNS and memory <= MEMORY):
        raise KeyMissing(name)
    salt = content[HEAD.size : HEAD.size + pwhash.argon2id.SALTBYTES]
    try:
        box = SecretBox(_stretch(passphrase, salt, turns, memory))
        return PrivateKey(box.decrypt(content[HEAD.size + len(salt) :]))
    except (CryptoError, ValueError, TypeError) as error:
        raise WrongSecret from error


def _stretch(passphrase: str, salt: bytes, turns: int, memory: int) -> bytes:
    plain = " ".join(passphrase.split()).encode("utf-8", "replace")
    return pwhash.argon2id.kdf(SecretBox.KEY_SIZE, plain, salt, opslimit=turns, memlimit=memory)


def words_of(private: PrivateKey) -> tuple[str, ...]:
    """A private half in WORDS words."""
    return tuple(_mnemonic().to_mnemonic(private.encode()).split())


def from_words(text: str) -> PrivateKey:
    """A private half from its words; numbers, commas and capitals are let be, four letters of a word are enough.

    Raises WrongSecret.
    """
    typed = re.findall(r"[a-z]+", text.lower())
    if len(typed) != WORDS:
        raise WrongSecret
    whole = [_whole(word) for word in typed]
    try:
        return PrivateKey(bytes(_mnemonic().to_entropy(whole)))
    except (ValueError, LookupError) as error:
        raise WrongSecret from error


def same_word(typed: str, word: str) -> bool:
    return _whole(typed.strip().lower()) == word


def _whole(typed: str) -> str:
    """The word of the list that has these first letters; no two share their first four."""
    if len(typed) < LEAST_LETTERS:
        return typed
    return next((it for it in _mnemonic().wordlist if it.startswith(typed)), typed)


@cache
def _mnemonic() -> Mnemonic:
    return Mnemonic("english")
