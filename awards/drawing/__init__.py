"""Drawing: pages of a PDF and pictures become pictures of two sizes, in a process of its own with limits of its own.

Files are hostile until the opposite is shown: whatever reading one costs or breaks stays in that process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

DRAWABLE = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""The media types that are drawn; of everything else there is the original only."""
MEDIA_TYPE = "image/webp"
SUFFIX = ".webp"
MOST_PAGES = 40
WIDE, NARROW = 1400, 700
"""Widths in pixels: for a screen, and for a phone."""
CEILING = 150_000
"""Bytes of the large picture of a page; the small one has half."""
SECONDS = 120
MEMORY = 1024 * 2**20
CHILD = Path(__file__).with_name("child.py")
LONGEST_HEAD = 200


class Failure(StrEnum):
    """Why nothing could be drawn."""

    BROKEN = "broken"
    TOO_MUCH = "too_much"


class NotDrawn(Exception):
    """No page could be drawn: the file is broken, or takes more time or memory than it may."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, counted from 1, as it is shown; `small` is empty where the picture is small already."""

    page: int
    width: int
    height: int
    large: bytes
    small: bytes = b""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn of a file with so many `pages`: not all where there are many, or some are broken."""

    pages: int
    pictures: tuple[Picture, ...]


def draw(
    content: bytes,
    media_type: str,
    *,
    most: int = MOST_PAGES,
    seconds: int = SECONDS,
    memory: int = MEMORY,
    faithful: bool = False,
) -> Drawn:
    """The first `most` pages of a file as pictures, as far as they could be drawn in the time and memory given.

    `faithful` keeps their colours, where otherwise text is kept in a few. Raises NotDrawn where there is none, whatever
    the bytes are.
    """
    asked = {
        "media_type": media_type,
        "most": most,
        "widths": [WIDE, NARROW],
        "ceilings": [CEILING, CEILING // 2],
        "seconds": seconds,
        "memory": memory,
        "faithful": faithful,
        "output": 2 * CEILING * most + 2**20,
    }
    with tempfile.TemporaryFile() as out:
        too_much = _run(json.dumps(asked), content, out, seconds)
        out.seek(0)
        pages, found = _read(out, most)
    if not found:
        raise NotDrawn(Failure.TOO_MUCH if too_much else Failure.BROKEN)
    return Drawn(max(pages, len(found)), found)


def _run(asked: str, content: bytes, out: IO[bytes], seconds: int) -> bool:
    """Let the other process draw; whether it was stopped for taking too much. It sees no environment of ours."""
    try:
        ended = subprocess.run(  # noqa: S603 (a program of ours, without a shell)
            [sys.executable, "-I", str(CHILD), asked],
            input=content,
            stdout=out,
            stderr=subprocess.DEVNULL,
            timeout=seconds * 1.5,
            check=False,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode not in (0, 1)


def _read(out: IO[bytes], most: int) -> tuple[int, tuple[Picture, ...]]:
    """What the other process wrote, as far as it makes sense: it isn't trusted more than the file."""
    pages, found = 0, {}
    for head in _heads(out):
        if "pages" in head:
            pages = _whole(head["pages"], 10**6)
            continue
        page, width, height = (_whole(head.get(key), 10**5) for key in ("page", "width", "height"))
        large, small = (out.read(_whole(head.get(key), 2 * CEILING)) for key in ("large", "small"))
        sound = 1 <= page <= most and width and height and _is_picture(large)
        if not sound or (small and not _is_picture(small)) or len(large) != head["large"]:
            break
        found[page] = Picture(page, width, height, large, small)
    return pages, tuple(found[page] for page in sorted(found))


def _heads(out: IO[bytes]) -> Iterator[dict[str, Any]]:
    while line := out.readline(LONGEST_HEAD):
        try:
            head = json.loads(line)
        except ValueError:
            return
        if not isinstance(head, dict):
            return
        yield head


def _whole(said: object, most: int) -> int:
    return said if isinstance(said, int) and 0 <= said <= most else 0


def _is_picture(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
