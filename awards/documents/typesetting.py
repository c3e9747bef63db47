"""Text made to fit: words wrapped at spaces into even lines, smaller where they must be, never outside."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from awards.documents.lettering import Face, settle, width

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


def fit(text: str, face: Face, *, size: float, least: float, measure: float, most: int) -> Setting:
    """The text in at most `most` lines of `measure` points, at `size` or as little below it as does.

    Lines break at spaces only (Korean too) until that would need type under `least`; then words break too.
    """
    face = settle(face, text.replace(BREAK, ""))
    attempts = chain(
        ((smaller, False) for smaller in takewhile(lambda smaller: smaller >= min(size, least), sizes(size))),
        ((smaller, True) for smaller in sizes(size)),
    )
    while True:
        attempt, broken = next(attempts)
        pieces = wrap(text, face, size=attempt, measure=measure, broken=broken)
        if pieces is not None and len(pieces) <= most:
            lines = even(pieces, text, face, attempt, measure)
            return Setting(tuple(line.replace(KEEP, " ") for line in lines), face, attempt)


def sizes(size: float) -> Iterator[float]:
    while True:
        yield size
        size *= STEP


def wrap(
    text: str, face: Face, *, size: float, measure: float, broken: bool = False
) -> tuple[str, ...] | None:
    """Lines filled from the first; None where a word is wider than the measure and may not be broken."""
    lines: list[str] = []
    for gap, word in words_of(text):
        joined = lines[-1] + gap + word if lines else word
        if width(joined, face, size) <= measure:
            lines[-1:] = [joined]
        elif width(word, face, size) <= measure:
            lines.append(word)
        elif not broken:
            return None
        else:
            lines.extend(cut(word, face, size, measure))
    return tuple(lines)


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """Each word and what stands before it on the same line: a space, or nothing at an unseen break."""
    for spaced in text.split(" "):
        gap = " "
        for word in spaced.split(BREAK):
            yield gap, word
            gap = ""


def cut(word: str, face: Face, size: float, measure: float) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and width(piece + character, face, size) > measure:
            yield piece
            piece = ""
        piece += character
    yield piece


def even(lines: tuple[str, ...], text: str, face: Face, size: float, measure: float) -> tuple[str, ...]:
    """The same number of lines in the narrowest measure that holds them: none is left nearly empty."""
    low, high = 0.0, measure
    for _ in range(12 if len(lines) > 1 else 0):
        middle = (low + high) / 2
        narrower = wrap(text, face, size=size, measure=middle)
        if narrower is not None and len(narrower) == len(lines):
            lines, high = narrower, middle
        else:
            low = middle
    return lines
