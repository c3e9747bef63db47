"""Differences between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from judging.values import Json

LONGEST = 6000
"""So many words of a text are compared one by one; longer texts as a whole."""

_WORDS = re.compile(r"\s+|[^\W_]+|[\W_]")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text that is the same in both, or in one of them only."""

    change: Change
    text: str


def of_texts(before: str, after: str) -> tuple[Part, ...]:
    """The parts of two texts in order, what was removed before what was added in its place."""
    if before == after:
        return (Part(Change.SAME, before),) if before else ()
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(one), len(other)) > LONGEST:
        return tuple(part for part in (Part(Change.REMOVED, before), Part(Change.ADDED, after)) if part.text)
    found: list[Part] = []
    for act, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if act == "equal":
            found.append(Part(Change.SAME, "".join(one[a:b])))
            continue
        if a < b:
            found.append(Part(Change.REMOVED, "".join(one[a:b])))
        if c < d:
            found.append(Part(Change.ADDED, "".join(other[c:d])))
    return tuple(found)


def changed_keys(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[str]:
    """The keys whose answers differ, in the order of the later text; nothing and empty are the same."""
    for key in dict.fromkeys((*after, *before)):
        if (before.get(key) or None) != (after.get(key) or None):
            yield key
