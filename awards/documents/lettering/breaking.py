"""Where a line may end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from awards.documents.lettering.faces import IDEOGRAPH, JOINERS, KANA

BREAK = "\u200b"
"""A place where a line may end without a space (zero width)."""
KEEP = "\u00a0"
"""A space at which no line ends."""
TIE = "\u2060"
"""Between two letters where no line ends (zero width)."""

UNSPACED = re.compile(f"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]|{IDEOGRAPH.pattern}|{KANA.pattern}")
"""Thai, Lao, Burmese, Khmer, Chinese and Japanese, which set no spaces between words."""
NAME = 20
"""So many letters without a space are kept together: a name is rather set smaller than broken."""
BEFORE = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
"""Vowels that are written before their consonant."""
AFTER = frozenset("\u0e30\u0e32\u0e33\u0e45\u0e46\u0e2f\u0eb0\u0eb2\u0eb3\u0ec6")
"""Vowels and signs that never begin a line."""
STACKERS = frozenset("\u1039\u17d2")
CLOSERS = frozenset(
    "、。，．・：；！？）］｝〕〉》」』】〙〗〟’”ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥·"
)
OPENERS = frozenset("（［｛〔〈《「『【〘〖〝‘“")


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that are not to be parted: a letter with its marks, and what Thai writes round it."""
    piece = ""
    for character in text:
        if piece and not _joins(piece, character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _joins(piece: str, character: str) -> bool:
    last = piece[-1]
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character in AFTER
        or character in JOINERS
        or last in JOINERS
        or last in BEFORE
        or last in STACKERS
    )


def chunks(text: str) -> Iterator[tuple[str, str]]:
    """Each piece that may stand on a line of its own, and what parts it from the one before: a space or nothing."""
    for spaced in text.split(" "):
        gap = " "
        for word in spaced.split(BREAK):
            for chunk in _unspaced(word):
                yield gap, chunk
                gap = ""


def _unspaced(word: str) -> Iterator[str]:
    """What writes no spaces, and is longer than a name, where its readers would break it; any other word as it is."""
    pieces = list(clusters(word)) if len(word) > NAME and UNSPACED.search(word) else [word]
    if len(pieces) <= NAME:
        yield word
        return
    chunk = ""
    for cluster in pieces:
        if chunk and _may_break(chunk, cluster):
            yield chunk
            chunk = ""
        chunk += cluster
    yield chunk


def _may_break(before: str, after: str) -> bool:
    if {KEEP, TIE} & {before[-1], after[0]} or after[0] in CLOSERS or before[-1] in OPENERS:
        return False
    return any(UNSPACED.match(character) for character in (before[-1], after[0]))
