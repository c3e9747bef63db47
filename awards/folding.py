"""Names and titles without what people write in different ways: case, accents, width, punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SIGNS = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʻʼʿʾ`´ʹ"))


@lru_cache(maxsize=10_000)  # a name in a file is looked for several times
def fold(text: str) -> str:
    """A text for comparing: NFKD without combining marks, case folded, punctuation and space as single spaces.

    Apostrophes vanish, so that Xi'an is Xian. A text of nothing but signs is kept, case folded.
    """
    if text.isascii():
        plain = _SIGNS.sub(" ", text.translate(_APOSTROPHES).casefold()).strip()
        return plain or " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    kept = "".join(letter if _tells(letter) else " " for letter in bare.translate(_LETTERS))
    folded = " ".join(kept.split()) or " ".join(text.casefold().split())
    return unicodedata.normalize("NFC", folded)


def _tells(letter: str) -> bool:
    """Whether a character carries meaning: letters, digits and the marks that are vowels of a script."""
    return unicodedata.category(letter)[0] in "LNM"
