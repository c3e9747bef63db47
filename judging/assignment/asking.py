"""A problem told in JSON by somebody who isn't Laurels: read liberally, refused exactly, at the place at fault."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

from judging.assignment.values import Pair, Problem, Reader, Work

Told: TypeAlias = "None | bool | int | Decimal | str | list[Told] | dict[str, Told]"

FINEST = 9
"""A score is taken with so many digits after the point, fewer where scores are greater than one."""
MOST = 1_000_000
MOST_PAIRS = 400_000_000
"""Beyond these no usual computer has the memory."""
KEYS = frozenset(
    "nominations judges scores conflicts unreadable issued pinned forbidden experts k loads regions per_region "
    "need_expert alternates seed".split()
)


class Fault(ValueError):
    """The file can't be used: `place` is where, as one would write it in a program; the message is a sentence."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.place = place


@dataclass(frozen=True, slots=True)
class Question:
    """`judges`, `nominations`: how the file writes each name. A score of the problem is that of the file
    times ten to the power of `digits`; `exact` if nothing was rounded for that.
    """

    problem: Problem
    judges: Mapping[str, Told]
    nominations: Mapping[str, Told]
    languages: Mapping[str, str]
    digits: int
    exact: bool
    ignored: tuple[str, ...]


def read(text: bytes) -> Question:
    """Raises Fault."""
    told = _parsed(text)
    if not isinstance(told, dict):
        raise Fault("", "The file has to be one JSON object with the keys nominations, judges, scores and k.")
    told = {key: value for key, value in told.items() if value is not None}
    works, readers = _Names.of(told, "nominations"), _Names.of(told, "judges")
    _need_names(told, works, readers)
    if len(works.keys) * len(readers.keys) > MOST_PAIRS:
        raise Fault("", f"These are more than {MOST_PAIRS:,} pairs of a nomination and a judge.")
    both = _Both(readers, works)
    k = _whole(told.get("k"), "k", least=1) if "k" in told else None
    if k is None:
        raise Fault("k", "How many judges a nomination gets is missing.")
    given, barred = _scores(told.get("scores"), both)
    digits, exact = _digits(given.values())
    sets = {
        key: frozenset(_pairs(told.get(key), key, both))
        for key in ("conflicts", "unreadable", "issued", "pinned", "forbidden", "experts")
    }
    regions = _regions(told.get("regions"), readers)
    loads = _loads(told.get("loads"), readers)
    judges = tuple(_reader(key, readers.more[key], loads, regions) for key in readers.keys)
    per_region = told.get("per_region")
    cap = max(1, k // 2) if any(it.region for it in judges) else None
    if not isinstance(seed := told.get("seed", ""), str | int) or isinstance(seed, bool):
        raise Fault("seed", "A seed is a text or a whole number.")
    problem = Problem(
        nominations=tuple(
            Work(key, _text(works.more[key], "category", f"nominations {key}")) for key in works.keys
        ),
        judges=judges,
        blocked=sets["conflicts"] | barred,
        unreadable=sets["unreadable"].union(_unreadable(works, readers)),
        issued=sets["issued"],
        per_nomination=k,
        seed=_clean(str(seed), "seed"),
        scores={pair: int((value * 10**digits).to_integral_value()) for pair, value in given.items()},
        experts=sets["experts"],
        pinned=sets["pinned"],
        forbidden=sets["forbidden"],
        per_region=cap if per_region is None else _whole(per_region, "per_region", least=1),
        need_expert=_flag(told.get("need_expert", False), "need_expert"),
        alternates=_whole(told.get("alternates", 0), "alternates"),
    )
    return Question(
        problem=problem,
        judges=readers.names,
        nominations=works.names,
        languages={key: _text(works.more[key], "language", f"nominations {key}") for key in works.keys},
        digits=digits,
        exact=exact,
        ignored=tuple(sorted(set(told) - KEYS)),
    )


def _parsed(text: bytes) -> Told:
    try:
        return cast(
            Told,
            json.loads(
                text.decode("utf-8-sig"),
                parse_float=_decimal,
                parse_constant=_no_constant,
                object_pairs_hook=_object,
            ),
        )
    except UnicodeDecodeError as error:
        raise Fault(f"byte {error.start}", "This is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Fault(f"line {error.lineno} column {error.colno}", f"This is not JSON: {error.msg}.") from None
    except RecursionError:
        raise Fault("", "Lists and objects are nested too deep.") from None
    except Fault:
        raise
    except ValueError:
        raise Fault("", "A number has too many digits.") from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise Fault("", f"{text[:40]} is no number that anybody can count with.") from None


def _object(pairs: list[tuple[str, Told]]) -> dict[str, Told]:
    """Which of two values of one key is meant nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise Fault("", f"{twice[:100]!r} is there twice in one object.")
    return found


def _no_constant(name: str) -> Told:
    raise Fault("", f"{name} is no number of JSON.")


@dataclass(frozen=True, slots=True)
class _Names:
    """Judges or nominations in the order of the file; what else each is said to have."""

    what: str
    keys: list[str]
    names: dict[str, Told]
    more: dict[str, dict[str, Told]]

    @classmethod
    def of(cls, told: dict[str, Told], what: str) -> _Names:
        self = cls(what, [], {}, {})
        listed = told.get(what)
        if listed is None:
            return self
        if isinstance(listed, int) and not isinstance(listed, bool):
            listed = list(range(1, 1 + _whole(listed, what)))
        if isinstance(listed, dict):
            listed = [{**(it if isinstance(it, dict) else {}), "key": key} for key, it in listed.items()]
        if not isinstance(listed, list):
            raise Fault(what, "This is to be a list of names or of objects with a key.")
        for at, it in enumerate(listed):
            self.add(it, f"{what}[{at}]")
        return self

    def add(self, it: Told, place: str) -> None:
        more: dict[str, Told] = {}
        if isinstance(it, dict):
            more, it = it, next((it[word] for word in ("key", "id", "name") if word in it), None)
        key = name_of(it, place)
        if key in self.more:
            raise Fault(place, f"{key!r} is there twice.")
        self.keys.append(key)
        self.names[key] = it
        self.more[key] = more


def name_of(it: Told, place: str) -> str:
    if isinstance(it, bool) or not isinstance(it, str | int) or it == "":
        raise Fault(place, "A name is a text or a whole number, and an object has one as its key.")
    return _clean(str(it), place)


def _clean(text: str, place: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Fault(place, "Half of a character's code stands alone here.") from None
    return text


def _need_names(told: dict[str, Told], works: _Names, readers: _Names) -> None:
    """Names that aren't listed are those of the scores' places: numbers from 1."""
    scores = told.get("scores")
    rows = scores if isinstance(scores, list) else []
    matrix = bool(rows) and all(isinstance(row, list) for row in rows)
    for names, size in ((works, len(rows)), (readers, len(cast(list[Told], rows[0])) if matrix else 0)):
        if names.what in told:
            continue
        if not matrix:
            raise Fault(names.what, "They are missing, and the scores are no table from which to count them.")
        for number in range(1, size + 1):
            names.add(number, f"{names.what}[{number - 1}]")


@dataclass(frozen=True, slots=True)
class _Both:
    judges: _Names
    nominations: _Names

    def names(self, *names: Told) -> bool:
        return all(
            isinstance(it, str | int) and (str(it) in self.judges.more or str(it) in self.nominations.more)
            for it in names
        )

    def pair(self, first: Told, second: Told, place: str) -> Pair:
        """A judge and a nomination, also the other way round where it can't be meant otherwise."""
        one, two = name_of(first, place), name_of(second, place)
        if one in self.judges.more and two in self.nominations.more:
            return one, two
        if two in self.judges.more and one in self.nominations.more:
            return two, one
        known = one in self.judges.more or one in self.nominations.more
        raise Fault(place, f"{two if known else one!r} is neither a judge nor a nomination that fits here.")


def _entries(told: Told, place: str, both: _Both) -> Iterator[tuple[str, Pair, Told]]:
    """What is said of pairs, as a list of them or as an object of objects or lists."""
    if isinstance(told, list):
        for at, it in enumerate(told):
            here = f"{place}[{at}]"
            if isinstance(it, dict):
                yield here, both.pair(it.get("judge"), it.get("nomination"), here), it.get("score")
            elif isinstance(it, list) and len(it) in {2, 3}:
                yield here, both.pair(it[0], it[1], here), it[2] if it[2:] else None
            else:
                raise Fault(here, "This is to be a pair: [judge, nomination].")
    elif isinstance(told, dict):
        for one, rest in told.items():
            here = f"{place}[{one!r}]"
            if isinstance(rest, dict):
                inner: list[tuple[Told, Told]] = [(two, value) for two, value in rest.items()]
            elif isinstance(rest, list):
                inner = [(two, None) for two in rest]
            else:
                raise Fault(here, "This is to be a list of names or an object of them.")
            for two, value in inner:
                inside = f"{here}[{two!r}]"
                yield inside, both.pair(one, two, inside), value
    elif told is not None:
        raise Fault(place, "This is to be a list of pairs, or an object of lists.")


def _pairs(told: Told, place: str, both: _Both) -> Iterator[Pair]:
    for _here, pair, _value in _entries(told, place, both):
        yield pair


def _scores(told: Told, both: _Both) -> tuple[dict[Pair, Decimal], frozenset[Pair]]:
    """The scores, and the pairs that have none because they can't be made."""
    found: dict[Pair, Decimal] = {}
    barred: set[Pair] = set()
    entries = _cells(told, both) if _is_table(told, both) else _entries(told, "scores", both)
    for here, pair, value in entries:
        if pair in found or pair in barred:
            raise Fault(here, f"The pair {pair[0]}, {pair[1]} has a score already.")
        if value is None:
            barred.add(pair)
        else:
            found[pair] = _number(value, here)
    return found, frozenset(barred)


def _is_table(told: Told, both: _Both) -> bool:
    """Whether these are rows of numbers and not pairs with a score, which begin with two names."""
    if not isinstance(told, list) or not told or not all(isinstance(row, list) for row in told):
        return False
    rows = cast("list[list[Told]]", told)
    n, j = len(both.nominations.keys), len(both.judges.keys)
    lengths = {len(row) for row in rows}
    fits = (len(rows), lengths) in [(n, {j}), (j, {n})]
    names = all(len(row) == 3 and both.names(row[0], row[1]) for row in rows)
    return fits if names and isinstance(rows[0][0], int) else not names


def _cells(told: Told, both: _Both) -> Iterator[tuple[str, Pair, Told]]:
    """A table of nominations by judges, or of judges by nominations where only that fits."""
    rows = cast(list[list[Told]], told)
    nominations, judges = both.nominations.keys, both.judges.keys
    turned = len(rows) == len(judges) != len(nominations)
    down, across = (judges, nominations) if turned else (nominations, judges)
    if len(rows) != len(down):
        raise Fault("scores", f"There are {len(rows)} rows for {len(down)} nominations.")
    for at, row in enumerate(rows):
        if len(row) != len(across):
            raise Fault(f"scores[{at}]", f"There are {len(row)} scores, and {len(across)} are wanted.")
        for there, value in enumerate(row):
            pair = (down[at], across[there]) if turned else (across[there], down[at])
            yield f"scores[{at}][{there}]", pair, value


def _number(value: Told, place: str) -> Decimal:
    if isinstance(value, str):
        try:
            return _number(Decimal(value), place)
        except ArithmeticError:
            raise Fault(place, f"{value[:40]!r} is no number.") from None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Fault(place, "A score is a number; null is for a pair that can't be made.")
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number <= MOST:
        raise Fault(
            place, f"A score is from 0 to {MOST:,}. Pairs that can't be made are null or among the conflicts."
        )
    return number


def _digits(scores: Iterable[Decimal]) -> tuple[int, bool]:
    """How many digits after the point are kept: all that are used, while every score stays below a thousand million."""
    used, greatest = 0, Decimal(0)
    for score in scores:
        used = max(used, -int(score.normalize().as_tuple().exponent))
        greatest = max(greatest, score)
    room = FINEST - max(0, greatest.adjusted() if greatest > 1 else 0)
    return min(used, room), used <= room


def _whole(value: Told, place: str, *, least: int = 0) -> int:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) <= MOST:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise Fault(place, f"This is to be a whole number from {least} to {MOST:,}.")
    return value


def _flag(value: Told, place: str) -> bool:
    if not isinstance(value, bool):
        raise Fault(place, "This is to be true or false.")
    return value


def _text(of: dict[str, Told], key: str, place: str) -> str:
    value = of.get(key)
    if value is not None and not isinstance(value, str):
        raise Fault(f"{place} {key}", "This is to be a text.")
    return _clean(value or "", f"{place} {key}")


def _texts(of: dict[str, Told], key: str, place: str) -> frozenset[str] | None:
    value = of.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
        raise Fault(f"{place} {key}", "This is to be a list of texts.")
    return frozenset(_clean(cast(str, it), f"{place} {key}") for it in value)


def _by_judge(told: Told, place: str, readers: _Names) -> Iterator[tuple[str, str, Told]]:
    """What is said of judges: in the order in which they are listed, or by name."""
    if isinstance(told, list):
        if len(told) != len(readers.keys):
            raise Fault(place, f"There are {len(told)} for {len(readers.keys)} judges.")
        for at, value in enumerate(told):
            yield f"{place}[{at}]", readers.keys[at], value
    elif isinstance(told, dict):
        for key, value in told.items():
            if key not in readers.more:
                raise Fault(f"{place}[{key!r}]", f"{key!r} is no judge.")
            yield f"{place}[{key!r}]", key, value
    elif told is not None:
        raise Fault(place, "This is to be a list in the order of the judges, or an object by their names.")


def _regions(told: Told, readers: _Names) -> dict[str, str]:
    found = {}
    for place, key, value in _by_judge(told, "regions", readers):
        found[key] = "" if value is None else name_of(value, place)
    return found


@dataclass(frozen=True, slots=True)
class _Loads:
    least: int
    most: int | None
    own: Mapping[str, tuple[int | None, int | None]]


def _loads(told: Told, readers: _Names) -> _Loads:
    """One number is the most for all; two are the least and the most; an object may state either, and single judges."""
    if told is None or (isinstance(told, int | Decimal) and not isinstance(told, bool)):
        return _Loads(0, None if told is None else _whole(told, "loads"), {})
    if isinstance(told, list) and len(told) == 2 and len(readers.keys) != 2:
        least, most = _between(told, "loads")
        return _Loads(least or 0, most, {})
    if isinstance(told, dict) and set(told) & {"least", "most", "min", "max", "judges"} - set(readers.more):
        common = {key: it for key, it in told.items() if key != "judges"}
        least, most = _between(cast(Told, common), "loads")
        each = _by_judge(told.get("judges"), "loads['judges']", readers)
        return _Loads(least or 0, most, {key: _between(value, place) for place, key, value in each})
    each = _by_judge(told, "loads", readers)
    return _Loads(0, None, {key: _between(value, place) for place, key, value in each})


def _between(told: Told, place: str) -> tuple[int | None, int | None]:
    """The least and the most of a load."""
    least: Told = None
    most: Told = told
    if isinstance(told, list) and len(told) == 2:
        least, most = told
    elif isinstance(told, dict):
        if unknown := set(told) - {"least", "most", "min", "max"}:
            raise Fault(place, f"{min(unknown)!r} is no bound of a load; there are least and most.")
        least, most = told.get("least", told.get("min")), told.get("most", told.get("max"))
    low = None if least is None else _whole(least, place)
    high = None if most is None else _whole(most, place)
    if low is not None and high is not None and low > high:
        raise Fault(place, f"The least, {low}, is more than the most, {high}.")
    return low, high


def _reader(key: str, more: dict[str, Told], loads: _Loads, regions: Mapping[str, str]) -> Reader:
    place = f"judges {key}"
    own = _between({word: more[word] for word in ("least", "most", "min", "max") if word in more}, place)
    listed = loads.own.get(key, (None, None))
    least = next((it for it in (own[0], listed[0]) if it is not None), loads.least)
    most = next((it for it in (own[1], listed[1]) if it is not None), loads.most)
    region = regions.get(key)
    return Reader(
        key=key,
        categories=_texts(more, "categories", place),
        capacity=most,
        least=least if most is None else min(least, most),
        region=_text(more, "region", place) if region is None else region,
    )


def _unreadable(works: _Names, readers: _Names) -> Iterator[Pair]:
    """A judge who names languages reads no other; a nomination that names none is read by all."""
    known = {key: _texts(readers.more[key], "languages", f"judges {key}") for key in readers.keys}
    for nomination in works.keys:
        language = _text(works.more[nomination], "language", f"nominations {nomination}")
        for judge in readers.keys if language else ():
            languages = known[judge]
            if languages is not None and language not in languages:
                yield judge, nomination
