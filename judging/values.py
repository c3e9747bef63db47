"""The enums of the count and the few operations on exact numbers that every module shares."""

from __future__ import annotations

import json
import re
import unicodedata
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import TypeAlias


class Step(StrEnum):
    """One rung of a ladder: how nominations that are level are told apart."""

    OWN_CRITERION = "own_criterion"
    MEDIAN = "median"
    LOWEST_SHARE = "lowest_share"
    HEAD_TO_HEAD = "head_to_head"
    FIRST_PLACES = "first_places"
    FIRST_ROUND = "first_round"
    EXTEND = "extend"
    CHAIR = "chair"
    LOT = "lot"
    SHARE = "share"
    RUNOFF = "runoff"


class StepResult(StrEnum):
    """What a step did to the nominations it compared."""

    SETTLED = "settled"
    PARTED = "parted"
    STILL_LEVEL = "still_level"
    SKIPPED = "skipped"
    WAITING = "waiting"


class SecondRound(StrEnum):
    VOTE = "vote"
    PANEL = "panel"
    NONE = "none"


class Slate(StrEnum):
    FINALISTS = "finalists"
    ELIGIBLE = "eligible"


class Electorate(StrEnum):
    JUDGES = "judges"
    MEMBERS = "members"
    PUBLIC = "public"


class Method(StrEnum):
    ONE_CHOICE = "one_choice"
    APPROVAL = "approval"
    BORDA = "borda"
    SCHULZE = "schulze"

    @property
    def is_ranking(self) -> bool:
        """Whether a ballot ranks, best first."""
        return self in (Method.BORDA, Method.SCHULZE)


class StandingBy(StrEnum):
    """Which total decides the first round: the plain mean, or the fair score where it can be trusted."""

    MEAN = "mean"
    CALIBRATED = "calibrated"


class Deciding(StrEnum):
    """Which total decided a category under `calibrated`."""

    FAIR = "fair"
    RAW = "raw"


class BelowQuorum(StrEnum):
    EXTEND = "extend"
    JUDGES = "judges"


class SameCountry(StrEnum):
    BLOCK = "block"
    WAIVABLE = "waivable"
    OFF = "off"


class RecordScope(StrEnum):
    """Which nominations the public record names."""

    FINALISTS = "finalists"
    NUMBERS = "numbers"
    ALL = "all"


class Vacated(StrEnum):
    """What becomes of a prize that its winner loses or declines."""

    VACANT = "vacant"
    MOVE_UP = "move_up"


class Finalist(StrEnum):
    """Whether a nomination advances; `open` where the chair has yet to decide."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


class Round(StrEnum):
    FIRST = "first"
    SECOND = "second"


Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

_EXACT = re.compile(r"-?\d+(?:/[1-9]\d*)?\Z", re.ASCII)


def exact(number: Fraction) -> str:
    """A number as the record writes it: "8" or "26/3"."""
    return str(number)


def parse_exact(text: str) -> Fraction:
    """The inverse of `exact`. Raises ValueError for anything that `exact` would not have written."""
    if not _EXACT.match(text) or exact(Fraction(text)) != text:
        raise ValueError(text)
    return Fraction(text)


def as_text(value: Json) -> str:
    """A part of a document as text. Raises TypeError for anything else; so do the three below."""
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value


def as_whole(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number is wanted")
    return value


def as_list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("a list is wanted")
    return value


def as_object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError("an object is wanted")
    return value


def as_texts(value: Json) -> tuple[str, ...]:
    return tuple(map(as_text, as_list(value)))


def rounded(number: Fraction, places: int = 2) -> str:
    """A number as people read it, rounded at `places` decimals, halves away from zero. For printing only."""
    scale = 10**places
    units = floor(abs(number) * scale + Fraction(1, 2))
    whole, decimals = divmod(units, scale)
    sign = "-" if number < 0 and units else ""
    return f"{sign}{whole}.{decimals:0{places}d}" if places else f"{sign}{whole}"


def normalise(value: Json) -> Json:
    """The same document with every string, keys included, in Unicode NFC. Two keys that become one: ValueError."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normalise(item) for item in value]
    if isinstance(value, dict):
        found = {unicodedata.normalize("NFC", key): normalise(item) for key, item in value.items()}
        if len(found) != len(value):
            raise ValueError("two keys are the same text")
        return found
    return value


def canonical(value: Json) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8 in NFC. Numbers are integers; a float is a TypeError."""
    _refuse_floats(value)
    text = json.dumps(normalise(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _refuse_floats(value: Json) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is not exact: write it as a fraction")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_floats(item)


def differences(before: Json, after: Json, place: str = "") -> list[tuple[str, Json, Json]]:
    """Where two documents differ: (place, before, after), None where it is absent.

    Lists whose items each have a "key" or a "nomination" of their own are compared by it, whatever their order.
    `true` is not 1.
    """
    if isinstance(before, list) and isinstance(after, list):
        name = _name_of_items(before) if before else None
        if name and name == _name_of_items(after):
            before, after = _by(before, name), _by(after, name)
    if isinstance(before, dict) and isinstance(after, dict):
        found: list[tuple[str, Json, Json]] = []
        for key in sorted(before.keys() | after.keys()):
            found += differences(before.get(key), after.get(key), f"{place}.{key}" if place else key)
        return found
    return [] if _same(before, after) else [(place, before, after)]


def _same(before: Json, after: Json) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    return type(before) is type(after) and before == after


def _name_of_items(items: list[Json]) -> str | None:
    """The name by which each item can be told from the others."""
    for name in ("key", "nomination"):
        if len(_by(items, name)) == len(items):
            return name
    return None


def _by(items: list[Json], name: str) -> dict[str, Json]:
    return {key: item for item in items if isinstance(item, dict) and isinstance(key := item.get(name), str)}
