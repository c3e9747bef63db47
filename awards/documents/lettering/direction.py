"""Which way the parts of a line run: the Unicode bidirectional algorithm, without embeddings that a text asks for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from unicodedata import bidirectional, category

from bidi import algorithm
from bidi.mirror import MIRRORED

RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"))
UNASSIGNED = "\ufffd"
"""Stands for a character that Unicode knows no direction of."""
LEFTWARD = frozenset(("R", "AL", "AN"))
CLOSING = {sign: other for sign, other in MIRRORED.items() if category(sign) == "Ps"}


def is_rtl(language: str) -> bool:
    """Whether the language is written from right to left, as "ar" or "ar-EG" is."""
    return language.partition("-")[0] in RIGHT_TO_LEFT


def spoken(text: str, language: str) -> str:
    """The language, or one of the other direction where the first letter of a text runs that way: for all its lines."""
    leftward = algorithm.get_base_level(text) == 1
    if leftward == is_rtl(language):
        return language
    return "ar" if leftward else "en"


def runs(text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and leftward of each stretch of one direction, from the left end of the line to the right.

    Where no language is named, the first letter that has a direction gives the line its own.
    """
    levels = _levels(text, language)
    stretches: list[tuple[int, int, int]] = []
    for level, places in groupby(range(len(text)), levels.__getitem__):
        found = list(places)
        stretches.append((found[0], found[-1] + 1, level))
    for least in range(max(levels, default=0), 0, -1):
        stretches = [
            stretch
            for deep, group in groupby(stretches, lambda stretch: stretch[2] >= least)  # noqa: B023
            for stretch in (reversed(list(group)) if deep else group)
        ]
    for start, end, level in stretches:
        yield start, end, level % 2 == 1


def _levels(text: str, language: str) -> list[int]:
    """For each character how deep it is nested; odd ones run to the left."""
    base = int(is_rtl(language)) if language else algorithm.get_base_level(text)
    text = "".join(character if bidirectional(character) else UNASSIGNED for character in text)
    classes = [bidirectional(character) for character in text]
    if not base and LEFTWARD.isdisjoint(classes):
        return [0] * len(text)
    storage: dict[str, Any] = algorithm.get_empty_storage() | {"base_level": base, "base_dir": "LR"[base]}
    inked = [place for place, name in enumerate(classes) if name != "BN"]
    algorithm.get_embedding_levels("".join(text[place] for place in inked), storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _pair_brackets(storage["chars"], base)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    found = dict(zip(inked, (character["level"] for character in storage["chars"]), strict=True))
    levels: list[int] = []
    for place in range(len(text)):
        levels.append(found.get(place, levels[-1] if levels else base))
    for place in range(len(text.rstrip()), len(text)):
        levels[place] = base
    return levels


def _pair_brackets(characters: list[dict[str, Any]], base: int) -> None:
    """Rule N0, which python-bidi leaves out: both brackets of a pair run the same way."""
    along = "LR"[base]
    for opening, closing in _pairs(characters):
        strong = {_strong(it["type"]) for it in characters[opening:closing]} - {""}
        if not strong:
            continue
        if along in strong:
            way = along
        else:
            before = (_strong(it["type"]) for it in reversed(characters[:opening]))
            way = next((found for found in before if found), along)
        characters[opening]["type"] = characters[closing]["type"] = way


def _pairs(characters: list[dict[str, Any]]) -> list[tuple[int, int]]:
    found, waiting = [], []
    for place, character in enumerate(characters):
        if character["type"] != "ON":
            continue
        if other := CLOSING.get(character["ch"]):
            waiting.append((other, place))
        elif any(character["ch"] == other for other, _ in waiting):
            while True:
                other, opening = waiting.pop()
                if other == character["ch"]:
                    break
            found.append((opening, place))
    return sorted(found)


def _strong(name: str) -> str:
    return name if name in ("L", "R") else "R" if name in ("EN", "AN") else ""
