"""Fitting the sheets of a full record again, and whether any place would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from judging.calibration.papers import FORMAT, document, six
from judging.calibration.reading import FileFault
from judging.calibration.values import Sheet
from judging.calibration.whole import calibrate
from judging.evidence import Evidence, gather, sheet_lines
from judging.fitted import parse_six
from judging.programme import ProgrammeInvalid
from judging.record import Record, RecordDamaged, RecordKind, read
from judging.scoring import sheet_total
from judging.values import Json, Round, as_list, as_object, as_text, as_whole

PART = "calibration.json"
LEVEL = Fraction(1, 10_000)
"""Totals closer than this are taken as level."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A category of two documents: the largest difference of a fair score; pairs of nominations that change their
    order by more than LEVEL, each as (was before, is before now); whether another total may decide now."""

    category: str
    largest: Fraction
    swapped: tuple[tuple[str, str], ...]
    other_total: bool

    @property
    def changes(self) -> bool:
        return bool(self.swapped) or self.other_total


def refit(file: Path) -> tuple[list[str], bool]:
    """What fitting a full record again gives, in lines, and whether a place changes. Raises FileFault."""
    try:
        with file.open("rb") as source:
            record = read(source)
            evidence = gather(record)
            stated = _stated(record, evidence)
            sheets = _sheets(record, evidence)
            return _compared(evidence, stated, sheets)
    except OSError as error:
        raise FileFault(f"The file can't be read: {error.strerror}.") from error
    except RecordDamaged as error:
        where = f" ({error.part})" if error.part else ""
        raise FileFault(
            f"This is not a sound record: {error.damage.value.replace('_', ' ')}{where}."
        ) from error
    except (ProgrammeInvalid, KeyError, TypeError, ValueError) as error:
        raise FileFault(
            "This is not a sound record: a part is not of the form that it should have."
        ) from error


def _stated(record: Record, evidence: Evidence) -> Mapping[str, Json]:
    if evidence.kind is RecordKind.PUBLIC:
        raise FileFault(
            "This is the public record. Who gave which marks stands in the full record only; use that one."
        )
    if PART not in record.archive.namelist():
        raise FileFault(
            "This record holds no calibration: it was written before there was one, or nothing was fitted."
        )
    stated = as_object(record.document(PART))
    found = stated if "format" in stated else as_object(stated["document"])
    if found["format"] != FORMAT:
        raise FileFault(f"This calibration has the format {found['format']}; this command knows {FORMAT}.")
    return found


def _sheets(record: Record, evidence: Evidence) -> list[Sheet]:
    found = []
    for line in sheet_lines(record):
        if line.counted and line.round is Round.FIRST:
            category = evidence.category_of[line.nomination]
            marks = {key: as_whole(mark) for key, mark in line.marks.items()}
            total = sheet_total(evidence.rules, category, marks)
            found.append(Sheet(line.judge, line.nomination, category, total))
    return found


def _compared(
    evidence: Evidence, stated: Mapping[str, Json], sheets: Sequence[Sheet]
) -> tuple[list[str], bool]:
    places = {category.key: category.places for category in evidence.rules.categories}
    again = document(calibrate(sheets, places=places, seed=as_text(stated["seed"]), draws=1))
    lines = [
        f"Edition {evidence.edition}, {len(sheets)} sheets",
        f"fitted with   {_versions(stated)}",
        f"fitted again  {_versions(again)}",
        "",
    ]
    if again["sheets_sha256"] != stated["sheets_sha256"]:
        return [
            *lines,
            "The sheets of this record are not the ones that were fitted: their hash differs.",
        ], True
    found = list(compare(stated, again))
    lines += [_line(it) for it in found]
    changed = any(it.changes for it in found)
    lines += ["", "Places would change." if changed else f"No place would change at {six(LEVEL)[:6]}."]
    return lines, changed


def _versions(stated: Mapping[str, Json]) -> str:
    found = as_object(stated["versions"])
    return ", ".join(f"{name} {as_text(found[name])}" for name in sorted(found))


def _line(found: Compared) -> str:
    words = f"  {found.category}: fair scores differ by {six(found.largest)} at most"
    if found.other_total:
        return f"{words}; another total would decide."
    if found.swapped:
        before, after = found.swapped[0]
        more = f" and {len(found.swapped) - 1} more" if len(found.swapped) > 1 else ""
        return f"{words}; {after} would stand before {before}{more}."
    return f"{words}; no place changes."


def compare(stated: Mapping[str, Json], again: Mapping[str, Json]) -> Iterator[Compared]:
    """Both documents category by category. Raises KeyError, TypeError or ValueError for another form."""
    now = {as_text(it["category"]): it for it in map(as_object, as_list(again["categories"]))}
    for category in map(as_object, as_list(stated["categories"])):
        key = as_text(category["category"])
        before, after = _fair(category), _fair(now[key])
        order = sorted(before, key=lambda name: (-before[name], name))
        swapped, lowest = [], ""
        for name in order:
            if lowest and before[lowest] > before[name] and after[name] > after[lowest] + LEVEL:
                swapped.append((lowest, name))
            lowest = min(lowest or name, name, key=lambda it: after[it])
        yield Compared(
            category=key,
            largest=max((abs(before[name] - after[name]) for name in before), default=Fraction(0)),
            swapped=tuple(swapped),
            other_total=category["why"] != now[key]["why"],
        )


def _fair(category: Mapping[str, Json]) -> dict[str, Fraction]:
    rows = map(as_object, as_list(category["nominations"]))
    return {as_text(row["nomination"]): parse_six(as_text(row["fair"])) for row in rows}
