"""Fitted totals: what a calibration gave a category, fixed at its close. From here on everything is exact."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from judging.rules import Scale
from judging.values import Deciding, Json, as_object, as_text, as_whole, canonical, exact

SIX = re.compile(r"(?!-0\.0{6}\Z)-?(?:0|[1-9]\d{0,11})\.\d{6}\Z", re.ASCII)
UNITS = 10**6
WHYS = ("not_linked", "predicts_no_better", "too_few")
"""Why the plain mean decided a category all the same."""

SheetRow = tuple[str, str, str, Fraction]
"""Judge, nomination, category, and the exact total of the sheet."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a calibration gave one category.

    `number`: of the calibration. `totals`: the fair score of each nomination, none where the plain mean decides, for
    which `why` is the reason. `sheets_sha256`: of all sheets that were fitted. `method` and `versions` tell with what.
    """

    number: int
    deciding: Deciding
    why: str | None
    totals: Mapping[str, Fraction]
    sheets_sha256: str
    method: str
    versions: Mapping[str, str]


def parse_six(text: str) -> Fraction:
    """A decimal of exactly six places. Raises ValueError for anything else."""
    if not SIX.match(text):
        raise ValueError(text)
    return Fraction(text)


def six(number: Fraction) -> str:
    """The inverse of `parse_six`. Raises ValueError for a number that six places don't hold."""
    units = number * UNITS
    if units.denominator != 1:
        raise ValueError(str(number))
    whole, decimals = divmod(abs(units.numerator), UNITS)
    return f"{'-' if number < 0 else ''}{whole}.{decimals:06d}"


def fitted_document(fitted: Fitted) -> dict[str, Json]:
    """What a calibration gave a category, as a record states it."""
    return {
        "number": fitted.number,
        "deciding": fitted.deciding.value,
        "why": fitted.why,
        "totals": {name: six(total) for name, total in sorted(fitted.totals.items())},
        "sheets_sha256": fitted.sheets_sha256,
        "method": fitted.method,
        "versions": dict(fitted.versions),
    }


def fitted_of(document: Mapping[str, Json]) -> Fitted:
    """The inverse of `fitted_document`. Raises KeyError, TypeError or ValueError for another document."""
    why, deciding = document["why"], Deciding(as_text(document["deciding"]))
    totals = {name: parse_six(as_text(it)) for name, it in as_object(document["totals"]).items()}
    if (why is None) != (deciding is Deciding.FAIR) or (why is not None and why not in WHYS):
        raise ValueError(f"{deciding} because {why!r}")
    if totals and deciding is Deciding.RAW:
        raise ValueError("fitted totals where the plain mean decides")
    return Fitted(
        number=as_whole(document["number"]),
        deciding=deciding,
        why=None if why is None else as_text(why),
        totals=totals,
        sheets_sha256=as_text(document["sheets_sha256"]),
        method=as_text(document["method"]),
        versions={name: as_text(it) for name, it in as_object(document["versions"]).items()},
    )


def misfits(fitted: Fitted, judged: Iterable[str], scale: Scale) -> Iterator[tuple[str, str, str]]:
    """What is wrong with fitted totals: where, what stands there, what is wanted.

    Exactly those who were judged have one, each at most one width of the scale outside the scale.
    """
    if fitted.deciding is Deciding.RAW:
        return
    names, span = set(judged), scale.highest - scale.lowest
    for name in sorted(names - fitted.totals.keys()):
        yield name, "no fitted total", "one for each that was judged"
    for name in sorted(fitted.totals.keys() - names):
        yield name, six(fitted.totals[name]), "no sheet that counts"
    for name, total in sorted(fitted.totals.items()):
        if not scale.lowest - span <= total <= scale.highest + span:
            yield name, six(total), f"a total near {scale.lowest} to {scale.highest}"


def sheets_sha256(sheets: Iterable[SheetRow]) -> str:
    """The hash of the canonical, sorted list of sheets, as `judging.calibration` states it."""
    rows = sorted([judge, name, category, exact(value)] for judge, name, category, value in sheets)
    return hashlib.sha256(canonical([list[Json](row) for row in rows])).hexdigest()
