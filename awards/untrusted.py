"""What strangers wrote, made harmless for a mail: one line stays one line, and no part of it becomes a link."""

from __future__ import annotations

import re
import unicodedata

OPEN, CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
JOINER = "\N{WORD JOINER}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
KEPT_FORMATS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
"""Persian and the scripts of India are not written without them."""

_DOTS = (
    ".\N{FULLWIDTH FULL STOP}\N{IDEOGRAPHIC FULL STOP}\N{HALFWIDTH IDEOGRAPHIC FULL STOP}\N{ONE DOT LEADER}"
)
_DOT = re.compile(rf"(?<=\S)([{_DOTS}])(?=[^\W_])")
_NUMBER = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_COLON = re.compile("(?<=\\S)([:\N{FULLWIDTH COLON}])(?=\\S)")
_TIME = re.compile(r"(?<![\w.+-])[0-9]{1,4}(:)(?=[0-9])", re.ASCII)
_SLASHES = re.compile(r"([/\\])(?=[/\\])")
_AT = re.compile(r"[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]")
_WWW = re.compile(r"(www)(?=[" + _DOTS + r"])", re.IGNORECASE)
_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")


def line(text: object, most: int = 200) -> str:
    """One line of at most so many characters, isolated from the words around it; empty where nothing is said."""
    words = " ".join(_readable(str(text).replace("\t", " ")).split())
    if len(words) > most:
        words = words[: most - 1].rstrip() + ELLIPSIS
    return f"{OPEN}{_unlinked(words)}{CLOSE}" if words else ""


def lines(text: object, most: int = 4000) -> tuple[str, ...]:
    """A longer text as its lines that hold something, each as `line` makes it."""
    kept, left = [], most
    for part in _BREAKS.split(str(text)):
        if left > 0 and (words := line(part, left)):
            kept.append(words)
            left -= len(words)
    return tuple(kept)


def plain(text: str) -> str:
    """A text with isolated parts as it is sent: the marks stay where letters run from right to left."""
    return _ISOLATED.sub(lambda found: found[0] if _turns(found[1]) else found[1], text)


def _turns(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _readable(text: str) -> str:
    """Without what is not to be seen: controls, half characters, marks that turn the direction, breaks."""
    text = _BREAKS.sub(" ", text)
    return "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs") or character in KEPT_FORMATS
    )


def _unlinked(text: str) -> str:
    """What mail programs would make a link of, broken up: addresses of sites, of mail, of anything else.

    So is what they would decode in a subject line.
    """
    text = _WWW.sub(r"\1 ", text)
    text = _AT.sub(lambda found: f"{JOINER}{found[0]} ", text)
    text = text.replace("=?", "= ?")
    text = _SLASHES.sub(r"\1 ", text)
    text = _apart(text, _COLON, " ", {found.start(1) for found in _TIME.finditer(text)})
    return _apart(text, _DOT, JOINER, {found.start() for found in _NUMBER.finditer(text)})


def _apart(text: str, sign: re.Pattern[str], space: str, kept: set[int]) -> str:
    """A text with something set after each sign, but where times and numbers are written with it."""
    return sign.sub(lambda found: found[1] + ("" if found.start() in kept else space), text)
