"""Text made to fit: words wrapped at spaces into even lines, smaller where they must be, never outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from awards.documents.lettering import TIE, Face, chunks, clusters, settle, width

STEP = 0.96
BREAK = "\u200b"
"""A place where a line may end without a space (zero width)."""
KEEP = "\u00a0"
"""A space at which no line ends; it is set as a space."""


@dataclass(frozen=True)
class Setting:
    """A text as it is set: its lines, the face that draws them and their size in points."""

    lines: tuple[str, ...]
    face: Face
    size: float


def fit(
    text: str, face: Face, *, size: float, least: float, measure: float, most: int, language: str = ""
) -> Setting:
    """The text in at most `most` lines of `measure` points, at `size` or as little below it as does.

    Lines break at spaces only (Korean too), or where a script without spaces breaks, until that would need type under
    `least`; then words break too.
    """
    face = settle(face, text.replace(BREAK, "").replace(TIE, ""))
    attempts = chain(
        ((smaller, False) for smaller in takewhile(lambda smaller: smaller >= min(size, least), sizes(size))),
        ((smaller, True) for smaller in sizes(size)),
    )
    while True:
        attempt, broken = next(attempts)
        pieces = wrap(text, face, size=attempt, measure=measure, broken=broken, language=language)
        if pieces is not None and len(pieces) <= most:
            lines = even(pieces, text, face, attempt, measure, language)
            return Setting(tuple(line.replace(KEEP, " ") for line in lines), face, attempt)


def sizes(size: float) -> Iterator[float]:
    while True:
        yield size
        size *= STEP


def wrap(
    text: str, face: Face, *, size: float, measure: float, broken: bool = False, language: str = ""
) -> tuple[str, ...] | None:
    """Lines filled from the first; None where a word is wider than the measure and may not be broken."""
    lines: list[str] = []
    for gap, chunk in chunks(text):
        word = chunk.replace(TIE, "")
        joined = lines[-1] + gap + word if lines else word
        if width(joined, face, size, language) <= measure:
            lines[-1:] = [joined]
        elif width(word, face, size, language) <= measure:
            lines.append(word)
        elif not broken:
            return None
        else:
            lines.extend(cut(word, face, size, measure, language))
    return tuple(lines)


def cut(word: str, face: Face, size: float, measure: float, language: str) -> Iterator[str]:
    piece = ""
    for character in clusters(word):
        if piece and width(piece + character, face, size, language) > measure:
            yield piece
            piece = ""
        piece += character
    yield piece


def even(
    lines: tuple[str, ...], text: str, face: Face, size: float, measure: float, language: str
) -> tuple[str, ...]:
    """The same number of lines in the narrowest measure that holds them: none is left nearly empty."""
    low, high = 0.0, measure
    for _ in range(12 if len(lines) > 1 else 0):
        middle = (low + high) / 2
        narrower = wrap(text, face, size=size, measure=middle, language=language)
        if narrower is not None and len(narrower) == len(lines):
            lines, high = narrower, middle
        else:
            low = middle
    return lines
