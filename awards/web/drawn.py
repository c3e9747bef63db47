"""Files that are made once and kept while they are asked for: found by what they were made from, never by an address.

What may be shown is asked at every request, before this; where it has changed another file is made.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flask import current_app

from awards import storage
from judging.values import Json, canonical

FOLDER = "drawn"
KEPT = 24 * 3600
"""Seconds for which a file is kept; it is made anew where it is asked for after that."""


def kept(about: Json, suffix: str, make: Callable[[], bytes]) -> bytes:
    """The file made from `about`, which holds all that stands in it; made now where there is none."""
    key = hashlib.sha256(canonical(about)).hexdigest()[:32]
    folder = Path(current_app.config["LAURELS_DATA"]) / FOLDER
    with suppress(OSError, storage.NoSuchFile):
        return storage.locate(folder, key + suffix).read_bytes()
    content = make()
    with suppress(OSError):  # a full disk, or another worker that makes the same
        _drop_old(folder)
        storage.keep(folder, content, suffix=suffix, beside=key)
    return content


def _drop_old(folder: Path) -> None:
    if folder.is_dir():
        for file in folder.iterdir():
            if file.stat().st_mtime < time.time() - KEPT:
                file.unlink(missing_ok=True)
