"""Files that are made once and kept while they are asked for: found by what they were made from, never by an address.

What may be shown is asked at every request, before this; where it has changed another file is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from awards import storage
from judging.values import Json, canonical

KEPT = timedelta(hours=24)
"""For how long a file is kept at most: a change of what is public ends it before, by the worker."""


def kept(about: Json, suffix: str, make: Callable[[], bytes]) -> bytes:
    """The file made from `about`, which holds all that stands in it; made now where there is none."""
    key = hashlib.sha256(canonical(about)).hexdigest()[:32]
    folder = Path(current_app.config["LAURELS_DATA"]) / storage.DRAWN
    with suppress(OSError, storage.NoSuchFile):
        return storage.locate(folder, key + suffix).read_bytes()
    content = make()
    with suppress(OSError):  # a full disk, or another worker that makes the same
        storage.drop_before(folder, datetime.now(UTC) - KEPT)
        storage.keep(folder, content, suffix=suffix, beside=key)
    return content
