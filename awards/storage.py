"""Files under LAURELS_DATA, each under a random key that is its name."""

from __future__ import annotations

import math
import os
import re
import secrets
from datetime import datetime
from pathlib import Path

KEY = re.compile(r"[0-9a-f]{32}(\.[a-z0-9]{1,8})?")
DRAWN = "drawn"
"""The folder of files that can be made again at any time."""


class NoSuchFile(Exception):
    """There is no stored file of that key."""


def keep(folder: Path, content: bytes, *, suffix: str = "", beside: str = "") -> str:
    """Store bytes for good and return their key. The file is whole or not there.

    `beside` is the key of another file, whose name it then shares but for the suffix.
    """
    key = f"{beside.partition('.')[0]}{suffix}" if beside else new_key(suffix)
    keep_as(folder, key, content)
    return key


def new_key(suffix: str = "") -> str:
    """A key under which nothing is stored yet."""
    return f"{secrets.token_hex(16)}{suffix}"


def keep_as(folder: Path, key: str, content: bytes) -> None:
    """Store bytes under a key of `new_key`. The file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = folder / f"{key}.part"
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())
    waiting.rename(folder / key)


def locate(folder: Path, key: str) -> Path:
    """Where a stored file is. Raises NoSuchFile, also for anything that is no key."""
    file = folder / key
    if not KEY.fullmatch(key) or not file.is_file():
        raise NoSuchFile(key)
    return file


def drop_before(folder: Path, moment: datetime) -> int:
    """Remove the files of a folder that were written before a moment; how many. Another process may do the same."""
    old = [it for it in folder.glob("*") if _written(it) < moment.timestamp()]
    for it in old:
        it.unlink(missing_ok=True)
    return len(old)


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def drop(folder: Path, key: str) -> None:
    """Remove a file that nothing refers to, such as one whose transaction failed."""
    if KEY.fullmatch(key):
        (folder / key).unlink(missing_ok=True)
        (folder / f"{key}.part").unlink(missing_ok=True)
