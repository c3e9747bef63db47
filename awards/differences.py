"""What differs between two documents, path by path. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from judging.values import Json

ORDER = "order"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs, at a path such as ("categories", "mobility", "places"); None where there is none."""

    path: tuple[str, ...]
    before: Json
    after: Json


def difference(before: Json, after: Json) -> tuple[Change, ...]:
    """Every value that differs, in the order of the first document, then what is new in the second.

    Lists of tables with a `key` are compared table by table; if only their order differs, that is a change of its own.
    """
    return tuple(_walk((), before, after))


def _walk(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Change]:
    one, other = _keyed(before), _keyed(after)
    if before in (None, []) and other is not None:
        one = {}
    if after in (None, []) and one is not None:
        other = {}
    if one is None or other is None:
        if before != after:
            yield Change(path, before, after)
        return
    for name in [*one, *(name for name in other if name not in one)]:
        if name != "key":
            yield from _walk((*path, name), one.get(name), other.get(name))
    if isinstance(before, list):
        was, now = [name for name in one if name in other], [name for name in other if name in one]
        if was != now:
            yield Change((*path, ORDER), list[Json](was), list[Json](now))


def _keyed(value: Json) -> Mapping[str, Json] | None:
    """A table by its names, a list of tables by their keys; None for anything else."""
    if isinstance(value, Mapping):
        return {str(name): inside for name, inside in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        tables = {str(item["key"]): item for item in value if isinstance(item, Mapping) and "key" in item}
        return dict(tables) if len(tables) == len(value) else None
    return None
