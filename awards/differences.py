"""Differences: between two texts word by word, between two documents path by path. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from judging.values import Json

LONGEST = 6000
"""So many words of a text are compared one by one; longer texts as a whole."""

ORDER = "order"
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


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, at a path such as ("categories", "mobility", "places"); None where there is none."""

    path: tuple[str, ...]
    before: Json
    after: Json


def of_documents(before: Json, after: Json) -> tuple[Difference, ...]:
    """Every value that differs, in the order of the first document, then what is new in the second.

    Lists of tables with a `key` are compared table by table; if only their order differs, that is a change of its own.
    """
    return tuple(_walk((), before, after))


def _walk(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Difference]:
    one, other = _keyed(before), _keyed(after)
    if before in (None, []) and other is not None:
        one = {}
    if after in (None, []) and one is not None:
        other = {}
    if one is None or other is None:
        if before != after:
            yield Difference(path, before, after)
        return
    for name in [*one, *(name for name in other if name not in one)]:
        if name != "key":
            yield from _walk((*path, name), one.get(name), other.get(name))
    if isinstance(before, list):
        was, now = [name for name in one if name in other], [name for name in other if name in one]
        if was != now:
            yield Difference((*path, ORDER), list[Json](was), list[Json](now))


def _keyed(value: Json) -> Mapping[str, Json] | None:
    """A table by its names, a list of tables by their keys; None for anything else."""
    if isinstance(value, Mapping):
        return {str(name): inside for name, inside in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        tables = {str(item["key"]): item for item in value if isinstance(item, Mapping) and "key" in item}
        return dict(tables) if len(tables) == len(value) else None
    return None
